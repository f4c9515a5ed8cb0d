/*
 * Downloads.  Each attempt asks for what is still missing, under the
 * condition that the object is the one that was begun; a server that gives
 * all of it again is read from the beginning.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/s3.h"
#include "aws/s3_request.h"

#include <curl/curl.h>

#include "base/civil.h"

#define MD5_BYTES 16
#define RESTARTS_MAX 3
#define ROOM_FIRST ((size_t)64 * 1024)
#define RANGE_BYTES 48
#define UNKNOWN UINT64_MAX

enum spoil {
	SPOIL_NONE,
	SPOIL_LARGE,  /* past the limits */
	SPOIL_DISK,   /* the spool's file failed; errno was kept */
	SPOIL_RANGE,  /* an answer to another question */
	SPOIL_ENOUGH, /* the first bytes are there */
};

struct download {
	struct s3 *bucket;
	struct s3_get is;
	char *key;
	struct buf etag; /* as sent, with quotes */
	char range[RANGE_BYTES];
	bool fresh; /* nothing of this attempt's answer was seen yet */
	char *body;
	size_t room;
	int fd;
	uint64_t received, total;
	EVP_MD_CTX *md5;
	unsigned char last[MD5_BYTES]; /* of the content that did not match */
	bool had_last;
	unsigned restarts;
	enum spoil spoil;
	int error;
};

static void
forget_content(struct download *d)
{
	free(d->body);
	d->body = NULL;
	d->room = 0;
	if (d->fd >= 0)
		(void)close(d->fd);
	d->fd = -1;
	d->received = 0;
	d->total = UNKNOWN;
	if (d->md5 == NULL)
		d->md5 = EVP_MD_CTX_new();
	ASSERT(
	    d->md5 != NULL && EVP_DigestInit_ex(d->md5, EVP_md5(), NULL) == 1);
}

static void
free_download(struct download *d)
{
	forget_content(d);
	EVP_MD_CTX_free(d->md5);
	buf_done(&d->etag);
	free(d->key);
	free(d);
}

/* --- where the bytes go --------------------------------------------------- */

