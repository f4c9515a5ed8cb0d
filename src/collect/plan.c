#include "collect/plan.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "codec/reader.h"
#include "codec/source.h"
#include "collect/name_time.h"
#include "collect/peek.h"
#include "collect/remote.h"
#include "collect/walk.h"

#define DIGEST_BYTES 32
#define HEAD_BYTES ((size_t)64 * 1024) /* told apart by, before all is read */
#define CHUNK_BYTES ((size_t)256 * 1024)

/* A file on its way to become a parcel. */
struct candidate {
	struct walk_file *file;
	int64_t time_us;
	uint64_t copies; /* dropped in its favour */
	bool dropped;
	bool hashed;
	unsigned char digest[DIGEST_BYTES];
};

static char *
copy(const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(status_calloc(size, 1), s, size);
}

void
plan_skip(struct plan *p, const char *path, const char *reason, bool partial)
{
	p->skips = status_realloc(p->skips, p->nskips + 1, sizeof(*p->skips));
	p->skips[p->nskips++] = (struct plan_skip){
		.path = copy(path),
		.reason = copy(reason),
		.partial = partial,
	};
}

void
plan_free(struct plan *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->count; i++) {
		free(p->parcels[i].path);
		free(p->parcels[i].place);
	}
	for (i = 0; i < p->nskips; i++) {
		free(p->skips[i].path);
		free(p->skips[i].reason);
	}
	free(p->parcels);
	free(p->skips);
	free(p);
}

/* --- copies --------------------------------------------------------------- */

/* The better name first: the shorter place, then in byte order. */
static int
compare_names(const struct walk_file *a, const struct walk_file *b)
{
	size_t na = strlen(a->place);
	size_t nb = strlen(b->place);
	int order;

	if (na != nb)
		return na < nb ? -1 : 1;
	order = strcmp(a->place, b->place);
	return order ? order : strcmp(a->path, b->path);
}

static int
by_inode(const void *va, const void *vb)
{
	const struct candidate *a = va;
	const struct candidate *b = vb;

	if (a->file->device != b->file->device)
		return a->file->device < b->file->device ? -1 : 1;
	if (a->file->inode != b->file->inode)
		return a->file->inode < b->file->inode ? -1 : 1;
	return compare_names(a->file, b->file);
}

static int
by_content(const void *va, const void *vb)
{
	const struct candidate *a = va;
	const struct candidate *b = vb;
	int order;

	if (a->dropped != b->dropped)
		return a->dropped ? 1 : -1;
	if (a->file->size != b->file->size)
		return a->file->size < b->file->size ? -1 : 1;
	if (a->hashed != b->hashed)
		return a->hashed ? -1 : 1;
	order = memcmp(a->digest, b->digest, DIGEST_BYTES);
	return order ? order : compare_names(a->file, b->file);
}

static void
drop_copy(struct plan *p, struct candidate *kept, struct candidate *c)
{
	c->dropped = true;
	kept->copies += 1 + c->copies;
	p->duplicates++;
	p->duplicate_bytes += c->file->size;
}

/* The same file by two ways. */
static void
drop_same_files(struct plan *p, struct candidate *all, size_t count)
{
	size_t i, kept = 0;

	qsort(all, count, sizeof(*all), by_inode);
	for (i = 1; i < count; i++) {
		if (all[i].file->device == all[kept].file->device &&
		    all[i].file->inode == all[kept].file->inode)
			drop_copy(p, &all[kept], &all[i]);
		else
			kept = i;
	}
}

/* SHA-256 of the first `most` bytes; false when they cannot be read. */
static bool
digest_file(struct candidate *c, size_t most)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	char *chunk = status_calloc(CHUNK_BYTES, 1);
	struct source s;
	size_t done = 0;
	size_t got = 0;
	bool ok;

	source_init(&s);
	ok = md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 &&
	     source_open(&s, c->file->path) == STATUS_OK;
	while (ok && done < most) {
		size_t want = most - done;

		if (want > CHUNK_BYTES)
			want = CHUNK_BYTES;
		ok = source_copy(&s, chunk, want, &got) == STATUS_OK;
		if (!ok || got == 0)
			break;
		ok = EVP_DigestUpdate(md, chunk, got) == 1;
		done += got;
	}
	ok = ok && EVP_DigestFinal_ex(md, c->digest, NULL) == 1;
	source_done(&s);
	free(chunk);
	EVP_MD_CTX_free(md);
	return ok;
}

