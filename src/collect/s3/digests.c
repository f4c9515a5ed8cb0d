#include "collect/s3/digests.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/digest.h"
#include "base/civil.h"
#include "base/hash.h"
#include "codec/reader.h"
#include "collect/name_time.h"
#include "collect/s3/fetch.h"
#include "collect/s3/key_ring.h"
#include "collect/s3/layout.h"
#include "net/clock.h"

#define AT_ONCE 4
#define MEMORY_LIMIT ((size_t)16 * 1024 * 1024)
#define CHUNK ((size_t)64 * 1024)
#define LOGS_MAX 300000
#define BUCKETS 16384
#define AGAIN_US (10 * CIVIL_US_PER_S)
/* A log that no digest lists though that of the hour after its own did not
 * either, and then some. */
#define UNLISTED_US (2 * CIVIL_US_PER_HOUR)
#define NOTHING "{\"Records\":[]}\n"

/* What is known of a log: either that it was read, or that it was listed. */
struct log {
	char *key;
	char hash[DIGEST_HEX_BYTES];
	bool listed;
	int64_t modified_us;
	uint64_t stream; /* account and region */
	struct log *next;
};

/* The digests of one trail in one account and region. */
struct chain {
	char *name;
	uint64_t stream;
	char *last_key;
	char last_hash[DIGEST_HEX_BYTES];
	int64_t since_us, end_us; /* what its digests cover without a gap */
	struct chain *next;
};

/* A log that is read again. */
struct recheck {
	struct s3_source *source; /* NULL: not in use */
	size_t file;
};

struct job {
	struct object *object;
	struct digest digest;
	char *bucket;
	bool signature_done, previous_done;
	bool asking; /* for the digest before */
	size_t next_file, running;
	struct recheck rechecks[AT_ONCE];
	int64_t due_us;
	struct job *next;
};

struct digests {
	struct reader *reader;
	struct log *logs[BUCKETS];
	size_t nlogs;
	struct chain *chains;
	struct job *first, **last; /* checked one by one */
	struct key_ring *keys;
	bool full; /* said that no more is kept */
};

struct digests *
digests_new(void)
{
	struct digests *d = status_calloc(1, sizeof(*d));

	d->reader = reader_new(&READER_LIMITS_DEFAULT);
	d->last = &d->first;
	d->keys = key_ring_new();
	return d;
}

static void
free_job(struct job *j)
{
	digest_done(&j->digest);
	free(j);
}

void
digests_free(struct digests *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		while (d->logs[i] != NULL) {
			struct log *l = d->logs[i];

			d->logs[i] = l->next;
			free(l->key);
			free(l);
		}
	}
	while (d->chains != NULL) {
		struct chain *c = d->chains;

		d->chains = c->next;
		free(c->name);
		free(c->last_key);
		free(c);
	}
	while (d->first != NULL) {
		struct job *j = d->first;

		d->first = j->next;
		free_job(j);
	}
	key_ring_free(d->keys);
	reader_free(d->reader);
	free(d);
}

/* --- hashes --------------------------------------------------------------- */

/* SHA-256 of the uncompressed content; what is broken is hashed as far as it
 * goes.  The body or the descriptor stay the caller's. */
static void
hash_content(struct digests *d, struct span body, int fd, char *hex)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	char *chunk = status_calloc(CHUNK, 1);
	size_t got;
	bool open = true;

	ASSERT(md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1);
	if (fd < 0)
		reader_open_memory(d->reader, body);
	else
		open = reader_open_fd(d->reader, fd) == STATUS_OK;
	while (open &&
	       reader_read(d->reader, chunk, CHUNK, &got) == STATUS_OK &&
	       got > 0)
		(void)EVP_DigestUpdate(md, chunk, got);
	(void)EVP_DigestFinal_ex(md, sum, NULL);
	for (size_t i = 0; i < DIGEST_HEX_BYTES / 2; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", sum[i]);
	reader_close(d->reader);
	if (fd >= 0)
		(void)lseek(fd, 0, SEEK_SET);
	EVP_MD_CTX_free(md);
	free(chunk);
}

