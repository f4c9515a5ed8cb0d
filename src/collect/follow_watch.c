#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "collect/follow.h"

#define DEPTH_MAX 32
#define EVENTS_BYTES ((size_t)64 * 1024)
#define READS_MAX 16 /* at once, so that a storm does not hold us */
#define MASK                                                                   \
	(IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO |                \
	    IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR)

static char *
join(const char *folder, const char *name)
{
	struct buf path = { 0 };

	buf_printf(&path, "%s/%s", folder, name);
	return path.at;
}

static struct follow_watch *
find(struct follow *f, int wd)
{
	size_t i;

	for (i = 0; i < f->nwatches; i++) {
		if (f->watches[i].wd == wd)
			return &f->watches[i];
	}
	return NULL;
}

/* False when the kernel takes no more: then files are found by scanning. */
static bool
watch(struct follow *f, const char *folder)
{
	int wd = inotify_add_watch(f->notify_fd, folder, MASK);
	struct follow_watch *there;

	if (wd < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return true;
		if (!f->watch_failed)
			follow_say(f, SOURCE_WARNING,
			    "a folder cannot be watched; its files are found "
			    "by looking again and again (see "
			    "fs.inotify.max_user_watches)",
			    folder, status_errno_text(errno));
		f->watch_failed = true;
		return false;
	}
	there = find(f, wd);
	if (there) {
		/* The same folder under the name it has now. */
		free(there->folder);
	} else {
		if (f->nwatches == f->watches_room) {
			f->watches_room =
			    f->watches_room ? f->watches_room * 2 : 32;
			f->watches = status_realloc(
			    f->watches, f->watches_room, sizeof(*f->watches));
		}
		there = &f->watches[f->nwatches++];
	}
	*there = (struct follow_watch){ wd, strdup(folder) };
	return there->folder != NULL;
}

static void
watch_below(struct follow *f, const char *folder, unsigned depth)
{
	struct dirent *entry;
	DIR *dir;

	if (!watch(f, folder) || f->base || depth == DEPTH_MAX)
		return;
	dir = opendir(folder);
	if (dir == NULL)
		return;
	while ((entry = readdir(dir))) {
		char *path;

		if (entry->d_name[0] == '.' ||
		    (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
			continue;
		path = join(folder, entry->d_name);
		watch_below(f, path, depth + 1);
		free(path);
	}
	(void)closedir(dir);
}

void
follow_watch_tree(struct follow *f, const char *folder)
{
	if (f->notify_fd >= 0)
		watch_below(f, folder, 0);
}

static void
forget(struct follow *f, int wd)
{
	struct follow_watch *w = find(f, wd);

	if (w == NULL)
		return;
	free(w->folder);
	*w = f->watches[--f->nwatches];
}

static void
take_file(struct follow *f, const struct inotify_event *e, const char *path,
    int64_t now_us)
{
	struct follow_file *file = follow_meet(f, path);

	if (file == NULL)
		return;
	if (e->mask & IN_MODIFY)
		file->closed = false;
	if (e->mask & (IN_CLOSE_WRITE | IN_MOVED_TO))
		file->closed = true;
	/* A busy log is looked at when its moment comes. */
	if (e->mask & IN_MODIFY && file->due_us &&
	    file->due_us <= now_us + FOLLOW_PACE_US)
		return;
	file->due_us = now_us;
}

static void
take_event(struct follow *f, const struct inotify_event *e, int64_t now_us)
{
	struct follow_watch *w;
	char *path;

	if (e->mask & IN_Q_OVERFLOW)
		f->stale = true;
	if (e->mask & IN_IGNORED) {
		forget(f, e->wd);
		return;
	}
	w = find(f, e->wd);
	if (w == NULL || e->len == 0 || e->name[0] == '\0')
		return;
	path = join(w->folder, e->name);
	if (!(e->mask & IN_ISDIR)) {
		take_file(f, e, path, now_us);
	} else if (e->mask & (IN_CREATE | IN_MOVED_TO)) {
		follow_watch_tree(f, path);
		/* What came into it before it was watched. */
		f->stale = true;
	}
	free(path);
}

void
follow_watch_read(struct follow *f, int64_t now_us)
{
	_Alignas(struct inotify_event) char events[EVENTS_BYTES];
	unsigned reads;

	for (reads = 0; f->notify_fd >= 0 && reads < READS_MAX; reads++) {
		ssize_t got = read(f->notify_fd, events, sizeof(events));
		size_t at = 0;

		if (got <= 0)
			return;
		while (at + sizeof(struct inotify_event) <= (size_t)got) {
			struct inotify_event e;

			memcpy(&e, events + at, sizeof(e));
			take_event(f,
			    (const struct inotify_event *)(const void
				    *)(events + at),
			    now_us);
			at += sizeof(e) + e.len;
		}
	}
}

void
follow_watch_done(struct follow *f)
{
	size_t i;

	for (i = 0; i < f->nwatches; i++)
		free(f->watches[i].folder);
	free(f->watches);
	if (f->notify_fd >= 0)
		(void)close(f->notify_fd);
}