static bool
same_content(const struct candidate *a, const struct candidate *b)
{
	return a->hashed && b->hashed && !a->dropped && !b->dropped &&
	       a->file->size == b->file->size &&
	       !memcmp(a->digest, b->digest, DIGEST_BYTES);
}

/* Hash the files of each run of equal ones, by `most` bytes. */
static void
hash_runs(struct candidate *all, size_t count, size_t most,
    bool (*same)(const struct candidate *, const struct candidate *))
{
	size_t i = 0;

	while (i < count) {
		size_t end = i + 1;
		size_t k;

		while (end < count && same(&all[i], &all[end]))
			end++;
		for (k = i; end - i > 1 && k < end; k++) {
			/* All of a small file was hashed the first time. */
			if (all[k].file->remote)
				continue;
			if (!all[k].hashed || all[k].file->size > HEAD_BYTES)
				all[k].hashed = digest_file(&all[k], most);
		}
		i = end;
	}
}

static bool
same_size(const struct candidate *a, const struct candidate *b)
{
	return a->file->size == b->file->size && a->file->regular &&
	       b->file->regular && !a->dropped && !b->dropped;
}

/* The same bytes under two names.  Sizes tell most apart, then the first
 * bytes, and only what is still equal is read whole. */
static void
drop_copies(struct plan *p, struct candidate *all, size_t count)
{
	size_t i, kept = 0;

	qsort(all, count, sizeof(*all), by_content);
	hash_runs(all, count, HEAD_BYTES, same_size);
	qsort(all, count, sizeof(*all), by_content);
	hash_runs(all, count, SIZE_MAX, same_content);
	qsort(all, count, sizeof(*all), by_content);
	for (i = 1; i < count; i++) {
		if (same_content(&all[kept], &all[i]))
			drop_copy(p, &all[kept], &all[i]);
		else
			kept = i;
	}
}

/* --- times ---------------------------------------------------------------- */

struct peeker {
	struct reader *reader;
	char *head;
};

static struct span
read_opened(struct peeker *k)
{
	size_t len = 0;
	size_t got;

	while (len < PEEK_BYTES &&
	       reader_read(k->reader, k->head + len, PEEK_BYTES - len, &got) ==
		   STATUS_OK &&
	       got > 0)
		len += got;
	reader_close(k->reader);
	return span_of(k->head, len);
}

/* The first bytes of the text; empty when it cannot be read. */
static struct span
read_head(struct peeker *k, const char *path)
{
	if (reader_open(k->reader, path) != STATUS_OK)
		return (struct span){ NULL, 0 };
	return read_opened(k);
}

static bool
needs_head(const struct candidate *c)
{
	return !c->dropped &&
	       (c->time_us == NAME_TIME_NONE || c->file->doubted);
}

/* Give it a time, or drop it as no log. */
static void
look_at(struct plan *p, struct candidate *c, struct span head)
{
	struct walk_file *f = c->file;

	/* What cannot be read is left to the one who reads it all. */
	if (f->doubted && head.len && !peek_is_log(head)) {
		plan_skip(p, f->path, "not a log", false);
		c->dropped = true;
		return;
	}
	if (c->time_us == NAME_TIME_NONE)
		c->time_us = head.len ? peek_time(head) : f->modified_us;
}

static void
look_at_files(
    struct plan *p, struct peeker *k, struct candidate *all, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct candidate *c = &all[i];

		c->time_us = name_time_of(span_str(c->file->place));
		if (c->file->regular && needs_head(c))
			look_at(p, c, read_head(k, c->file->path));
		else if (!c->file->remote && !c->dropped)
			look_at(p, c, (struct span){ NULL, 0 });
	}
}

/* --- the same of objects, some at a time ---------------------------------- */

struct looker {
	struct plan *plan;
	struct peeker *peeker;
	struct candidate **wanted;
};

static void
on_head(void *cookie, size_t i, struct span bytes)
{
	struct looker *l = cookie;

	reader_open_memory(l->peeker->reader, bytes);
	look_at(l->plan, l->wanted[i], read_opened(l->peeker));
}