static bool
write_all(int fd, const char *at, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* A file without a name: gone with the program, however it ends. */
static int
open_spool(const char *folder)
{
	struct buf path = { 0 };
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	buf_printf(&path, "%s/spool.XXXXXX", folder);
	fd = mkostemp(path.at, O_CLOEXEC);
	if (fd >= 0)
		(void)unlink(path.at);
	buf_done(&path);
	return fd;
}

static bool
spoilt(struct download *d, enum spoil how)
{
	d->spoil = how;
	d->error = errno;
	return false;
}

static bool
go_to_disk(struct download *d)
{
	if (d->is.spool == NULL)
		return spoilt(d, SPOIL_LARGE);
	d->fd = open_spool(d->is.spool);
	if (d->fd < 0 || !write_all(d->fd, d->body, (size_t)d->received))
		return spoilt(d, SPOIL_DISK);
	free(d->body);
	d->body = NULL;
	d->room = 0;
	return true;
}

static void
make_room(struct download *d, size_t more)
{
	size_t want = (size_t)d->received + more + 1;

	if (want <= d->room)
		return;
	if (d->total != UNKNOWN && d->total < SIZE_MAX && want <= d->total + 1)
		want = (size_t)d->total + 1;
	else if (want < 2 * d->room)
		want = 2 * d->room;
	d->room = want > ROOM_FIRST || d->total != UNKNOWN ? want : ROOM_FIRST;
	d->body = status_realloc(d->body, d->room, 1);
}

static bool
take_piece(struct download *d, struct span piece)
{
	uint64_t after = d->received + piece.len;
	uint64_t most =
	    d->total != UNKNOWN && d->total > after ? d->total : after;

	if (d->is.size_limit > 0 && most > d->is.size_limit)
		return spoilt(d, SPOIL_LARGE);
	if (d->fd < 0 && most > d->is.memory_limit && !go_to_disk(d))
		return false;
	if (d->fd >= 0) {
		if (!write_all(d->fd, piece.at, piece.len))
			return spoilt(d, SPOIL_DISK);
	} else {
		make_room(d, piece.len);
		memcpy(d->body + d->received, piece.at, piece.len);
	}
	d->received = after;
	return EVP_DigestUpdate(d->md5, piece.at, piece.len) == 1;
}

/* --- attempts ------------------------------------------------------------- */

/* Ask for the rest, if the object is still the same. */
static size_t
ask_for_rest(void *cookie, struct http_header *headers)
{
	struct download *d = cookie;

	d->fresh = true;
	if (d->is.first_bytes > 0) {
		(void)snprintf(d->range, sizeof(d->range), "bytes=0-%zu",
		    d->is.first_bytes - 1);
		headers[0] =
		    (struct http_header){ SPAN("Range"), span_str(d->range) };
		return 1;
	}
	if (d->received == 0 || d->etag.len == 0)
		return 0;
	s3_request_count(d->bucket, (struct s3_counts){ .resumed = 1 });
	(void)snprintf(
	    d->range, sizeof(d->range), "bytes=%" PRIu64 "-", d->received);
	headers[0] = (struct http_header){ SPAN("Range"), span_str(d->range) };
	headers[1] =
	    (struct http_header){ SPAN("If-Match"), buf_span(&d->etag) };
	return 2;
}

static uint64_t
number_or(struct span s, uint64_t otherwise)
{
	uint64_t n;

	return span_to_u64(span_trim(s), &n) ? n : otherwise;
}

/* "bytes FROM-TO/TOTAL" that goes on where we are. */
static bool
continues(struct download *d, struct span range)
{
	struct span from;

	if (!span_starts(range, SPAN("bytes ")))
		return false;
	range = span_skip(range, 6);
	from = span_cut(&range, '-');
	(void)span_cut(&range, '/');
	if (number_or(from, UNKNOWN) != d->received)
		return false;
	return d->total == UNKNOWN || number_or(range, d->total) == d->total;
}

static bool
begin_answer(struct download *d, const struct http_response *head)
{
	struct span etag = http_header_of(head, SPAN("ETag"));

	d->fresh = false;
	if (head->status == 206 && d->is.first_bytes == 0)
		return continues(
			   d, http_header_of(head, SPAN("Content-Range"))) ||
		       spoilt(d, SPOIL_RANGE);
	forget_content(d);
	buf_reset(&d->etag);
	buf_add(&d->etag, etag);
	d->total =
	    number_or(http_header_of(head, SPAN("Content-Length")), UNKNOWN);
	return true;
}

static bool
on_piece(void *cookie, const struct http_response *head, struct span piece)
{
	struct download *d = cookie;

	if (d->fresh && !begin_answer(d, head))
		return false;
	if (d->is.first_bytes == 0)
		return take_piece(d, piece);
	/* A server may not know ranges. */
	d->total = UNKNOWN;
	piece = span_first(piece, d->is.first_bytes - (size_t)d->received);
	return take_piece(d, piece) &&
	       (d->received < d->is.first_bytes || spoilt(d, SPOIL_ENOUGH));
}

/* --- is it what it should be ---------------------------------------------- */

static struct span
bare_etag(const struct download *d)
{
	struct span e = span_trim(buf_span(&d->etag));

	if (span_starts(e, SPAN("W/")))
		e = span_skip(e, 2);
	if (e.len >= 2 && e.at[0] == '"' && e.at[e.len - 1] == '"')
		e = span_of(e.at + 1, e.len - 2);
	return e;
}

static bool
hex_to_md5(struct span hex, unsigned char *md5)
{
	static const char digits[] = "0123456789abcdef";

	if (hex.len != 2 * (size_t)MD5_BYTES)
		return false;
	for (size_t i = 0; i < hex.len; i++) {
		const char *at = memchr(digits, hex.at[i] | 0x20, 16);

		if (at == NULL)
			return false;
		md5[i / 2] = (unsigned char)(md5[i / 2] << 4 | (at - digits));
	}
	return true;
}

/*
 * An ETag of 32 digits is the content's MD5 unless the object is encrypted
 * with a key of KMS or of the customer ("Common response headers", S3 API
 * Reference); of several parts it has a hyphen.  Other servers may mean
 * something else by it: what came twice the same is what there is.
 */
static bool
is_content_good(struct download *d, const struct http_response *r)
{
	unsigned char want[MD5_BYTES] = { 0 }, is[MD5_BYTES];
	bool same;

	if (EVP_DigestFinal_ex(d->md5, is, NULL) != 1 ||
	    !hex_to_md5(bare_etag(d), want))
		return true;
	if (span_starts(http_header_of(r, SPAN("x-amz-server-side-encryption")),
		SPAN("aws:kms")) ||
	    http_header_of(
		r, SPAN("x-amz-server-side-encryption-customer-algorithm"))
		    .len > 0 ||
	    memcmp(is, want, sizeof(is)) == 0)
		return true;
	same = d->had_last && memcmp(is, d->last, sizeof(is)) == 0;
	memcpy(d->last, is, sizeof(is));
	d->had_last = true;
	return same;
}

static void
tell(struct download *d, enum s3_outcome outcome, const char *text,
    const struct http_response *r)
{
	struct s3_download told = { .outcome = outcome,
		.text = text,
		.etag = bare_etag(d),
		.fd = -1,
		.response = r };
	char date[64];
	struct span modified = http_header_of(r, SPAN("Last-Modified"));

	if (outcome == S3_DONE) {
		told.size = d->received;
		told.len = d->fd >= 0 ? 0 : (size_t)d->received;
		told.body = d->body;
		told.fd = d->fd;
		if (modified.len > 0 && modified.len < sizeof(date)) {
			memcpy(date, modified.at, modified.len);
			date[modified.len] = '\0';
			told.modified_us =
			    curl_getdate(date, NULL) * CIVIL_US_PER_S;
		}
		d->body = NULL;
		d->fd = -1;
	}
	d->is.done(d->is.cookie, &told);
	free_download(d);
}

static void start_download(struct download *d);

/* Once more from the beginning, some few times. */
static bool
restart(struct download *d)
{
	if (d->restarts++ == RESTARTS_MAX)
		return false;
	forget_content(d);
	d->spoil = SPOIL_NONE;
	start_download(d);
	return true;
}

static void
finish_whole(struct download *d, const struct http_response *r)
{
	if (d->fresh) { /* an empty object: no piece was given */
		(void)begin_answer(d, r);
		make_room(d, 0);
	}
	if (d->is.first_bytes == 0 &&
	    ((d->total != UNKNOWN && d->received != d->total) ||
		!is_content_good(d, r))) {
		if (!restart(d))
			tell(d, S3_UNAVAILABLE,
			    "what is received is not what the server's length "
			    "and ETag say",
			    r);
		return;
	}
	s3_request_count(d->bucket, (struct s3_counts){ .bytes = d->received });
	if (d->fd >= 0 && lseek(d->fd, 0, SEEK_SET) != 0)
		tell(d, S3_UNAVAILABLE, "cannot read the spooled file", r);
	else
		tell(d, S3_DONE, "", r);
}

static void
tell_spoilt(struct download *d, const struct http_response *r)
{
	struct buf text = { 0 };

	switch (d->spoil) {
	case SPOIL_LARGE:
		buf_add_str(&text, "the object is too large");
		break;
	case SPOIL_DISK:
		buf_printf(&text, "cannot write below %s: %s", d->is.spool,
		    status_errno_text(d->error));
		break;
	case SPOIL_RANGE:
	case SPOIL_ENOUGH:
	case SPOIL_NONE:
		buf_add_str(&text, "the server does not answer what is asked");
		break;
	}
	tell(d, d->spoil == SPOIL_LARGE ? S3_REFUSED : S3_UNAVAILABLE,
	    buf_text(&text), r);
	buf_done(&text);
}

static void
on_answer(void *cookie, enum s3_outcome outcome, const char *text,
    const struct aws_answer *answer)
{
	struct download *d = cookie;
	const struct http_response *r;

	if (answer == NULL) {
		free_download(d);
		return;
	}
	r = answer->response;
	if (outcome == S3_DONE || d->spoil == SPOIL_ENOUGH) {
		finish_whole(d, r);
	} else if (d->spoil == SPOIL_RANGE || r->status == 412 ||
		   r->status == 416) {
		/* Another object took its place, or ranges are not done. */
		if (!restart(d))
			tell_spoilt(d, r);
	} else if (d->spoil != SPOIL_NONE) {
		tell_spoilt(d, r);
	} else {
		tell(d, outcome, text, r);
	}
}

static void
start_download(struct download *d)
{
	s3_request_start(d->bucket, &(struct s3_request){
					.key = span_str(d->key),
					.more = ask_for_rest,
					.sink = on_piece,
					.done = on_answer,
					.cookie = d,
				    });
}

void
s3_get(struct s3 *s, const struct s3_get *get)
{
	struct download *d = status_calloc(1, sizeof(*d));

	d->bucket = s;
	d->is = *get;
	d->fd = -1;
	d->key = status_calloc(get->key.len + 1, 1);
	memcpy(d->key, get->key.at, get->key.len);
	forget_content(d);
	start_download(d);
}
