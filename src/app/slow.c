/* One worker thread with a bounded queue: password hashing, imports. Serving threads never wait for it. */
#include "app/app.h"

#define SLOW_MAX 256

struct task { void (*work)(void *arg); void *arg; };

struct slow {
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct task tasks[SLOW_MAX];
    size_t head, n;
    bool stopping;
    pthread_t thread;
};

static void *slow_main(void *arg)
{
    struct slow *s = arg;
    for (;;) {
        pthread_mutex_lock(&s->lock);
        while (s->n == 0 && !s->stopping)
            pthread_cond_wait(&s->some, &s->lock);
        if (s->n == 0) {
            pthread_mutex_unlock(&s->lock);
            return NULL;
        }
        struct task t = s->tasks[s->head];
        s->head = (s->head + 1) % SLOW_MAX;
        s->n--;
        pthread_mutex_unlock(&s->lock);
        t.work(t.arg);
    }
}

struct slow *slow_new(void)
{
    struct slow *s = mem_zalloc(sizeof(*s));
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->some, NULL);
    if (pthread_create(&s->thread, NULL, slow_main, s)) {
        mem_free(s);
        return NULL;
    }
    return s;
}

int slow_put(struct slow *s, void (*work)(void *arg), void *arg)
{
    int err = -ERR_BUSY;
    pthread_mutex_lock(&s->lock);
    if (s->n < SLOW_MAX && !s->stopping) {
        s->tasks[(s->head + s->n++) % SLOW_MAX] = (struct task){ work, arg };
        pthread_cond_signal(&s->some);
        err = 0;
    }
    pthread_mutex_unlock(&s->lock);
    return err;
}

void slow_stop(struct slow *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->some);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->some);
    mem_free(s);
}
