/*
 * The source of files: a folder or a log, read once or followed.
 *
 * inotify says early what has changed; a look at the whole tree every few
 * seconds finds what it did not say (network file systems, a full queue).
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/civil.h"
#include "collect/follow.h"
#include "net/clock.h"

#define US_PER_MS 1000
#define FULL_MS 20		       /* until room is asked for again */
#define STEPS_US ((int64_t)100 * 1000) /* of work in one run */

/* One step of a file; in a folder that is not followed there is but one. */
static enum follow_step
step(struct follow *f, struct follow_file *file, int64_t now_us)
{
	struct stat s;
	enum follow_step step;

	if (f->config->follow > 0)
		return follow_file_step(f, file, now_us);
	if (stat(file->path, &s) == 0)
		file->mtime_us = (int64_t)s.st_mtim.tv_sec * CIVIL_US_PER_S;
	step = follow_file_whole(f, file);
	if (step != FOLLOW_FULL)
		file->due_us = 0;
	return step == FOLLOW_MORE ? FOLLOW_IDLE : step;
}

/* Steps of one file until it has no more.  False when the host is full. */
static bool
work_on(struct follow *f, struct follow_file *file, int64_t end_us)
{
	enum follow_step done = FOLLOW_MORE;
	int64_t now_us = clock_mono_us();

	while (done == FOLLOW_MORE && now_us < end_us) {
		done = step(f, file, now_us);
		now_us = clock_mono_us();
		if (done == FOLLOW_MORE && file->due_us > now_us)
			return true;
	}
	if (done == FOLLOW_MORE || done == FOLLOW_FULL)
		file->due_us = now_us;
	if (done == FOLLOW_GONE) {
		free(file->path);
		file->path = NULL;
	}
	return done != FOLLOW_FULL;
}

/* Does what lies behind a file in the order of the start wait for it? */
static bool
holds_up(const struct follow *f, const struct follow_file *file, int64_t now_us)
{
	return file->planned && file->unsettled && now_us < f->ordered_until_us;
}

/* Work for a while, in order.  True when the host takes no more. */
static bool
work(struct follow *f)
{
	int64_t now_us = clock_mono_us();
	int64_t end_us = now_us + STEPS_US;
	bool gone = false, full = false;
	size_t i;

	for (i = 0; i < f->nfiles && !full && now_us < end_us; i++) {
		struct follow_file *file = f->files[i];

		if (file->due_us != 0 && file->due_us <= now_us) {
			full = !work_on(f, file, end_us);
			gone = gone || file->path == NULL;
			now_us = clock_mono_us();
		}
		if (holds_up(f, file, now_us))
			break;
	}
	if (gone)
		follow_drop_gone(f);
	return full;
}

static int64_t
next_due_us(struct follow *f)
{
	int64_t due = follow_next_scan_us(f), now_us = clock_mono_us();
	bool behind = false;
	size_t i;

	f->counts.waiting = 0;
	for (i = 0; i < f->nfiles; i++) {
		if (f->files[i]->due_us == 0)
			continue;
		f->counts.waiting++;
		if (!behind && f->files[i]->due_us < due)
			due = f->files[i]->due_us;
		behind = behind || holds_up(f, f->files[i], now_us);
	}
	return due;
}

static void
wait_for(struct follow *f, int64_t until_us, int wait_ms)
{
	struct pollfd fds[] = {
		{ .fd = f->host->wake_fd, .events = POLLIN },
		{ .fd = f->notify_fd, .events = POLLIN },
	};
	int64_t left_us = until_us - clock_mono_us();

	if (left_us < 0)
		left_us = 0;
	if (left_us / US_PER_MS < wait_ms)
		wait_ms = (int)(left_us / US_PER_MS) + 1;
	(void)poll(fds, COUNTOF(fds), wait_ms);
}

