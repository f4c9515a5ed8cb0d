#include "cli/quarantine.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "cli/json_text.h"
#include "config/printable.h"

#define SLOTS ((size_t)4 * QUARANTINE_FILES_MAX)

struct quarantine {
	pthread_mutex_t lock; /* all below */
	char *dir;
	uint64_t limit_bytes;
	uint64_t written_bytes;
	uint64_t *files; /* hashes of the parcels seen; 0 is free */
	size_t nfiles;
	struct quarantine_counts counts;
	int failure; /* errno of the first */
	bool is_made;
};

static void
add_base64(struct buf *out, struct span s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.len; i += 3) {
		uint32_t bits = 0;

		for (size_t j = 0; j < 3; j++) {
			bits <<= 8;
			if (i + j < s.len)
				bits |= (unsigned char)s.at[i + j];
		}
		buf_add_char(out, digits[bits >> 18 & 63]);
		buf_add_char(out, digits[bits >> 12 & 63]);
		buf_add_char(out, i + 1 < s.len ? digits[bits >> 6 & 63] : '=');
		buf_add_char(out, i + 2 < s.len ? digits[bits & 63] : '=');
	}
}

/* One record as a line. */
static void
add_line(
    struct buf *out, struct span place, struct span record, const char *reason)
{
	buf_add_str(out, "{\"parcel\":");
	json_text_add(out, place);
	buf_add_str(out, ",\"reason\":");
	json_text_add(out, span_str(reason));
	if (json_text_is_utf8(record)) {
		buf_add_str(out, ",\"record\":");
		json_text_add(out, record);
	} else {
		buf_add_str(out, ",\"encoding\":\"base64\",\"record\":\"");
		add_base64(out, record);
		buf_add_char(out, '"');
	}
	buf_add_str(out, "}\n");
}

enum seen { SEEN_NEW, SEEN_BEFORE, SEEN_FULL };

/* Whether this run has written to the parcel's file already. */
static enum seen
see_file(struct quarantine *q, uint64_t hash)
{
	size_t slot = hash % SLOTS;

	while (q->files[slot] != 0 && q->files[slot] != hash)
		slot = (slot + 1) % SLOTS;
	if (q->files[slot] == hash)
		return SEEN_BEFORE;
	if (q->nfiles >= QUARANTINE_FILES_MAX)
		return SEEN_FULL;
	q->files[slot] = hash;
	q->nfiles++;
	return SEEN_NEW;
}

static bool
write_all(int fd, struct span s)
{
	while (s.len > 0) {
		ssize_t n = write(fd, s.at, s.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		s = span_skip(s, (size_t)n);
	}
	return true;
}

static bool
append(struct quarantine *q, uint64_t hash, int mode, struct span line)
{
	struct buf path = { 0 };
	bool done;
	int fd;

	if (!q->is_made) {
		if (mkdir(q->dir, 0777) != 0 && errno != EEXIST)
			return false;
		q->is_made = true;
	}
	buf_printf(
	    &path, "%s/%016llx.ndjson", q->dir, (unsigned long long)hash);
	fd = open(buf_text(&path),
	    O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | mode, 0666);
	buf_done(&path);
	if (fd < 0)
		return false;
	done = write_all(fd, line);
	return close(fd) == 0 && done;
}

struct quarantine *
quarantine_new(const char *dir, uint64_t limit_bytes)
{
	struct quarantine *q = status_calloc(1, sizeof(*q));

	(void)pthread_mutex_init(&q->lock, NULL);
	q->dir = status_calloc(strlen(dir) + 1, 1);
	memcpy(q->dir, dir, strlen(dir));
	q->limit_bytes = limit_bytes;
	q->files = status_calloc(SLOTS, sizeof(*q->files));
	return q;
}

void
quarantine_free(struct quarantine *q)
{
	if (q == NULL)
		return;
	(void)pthread_mutex_destroy(&q->lock);
	free(q->files);
	free(q->dir);
	free(q);
}

void
quarantine_add(struct quarantine *q, struct span place, struct span record,
    const char *reason)
{
	uint64_t hash = hash_span(&HASH_KEY_DEFAULT, place) | 1;
	struct buf line = { 0 };
	enum seen seen;

	add_line(&line, place, record, reason);
	(void)pthread_mutex_lock(&q->lock);
	seen = line.len > q->limit_bytes - q->written_bytes ? SEEN_FULL
							    : see_file(q, hash);
	if (seen == SEEN_FULL) {
		q->counts.overflow++;
	} else if (append(q, hash, seen == SEEN_NEW ? O_TRUNC : O_APPEND,
		       buf_span(&line))) {
		q->counts.kept++;
		q->written_bytes += line.len;
	} else {
		q->failure = q->failure ? q->failure : errno;
		q->counts.failed++;
	}
	(void)pthread_mutex_unlock(&q->lock);
	buf_done(&line);
}

enum status
quarantine_finish(
    struct quarantine *q, struct quarantine_counts *counts, struct buf *error)
{
	*counts = q->counts;
	if (counts->failed == 0)
		return STATUS_OK;
	printable_add(error, span_str(q->dir));
	buf_printf(error, ": %s; %llu records could not be kept",
	    status_errno_text(q->failure), (unsigned long long)counts->failed);
	return STATUS_IO;
}
