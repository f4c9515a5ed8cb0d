/*
 * While a large store is checked the service manager is told every few seconds
 * that the program lives and needs longer.
 */
#include <stdlib.h>

#include "net/notify.h"
#include "pipeline/service_internal.h"

#define BUSY_US ((int64_t)5 * 1000000)

struct service_busy {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool ended;
};

static void *
tell_busy(void *arg)
{
	struct service_busy *b = arg;

	pthread_mutex_lock(&b->lock);
	while (!b->ended) {
		notify_send("WATCHDOG=1\nEXTEND_TIMEOUT_USEC=60000000");
		service_cond_wait(&b->changed, &b->lock, BUSY_US);
	}
	pthread_mutex_unlock(&b->lock);
	return NULL;
}

static void
free_busy(struct service_busy *b)
{
	pthread_cond_destroy(&b->changed);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

struct service_busy *
service_busy(void)
{
	struct service_busy *b;

	if (getenv("NOTIFY_SOCKET") == NULL)
		return NULL;
	b = status_calloc(1, sizeof(*b));
	pthread_mutex_init(&b->lock, NULL);
	service_cond_init(&b->changed);
	if (pthread_create(&b->thread, NULL, tell_busy, b) == 0)
		return b;
	free_busy(b); /* it goes without */
	return NULL;
}

void
service_busy_end(struct service_busy *b)
{
	if (b == NULL)
		return;
	pthread_mutex_lock(&b->lock);
	b->ended = true;
	pthread_cond_signal(&b->changed);
	pthread_mutex_unlock(&b->lock);
	pthread_join(b->thread, NULL);
	free_busy(b);
}
