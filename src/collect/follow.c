#include "collect/follow.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/name_time.h"
#include "collect/plan.h"
#include "collect/walk.h"
#include "net/clock.h"

#define SCAN_US ((int64_t)5 * 1000000)
#define POLL_US ((int64_t)1 * 1000000) /* without inotify */
#define SCAN_SHARE 20		       /* of all time, at most 1/20 */
#define STALE_US ((int64_t)100 * 1000) /* between scans that are wanted */
#define FILES_MAX ((size_t)1000000)

void
follow_say(struct follow *f, enum source_level level, const char *message,
    const char *path, const char *detail)
{
	const char *const fields[] = { "path", path, "detail", detail, NULL };

	f->host->say(f->host->cookie, level, message, fields);
}

static void
set_trouble(struct follow *f, const char *what)
{
	bool healthy = what == NULL;

	if (healthy != f->counts.healthy)
		follow_say(f, healthy ? SOURCE_INFO : SOURCE_WARNING,
		    healthy ? "the files are there again"
			    : "the files cannot be reached",
		    f->config->path, healthy ? "" : what);
	f->counts.healthy = healthy;
	(void)snprintf(f->counts.trouble, sizeof(f->counts.trouble), "%s%s%s",
	    healthy ? "" : f->config->path, healthy ? "" : ": ",
	    healthy ? "" : what);
}

/* --- the list of files ---------------------------------------------------- */

