#include "pipeline/prefetch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define AT_ONCE 8
/* Bytes that were downloaded or are, and that nobody has asked for yet. */
#define AHEAD_BYTES ((uint64_t)64 * 1024 * 1024)
/* Each is an open file. */
#define AHEAD_OBJECTS 128
#define MEMORY_LIMIT ((size_t)16 * 1024 * 1024)
#define WAIT_MS 200
/* Parcels between the first and the last that workers are at. */
#define WINDOW 256

enum state { IDLE, READING, READY, FAILED, TAKEN };

struct entry {
	struct prefetch *prefetch;
	enum state state;
	bool asked; /* a worker waits, or has waited, for it */
	int fd;
	char *error;
};

struct prefetch {
	struct prefetch_options options;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct entry *entries; /* one a parcel */
	size_t next;	       /* that is downloaded ahead */
	size_t wanted;	       /* behind the last that was asked for */
	size_t passed;	       /* of no use any more before it */
	size_t reading;
	uint64_t ahead;	      /* bytes, and ... */
	size_t ahead_objects; /* ... objects that were begun and not taken */
	int wake_fd;
	bool stop;
};

static uint64_t
size_of(const struct prefetch *p, size_t i)
{
	return p->options.plan->parcels[i].size;
}

/* A file in memory: whoever takes it closes it, and it is gone. */
static int
file_of(const char *body, size_t len)
{
	int fd = memfd_create("nephoscope-object", MFD_CLOEXEC);
	size_t done = 0;

	while (fd >= 0 && done < len) {
		ssize_t n = write(fd, body + done, len - done);

		if (n <= 0) {
			(void)close(fd);
			return -1;
		}
		done += (size_t)n;
	}
	if (fd >= 0 && lseek(fd, 0, SEEK_SET) != 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* On the prefetcher's thread, without the lock. */
static void
on_download(void *cookie, const struct s3_download *d)
{
	struct entry *e = cookie;
	struct prefetch *p = e->prefetch;
	struct entry done = { .prefetch = p, .state = FAILED, .fd = -1 };

	if (d->outcome == S3_DONE) {
		done.fd = d->fd >= 0 ? d->fd : file_of(d->body, d->len);
		done.state = done.fd >= 0 ? READY : FAILED;
		if (done.fd < 0)
			done.error =
			    span_to_str(SPAN("no memory for the object"));
		free(d->body);
	} else {
		done.error = span_to_str(span_str(d->text));
	}
	pthread_mutex_lock(&p->lock);
	done.asked = e->asked;
	*e = done;
	p->reading--;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

/* The first of those that workers are at about now. */
static size_t
window(const struct prefetch *p)
{
	return p->wanted > WINDOW ? p->wanted - WINDOW : 0;
}

/* What nobody asked for though much later ones were: an earlier run has read
 * it.  Who asks for it after all waits for a second download. */
static void
forget_passed(struct prefetch *p)
{
	for (; p->passed < window(p); p->passed++) {
		struct entry *e = &p->entries[p->passed];

		if (e->state != READY || e->asked)
			continue;
		(void)close(e->fd);
		e->state = IDLE;
		p->ahead -= size_of(p, p->passed);
		p->ahead_objects--;
	}
}

/* The next to download, or SIZE_MAX.  With the lock. */
static size_t
choose(struct prefetch *p)
{
	const struct plan *plan = p->options.plan;

	forget_passed(p);
	/* An earlier run may have read the beginning: where this one begins
	 * tells who asks first. */
	if (p->reading == AT_ONCE || p->wanted == 0)
		return SIZE_MAX;
	/* What is asked for goes on, whatever is ahead of it. */
	for (size_t i = window(p); i < p->wanted; i++) {
		if (p->entries[i].asked && p->entries[i].state == IDLE)
			return i;
	}
	if (p->next < p->wanted)
		p->next = p->wanted;
	while (p->next < plan->count &&
	       (p->entries[p->next].state != IDLE ||
		   !remote_is_path(plan->parcels[p->next].path)))
		p->next++;
	if (p->next == plan->count || p->ahead_objects >= AHEAD_OBJECTS ||
	    (p->ahead > 0 && p->ahead + size_of(p, p->next) > AHEAD_BYTES))
		return SIZE_MAX;
	return p->next;
}

static void
start(struct prefetch *p, size_t i)
{
	remote_start(
	    p->options.remote, &(struct remote_get){
				   .path = p->options.plan->parcels[i].path,
				   .memory_limit = MEMORY_LIMIT,
				   .spool = p->options.spool,
				   .done = on_download,
				   .cookie = &p->entries[i],
			       });
}

static void *
work(void *arg)
{
	struct prefetch *p = arg;

	pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		size_t i;
		uint64_t counter;

		while ((i = choose(p)) != SIZE_MAX) {
			p->entries[i].state = READING;
			p->reading++;
			p->ahead += size_of(p, i);
			p->ahead_objects++;
			start(p, i);
		}
		pthread_mutex_unlock(&p->lock);
		remote_run(p->options.remote, WAIT_MS, p->wake_fd);
		(void)!read(p->wake_fd, &counter, sizeof(counter));
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct prefetch *
prefetch_new(const struct prefetch_options *options)
{
	struct prefetch *p = status_calloc(1, sizeof(*p));

	p->options = *options;
	p->entries = status_calloc(options->plan->count, sizeof(*p->entries));
	for (size_t i = 0; i < options->plan->count; i++)
		p->entries[i] = (struct entry){ .prefetch = p, .fd = -1 };
	p->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	if (pthread_create(&p->thread, NULL, work, p) == 0)
		return p;
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->changed);
	(void)close(p->wake_fd);
	free(p->entries);
	free(p);
	return NULL;
}

static void
wake(struct prefetch *p)
{
	const uint64_t one = 1;

	(void)!write(p->wake_fd, &one, sizeof(one));
}

bool
prefetch_take(
    struct prefetch *p, const struct parcel *parcel, int *fd, struct buf *error)
{
	size_t i = (size_t)(parcel - p->options.plan->parcels);
	struct entry *e = &p->entries[i];
	bool ok;

	pthread_mutex_lock(&p->lock);
	e->asked = true;
	if (i >= p->wanted)
		p->wanted = i + 1;
	wake(p);
	while (e->state == IDLE || e->state == READING)
		pthread_cond_wait(&p->changed, &p->lock);
	ok = e->state == READY;
	*fd = e->fd;
	if (!ok)
		buf_add_str(error, e->error != NULL ? e->error : "read twice");
	free(e->error);
	e->error = NULL;
	e->state = TAKEN;
	p->ahead -= size_of(p, i);
	p->ahead_objects--;
	wake(p);
	pthread_mutex_unlock(&p->lock);
	return ok;
}

void
prefetch_free(struct prefetch *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_mutex_unlock(&p->lock);
	wake(p);
	(void)pthread_join(p->thread, NULL);
	/* Downloads under way end with the remote, which is their owner's. */
	remote_free(p->options.remote);
	for (size_t i = 0; i < p->options.plan->count; i++) {
		if (p->entries[i].state == READY)
			(void)close(p->entries[i].fd);
		free(p->entries[i].error);
	}
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->changed);
	(void)close(p->wake_fd);
	free(p->entries);
	free(p);
}
