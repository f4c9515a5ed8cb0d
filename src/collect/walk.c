#include "collect/walk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "collect/remote.h"

#define NOT_A_LOG "not a log"

/* Endings of what is no log, whatever is in it. */
static const char *const foreign_endings[] = {
	".md",
	".rst",
	".yaml",
	".yml",
	".toml",
	".ini",
	".conf",
	".tsv",
	".html",
	".htm",
	".css",
	".js",
	".py",
	".sh",
	".c",
	".h",
	".go",
	".rs",
	".java",
	".png",
	".jpg",
	".jpeg",
	".gif",
	".svg",
	".pdf",
	".zip",
	".tar",
	".tgz",
	".db",
	".so",
	".mmdb",
	".pcap",
	".tar.gz",
	".sha1",
	".sha256",
	".sig",
	".tmp",
	".swp",
	".lock",
	".bak",
};

static const char *const foreign_names[] = {
	"README",
	"LICENSE",
	"LICENCE",
	"NOTICE",
	"COPYING",
	"CHANGELOG",
	"Makefile",
	"truth.json",
	"manifest.json",
	"manifest.jsonl",
};

/* Endings that say log, so that the content need not be asked. */
static const char *const log_endings[] = {
	".json",
	".jsonl",
	".ndjson",
	".log",
	".gz",
	".zst",
};

static struct span
name_of(struct span place)
{
	size_t slash = span_rfind(place, '/');

	return slash < place.len ? span_skip(place, slash + 1) : place;
}

static bool
ends_nocase(struct span s, struct span suffix)
{
	return s.len >= suffix.len &&
	       span_equal_nocase(span_skip(s, s.len - suffix.len), suffix);
}

const char *
walk_refuses(struct span place, bool *partial)
{
	struct span name = name_of(place);
	size_t i;

	*partial = false;
	if (span_search(place, SPAN("CloudTrail-Digest")) < place.len)
		return "a CloudTrail digest";
	if (span_search(name, SPAN("_ConfigSnapshot_")) < name.len ||
	    span_search(name, SPAN("_ConfigHistory_")) < name.len ||
	    span_equal(name, SPAN("ConfigWritabilityCheckFile")))
		return "an AWS Config snapshot";
	if (ends_nocase(name, SPAN(".parquet"))) {
		*partial = true;
		return "Parquet is not read";
	}
	for (i = 0; i < COUNTOF(foreign_endings); i++) {
		if (ends_nocase(name, span_str(foreign_endings[i])))
			return NOT_A_LOG;
	}
	for (i = 0; i < COUNTOF(foreign_names); i++) {
		if (span_equal_nocase(name, span_str(foreign_names[i])))
			return NOT_A_LOG;
	}
	return NULL;
}

bool
walk_doubts(struct span place)
{
	struct span name = name_of(place);
	size_t i;

	for (i = 0; i < COUNTOF(log_endings); i++) {
		if (ends_nocase(name, span_str(log_endings[i])))
			return false;
	}
	return true;
}

/* --- folders already seen, so that links cannot lead round in circles ----- */

struct seen {
	struct seen_slot {
		dev_t device;
		ino_t inode;
		bool used;
	} * slots;
	size_t count;
	size_t room; /* a power of two, or 0 */
};

static struct seen_slot *
seen_slot(struct seen *s, const struct stat *info)
{
	size_t i = (size_t)((uint64_t)info->st_ino * 0x9e3779b97f4a7c15u) &
		   (s->room - 1);

	while (s->slots[i].used && (s->slots[i].inode != info->st_ino ||
				       s->slots[i].device != info->st_dev))
		i = (i + 1) & (s->room - 1);
	return &s->slots[i];
}

static void
seen_grow(struct seen *s)
{
	struct seen old = *s;
	size_t i;

	s->room = old.room ? old.room * 2 : 64;
	s->slots = status_calloc(s->room, sizeof(*s->slots));
	for (i = 0; i < old.room; i++) {
		struct stat info = { .st_dev = old.slots[i].device,
			.st_ino = old.slots[i].inode };

		if (old.slots[i].used)
			*seen_slot(s, &info) = old.slots[i];
	}
	free(old.slots);
}

/* True the first time. */
static bool
seen_add(struct seen *s, const struct stat *info)
{
	struct seen_slot *slot;

	if (s->count * 2 >= s->room)
		seen_grow(s);
	slot = seen_slot(s, info);
	if (slot->used)
		return false;
	*slot = (struct seen_slot){ info->st_dev, info->st_ino, true };
	s->count++;
	return true;
}

/* --- the walk ------------------------------------------------------------- */

/* Folders still to be read, the next one last. */
struct pending {
	char **paths;
	size_t count;
	size_t room;
};

static char *
join(const char *folder, const char *name)
{
	size_t n = strlen(folder);
	size_t size = n + strlen(name) + 2;
	char *path = status_calloc(size, 1);
	bool slash = n > 0 && folder[n - 1] == '/';

	(void)snprintf(path, size, "%s%s%s", folder, slash ? "" : "/", name);
	return path;
}

static void
push(struct pending *p, char *path)
{
	if (p->count == p->room) {
		p->room = p->room ? p->room * 2 : 64;
		p->paths = status_realloc(p->paths, p->room, sizeof(*p->paths));
	}
	p->paths[p->count++] = path;
}

