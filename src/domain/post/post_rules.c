/* Pure rules of checkpoints. */
#include "domain/post/post.h"
#include "domain/post/post_plan.h"

/* The code stands on posters and is typed by travellers: capitals, digits and '-' only, e.g. HB03. */
int post_check_code(struct str code)
{
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        bool inner = i > 0 && i + 1 < code.n;
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c == '-' && inner)))
            return -ERR_BAD_FORMAT;
    }
    return code.n ? 0 : -ERR_BAD_FORMAT;
}

/* Periods are half-open: at the instant of closing it is closed. */
bool post_period_holds(struct instant opened_at, struct instant closed_at, struct instant t)
{
    return !instant_absent(opened_at) && t.ms >= opened_at.ms && (instant_absent(closed_at) || t.ms < closed_at.ms);
}