static uint64_t
stream_of(struct span key)
{
	struct layout_names n = layout_names_of(key);

	return hash_mix(hash_seeded(&HASH_KEY_DEFAULT, 1, n.account),
	    hash_seeded(&HASH_KEY_DEFAULT, 2, n.region));
}

static struct log **
log_at(struct digests *d, struct span key)
{
	uint64_t hash = hash_span(&HASH_KEY_DEFAULT, key);
	struct log **at = &d->logs[hash % BUCKETS];

	while (*at != NULL && !span_equal(span_str((*at)->key), key))
		at = &(*at)->next;
	return at;
}

static void
drop_log(struct digests *d, struct log **at)
{
	struct log *l = *at;

	*at = l->next;
	d->nlogs--;
	free(l->key);
	free(l);
}

static struct log *
add_log(struct s3_source *s, struct span key)
{
	struct digests *d = s->digests;
	struct log **at = log_at(d, key);
	struct log *l = *at;

	if (l != NULL)
		return l;
	if (d->nlogs == LOGS_MAX) {
		if (!d->full)
			work_say(s, SOURCE_WARNING,
			    "more logs than digests can be kept in mind for; "
			    "they are read again when listed",
			    NULL, NULL);
		d->full = true;
		return NULL;
	}
	l = status_calloc(1, sizeof(*l));
	l->key = span_to_str(key);
	l->stream = stream_of(key);
	*at = l;
	d->nlogs++;
	return l;
}

/* --- telling -------------------------------------------------------------- */

struct story {
	const char *detector;
	const char *reason;
	struct span key, digest, expected, found;
	int64_t time_us;
};

static void
tell(struct s3_source *s, const struct story *y)
{
	static const char *const names[] = { "reason", "digest", "expected",
		"found" };
	const struct span values[] = { span_str(y->reason), y->digest,
		y->expected, y->found };
	struct layout_names n = layout_names_of(y->key);
	struct buf resource = { 0 };

	buf_printf(&resource, "%s/", s3_bucket(s->bucket));
	buf_add(&resource, y->key);
	s->host->notice(s->host->cookie, &(struct source_notice){
					     .detector = y->detector,
					     .account = n.account,
					     .region = n.region,
					     .resource = buf_span(&resource),
					     .time_us = y->time_us,
					     .fact_names = names,
					     .fact_values = values,
					     .nfacts = COUNTOF(names),
					 });
	buf_done(&resource);
}

static void
tell_of_job(struct s3_source *s, const struct job *j, const char *detector,
    const char *reason)
{
	struct span key = span_str(j->object->key);

	tell(s, &(struct story){
		    .detector = detector,
		    .reason = reason,
		    .key = key,
		    .digest = key,
		    .time_us = j->digest.end_us > 0 ? j->digest.end_us
						    : j->object->time_us,
		});
}

static int64_t
time_of_key(struct span key, int64_t otherwise)
{
	int64_t t = name_time_of(key);

	return t != NAME_TIME_NONE ? t : otherwise;
}

static void
tell_of_log(struct s3_source *s, const struct job *j,
    const struct digest_file *f, const char *found)
{
	tell(s, &(struct story){
		    .detector = "log_file_tampered",
		    .reason = *found != '\0' ? "the log file was changed"
					     : "the log file was deleted",
		    .key = f->key,
		    .digest = span_str(j->object->key),
		    .expected = f->hash,
		    .found = span_str(found),
		    .time_us = time_of_key(f->key, j->digest.end_us),
		});
}

/* --- what was read -------------------------------------------------------- */

/* A digest listed it before it was read. */
static void
compare_late(struct s3_source *s, struct log **at, const char *hash)
{
	struct log *l = *at;

	if (strcmp(l->hash, hash) != 0)
		tell(s, &(struct story){
			    .detector = "log_file_tampered",
			    .reason = "the log file was changed",
			    .key = span_str(l->key),
			    .expected = span_str(l->hash),
			    .found = span_str(hash),
			    .time_us = time_of_key(span_str(l->key), 0),
			});
	drop_log(s->digests, at);
}

