/* Pure rules of responses. */
#include "domain/response/response_plan.h"

/* Listed areas are whole divisions: province, city or county 6 digits, township 9, community 12. */
int response_check_division(struct str code)
{
    if (code.n != 6 && code.n != 9 && code.n != 12)
        return -ERR_BAD_DIVISION;
    for (size_t i = 0; i < code.n; i++)
        if (code.p[i] < '0' || code.p[i] > '9')
            return -ERR_BAD_DIVISION;
    return code.p[0] != '0' ? 0 : -ERR_BAD_DIVISION;
}
