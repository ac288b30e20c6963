/* Every module, in one visible array. A new module is a line here. */
#include "app/app.h"
#include "core/audit.h"
#include "core/inbox.h"
#include "domain/account/account.h"
#include "domain/passage/passage.h"
#include "domain/person/person.h"
#include "domain/place/place.h"
#include "domain/post/post.h"
#include "domain/response/response.h"

const struct module *const app_modules[] = {
    &place_module, &response_module, &account_module, &post_module, &person_module, &passage_module, &inbox_module, &audit_module,
};
const size_t app_modules_n = sizeof(app_modules) / sizeof(app_modules[0]);