void
digests_note(struct s3_source *s, struct object *object,
    const struct http_response *response)
{
	struct span key = span_str(object->key);
	struct span signature;
	char hash[DIGEST_HEX_BYTES] = "";
	struct log **at, *l;

	if (s->digests == NULL)
		return;
	if (object->digest) {
		signature =
		    http_header_of(response, SPAN("x-amz-meta-signature"));
		free(object->signature);
		object->signature =
		    signature.len > 0 ? span_to_str(signature) : NULL;
		return;
	}
	if (!span_equal(layout_names_of(key).service, SPAN("CloudTrail")))
		return;
	hash_content(
	    s->digests, span_of(object->body, object->len), object->fd, hash);
	at = log_at(s->digests, key);
	if (*at != NULL && (*at)->listed) {
		compare_late(s, at, hash);
		return;
	}
	l = add_log(s, key);
	if (l == NULL)
		return;
	memcpy(l->hash, hash, sizeof(hash));
	l->modified_us = object->modified_us;
}

/* --- the chain ------------------------------------------------------------ */

/* A digest's key without its time: the trail in its account and region. */
static struct span
chain_name(struct span key)
{
	struct span file = span_skip(key, span_rfind(key, '/') + 1);

	return span_first(file, span_rfind(file, '_'));
}

static struct chain *
chain_of(struct digests *d, struct span key)
{
	struct span name = chain_name(key);
	struct chain *c = d->chains;

	while (c != NULL && !span_equal(span_str(c->name), name))
		c = c->next;
	if (c != NULL)
		return c;
	c = status_calloc(1, sizeof(*c));
	c->name = span_to_str(name);
	c->stream = stream_of(key);
	c->next = d->chains;
	d->chains = c;
	return c;
}

static void
on_previous(void *cookie, const struct s3_download *r)
{
	struct s3_source *s = cookie;
	struct job *j = s->digests->first;
	char hash[DIGEST_HEX_BYTES] = "";

	j->asking = false;
	switch (r->outcome) {
	case S3_DONE:
		hash_content(s->digests, span_of(r->body, r->len), r->fd, hash);
		if (!span_equal(span_str(hash), j->digest.previous_hash))
			tell_of_job(s, j, "log_file_tampered",
			    "the digest before was changed");
		free(r->body);
		if (r->fd >= 0)
			(void)close(r->fd);
		break;
	case S3_MISSING:
		tell_of_job(s, j, "log_gap", "the digest before it is missing");
		break;
	case S3_DENIED:
	case S3_REFUSED:
		work_say_once(s, WORK_SAID_DENIED, "a digest cannot be read",
		    "reason", r->text);
		break;
	case S3_NO_BUCKET:
	case S3_UNAVAILABLE:
		j->due_us = clock_mono_us() + AGAIN_US;
		return;
	}
	j->previous_done = true;
}

/* True when it is done, false when it waits. */
static bool
check_previous(struct s3_source *s, struct job *j)
{
	const struct digest *d = &j->digest;
	struct chain *c = chain_of(s->digests, span_str(j->object->key));

	if (j->asking)
		return false;
	if (d->previous_key.len == 0) {
		if (c->last_key != NULL)
			tell_of_job(s, j, "log_gap",
			    "the chain of digests begins anew: logging or "
			    "validation was stopped in between");
		return true;
	}
	if (c->last_key != NULL &&
	    span_equal(span_str(c->last_key), d->previous_key)) {
		if (!span_equal(span_str(c->last_hash), d->previous_hash))
			tell_of_job(s, j, "log_file_tampered",
			    "the digest before was changed");
		return true;
	}
	/* What is older than what is read may be gone by rule. */
	if (time_of_key(d->previous_key, 0) < s->begin_us ||
	    (d->previous_bucket.len > 0 && !span_equal(d->previous_bucket,
					       span_str(s3_bucket(s->bucket)))))
		return true;
	j->asking = true;
	s3_get(s->bucket, &(struct s3_get){
			      .key = d->previous_key,
			      .memory_limit = MEMORY_LIMIT,
			      .spool = s->host->spool,
			      .size_limit = DIGEST_BYTES_MAX,
			      .done = on_previous,
			      .cookie = s,
			  });
	return false;
}

