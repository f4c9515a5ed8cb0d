/*
 * While a large store is checked the service manager is told every few seconds
 * that the program lives and needs longer.
 */
#include <stdlib.h>

#include "net/clock.h"
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
		int64_t until_us = clock_mono_us() + BUSY_US;
		struct timespec until = { .tv_sec = until_us / 1000000,
			.tv_nsec = until_us % 1000000 * 1000 };

		notify_send("WATCHDOG=1\nEXTEND_TIMEOUT_USEC=60000000");
		(void)pthread_cond_timedwait(&b->changed, &b->lock, &until);
	}
	pthread_mutex_unlock(&b->lock);
	return NULL;
}

struct service_busy *
service_busy(void)
{
	struct service_busy *b;
	pthread_condattr_t how;

	if (getenv("NOTIFY_SOCKET") == NULL)
		return NULL;
	b = status_calloc(1, sizeof(*b));
	pthread_mutex_init(&b->lock, NULL);
	pthread_condattr_init(&how);
	pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
	pthread_cond_init(&b->changed, &how);
	pthread_condattr_destroy(&how);
	if (pthread_create(&b->thread, NULL, tell_busy, b) == 0)
		return b;
	b->ended = true; /* it goes without */
	return b;
}

void
service_busy_end(struct service_busy *b)
{
	bool runs;

	if (b == NULL)
		return;
	pthread_mutex_lock(&b->lock);
	runs = !b->ended;
	b->ended = true;
	pthread_cond_signal(&b->changed);
	pthread_mutex_unlock(&b->lock);
	if (runs)
		pthread_join(b->thread, NULL);
	pthread_cond_destroy(&b->changed);
	pthread_mutex_destroy(&b->lock);
	free(b);
}