static struct walk_file *
add_file(struct walk *w, const char *path, struct span place,
    const struct stat *info)
{
	struct walk_file *f;

	if (w->count == w->room) {
		w->room = w->room ? w->room * 2 : 256;
		w->files = status_realloc(w->files, w->room, sizeof(*w->files));
	}
	f = &w->files[w->count++];
	*f = (struct walk_file){
		.path = span_to_str(span_str(path)),
		.place = span_to_str(place),
		.size = (uint64_t)info->st_size,
		.device = info->st_dev,
		.inode = info->st_ino,
		.regular = S_ISREG(info->st_mode),
	};
	if (!f->regular)
		f->size = 0;
	w->bytes += f->size;
	if (w->options->progress)
		w->options->progress(w->options->cookie, w->count, w->bytes);
	return f;
}

/* A file found in a folder: taken, or skipped with its reason. */
static void
meet_file(struct walk *w, const char *path, struct span place,
    const struct stat *info)
{
	const char *reason = NULL;
	bool partial = false;

	if (!S_ISREG(info->st_mode))
		reason = "not a regular file";
	else
		reason = walk_refuses(place, &partial);
	if (reason == NULL && info->st_size == 0)
		reason = "empty";
	if (reason == NULL && euidaccess(path, R_OK) != 0) {
		reason = status_errno_text(errno);
		partial = true;
	}
	if (reason)
		plan_skip(w->plan, path, reason, partial);
	else
		add_file(w, path, place, info)->doubted = walk_doubts(place);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The entries of a folder in byte order, dot files left out. */
static struct pending
list_folder(struct walk *w, const char *path)
{
	struct pending names = { NULL, 0, 0 };
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (dir == NULL) {
		plan_skip(w->plan, path, status_errno_text(errno), true);
		return names;
	}
	errno = 0;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			push(&names, join(path, entry->d_name));
		errno = 0;
	}
	if (errno)
		plan_skip(w->plan, path, status_errno_text(errno), true);
	(void)closedir(dir);
	if (names.count)
		qsort(names.paths, names.count, sizeof(*names.paths), by_name);
	return names;
}

static void
walk_folder(struct walk *w, const char *top)
{
	struct seen seen = { NULL, 0, 0 };
	struct pending todo = { NULL, 0, 0 };
	size_t top_len = strlen(top);

	while (top_len > 1 && top[top_len - 1] == '/')
		top_len--;
	push(&todo, span_to_str(span_of(top, top_len)));
	while (todo.count) {
		char *path = todo.paths[--todo.count];
		struct stat info;

		if (stat(path, &info) != 0) {
			plan_skip(
			    w->plan, path, status_errno_text(errno), true);
		} else if (!S_ISDIR(info.st_mode)) {
			struct span place = span_skip(span_str(path), top_len);

			while (place.len && place.at[0] == '/')
				place = span_skip(place, 1);
			meet_file(w, path, place, &info);
		} else if (seen_add(&seen, &info)) {
			struct pending names = list_folder(w, path);

			while (names.count)
				push(&todo, names.paths[--names.count]);
			free(names.paths);
		}
		free(path);
	}
	free(todo.paths);
	free(seen.slots);
}

/* An object of a bucket: its name alone tells what it is. */
static void
meet_object(void *cookie, const struct remote_object *o)
{
	struct walk *w = cookie;
	const struct stat info = { .st_mode = S_IFREG,
		.st_size = (off_t)o->size,
		/* So that an object of two arguments is one. */
		.st_dev = (dev_t)-1,
		.st_ino = hash_span(&HASH_KEY_DEFAULT, span_str(o->path)) };
	struct span place = span_str(o->place);
	bool partial = false;
	const char *reason = walk_refuses(place, &partial);
	struct walk_file *f;

	if (reason == NULL && o->size == 0)
		reason = "empty";
	if (reason == NULL && o->cold) {
		reason = "in an archive class; restore it first";
		partial = true;
	}
	if (reason != NULL) {
		plan_skip(w->plan, o->path, reason, partial);
		return;
	}
	f = add_file(w, o->path, place, &info);
	f->remote = true;
	f->doubted = walk_doubts(place);
	f->regular = false;
	f->modified_us = o->modified_us;
	/* Of one part, an ETag is the same for the same bytes. */
	if (o->etag.len == sizeof(f->digest))
		memcpy(f->digest, o->etag.at, o->etag.len);
}

enum status
walk_bucket(struct walk *w, const char *path, struct buf *error)
{
	struct buf why = { 0 };
	enum status st =
	    remote_list(w->options->remote, path, meet_object, w, &why);

	if (st != STATUS_OK)
		buf_printf(error, "%s: %s", path, buf_text(&why));
	buf_done(&why);
	return st;
}

enum status
walk_argument(struct walk *w, const char *path)
{
	struct stat info = { .st_mode = S_IFIFO };

	if (!strcmp(path, "-")) {
		add_file(w, path, SPAN("-"), &info)->named = true;
		return STATUS_OK;
	}
	if (stat(path, &info) != 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return STATUS_NOT_FOUND;
		plan_skip(w->plan, path, status_errno_text(errno), true);
		return STATUS_OK;
	}
	if (S_ISDIR(info.st_mode))
		walk_folder(w, path);
	else if (S_ISREG(info.st_mode) && info.st_size == 0)
		plan_skip(w->plan, path, "empty", false);
	else if (euidaccess(path, R_OK) != 0)
		plan_skip(w->plan, path, status_errno_text(errno), true);
	else
		add_file(w, path, name_of(span_str(path)), &info)->named = true;
	return STATUS_OK;
}

void
walk_done(struct walk *w)
{
	size_t i;

	for (i = 0; i < w->count; i++) {
		free(w->files[i].path);
		free(w->files[i].place);
	}
	free(w->files);
	w->files = NULL;
	w->count = w->room = 0;
}