/* --- the files ------------------------------------------------------------ */

static void
on_log(void *cookie, const struct s3_download *r)
{
	struct recheck *k = cookie;
	struct s3_source *s = k->source;
	struct job *j = s->digests->first;
	const struct digest_file *f = &j->digest.files[k->file];
	char hash[DIGEST_HEX_BYTES] = "";

	j->running--;
	if (r->outcome == S3_DONE) {
		hash_content(s->digests, span_of(r->body, r->len), r->fd, hash);
		if (!span_equal(span_str(hash), f->hash))
			tell_of_log(s, j, f, hash);
		free(r->body);
		if (r->fd >= 0)
			(void)close(r->fd);
	} else if (r->outcome == S3_MISSING) {
		tell_of_log(s, j, f, "");
	} else if (r->outcome == S3_UNAVAILABLE || r->outcome == S3_NO_BUCKET) {
		/* Again, with those behind it. */
		if (k->file < j->next_file)
			j->next_file = k->file;
		j->due_us = clock_mono_us() + AGAIN_US;
	}
	k->source = NULL;
}

static void
read_again(struct s3_source *s, struct job *j, size_t file)
{
	struct recheck *k = j->rechecks;

	while (k->source != NULL)
		k++;
	k->source = s;
	k->file = file;
	j->running++;
	s3_get(s->bucket, &(struct s3_get){
			      .key = j->digest.files[file].key,
			      .memory_limit = MEMORY_LIMIT,
			      .spool = s->host->spool,
			      .done = on_log,
			      .cookie = k,
			  });
}

static void
check_file(struct s3_source *s, struct job *j, size_t file)
{
	const struct digest_file *f = &j->digest.files[file];
	struct log **at = log_at(s->digests, f->key);
	struct log *l = *at;
	struct object *waiting;

	if (l != NULL && !l->listed) {
		if (!span_equal(span_str(l->hash), f->hash))
			tell_of_log(s, j, f, l->hash);
		drop_log(s->digests, at);
		return;
	}
	if (l != NULL ||
	    !span_equal(f->bucket, span_str(s3_bucket(s->bucket))) ||
	    time_of_key(f->key, 0) < s->begin_us)
		return;
	read_again(s, j, file);
	/* One that is still to be read is known to be listed then. */
	waiting = NULL;
	for (size_t i = 0; i < objects_queued(s->objects); i++) {
		struct object *o = objects_at(s->objects, i);

		if (span_equal(span_str(o->key), f->key))
			waiting = o;
	}
	if (waiting == NULL || (l = add_log(s, f->key)) == NULL)
		return;
	l->listed = true;
	memcpy(l->hash, f->hash.at, f->hash.len);
}

/* True when all are done. */
static bool
check_files(struct s3_source *s, struct job *j)
{
	while (j->next_file < j->digest.count && j->running < AT_ONCE)
		check_file(s, j, j->next_file++);
	return j->running == 0 && j->next_file == j->digest.count;
}

/* What was delivered while the chain held, and is in none of its digests.
 * With two trails in one place nobody can tell whose a log is. */
static void
find_unlisted(struct s3_source *s, const struct job *j, const struct chain *c)
{
	struct digests *d = s->digests;
	int64_t before = c->end_us - UNLISTED_US;

	for (const struct chain *other = d->chains; other != NULL;
	     other = other->next) {
		if (other != c && other->stream == c->stream)
			return;
	}
	for (size_t i = 0; i < BUCKETS; i++) {
		struct log **at = &d->logs[i];

		while (*at != NULL) {
			struct log *l = *at;

			if (l->stream != c->stream || l->listed ||
			    l->modified_us >= before) {
				at = &l->next;
				continue;
			}
			if (l->modified_us >= c->since_us)
				tell(s,
				    &(struct story){
					.detector = "log_file_tampered",
					.reason = "no digest lists the log "
						  "file",
					.key = span_str(l->key),
					.digest = span_str(j->object->key),
					.found = span_str(l->hash),
					.time_us = time_of_key(
					    span_str(l->key), j->digest.end_us),
				    });
			drop_log(d, at);
		}
	}
}

