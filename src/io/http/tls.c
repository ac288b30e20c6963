/* The certificate. Each handshake gets copies of its own, so that a reload never takes anything from under a
 * connection. (Checking and copying cost some 0.1 ms; the signature of a handshake costs more.) */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "io/http/server.h"

#define FILE_MAX ((size_t)1 << 20) /* a chain has some thousand bytes */
#define CHAIN_MAX 16

struct pair {
    struct buf cert, key; /* PEM, heap */
    int64_t expires_ms;
};

struct http_tls {
    char *cert_file, *key_file;
    pthread_mutex_t lock; /* of the pair */
    struct pair pair;
};

/* The library's callback has no argument for us; one program has one certificate. Set before the server starts. */
static struct http_tls *current;

/* ---- reading */

static int wrong(char why[HTTP_WHY], const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int wrong(char why[HTTP_WHY], const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, HTTP_WHY, fmt, ap);
    va_end(ap);
    return -1;
}

static int read_file(const char *path, struct buf *out, char why[HTTP_WHY])
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;
    buf_init(out, NULL);
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        errno = EISDIR;
    else if (fd >= 0)
        do {
            buf_reserve(out, 4096);
            n = read(fd, out->p + out->n, out->cap - out->n);
            out->n += n > 0 ? (size_t)n : 0;
        } while ((n > 0 && out->n <= FILE_MAX) || (n < 0 && errno == EINTR));
    int err = errno;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return wrong(why, "无法读取 · cannot read %s: %s", path, strerror(err));
    return out->n <= FILE_MAX ? 0 : wrong(why, "文件过大 · the file is too large: %s", path);
}

static gnutls_datum_t datum(const struct buf *b)
{
    return (gnutls_datum_t){ (unsigned char *)b->p, (unsigned)b->n };
}

static void free_pair(struct pair *p)
{
    if (p->key.p)
        gnutls_memset(p->key.p, 0, p->key.n);
    buf_free(&p->cert);
    buf_free(&p->key);
}

/* ---- checking */

static int read_certs(const struct pair *p, gnutls_pcert_st *certs, unsigned *n)
{
    gnutls_datum_t pem = datum(&p->cert);
    return gnutls_pcert_list_import_x509_raw(certs, n, &pem, GNUTLS_X509_FMT_PEM, 0);
}