/* Index of `path` in by_path, or where it belongs. */
static size_t
place_of(const struct follow *f, const char *path, bool *found)
{
	size_t low = 0, high = f->nfiles;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(f->by_path[middle]->path, path);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct follow_file *
find(const struct follow *f, const char *path)
{
	bool found;
	size_t at = place_of(f, path, &found);

	return found ? f->by_path[at] : NULL;
}

static char *
copy(const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(status_calloc(size, 1), s, size);
}

static struct follow_file *
add(struct follow *f, const char *path, const char *place)
{
	struct follow_file *file;
	bool found;
	size_t at = place_of(f, path, &found);

	if (found)
		return f->by_path[at];
	if (f->nfiles == FILES_MAX)
		return NULL;
	if (f->nfiles == f->files_room) {
		f->files_room = f->files_room ? f->files_room * 2 : 256;
		f->files = status_realloc(
		    f->files, f->files_room, sizeof(struct follow_file *));
		f->by_path = status_realloc(
		    f->by_path, f->files_room, sizeof(struct follow_file *));
	}
	file = status_calloc(1, sizeof(*file));
	*file = (struct follow_file){
		.path = copy(path),
		.place = copy(place),
		.fd = -1,
	};
	memmove(f->by_path + at + 1, f->by_path + at,
	    (f->nfiles - at) * sizeof(struct follow_file *));
	f->by_path[at] = file;
	f->files[f->nfiles++] = file;
	return file;
}

/* Let those go that the last scan did not find and that are read. */
void
follow_drop_gone(struct follow *f)
{
	size_t i, kept = 0;

	for (i = 0; i < f->nfiles; i++) {
		if (f->by_path[i]->path)
			f->by_path[kept++] = f->by_path[i];
	}
	for (i = kept = 0; i < f->nfiles; i++) {
		if (f->files[i]->path)
			f->files[kept++] = f->files[i];
		else
			follow_file_free(f, f->files[i]);
	}
	f->nfiles = kept;
}

/* Does a name belong to the log that is followed: itself, or what a rotation
 * makes of it (audit.log.1, audit.log-20261122.gz, audit-2026-11-22.log)? */
static bool
belongs(const struct follow *f, const char *name)
{
	struct span base = span_str(f->base);
	struct span stem = span_first(base, span_rfind(base, '.'));
	struct span s = span_str(name);

	if (span_equal(s, base))
		return true;
	if (span_starts(s, base))
		return s.at[base.len] == '.' || s.at[base.len] == '-';
	return stem.len && s.len > stem.len && span_starts(s, stem) &&
	       s.at[stem.len] == '-';
}

/* Its place: relative to the folder, as a plan names it. */
static const char *
place_in(const struct follow *f, const char *path)
{
	size_t n = strlen(f->root);

	if (strncmp(path, f->root, n) != 0)
		return path;
	while (path[n] == '/')
		n++;
	return path + n;
}

struct follow_file *
follow_meet(struct follow *f, const char *path)
{
	struct follow_file *file = find(f, path);
	const char *place = place_in(f, path);
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	bool partial;
	struct stat s;

	if (file)
		return file;
	if (name[0] == '.' || (f->base && !belongs(f, name)) ||
	    walk_refuses(span_str(place), &partial) || stat(path, &s) != 0 ||
	    !S_ISREG(s.st_mode))
		return NULL;
	file = add(f, path, place);
	if (file)
		file->doubted = !f->base && walk_doubts(span_str(place));
	return file;
}

/* --- looking at the tree -------------------------------------------------- */

/* The log itself and what its rotations left, as paths to be freed. */
static char **
list_siblings(struct follow *f, size_t *count)
{
	struct dirent **entries = NULL;
	int n = scandir(f->root, &entries, NULL, alphasort);
	char **paths = status_calloc(n > 0 ? (size_t)n : 1, sizeof(char *));
	int i;

	*count = 0;
	for (i = 0; i < n; i++) {
		struct buf path = { 0 };
		bool partial;

		buf_printf(&path, "%s/%s", f->root, entries[i]->d_name);
		if (belongs(f, entries[i]->d_name) &&
		    !walk_refuses(span_str(entries[i]->d_name), &partial))
			paths[(*count)++] = copy(buf_text(&path));
		buf_done(&path);
		free(entries[i]);
	}
	free(entries);
	return paths;
}

static void
free_paths(char **paths, size_t count)
{
	while (count)
		free(paths[--count]);
	free(paths);
}

static void
walk_siblings(struct follow *f, struct walk *w)
{
	size_t count, i;
	char **paths = list_siblings(f, &count);

	for (i = 0; i < count; i++) {
		/* One that is gone meanwhile is none. */
		if (walk_argument(w, paths[i]) != STATUS_OK)
			f->stale = true;
	}
	free_paths(paths, count);
}

/* A file the walk found: known, or new and due. */
static void
take_found(struct follow *f, const struct walk_file *found, int64_t now_us)
{
	struct follow_file *file = find(f, found->path);

	if (!found->regular)
		return;
	if (file == NULL) {
		file = add(f, found->path, found->place);
		if (file == NULL)
			return;
		file->doubted = found->doubted;
		file->due_us = now_us;
	} else if (file->due_us == 0 &&
		   (found->size != file->size || found->inode != file->inode ||
		       found->device != file->device)) {
		file->due_us = now_us;
	}
	file->found = true;
}

static int
by_time(const void *va, const void *vb)
{
	const struct walk_file *a = va;
	const struct walk_file *b = vb;
	int64_t ta = name_time_of(span_str(a->place));
	int64_t tb = name_time_of(span_str(b->place));

	if (ta != tb)
		return ta < tb ? -1 : 1;
	return strcmp(a->place, b->place);
}

static void
take_walk(struct follow *f, struct walk *w, int64_t now_us)
{
	size_t i;

	for (i = 0; i < f->nfiles; i++)
		f->files[i]->found = false;
	if (w->count)
		qsort(w->files, w->count, sizeof(*w->files), by_time);
	for (i = 0; i < w->count; i++)
		take_found(f, &w->files[i], now_us);
	for (i = 0; i < f->nfiles; i++) {
		/* Its last step reads what is left of it. */
		if (!f->files[i]->found && f->files[i]->due_us == 0)
			f->files[i]->due_us = now_us;
	}
}

void
follow_scan(struct follow *f, int64_t now_us)
{
	struct plan *skips = status_calloc(1, sizeof(*skips));
	const struct plan_options options = { 0 };
	struct walk w = { .plan = skips, .options = &options };
	enum status st = STATUS_OK;

	f->stale = false;
	f->scanned_us = now_us;
	if (access(f->root, R_OK | X_OK) != 0) {
		set_trouble(f, status_errno_text(errno));
	} else {
		set_trouble(f, NULL);
		if (f->nwatches == 0)
			follow_watch_tree(f, f->root);
	}
	if (f->base)
		walk_siblings(f, &w);
	else
		st = walk_argument(&w, f->root);
	if (st == STATUS_OK)
		take_walk(f, &w, now_us);
	walk_done(&w);
	plan_free(skips);
	f->scan_cost_us = clock_mono_us() - now_us;
}

int64_t
follow_next_scan_us(const struct follow *f)
{
	bool watched = f->nwatches && !f->watch_failed;
	int64_t every = watched ? SCAN_US : POLL_US;

	if (f->config->follow <= 0)
		return INT64_MAX;
	if (f->stale)
		every = STALE_US;
	if (every < f->scan_cost_us * SCAN_SHARE)
		every = f->scan_cost_us * SCAN_SHARE;
	return f->scanned_us + every;
}

/* The files of a plan, in its order. */
static void
take_plan(struct follow *f, const struct plan *plan, int64_t now_us)
{
	size_t i;

	for (i = 0; i < plan->nskips; i++) {
		if (plan->skips[i].partial)
			follow_say(f, SOURCE_WARNING, "a file is left out",
			    plan->skips[i].path, plan->skips[i].reason);
	}
	for (i = 0; i < plan->count; i++) {
		struct follow_file *file =
		    add(f, plan->parcels[i].path, plan->parcels[i].place);

		if (file == NULL)
			continue;
		file->due_us = now_us;
		file->planned = true;
	}
	f->ordered_until_us = now_us + FOLLOW_ORDERED_US;
	f->counts.duplicates += plan->duplicates;
}

/* What is there at the start. */
void
follow_start(struct follow *f, int64_t now_us)
{
	struct buf error = { 0 };
	struct plan *plan = NULL;
	struct plan_options options = { 0 };
	size_t count = 1;
	char **paths;

	f->started = true;
	/* Before the list is made, so that nothing comes in between. */
	if (f->config->follow > 0)
		follow_watch_tree(f, f->root);
	if (f->base && f->config->follow > 0) {
		paths = list_siblings(f, &count);
	} else {
		paths = status_calloc(1, sizeof(char *));
		paths[0] = copy(f->config->path);
	}
	options.paths = (const char *const *)paths;
	options.npaths = count;
	if (plan_make(&options, &plan, &error) == STATUS_OK)
		take_plan(f, plan, now_us);
	else
		set_trouble(f, status_errno_text(errno));
	plan_free(plan);
	buf_done(&error);
	free_paths(paths, count);
	if (f->config->follow > 0)
		follow_scan(f, now_us);
}
