/*
 * stdout.c - findings on standard output, one a line.
 *
 * Standard output may be a pipe whose reader is slow, and is shared with
 * whoever started us, so it is not switched to non-blocking: it is written
 * when poll() says so and never more than PIPE_BUF at once, which a pipe that
 * is ready takes without blocking (POSIX, write()).
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "feed/kinds.h"
#include "feed/trouble.h"
#include "net/clock.h"

struct feed_stdout {
	struct trouble trouble;
	struct buf line; /* the one under way; empty: none */
	size_t written;
	uint64_t number;
	bool is_file; /* to be synced */
};

static enum status
stdout_open(const struct config_feed *config, const struct feed_host *host,
    void **feed, struct buf *error)
{
	struct feed_stdout *f = status_calloc(1, sizeof(*f));
	struct stat st;

	(void)error;
	trouble_init(&f->trouble, config, host);
	f->is_file = fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode);
	*feed = f;
	return STATUS_OK;
}

static void
fail(struct feed_stdout *f)
{
	char why[sizeof(f->trouble.counts.trouble)];

	(void)snprintf(why, sizeof(why), "writing standard output: %s",
	    status_errno_text(errno));
	trouble_failed(&f->trouble, why, 0);
}

/* The line is out: on the disk, or in the pipe. */
static void
finish(struct feed_stdout *f)
{
	if (f->is_file && fsync(STDOUT_FILENO) != 0) {
		fail(f);
		f->written = 0;
		return;
	}
	buf_reset(&f->line);
	trouble_over(&f->trouble);
	trouble_delivered(&f->trouble, f->number, 1);
}

/* Write a piece, waiting for at most `wait_ms`; false: no more for now. */
static bool
push(struct feed_stdout *f, int wait_ms)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
	struct span rest = span_skip(buf_span(&f->line), f->written);
	ssize_t n;

	if (poll(&out, 1, wait_ms) <= 0)
		return false;
	n = write(STDOUT_FILENO, rest.at,
	    rest.len < PIPE_BUF ? rest.len : (size_t)PIPE_BUF);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (n < 0) {
		fail(f);
		return false;
	}
	f->written += (size_t)n;
	if (f->written < f->line.len)
		return true;
	finish(f);
	return false;
}

static void
push_all(struct feed_stdout *f, int wait_ms)
{
	int64_t until = clock_mono_us() + (int64_t)wait_ms * 1000;

	if (f->line.len == 0 || trouble_pause_ms(&f->trouble, 1) > 0) {
		trouble_sleep(trouble_pause_ms(&f->trouble, wait_ms));
		return;
	}
	if (f->trouble.failures > 0)
		f->trouble.counts.retries++;
	while (push(f, wait_ms)) {
		int64_t left = (until - clock_mono_us()) / 1000;

		wait_ms = left > 0 ? (int)left : 0;
	}
}

static size_t
stdout_take(void *feed, const struct feed_item *items, size_t count)
{
	struct feed_stdout *f = feed;
	size_t n = 0;

	while (n < count && f->line.len == 0 &&
	       trouble_pause_ms(&f->trouble, 1) == 0) {
		buf_add(&f->line, items[n].text);
		buf_add_char(&f->line, '\n');
		f->written = 0;
		f->number = items[n].number;
		push_all(f, 0);
		n++;
	}
	return n;
}

static void
stdout_run(void *feed, int wait_ms)
{
	push_all(feed, wait_ms);
}

static void
stdout_count(const void *feed, struct feed_counts *counts)
{
	const struct feed_stdout *f = feed;

	*counts = f->trouble.counts;
}

static void
stdout_close(void *feed)
{
	struct feed_stdout *f = feed;

	buf_done(&f->line);
	free(f);
}

const struct feed_ops feed_stdout = {
	.kind = "stdout",
	.open = stdout_open,
	.take = stdout_take,
	.run = stdout_run,
	.count = stdout_count,
	.close = stdout_close,
};
