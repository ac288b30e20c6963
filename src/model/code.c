/* Looking up code lists. */
#include <string.h>

#include "model/code.h"

const struct code_list *code_list(const char *name)
{
    size_t low = 0, high = code_lists_n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int c = strcmp(code_lists[mid].name, name);
        if (c == 0)
            return &code_lists[mid];
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

const struct code_item *code_find(const char *list, struct str code)
{
    const struct code_list *l = list ? code_list(list) : NULL;
    for (size_t i = 0; l && code.p && i < l->n; i++)
        if (str_is(code, l->items[i].code))
            return &l->items[i];
    return NULL;
}
