#include "net/notify.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/span.h"
#include "base/status.h"
#include "net/clock.h"

#define BUSY_US ((int64_t)5 * 1000000)

struct notify_busy {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool ended;
};

void
notify_send(const char *text)
{
	struct span path = span_str(getenv("NOTIFY_SOCKET"));
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	socklen_t len;
	int fd;

	if (path.len < 2 || path.len >= sizeof(to.sun_path) ||
	    (path.at[0] != '/' && path.at[0] != '@'))
		return;
	memcpy(to.sun_path, path.at, path.len);
	if (to.sun_path[0] == '@') /* an abstract name */
		to.sun_path[0] = '\0';
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.len);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	/* A manager that does not listen is not our trouble. */
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL,
		(const struct sockaddr *)&to, len) < 0)
		(void)0;
	(void)close(fd);
}

int64_t
notify_watchdog_us(void)
{
	uint64_t us, pid;

	if (!span_to_u64(span_str(getenv("WATCHDOG_USEC")), &us))
		return 0;
	if (span_to_u64(span_str(getenv("WATCHDOG_PID")), &pid) &&
	    pid != (uint64_t)getpid())
		return 0;
	return (int64_t)(us / 2);
}

static void *
tell_busy(void *arg)
{
	struct notify_busy *b = arg;

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

struct notify_busy *
notify_busy(void)
{
	struct notify_busy *b;
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
notify_busy_end(struct notify_busy *b)
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
