/* bytes -> UTF-8 -> records. Two buffers: raw bytes as they come, and decoded text that the parser walks through. */
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/utf8.h"
#include "io/table/csv.h"

#define CHUNK 65536
#define RECORD_BYTES ((size_t)1 << 20)
#define CELLS 512

/* Stands in decoded text for what could not be decoded. It is never valid UTF-8, so its record is found to be bad. */
#define UNDECODABLE '\xFF'

enum encoding { UTF8, GB18030, UTF16LE, UTF16BE };

struct csv {
    struct csv_source source;
    enum encoding encoding;
    iconv_t decoder;      /* (iconv_t)-1 for UTF-8, and when the system lacks the encoding */
    char separator;
    char raw[CHUNK];
    size_t raw_n;         /* bytes not yet decoded: a sequence that is cut at the chunk's end */
    bool ended, failed;   /* the source */
    struct buf text;      /* decoded; read up to `at` */
    size_t at;
    int64_t line, record_line;
    struct buf record;    /* cells of the record in hand, one after the other */
    size_t ends[CELLS];   /* where each ends in it */
    size_t cells;
    int bad;              /* enum err of the record in hand, 0 good */
};

/* ---- sources */

static int64_t read_fd(void *arg, char *p, size_t n)
{
    ssize_t got;
    do
        got = read(*(int *)arg, p, n);
    while (got < 0 && errno == EINTR);
    return got;
}

struct csv_source csv_from_fd(int *fd)
{
    return (struct csv_source){ read_fd, fd };
}

static int64_t read_str(void *arg, char *p, size_t n)
{
    struct str *rest = arg;
    n = n < rest->n ? n : rest->n;
    if (n)
        memcpy(p, rest->p, n);
    *rest = str_sub(*rest, n, rest->n);
    return (int64_t)n;
}

struct csv_source csv_from_str(struct str *rest)
{
    return (struct csv_source){ read_str, rest };
}

/* ---- decoding */

static void read_raw(struct csv *c)
{
    if (c->ended || c->raw_n == CHUNK)
        return;
    int64_t n = c->source.read(c->source.arg, c->raw + c->raw_n, CHUNK - c->raw_n);
    if (n > 0) {
        c->raw_n += (size_t)n;
        return;
    }
    c->ended = true;
    c->failed = n < 0;
}

static size_t bad_unit(const struct csv *c)
{
    return c->encoding == GB18030 ? 1 : 2;
}

/* Decodes what is in raw. What is cut at its end stays there for the next chunk, or is bad when none comes. */
static void decode(struct csv *c)
{
    char *in = c->raw;
    size_t left = c->raw_n;
    while (left) {
        buf_reserve(&c->text, left * 3 + 16);
        char *out = c->text.p + c->text.n;
        size_t room = c->text.cap - c->text.n;
        size_t rc = iconv(c->decoder, &in, &left, &out, &room);
        c->text.n = (size_t)(out - c->text.p);
        if (rc != (size_t)-1 || errno == E2BIG)
            continue;
        if (errno == EINVAL && !c->ended)
            break;
        size_t skip = bad_unit(c) < left ? bad_unit(c) : left;
        in += skip;
        left -= skip;
        buf_char(&c->text, UNDECODABLE);
        iconv(c->decoder, NULL, NULL, NULL, NULL);
    }
    memmove(c->raw, in, left);
    c->raw_n = left;
}

/* Makes at least one decoded byte available; false at the end. */
static bool refill(struct csv *c)
{
    while (c->at == c->text.n) {
        if (c->ended && !c->raw_n)
            return false;
        buf_clear(&c->text);
        c->at = 0;
        read_raw(c);
        if (c->decoder != (iconv_t)-1) {
            decode(c);
        } else {
            buf_put(&c->text, c->raw, c->raw_n);
            c->raw_n = 0;
        }
    }
    return true;
}

/* ---- telling encoding and separator */

/* Valid UTF-8, but for a sequence that the end of the chunk may have cut. */
static bool looks_like_utf8(const struct csv *c)
{
    struct str s = { c->raw, c->raw_n };
    size_t cut_off = c->raw_n == CHUNK ? 3 : 0;
    for (size_t i = 0; i <= cut_off; i++)
        if (utf8_valid(str_sub(s, 0, s.n - i)))
            return true;
    return false;
}

static size_t tell_encoding(struct csv *c)
{
    struct str s = { c->raw, c->raw_n };
    if (str_starts(s, S("\xEF\xBB\xBF")))
        return 3; /* UTF8 is 0 */
    if (str_starts(s, S("\xFF\xFE")) || str_starts(s, S("\xFE\xFF"))) {
        c->encoding = s.p[0] == '\xFF' ? UTF16LE : UTF16BE;
        return 2;
    }
    c->encoding = looks_like_utf8(c) ? UTF8 : GB18030;
    return 0;
}

/* The sign that occurs most in the first record with content, outside quotes. */
static char tell_separator(struct str text)
{
    static const char signs[] = ",;\t";
    size_t counts[3] = { 0 };
    bool quoted = false, content = false;
    for (size_t i = 0; i < text.n; i++) {
        char ch = text.p[i];
        const char *sign = ch ? strchr(signs, ch) : NULL;
        if (ch == '"')
            quoted = !quoted;
        else if (!quoted && (ch == '\n' || ch == '\r') && content)
            break;
        else if (!quoted && sign)
            counts[sign - signs]++;
        content = content || (ch != '\n' && ch != '\r');
    }
    size_t best = 0;
    for (size_t i = 1; i < 3; i++)
        if (counts[i] > counts[best])
            best = i;
    return signs[best];
}

