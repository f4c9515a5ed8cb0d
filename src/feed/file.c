/*
 * file.c - findings appended to a file, one a line.
 *
 * Delivered means on the disk: written whole and fsync()ed.  What could not
 * be written whole is taken back by ftruncate(), so that a full disk leaves no
 * half line; what a crash left half is ended by a line feed before the next.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "feed/kinds.h"
#include "feed/trouble.h"

#define BATCH_ITEMS 256
#define BATCH_BYTES ((size_t)1024 * 1024)

struct feed_file {
	struct trouble trouble;
	const char *path;
	int fd; /* -1: not open */
};

static void
fail(struct feed_file *f, const char *what)
{
	char why[sizeof(f->trouble.counts.trouble)];

	(void)snprintf(
	    why, sizeof(why), "%s: %s", what, status_errno_text(errno));
	trouble_failed(&f->trouble, why, 0);
}

static void
drop(struct feed_file *f)
{
	if (f->fd >= 0)
		(void)close(f->fd);
	f->fd = -1;
}

/* A new file's name is on the disk only when its folder is. */
static bool
sync_folder(const char *path)
{
	struct buf folder = { 0 };
	size_t slash = span_rfind(span_str(path), '/');
	bool good = false;
	int fd;

	if (path[slash] == '\0')
		buf_add_str(&folder, ".");
	else
		buf_add(&folder, span_of(path, slash > 0 ? slash : 1));
	fd = open(buf_text(&folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	buf_done(&folder);
	if (fd >= 0) {
		good = fsync(fd) == 0 || errno == EINVAL;
		(void)close(fd);
	}
	return good;
}

/* End the line that a crash left half. */
static bool
end_torn_line(int fd)
{
	struct stat st;
	char last;

	if (fstat(fd, &st) != 0)
		return false;
	if (st.st_size == 0)
		return true;
	if (pread(fd, &last, 1, st.st_size - 1) != 1)
		return false;
	return last == '\n' || write(fd, "\n", 1) == 1;
}

static bool
open_file(struct feed_file *f)
{
	struct stat st;

	/* Not blocking, should a pipe have come in place of the file. */
	f->fd = open(f->path,
	    O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
	    0640);
	if (f->fd < 0)
		return false;
	errno = EINVAL;
	if (fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    end_torn_line(f->fd) && sync_folder(f->path))
		return true;
	drop(f);
	return false;
}

/* The file was renamed or removed: go on in a new one of the old name. */
static bool
is_rotated(const struct feed_file *f)
{
	struct stat named, ours;

	return stat(f->path, &named) != 0 || fstat(f->fd, &ours) != 0 ||
	       named.st_ino != ours.st_ino || named.st_dev != ours.st_dev;
}

static bool
write_all(int fd, struct span text)
{
	while (text.len > 0) {
		ssize_t n = write(fd, text.at, text.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text = span_skip(text, (size_t)n);
	}
	return true;
}

/* All of the lines on the disk, or none of them in the file. */
static bool
append(struct feed_file *f, struct span lines)
{
	off_t before = lseek(f->fd, 0, SEEK_END);
	int reason;

	if (before < 0)
		return false;
	if (!write_all(f->fd, lines)) {
		reason = errno;
		/* Where that fails too, opening again ends the torn line. */
		(void)!ftruncate(f->fd, before);
		errno = reason;
		return false;
	}
	/* After a failed fsync() the pages count as clean but may be lost:
	 * only writing the lines again is safe. */
	return fsync(f->fd) == 0;
}

static size_t
gather(const struct feed_item *items, size_t count, struct buf *lines)
{
	size_t n = 0;

	while (n < count && n < BATCH_ITEMS &&
	       (n == 0 || lines->len + items[n].text.len < BATCH_BYTES)) {
		buf_add(lines, items[n].text);
		buf_add_char(lines, '\n');
		n++;
	}
	return n;
}

static size_t
file_take(void *feed, const struct feed_item *items, size_t count)
{
	struct feed_file *f = feed;
	struct buf lines = { 0 };
	size_t n;

	if (count == 0 || trouble_pause_ms(&f->trouble, 1) > 0)
		return 0;
	if (f->trouble.failures > 0)
		f->trouble.counts.retries++;
	if (f->fd >= 0 && is_rotated(f))
		drop(f);
	if (f->fd < 0 && !open_file(f)) {
		fail(f, "opening the file");
		return 0;
	}
	n = gather(items, count, &lines);
	if (append(f, buf_span(&lines))) {
		trouble_over(&f->trouble);
		trouble_delivered(&f->trouble, items[n - 1].number, n);
	} else {
		fail(f, "writing the file");
		drop(f);
		n = 0;
	}
	buf_done(&lines);
	return n;
}

/* What waiting does not mend is the configuration's fault. */
static bool
is_lasting(int reason)
{
	return reason == ENOENT || reason == ENOTDIR || reason == EACCES ||
	       reason == EPERM || reason == EISDIR || reason == ELOOP ||
	       reason == ENAMETOOLONG || reason == ENXIO || reason == EINVAL;
}

static enum status
refuse(const struct config_feed *config, int reason, struct buf *error)
{
	buf_printf(error,
	    "feed %s: cannot append to %s: %s; `path` must name a file in a "
	    "folder that is there and may be written",
	    config->name, config->path,
	    reason == EINVAL ? "not a file" : status_errno_text(reason));
	return STATUS_INVALID;
}

/* Of a file that is not there yet, its folder is asked. */
static enum status
file_check(const struct config_feed *config, struct buf *error)
{
	struct buf folder = { 0 };
	struct span path;
	size_t slash;
	int reason = 0;

	if (config->path == NULL) {
		buf_printf(error,
		    "feed %s: a file needs `path`: where to append",
		    config->name);
		return STATUS_INVALID;
	}
	path = span_str(config->path);
	slash = span_rfind(path, '/');
	buf_add(&folder,
	    slash == path.len ? SPAN(".") : span_first(path, slash + 1));
	if (access(config->path, W_OK) != 0)
		reason = errno;
	if (reason == ENOENT)
		reason = access(buf_text(&folder), W_OK | X_OK) ? errno : 0;
	buf_done(&folder);
	return is_lasting(reason) ? refuse(config, reason, error) : STATUS_OK;
}

static enum status
file_open(const struct config_feed *config, const struct feed_host *host,
    void **feed, struct buf *error)
{
	struct feed_file *f;

	if (file_check(config, error) != STATUS_OK)
		return STATUS_INVALID;
	f = status_calloc(1, sizeof(*f));
	trouble_init(&f->trouble, config, host);
	f->path = config->path;
	if (!open_file(f)) {
		int reason = errno;

		if (is_lasting(reason)) {
			free(f);
			return refuse(config, reason, error);
		}
		errno = reason;
		fail(f, "opening the file");
	}
	*feed = f;
	return STATUS_OK;
}

static void
file_run(void *feed, int wait_ms)
{
	struct feed_file *f = feed;

	trouble_sleep(trouble_pause_ms(&f->trouble, wait_ms));
}

static void
file_count(const void *feed, struct feed_counts *counts)
{
	const struct feed_file *f = feed;

	*counts = f->trouble.counts;
}

static void
file_close(void *feed)
{
	drop(feed);
	free(feed);
}

const struct feed_ops feed_file = {
	.kind = "file",
	.check = file_check,
	.open = file_open,
	.take = file_take,
	.run = file_run,
	.count = file_count,
	.close = file_close,
};