static void
files_run(void *source, int wait_ms)
{
	struct follow *f = source;
	int64_t now_us = clock_mono_us();
	int64_t due_us;
	bool full;

	if (f->host->stopping(f->host->cookie)) {
		wait_for(f, INT64_MAX, wait_ms);
		return;
	}
	if (!f->started)
		follow_start(f, now_us);
	follow_watch_read(f, now_us);
	if (now_us >= follow_next_scan_us(f))
		follow_scan(f, now_us);
	full = work(f);
	due_us = next_due_us(f);
	if (full) {
		struct pollfd wake = { .fd = f->host->wake_fd,
			.events = POLLIN };

		/* Room is made by the host's other threads too. */
		(void)poll(&wake, 1, wait_ms < FULL_MS ? wait_ms : FULL_MS);
	} else if (due_us > clock_mono_us()) {
		wait_for(f, due_us, wait_ms);
	}
}

static void
files_close(void *source)
{
	struct follow *f = source;
	size_t i;

	if (f == NULL)
		return;
	for (i = 0; i < f->nfiles; i++)
		follow_file_free(f, f->files[i]);
	for (i = 0; i < f->nstreams; i++)
		free(f->streams[i]);
	follow_watch_done(f);
	reader_free(f->reader);
	json_parser_free(f->json);
	free(f->files);
	free(f->by_path);
	free(f->streams);
	free(f->window.at);
	free(f->packed.at);
	free(f->head);
	free(f->root);
	free(f->base);
	free(f);
}

static char *
copy_of(struct span s)
{
	char *text = status_calloc(s.len + 1, 1);

	if (s.len)
		memcpy(text, s.at, s.len);
	return text;
}

/* The folder to look into, and the name in it when it is one log. */
static void
set_root(struct follow *f, bool folder)
{
	struct span path = span_str(f->config->path);
	size_t slash;

	while (path.len > 1 && path.at[path.len - 1] == '/')
		path.len--;
	slash = span_rfind(path, '/');
	if (folder) {
		f->root = copy_of(path);
	} else if (slash == path.len) {
		f->root = copy_of(SPAN("."));
		f->base = copy_of(path);
	} else {
		f->root = copy_of(span_first(path, slash ? slash : 1));
		f->base = copy_of(span_skip(path, slash + 1));
	}
}

/* What is not there yet is a folder, unless its name ends like a file's. */
static bool
is_folder_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strchr(slash ? slash : path, '.') == NULL;
}

static enum status
files_check(const struct config_source *config, struct buf *error)
{
	struct stat s;

	if (config->path == NULL || config->path[0] == '\0') {
		buf_add_str(error, "path is not set; name the folder or file "
				   "to read");
		return STATUS_INVALID;
	}
	if (config->follow <= 0 && stat(config->path, &s) != 0) {
		buf_printf(error,
		    "path: %s: %s; what comes later needs follow: true",
		    config->path, status_errno_text(errno));
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

static enum status
files_open(const struct config_source *config, const struct source_host *host,
    void **source, struct buf *error)
{
	struct follow *f;
	struct stat s;
	bool there;

	if (files_check(config, error) != STATUS_OK)
		return STATUS_INVALID;
	there = stat(config->path, &s) == 0;
	f = status_calloc(1, sizeof(*f));
	f->config = config;
	f->host = host;
	f->counts.healthy = true;
	f->notify_fd =
	    config->follow > 0 ? inotify_init1(IN_CLOEXEC | IN_NONBLOCK) : -1;
	f->reader = reader_new(&READER_LIMITS_DEFAULT);
	f->json = json_parser_new(FOLLOW_LINE_BYTES);
	f->head = status_calloc(FOLLOW_HEAD_BYTES + JSON_PADDING, 1);
	set_root(f, there ? S_ISDIR(s.st_mode) : is_folder_name(config->path));
	*source = f;
	return STATUS_OK;
}

static void
files_safe(void *source, const uint64_t *tokens, size_t count)
{
	struct follow *f = source;
	size_t i;

	for (i = 0; i < count; i++) {
		if ((tokens[i] & 1) && f->whole_under_way)
			f->whole_under_way--;
	}
}

static void
files_count(const void *source, struct source_counts *counts)
{
	const struct follow *f = source;

	*counts = f->counts;
}

const struct source_ops source_files = {
	.kind = "files",
	.check = files_check,
	.open = files_open,
	.run = files_run,
	.safe = files_safe,
	.count = files_count,
	.close = files_close,
};
