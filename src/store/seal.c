/* Sealing: personal fields at rest are XChaCha20-Poly1305 under a key that never stands in the store; what must be found
 * again has a keyed BLAKE2b digest beside it. The key file stands beside the store, mode 0600. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES

static void subkeys(struct store *s, const uint8_t master[32])
{
    crypto_kdf_derive_from_key(s->seal_key, sizeof(s->seal_key), 1, "redoubts", master);
    crypto_kdf_derive_from_key(s->hash_key, sizeof(s->hash_key), 2, "redoubts", master);
}

static int key_unusable(const char *path, char why[WHY])
{
    snprintf(why, WHY, "密钥文件不可用(须存在,32 字节,权限 0600) · the key file %s must exist with mode 0600 and hold 32 bytes", path);
    return -ERR_STORE_UNREADABLE;
}

int key_read(const char *folder, uint8_t key[32], char why[WHY])
{
    char path[560];
    struct stat st;
    snprintf(path, sizeof(path), "%s/redoubt.key", folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 1;
    bool good = fd >= 0 && read(fd, key, 32) == 32 && fstat(fd, &st) == 0 && (st.st_mode & 077) == 0;
    if (fd >= 0)
        close(fd);
    return good ? 0 : key_unusable(path, why);
}

/* Written under another name and renamed: a key file is whole or not there. */
int key_write(const char *folder, const uint8_t key[32], char why[WHY])
{
    char path[560], temporary[600];
    int err = folder_make(folder, why);
    if (err)
        return err;
    snprintf(path, sizeof(path), "%s/redoubt.key", folder);
    snprintf(temporary, sizeof(temporary), "%s.new", path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, key, 32) == 32 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (good && rename(temporary, path) == 0)
        return 0;
    snprintf(why, WHY, "无法写入密钥文件 · cannot write the key file %s: %s", path, strerror(errno));
    return -ERR_STORE_UNREADABLE;
}

int store_key(struct store *s, bool fresh, char why[WHY])
{
    char path[560];
    uint8_t master[32];
    int err = key_read(s->data, master, why);
    if (err == 1 && s->config.write && fresh) {
        randombytes_buf(master, sizeof(master));
        err = key_write(s->data, master, why);
    }
    if (err == 1) {
        snprintf(path, sizeof(path), "%s/redoubt.key", s->data);
        err = key_unusable(path, why);
    }
    if (!err)
        subkeys(s, master);
    sodium_memzero(master, sizeof(master));
    return err;
}

/* A digest of the key alone stands in the store, so that another store's key is noticed before it seals anything. */
int store_key_check(struct store *s, struct db *d, char why[WHY])
{
    struct digest mine = hash_keyed(s->hash_key, S("redoubt key check"));
    struct db_stmt *st = store_version(d) < INSTALLATION_SINCE ? NULL : db_prepare(d, S("SELECT value FROM installation WHERE name = 'key_check'"));
    int more = st ? db_step(st) : 0, err = 0;
    if (more == 1) {
        struct value v = db_column(st, 0);
        bool same = v.kind == VALUE_BLOB && v.s.n == sizeof(mine.b) && hash_same(v.s.p, mine.b, sizeof(mine.b));
        db_reset(st);
        if (!same)
            snprintf(why, WHY, "密钥文件 %s/redoubt.key 不属于此数据库,请放入正确的密钥 · the key file %s/redoubt.key is not the one of this store; put the right one there",
                     s->data, s->data);
        return same ? 0 : -ERR_STORE_UNREADABLE;
    }
    if (st && more == 0 && s->config.write) {
        struct value v[] = { value_blob(mine.b, sizeof(mine.b)) };
        err = db_run(d, S("INSERT INTO installation (name, value) VALUES ('key_check', $1) ON CONFLICT (name) DO NOTHING"), v, 1);
    }
    return more < 0 ? more : err;
}

struct digest store_hash(const struct store *s, const char *what, struct str plain)
{
    char room[600];
    size_t n = strlen(what);
    if (n + 1 + plain.n > sizeof(room))
        return hash_keyed(s->hash_key, plain);
    memcpy(room, what, n);
    room[n] = ':';
    memcpy(room + n + 1, plain.p, plain.n);
    return hash_keyed(s->hash_key, (struct str){ room, n + 1 + plain.n });
}

struct str store_seal(const struct store *s, struct str plain, struct str bound_to, struct arena *a)
{
    unsigned long long n;
    char *out = arena_alloc(a, NONCE + plain.n + TAG);
    randombytes_buf(out, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt((uint8_t *)out + NONCE, &n, (const uint8_t *)plain.p, plain.n,
                                               (const uint8_t *)bound_to.p, bound_to.n, NULL, (uint8_t *)out, s->seal_key);
    return (struct str){ out, NONCE + (size_t)n };
}

int store_unseal(const struct store *s, struct str cipher, struct str bound_to, struct arena *a, struct str *plain)
{
    unsigned long long n;
    if (cipher.n < NONCE + TAG)
        return -ERR_STORE_UNREADABLE;
    char *out = arena_alloc(a, cipher.n);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)out, &n, NULL, (const uint8_t *)cipher.p + NONCE, cipher.n - NONCE,
                                                   (const uint8_t *)bound_to.p, bound_to.n, (const uint8_t *)cipher.p, s->seal_key))
        return -ERR_STORE_UNREADABLE;
    *plain = (struct str){ out, (size_t)n };
    return 0;
}

/* A cipher is bound to its entity and field: moved elsewhere it does not open. */
static struct str bound(const struct shape *shape, const struct field *f, char room[128])
{
    int n = snprintf(room, 128, "%s.%s", shape->name, f->name);
    return (struct str){ room, (size_t)n };
}

void store_seal_fields(const struct store *s, const struct shape *shape, void *row, struct arena *a)
{
    char room[128];
    for (size_t i = 0; i < shape->n; i++) {
        const struct field *f = &shape->fields[i];
        struct sealed *v = f->type == TYPE_SEALED ? field_at(f, row) : NULL;
        if (!v || !v->plain.p || v->cipher.p)
            continue;
        v->cipher = store_seal(s, v->plain, bound(shape, f, room), a);
        if (f->flags & F_FIND)
            v->hash = store_hash(s, f->name, v->plain);
    }
}

int store_unseal_fields(const struct store *s, const struct shape *shape, void *row, struct arena *a)
{
    char room[128];
    int err = 0;
    for (size_t i = 0; i < shape->n; i++) {
        const struct field *f = &shape->fields[i];
        struct sealed *v = f->type == TYPE_SEALED ? field_at(f, row) : NULL;
        if (v && v->cipher.p && !v->plain.p && store_unseal(s, v->cipher, bound(shape, f, room), a, &v->plain))
            err = -ERR_STORE_UNREADABLE;
    }
    return err;
}