static void
look_at_objects(struct plan *p, struct peeker *k, struct candidate *all,
    size_t count, struct remote *remote)
{
	struct looker l = { p, k, status_calloc(count + 1, sizeof(*l.wanted)) };
	const char **paths = status_calloc(count + 1, sizeof(*paths));
	size_t i, n = 0;

	for (i = 0; i < count; i++) {
		if (!all[i].file->remote || !needs_head(&all[i]))
			continue;
		paths[n] = all[i].file->path;
		l.wanted[n++] = &all[i];
	}
	if (n > 0)
		remote_heads(remote, &(struct remote_heads){ .paths = paths,
					 .count = n,
					 .bytes = PEEK_BYTES,
					 .head = on_head,
					 .cookie = &l });
	free(l.wanted);
	free(paths);
}

static int
by_time(const void *va, const void *vb)
{
	const struct candidate *a = va;
	const struct candidate *b = vb;
	int order;

	if (a->dropped != b->dropped)
		return a->dropped ? 1 : -1;
	if (a->time_us != b->time_us)
		return a->time_us < b->time_us ? -1 : 1;
	order = strcmp(a->file->place, b->file->place);
	/* Two arguments with a file of the same name: by their content. */
	return order ? order : by_content(a, b);
}

static int
compare_skips(const void *va, const void *vb)
{
	const struct plan_skip *a = va;
	const struct plan_skip *b = vb;
	int order = strcmp(a->path, b->path);

	return order ? order : strcmp(a->reason, b->reason);
}

/* Skips in byte order, each once. */
static void
sort_skips(struct plan *p)
{
	size_t i, kept = 0;

	if (p->nskips == 0)
		return;
	qsort(p->skips, p->nskips, sizeof(*p->skips), compare_skips);
	for (i = 1; i < p->nskips; i++) {
		if (compare_skips(&p->skips[kept], &p->skips[i])) {
			p->skips[++kept] = p->skips[i];
			continue;
		}
		free(p->skips[i].path);
		free(p->skips[i].reason);
	}
	p->nskips = kept + 1;
}

/* The candidates become parcels, in order. */
static void
take_parcels(struct plan *p, struct candidate *all, size_t count)
{
	size_t i;

	if (count == 0)
		return;
	qsort(all, count, sizeof(*all), by_time);
	p->parcels = status_calloc(count, sizeof(*p->parcels));
	for (i = 0; i < count && !all[i].dropped; i++) {
		struct walk_file *f = all[i].file;

		p->parcels[p->count++] = (struct parcel){
			.path = f->path,
			.place = f->place,
			.size = f->size,
			.time_us = all[i].time_us,
			.copies = all[i].copies,
		};
		p->bytes += f->size;
		f->path = f->place = NULL;
	}
}

/* That of a remote object is told by its ETag. */
static void
take_digest(struct candidate *c)
{
	static const unsigned char none[DIGEST_BYTES];

	memcpy(c->digest, c->file->digest, DIGEST_BYTES);
	c->hashed = memcmp(c->digest, none, DIGEST_BYTES) != 0;
}

static void
order_files(struct plan *p, struct walk *w)
{
	struct candidate *all = status_calloc(w->count + 1, sizeof(*all));
	struct peeker k = { reader_new(&READER_LIMITS_DEFAULT),
		status_calloc(PEEK_BYTES, 1) };
	size_t i;

	for (i = 0; i < w->count; i++) {
		all[i].file = &w->files[i];
		take_digest(&all[i]);
	}
	if (w->count) {
		drop_same_files(p, all, w->count);
		drop_copies(p, all, w->count);
	}
	look_at_files(p, &k, all, w->count);
	look_at_objects(p, &k, all, w->count, w->options->remote);
	take_parcels(p, all, w->count);
	reader_free(k.reader);
	free(k.head);
	free(all);
}

static enum status
walk_path(struct walk *w, const char *path, struct buf *error)
{
	enum status st;

	if (w->options->remote != NULL && remote_is_path(path))
		return walk_bucket(w, path, error);
	st = walk_argument(w, path);
	if (st)
		buf_printf(error, "%s: %s", path, status_errno_text(errno));
	return st;
}

enum status
plan_make(
    const struct plan_options *options, struct plan **plan, struct buf *error)
{
	struct plan *p = status_calloc(1, sizeof(*p));
	struct walk w = { .plan = p, .options = options };
	enum status st = STATUS_OK;
	size_t i;

	for (i = 0; i < options->npaths && st == STATUS_OK; i++) {
		st = walk_path(&w, options->paths[i], error);
	}
	if (st) {
		walk_done(&w);
		plan_free(p);
		return st;
	}
	order_files(p, &w);
	sort_skips(p);
	walk_done(&w);
	*plan = p;
	return STATUS_OK;
}