static int read_key(const struct pair *p, gnutls_privkey_t *key)
{
    gnutls_datum_t pem = datum(&p->key);
    int err = gnutls_privkey_init(key);
    if (!err)
        err = gnutls_privkey_import_x509_raw(*key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (err) {
        gnutls_privkey_deinit(*key);
        *key = NULL;
    }
    return err;
}

static int check_certs(struct http_tls *t, struct pair *p, char why[HTTP_WHY])
{
    gnutls_pcert_st certs[CHAIN_MAX];
    unsigned n = CHAIN_MAX;
    gnutls_x509_crt_t first = NULL;
    if (read_certs(p, certs, &n))
        return wrong(why, "不是 PEM 证书(链) · not a PEM certificate (chain): %s", t->cert_file);
    if (gnutls_pcert_export_x509(&certs[0], &first) == 0) {
        p->expires_ms = (int64_t)gnutls_x509_crt_get_expiration_time(first) * 1000;
        gnutls_x509_crt_deinit(first);
    }
    for (unsigned i = 0; i < n; i++)
        gnutls_pcert_deinit(&certs[i]);
    return 0;
}

static int check_key(struct http_tls *t, const struct pair *p, char why[HTTP_WHY])
{
    gnutls_privkey_t key;
    if (read_key(p, &key))
        return wrong(why, "不是可用的 PEM 私钥(不得有口令) · not a PEM private key without a passphrase: %s", t->key_file);
    gnutls_privkey_deinit(key);
    return 0;
}

static int check_match(struct http_tls *t, const struct pair *p, char why[HTTP_WHY])
{
    gnutls_certificate_credentials_t both;
    gnutls_datum_t cert = datum(&p->cert), key = datum(&p->key);
    int err = gnutls_certificate_allocate_credentials(&both);
    if (err)
        return wrong(why, "TLS: %s", gnutls_strerror(err));
    err = gnutls_certificate_set_x509_key_mem2(both, &cert, &key, GNUTLS_X509_FMT_PEM, NULL, 0);
    gnutls_certificate_free_credentials(both);
    if (err >= 0)
        return 0;
    if (err == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
        return wrong(why, "私钥与证书不匹配 · the key does not belong to the certificate: %s, %s", t->key_file, t->cert_file);
    return wrong(why, "证书不可用 · the certificate cannot be used: %s: %s", t->cert_file, gnutls_strerror(err));
}

static int load(struct http_tls *t, struct pair *p, char why[HTTP_WHY])
{
    memset(p, 0, sizeof *p);
    buf_init(&p->key, NULL);
    if (read_file(t->cert_file, &p->cert, why) || read_file(t->key_file, &p->key, why) || check_certs(t, p, why)
        || check_key(t, p, why) || check_match(t, p, why)) {
        free_pair(p);
        return -1;
    }
    return 0;
}

/* ---- the owner's functions */

static char *copy(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(mem_alloc(n), s, n);
}

struct http_tls *http_tls_open(const char *cert_file, const char *key_file, char why[HTTP_WHY])
{
    struct http_tls *t = mem_zalloc(sizeof *t);
    t->cert_file = copy(cert_file);
    t->key_file = copy(key_file);
    pthread_mutex_init(&t->lock, NULL);
    if (load(t, &t->pair, why)) {
        http_tls_close(t);
        return NULL;
    }
    current = t;
    return t;
}

int http_tls_reload(struct http_tls *t, char why[HTTP_WHY])
{
    struct pair fresh, old;
    if (load(t, &fresh, why))
        return -1;
    pthread_mutex_lock(&t->lock);
    old = t->pair;
    t->pair = fresh;
    pthread_mutex_unlock(&t->lock);
    free_pair(&old);
    return 0;
}

int64_t http_tls_expires_ms(struct http_tls *t)
{
    pthread_mutex_lock(&t->lock);
    int64_t ms = t->pair.expires_ms;
    pthread_mutex_unlock(&t->lock);
    return ms;
}

void http_tls_close(struct http_tls *t)
{
    if (!t)
        return;
    if (current == t)
        current = NULL;
    free_pair(&t->pair);
    pthread_mutex_destroy(&t->lock);
    mem_free(t->cert_file);
    mem_free(t->key_file);
    mem_free(t);
}

/* ---- a handshake */

/* The library frees what it is given after the connection, therefore gnutls_malloc. */
int tls_give(gnutls_session_t session, const struct gnutls_cert_retr_st *info, gnutls_pcert_st **certs, unsigned *n_certs,
             gnutls_ocsp_data_st **ocsp, unsigned *n_ocsp, gnutls_privkey_t *key, unsigned *flags)
{
    (void)session, (void)info;
    struct http_tls *t = current;
    *n_certs = CHAIN_MAX;
    *certs = gnutls_malloc(CHAIN_MAX * sizeof **certs);
    *ocsp = NULL;
    *n_ocsp = 0;
    *flags = GNUTLS_CERT_RETR_DEINIT_ALL;
    if (!*certs)
        return -1;
    pthread_mutex_lock(&t->lock);
    int err = read_certs(&t->pair, *certs, n_certs);
    int key_err = err ? err : read_key(&t->pair, key);
    pthread_mutex_unlock(&t->lock);
    if (!key_err)
        return 0;
    for (unsigned i = 0; !err && i < *n_certs; i++)
        gnutls_pcert_deinit(&(*certs)[i]);
    gnutls_free(*certs);
    return -1;
}
