/* The tree of places in memory: scope and lanes are looked up here, never by SQL. Nodes are replaced, never changed,
 * and live as long as the process, so that a slice of a path stays valid without a lock. */
#include <string.h>

#include "store/internal.h"
#include "store/values.h"

struct places {
    pthread_rwlock_t lock;
    struct arena arena;
    const struct place_node **slots; /* open addressing by id */
    size_t cap, n;
    const struct place_node *lanes[LANES];
};

struct places *places_new(void)
{
    struct places *p = mem_zalloc(sizeof(*p));
    pthread_rwlock_init(&p->lock, NULL);
    arena_init(&p->arena, 64 * 1024);
    p->cap = 4096;
    p->slots = mem_zalloc(p->cap * sizeof(*p->slots));
    return p;
}

void places_free(struct places *p)
{
    if (!p)
        return;
    pthread_rwlock_destroy(&p->lock);
    arena_free(&p->arena);
    mem_free(p->slots);
    mem_free(p);
}

static size_t slot_of(const struct places *p, struct id id)
{
    size_t i = hash_fast(id.b, sizeof(id.b)) & (p->cap - 1);
    while (p->slots[i] && !id_eq(p->slots[i]->id, id))
        i = (i + 1) & (p->cap - 1);
    return i;
}

static void grow(struct places *p)
{
    const struct place_node **old = p->slots;
    size_t old_cap = p->cap;
    p->cap *= 2;
    p->slots = mem_zalloc(p->cap * sizeof(*p->slots));
    for (size_t i = 0; i < old_cap; i++)
        if (old[i])
            p->slots[slot_of(p, old[i]->id)] = old[i];
    mem_free(old);
}

static void insert(struct places *p, const struct place_node *node)
{
    if ((p->n + 1) * 2 > p->cap)
        grow(p);
    size_t i = slot_of(p, node->id);
    p->n += p->slots[i] == NULL;
    p->slots[i] = node;
}

bool path_within(struct str path, struct str above) { return str_starts(path, above); }

/* The lane of the nearest place at or above the path that opens one; 0 when none does. */
static int64_t lane_of(const struct places *p, struct str path)
{
    int64_t best = 0;
    size_t length = 0;
    for (int64_t l = 1; l < LANES; l++) {
        const struct place_node *n = p->lanes[l];
        if (n && n->path.n > length && path_within(path, n->path)) {
            best = l;
            length = n->path.n;
        }
    }
    return best;
}

/* parent_lane saves the search: a place without a lane of its own belongs to its parent's. */
static void put(struct places *p, struct place_node *node, int64_t lane_no)
{
    if (lane_no > 0 && lane_no < LANES) {
        node->lane = lane_no;
        p->lanes[lane_no] = node;
    } else {
        size_t i = slot_of(p, node->parent);
        const struct place_node *parent = id_absent(node->parent) ? NULL : p->slots[i];
        node->lane = parent ? parent->lane : lane_of(p, node->path);
    }
    insert(p, node);
}

static struct place_node *node_new(struct places *p, struct str path, struct str code, struct str name, struct str kind)
{
    struct place_node *n = ARENA_NEW(&p->arena, struct place_node);
    n->path = str_dup(&p->arena, path);
    n->code = str_dup(&p->arena, code);
    n->name = str_dup(&p->arena, name);
    n->kind = str_dup(&p->arena, kind);
    return n;
}

int places_load(struct places *p, struct db *d)
{
    struct db_stmt *st = db_prepare(d, S("SELECT id, parent_id, path, code, name, kind, lane_no FROM place ORDER BY path"));
    int more;
    if (!st)
        return -ERR_STORE_UNREADABLE;
    pthread_rwlock_wrlock(&p->lock);
    memset(p->slots, 0, p->cap * sizeof(*p->slots));
    memset(p->lanes, 0, sizeof(p->lanes));
    p->n = 0;
    while ((more = db_step(st)) == 1) {
        struct place_node *n = node_new(p, db_column(st, 2).s, db_column(st, 3).s, db_column(st, 4).s, db_column(st, 5).s);
        struct value lane = db_column(st, 6);
        n->id = id_of_value(db_column(st, 0));
        n->parent = id_of_value(db_column(st, 1));
        put(p, n, lane.kind == VALUE_INT ? lane.i : 0);
    }
    pthread_rwlock_unlock(&p->lock);
    return more;
}