struct csv *csv_open(struct csv_source source)
{
    static const char *const names[] = { NULL, "GB18030", "UTF-16LE", "UTF-16BE" };
    struct csv *c = mem_zalloc(sizeof *c);
    c->source = source;
    c->line = 1;
    buf_init(&c->text, NULL);
    buf_init(&c->record, NULL);
    while (!c->ended && c->raw_n < CHUNK)
        read_raw(c);
    size_t mark = tell_encoding(c);
    memmove(c->raw, c->raw + mark, c->raw_n - mark);
    c->raw_n -= mark;
    c->decoder = c->encoding == UTF8 ? (iconv_t)-1 : iconv_open("UTF-8", names[c->encoding]);
    if (c->encoding != UTF8 && c->decoder == (iconv_t)-1)
        log_error("the system cannot convert %s", names[c->encoding]); /* every record beyond ASCII is bad_utf8 */
    refill(c);
    c->separator = tell_separator(buf_view(&c->text));
    return c;
}

void csv_close(struct csv *c)
{
    if (!c)
        return;
    if (c->decoder != (iconv_t)-1)
        iconv_close(c->decoder);
    buf_free(&c->text);
    buf_free(&c->record);
    mem_free(c);
}

const char *csv_encoding(const struct csv *c)
{
    static const char *const names[] = { "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE" };
    return names[c->encoding];
}

char csv_separator(const struct csv *c)
{
    return c->separator;
}

int64_t csv_line(const struct csv *c)
{
    return c->record_line;
}

/* ---- records */

/* The next character without taking it; -1 at the end. */
static int peek(struct csv *c)
{
    return refill(c) ? (unsigned char)c->text.p[c->at] : -1;
}

static void keep(struct csv *c, const char *p, size_t n)
{
    if (c->record.n + n > RECORD_BYTES && !c->bad)
        c->bad = ERR_TOO_LARGE;
    if (!c->bad)
        buf_put(&c->record, p, n);
}

/* Takes a line end (CRLF, LF or CR) and counts it; the characters go to the cell when it stands in quotes. */
static void take_line_end(struct csv *c, bool quoted)
{
    char ch = (char)peek(c);
    c->at++;
    if (quoted)
        keep(c, &ch, 1);
    c->line++;
    if (ch != '\r' || peek(c) != '\n')
        return;
    c->at++;
    if (quoted)
        keep(c, "\n", 1);
}

/* Takes characters up to the first of those that mean something here. */
static void take_run(struct csv *c, bool quoted)
{
    const char *p = c->text.p + c->at;
    size_t n = 0, left = c->text.n - c->at;
    while (n < left && p[n] != '\n' && p[n] != '\r' && (quoted ? p[n] != '"' : p[n] != c->separator))
        n++;
    keep(c, p, n);
    c->at += n;
}

/* What stands between quotes; the opening one was taken. Without a closing one it goes to the end of the text. */
static void take_quoted(struct csv *c)
{
    for (int ch; (ch = peek(c)) >= 0;) {
        if (ch == '\n' || ch == '\r') {
            take_line_end(c, true);
        } else if (ch != '"') {
            take_run(c, true);
        } else {
            c->at++;
            if (peek(c) != '"')
                return;
            keep(c, "\"", 1);
            c->at++;
        }
    }
}

/* One cell and the separator behind it, which is what false says was not there. */
static bool take_cell(struct csv *c)
{
    if (peek(c) == '"') {
        c->at++;
        take_quoted(c);
    }
    int ch;
    while ((ch = peek(c)) >= 0 && ch != '\n' && ch != '\r' && ch != (unsigned char)c->separator)
        take_run(c, false); /* also what carelessly follows a closing quote */
    if (c->cells == CELLS && !c->bad)
        c->bad = ERR_TOO_MANY;
    if (!c->bad)
        c->ends[c->cells++] = c->record.n;
    if (ch != (unsigned char)c->separator)
        return false;
    c->at++;
    return true;
}

static struct str cell_at(const struct csv *c, size_t i)
{
    size_t from = i ? c->ends[i - 1] : 0;
    return str_sub(buf_view(&c->record), from, c->ends[i] - from);
}

static bool is_blank(const struct csv *c)
{
    for (size_t i = 0; i < c->cells; i++)
        if (str_trim(cell_at(c, i)).n)
            return false;
    return true;
}

static void read_record(struct csv *c)
{
    buf_clear(&c->record);
    c->cells = 0;
    c->bad = 0;
    c->record_line = c->line;
    while (take_cell(c))
        ;
    if (peek(c) >= 0)
        take_line_end(c, false);
    for (size_t i = 0; i < c->cells && !c->bad; i++)
        if (!utf8_valid(cell_at(c, i)))
            c->bad = ERR_BAD_UTF8;
}

enum csv_result csv_next(struct csv *c, struct arena *a, struct str **cells, size_t *n, int *why)
{
    do {
        if (peek(c) < 0) {
            if (!c->failed)
                return CSV_END;
            c->failed = false;
            c->record_line = c->line;
            *why = ERR_INTERNAL;
            return CSV_BAD;
        }
        read_record(c);
        if (c->bad) {
            *why = c->bad;
            return CSV_BAD;
        }
    } while (is_blank(c));
    char *bytes = arena_alloc(a, c->record.n);
    memcpy(bytes, buf_view(&c->record).p, c->record.n);
    *cells = ARENA_ARRAY(a, struct str, c->cells);
    for (size_t i = 0; i < c->cells; i++) {
        size_t from = i ? c->ends[i - 1] : 0;
        (*cells)[i] = (struct str){ bytes + from, c->ends[i] - from };
    }
    *n = c->cells;
    return CSV_RECORD;
}
