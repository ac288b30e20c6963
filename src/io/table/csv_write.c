#include <string.h>

#include "io/table/csv.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "-5", "+37.3": a sign, digits, at most one point between digits. */
static bool is_number(struct str s)
{
    size_t i = 1, points = 0;
    for (; i < s.n && (is_digit(s.p[i]) || s.p[i] == '.'); i++)
        points += s.p[i] == '.';
    return i == s.n && points < 2 && i > 1 && is_digit(s.p[1]) && is_digit(s.p[s.n - 1]);
}

/* "+86 373 1234567". No hyphens: a spreadsheet would subtract. */
static bool is_phone(struct str s)
{
    size_t i = 1;
    while (i < s.n && (is_digit(s.p[i]) || s.p[i] == ' '))
        i++;
    return i == s.n && s.n > 1 && s.p[0] == '+' && is_digit(s.p[1]);
}

/* Would a spreadsheet run it? Apostrophes before it count too, so that taking one away gives back exactly what was
 * written (OWASP, "CSV Injection"). */
static bool needs_guard(struct str s)
{
    while (s.n && s.p[0] == '\'')
        s = str_sub(s, 1, s.n);
    if (!s.n || !s.p[0] || !strchr("=+-@\t\r", s.p[0]))
        return false;
    bool sign = s.p[0] == '+' || s.p[0] == '-';
    return !(sign && (is_number(s) || is_phone(s)));
}

struct str csv_unguard(struct str cell)
{
    bool guarded = cell.n && cell.p[0] == '\'' && needs_guard(cell);
    return guarded ? str_sub(cell, 1, cell.n) : cell;
}

/* All separators that csv_open knows are quoted, or a header's own text could decide which one it takes. */
static bool needs_quotes(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] && strchr(",;\t\"\r\n", s.p[i]))
            return true;
    return false;
}

void csv_put_cell(struct buf *out, struct str cell, bool first)
{
    if (!first)
        buf_char(out, ',');
    bool quotes = needs_quotes(cell);
    if (quotes)
        buf_char(out, '"');
    if (needs_guard(cell))
        buf_char(out, '\'');
    for (size_t i = 0; quotes && i < cell.n; i++) {
        if (cell.p[i] == '"')
            buf_char(out, '"');
        buf_char(out, cell.p[i]);
    }
    if (quotes)
        buf_char(out, '"');
    else
        buf_str(out, cell);
}

void csv_end_record(struct buf *out)
{
    buf_put(out, "\r\n", 2);
}