int places_load_one(struct places *p, struct db *d, struct id id)
{
    struct db_stmt *st = db_prepare(d, S("SELECT parent_id, path, code, name, kind, lane_no FROM place WHERE lane = 0 AND id = $1"));
    if (!st)
        return -ERR_STORE_UNREADABLE;
    db_bind(st, 1, value_of_id(&id));
    int more = db_step(st);
    if (more != 1)
        return more;
    struct value lane = db_column(st, 5);
    pthread_rwlock_wrlock(&p->lock);
    struct place_node *n = node_new(p, db_column(st, 1).s, db_column(st, 2).s, db_column(st, 3).s, db_column(st, 4).s);
    n->id = id;
    n->parent = id_of_value(db_column(st, 0));
    put(p, n, lane.kind == VALUE_INT ? lane.i : 0);
    pthread_rwlock_unlock(&p->lock);
    db_reset(st);
    return 0;
}

static struct str text_of(const struct entity *e, const void *row, const char *name)
{
    const struct field *f = shape_field(&e->shape, str_of(name), NULL);
    return *(const struct str *)field_in(f, row);
}

void places_put(struct places *p, const void *row, const struct entity *e)
{
    const struct field *parent = shape_field(&e->shape, S("parent_id"), NULL);
    const struct field *lane = shape_field(&e->shape, S("lane_no"), NULL);
    pthread_rwlock_wrlock(&p->lock);
    struct place_node *n = node_new(p, text_of(e, row, "path"), text_of(e, row, "code"), text_of(e, row, "name"),
                                    text_of(e, row, "kind"));
    n->id = CROW(row)->id;
    n->parent = *(const struct id *)field_in(parent, row);
    int64_t lane_no = *(const int64_t *)field_in(lane, row);
    put(p, n, lane_no == INT_ABSENT ? 0 : lane_no);
    pthread_rwlock_unlock(&p->lock);
}

const struct place_node *store_place(const struct store *s, struct id id)
{
    if (id_absent(id))
        return NULL;
    pthread_rwlock_rdlock(&s->places->lock);
    const struct place_node *n = s->places->slots[slot_of(s->places, id)];
    pthread_rwlock_unlock(&s->places->lock);
    return n;
}

const struct place_node *store_place_by_code(const struct store *s, struct str code)
{
    const struct place_node *found = NULL;
    pthread_rwlock_rdlock(&s->places->lock);
    for (size_t i = 0; i < s->places->cap && !found; i++)
        if (s->places->slots[i] && str_eq(s->places->slots[i]->code, code))
            found = s->places->slots[i];
    pthread_rwlock_unlock(&s->places->lock);
    return found;
}

const struct place_node *store_place_by_path(const struct store *s, struct str path)
{
    const struct place_node *found = NULL;
    pthread_rwlock_rdlock(&s->places->lock);
    for (size_t i = 0; i < s->places->cap && !found; i++)
        if (s->places->slots[i] && str_eq(s->places->slots[i]->path, path))
            found = s->places->slots[i];
    pthread_rwlock_unlock(&s->places->lock);
    return found;
}

struct id store_root(const struct store *s)
{
    struct id root = ID_ABSENT;
    pthread_rwlock_rdlock(&s->places->lock);
    for (size_t i = 0; i < s->places->cap && id_absent(root); i++)
        if (s->places->slots[i] && id_absent(s->places->slots[i]->parent))
            root = s->places->slots[i]->id;
    pthread_rwlock_unlock(&s->places->lock);
    return root;
}

const struct place_node *places_lane(const struct places *p, int64_t lane)
{
    return lane > 0 && lane < LANES ? p->lanes[lane] : NULL;
}

const struct place_node *store_place_of_lane(const struct store *s, int64_t lane) { return places_lane(s->places, lane); }

int64_t store_lane_free(const struct store *s)
{
    for (int64_t l = 1; l < LANES; l++)
        if (!s->places->lanes[l])
            return l;
    return 0;
}