/* --- one digest ----------------------------------------------------------- */

/* True when it is done, false when it waits for a key. */
static bool
check_signature(struct s3_source *s, struct job *j)
{
	EVP_PKEY *key = NULL;
	struct span where = span_str(j->object->key);

	if (!key_ring_find(s, s->digests->keys, where, &j->digest, &key))
		return false;
	if (!span_equal(j->digest.key, where))
		tell_of_job(s, j, "log_file_tampered",
		    "the digest is not what its name says");
	else if (key != NULL && !digest_is_signed(&j->digest,
				    span_str(j->object->signature), key))
		tell_of_job(s, j, "log_file_tampered",
		    j->object->signature != NULL
			? "the digest's signature does not hold"
			: "the digest's signature is missing");
	return true;
}

static void
finish_job(struct s3_source *s)
{
	struct digests *d = s->digests;
	struct job *j = d->first;
	char *body = strdup(NOTHING);

	ASSERT(body != NULL);
	d->first = j->next;
	if (d->first == NULL)
		d->last = &d->first;
	fetch_give(s, j->object, body, strlen(body), -1);
	free_job(j);
}

static void
extend_chain(struct s3_source *s, const struct job *j)
{
	struct chain *c = chain_of(s->digests, span_str(j->object->key));
	const struct digest *d = &j->digest;

	if (d->end_us <= c->end_us)
		return; /* one that came late */
	if (c->end_us == 0 || d->start_us > c->end_us)
		c->since_us = d->start_us;
	c->end_us = d->end_us;
	free(c->last_key);
	c->last_key = strdup(j->object->key);
	ASSERT(c->last_key != NULL);
	memcpy(c->last_hash, d->hash, sizeof(d->hash));
	find_unlisted(s, j, c);
}

void
digests_step(struct s3_source *s)
{
	struct job *j;

	if (s->digests == NULL)
		return;
	key_ring_step(s->digests->keys);
	while ((j = s->digests->first) != NULL &&
	       j->due_us <= clock_mono_us() &&
	       s->host->room(s->host->cookie) > 0) {
		if (!j->signature_done &&
		    !(j->signature_done = check_signature(s, j)))
			return;
		if (!j->previous_done &&
		    !(j->previous_done = check_previous(s, j)))
			return;
		if (!check_files(s, j))
			return;
		extend_chain(s, j);
		finish_job(s);
	}
}

/* All of the content, in memory. */
static bool
read_content(struct digests *d, struct span body, int fd, struct buf *content)
{
	char *chunk = status_calloc(CHUNK, 1);
	enum status st = STATUS_OK;
	size_t got = 0;

	content->limit = DIGEST_BYTES_MAX;
	if (fd >= 0)
		st = reader_open_fd(d->reader, fd);
	else
		reader_open_memory(d->reader, body);
	while (st == STATUS_OK) {
		st = reader_read(d->reader, chunk, CHUNK, &got);
		if (st != STATUS_OK || got == 0)
			break;
		buf_add(content, span_of(chunk, got));
	}
	reader_close(d->reader);
	free(chunk);
	return st == STATUS_OK && !buf_is_cut(content);
}

void
digests_take(
    struct s3_source *s, struct object *object, char *body, size_t len, int fd)
{
	struct digests *d = s->digests;
	struct job *j = status_calloc(1, sizeof(*j));
	struct buf content = { 0 };

	j->object = object;
	object->state = OBJECT_GIVEN;
	work_hold(s, object);
	if (!read_content(d, span_of(body, len), fd, &content) ||
	    digest_read(buf_span(&content), &j->digest) != STATUS_OK) {
		tell_of_job(
		    s, j, "log_file_tampered", "the digest cannot be read");
		/* Nothing in it is to be believed. */
		j->signature_done = j->previous_done = true;
	}
	buf_done(&content);
	free(body);
	if (fd >= 0)
		(void)close(fd);
	*d->last = j;
	d->last = &j->next;
}
