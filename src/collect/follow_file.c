#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/civil.h"
#include "collect/content.h"
#include "collect/follow.h"
#include "collect/peek.h"
#include "net/clock.h"

#define WHOLE_AT_ONCE 1024 /* parcels given as files and not yet safe */
#define OPEN_MAX_FILES 256
#define OPEN_US ((int64_t)600 * 1000000) /* unchanged so long: closed */
#define CHUNK_BYTES ((size_t)256 * 1024)
#define CROWDED_US ((int64_t)3600 * 1000000)
#define RETRY_US ((int64_t)60 * 1000000) /* what could not be read */
#define LIST_BYTES ((size_t)256)	 /* a list says so within */
#define NAME_BYTES 96			 /* of an identity */

/* --- whole files ---------------------------------------------------------- */

static void
count_given(struct follow *f, uint64_t bytes, int64_t arrived_us)
{
	f->counts.objects++;
	f->counts.bytes += bytes;
	if (arrived_us > f->counts.newest_us)
		f->counts.newest_us = arrived_us;
}

static enum follow_step
cannot_read(struct follow *f, struct follow_file *file)
{
	f->counts.errors++;
	follow_say(f, SOURCE_WARNING, "a file cannot be read", file->path,
	    status_errno_text(errno));
	if (f->config->follow > 0)
		file->due_us = clock_mono_us() + RETRY_US;
	return FOLLOW_IDLE;
}

static int
open_file(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

enum follow_step
follow_file_whole(struct follow *f, struct follow_file *file)
{
	struct source_parcel parcel = {
		.place = span_str(file->place),
		.cluster = span_str(f->config->cluster),
		.arrived_us = file->mtime_us,
	};
	struct buf name = { 0 };
	struct stat s;

	if (f->host->room(f->host->cookie) == 0 ||
	    f->whole_under_way >= WHOLE_AT_ONCE)
		return FOLLOW_FULL;
	parcel.fd = open_file(file->path);
	if (parcel.fd < 0)
		return cannot_read(f, file);
	if (fstat(parcel.fd, &s) != 0 ||
	    !content_name(parcel.fd, (uint64_t)s.st_size, &name)) {
		(void)close(parcel.fd);
		return cannot_read(f, file);
	}
	parcel.identity = buf_span(&name);
	if (f->host->seen(f->host->cookie, parcel.identity)) {
		f->counts.duplicates++;
		(void)close(parcel.fd);
		buf_done(&name);
		return FOLLOW_MORE;
	}
	parcel.token = ++f->last_token << 1 | 1;
	f->whole_under_way++;
	count_given(f, (uint64_t)s.st_size, parcel.arrived_us);
	f->host->give(f->host->cookie, &parcel);
	buf_done(&name);
	return FOLLOW_MORE;
}

/* --- the window ----------------------------------------------------------- */

static struct follow_window *
window_of(struct follow *f, const struct follow_file *file)
{
	return file->kind == FOLLOW_PACKED ? &f->packed : &f->window;
}

static void
close_reader(struct follow *f)
{
	reader_close(f->reader);
	f->packed.file = NULL;
	f->packed.len = 0;
}

/* Have the window on the stream's next byte.  False when a packed file has
 * to be read from its start for that. */
static bool
aim(struct follow *f, const struct follow_file *file)
{
	struct follow_window *w = window_of(f, file);

	if (file->kind == FOLLOW_PACKED)
		return w->file == file && w->offset == file->stream->offset;
	/* What was at hand is read again: it may be another text by now. */
	w->file = file;
	w->offset = file->stream->offset;
	w->len = 0;
	return true;
}

/* Have `want` bytes in the window if there are so many.  False when the file
 * could not be read on. */
static bool
fill(struct follow *f, const struct follow_file *file, size_t want)
{
	struct follow_window *w = window_of(f, file);

	if (w->room < want + JSON_PADDING) {
		w->room = want + JSON_PADDING;
		w->at = status_realloc(w->at, w->room, 1);
	}
	while (w->len < want) {
		size_t len = 0;

		if (file->kind == FOLLOW_PACKED) {
			enum status st = reader_read(
			    f->reader, w->at + w->len, want - w->len, &len);

			w->len += len;
			if (st)
				return false;
		} else {
			ssize_t got = pread(file->fd, w->at + w->len,
			    want - w->len, (off_t)(w->offset + w->len));

			if (got < 0)
				return false;
			len = (size_t)got;
			w->len += len;
		}
		if (len == 0)
			break;
	}
	return true;
}

/* The first `len` bytes are done with. */
static void
drop(struct follow_window *w, size_t len)
{
	w->len -= len;
	w->offset += len;
	memmove(w->at, w->at + len, w->len);
}

/* --- lines ---------------------------------------------------------------- */

static void
give_lines(struct follow *f, struct follow_file *file, size_t len)
{
	struct follow_stream *s = file->stream;
	struct follow_window *w = window_of(f, file);
	size_t header = s->offset >= file->header_len ? file->header_len : 0;
	struct buf key = { 0 }, cursor = { 0 };
	struct source_parcel parcel = {
		.place = span_str(file->place),
		.cluster = span_str(f->config->cluster),
		.body = status_calloc(header + len, 1),
		.len = header + len,
		.fd = -1,
		.token = ++f->last_token << 1,
		.arrived_us = file->mtime_us,
	};

	if (header)
		memcpy(parcel.body, file->header, header);
	memcpy(parcel.body + header, w->at, len);
	follow_stream_advance(s, span_of(w->at, len));
	follow_stream_key(s, &key);
	follow_stream_cursor(s, &cursor);
	parcel.cursor_key = buf_span(&key);
	parcel.cursor = buf_span(&cursor);
	drop(w, len);
	count_given(f, len, parcel.arrived_us);
	f->host->give(f->host->cookie, &parcel);
	buf_done(&key);
	buf_done(&cursor);
}

/* Bytes up to and with the last line feed. */
static size_t
whole_lines(struct span text)
{
	size_t at = span_rfind(text, '\n');

	return at < text.len ? at + 1 : 0;
}

/* What stands behind the last line feed is a record all the same. */
static bool
is_value(struct follow *f, struct span rest)
{
	struct json_value root;

	rest = span_trim(rest);
	return rest.len && rest.at[0] == '{' &&
	       json_parse(f->json, rest, &root) == STATUS_OK;
}

/* Inside a line that is too long: drop up to its end. */
static void
discard(struct follow *f, const struct follow_file *file)
{
	struct follow_window *w = window_of(f, file);
	struct follow_stream *s = file->stream;
	struct span at_hand = span_of(w->at, w->len);
	size_t end = span_find(at_hand, '\n', 0);
	size_t len = end < at_hand.len ? end + 1 : at_hand.len;

	s->discarding = end == at_hand.len;
	s->offset += len;
	s->tail_len = 0;
	drop(w, len);
}

static void
too_long(struct follow *f, struct follow_file *file)
{
	char where[64];

	(void)snprintf(where, sizeof(where), "more than 4 MiB at byte %llu",
	    (unsigned long long)file->stream->offset);
	f->counts.errors++;
	follow_say(f, SOURCE_WARNING, "a line is left out", file->path, where);
	file->stream->discarding = true;
	discard(f, file);
}

/* The next parcel of lines at hand; `ended`: no more will come. */
static enum follow_step
next_lines(struct follow *f, struct follow_file *file, bool ended)
{
	struct follow_window *w = window_of(f, file);
	size_t len;

	if (f->host->room(f->host->cookie) == 0)
		return FOLLOW_FULL;
	(void)fill(f, file, FOLLOW_PARCEL_BYTES);
	if (file->stream->discarding && w->len) {
		discard(f, file);
		return FOLLOW_MORE;
	}
	len = whole_lines(span_of(w->at, w->len));
	if (len == 0 && w->len == FOLLOW_PARCEL_BYTES) {
		(void)fill(f, file, FOLLOW_LINE_BYTES);
		len = whole_lines(span_of(w->at, w->len));
		if (len == 0 && w->len == FOLLOW_LINE_BYTES) {
			too_long(f, file);
			return FOLLOW_MORE;
		}
	}
	if (len == 0 && ended)
		len = w->len;
	if (len == 0)
		return FOLLOW_IDLE;
	give_lines(f, file, len);
	return FOLLOW_MORE;
}

/* --- which kind, which stream --------------------------------------------- */

static bool
is_packed(struct span head)
{
	return span_starts(head, SPAN("\x1f\x8b")) ||
	       span_starts(head, SPAN("\x28\xb5\x2f\xfd"));
}

/* Is a text one value over several lines, or a list in one line too long to
 * be one record, and not many records? */
static bool
is_one_value(struct follow *f, struct span text)
{
	static const struct span lists[] = { SPAN_INIT("\"Records\""),
		SPAN_INIT("\"EventList\""), SPAN_INIT("\"logEvents\"") };
	struct span line = span_first(text, span_find(text, '\n', 0));
	struct span begin = span_first(line, LIST_BYTES);
	struct json_value root;
	size_t i;

	if (text.at[0] != '{')
		return text.at[0] == '[';
	if (line.len < text.len)
		return json_parse(f->json, line, &root) != STATUS_OK;
	for (i = 0; i < COUNTOF(lists); i++) {
		if (span_search(begin, lists[i]) < begin.len)
			return true;
	}
	return false;
}

/* The kind of a text by its first bytes, or UNKNOWN while there are none. */
static enum follow_kind
kind_of_text(struct follow *f, const struct follow_file *file, struct span head)
{
	struct span text = span_trim(head);

	if (text.len == 0)
		return FOLLOW_UNKNOWN;
	if (file->doubted && !peek_is_log(text))
		return FOLLOW_FOREIGN;
	return is_one_value(f, text) ? FOLLOW_WHOLE : FOLLOW_LINES;
}

static size_t
read_head(struct follow *f, const struct follow_file *file)
{
	ssize_t got = pread(file->fd, f->head, FOLLOW_HEAD_BYTES, 0);

	return got > 0 ? (size_t)got : 0;
}

static void
take_header(struct follow_file *file, struct span header)
{
	free(file->header);
	file->header = NULL;
	file->header_len = header.len;
	if (header.len == 0)
		return;
	file->header = status_calloc(header.len, 1);
	memcpy(file->header, header.at, header.len);
}

/* Read the first bytes behind the compression. */
static size_t
unpack_head(struct follow *f, const struct follow_file *file)
{
	size_t len = 0, got = 0;

	close_reader(f);
	if (reader_open(f->reader, file->path) != STATUS_OK)
		return 0;
	while (len < FOLLOW_HEAD_BYTES &&
	       reader_read(f->reader, f->head + len, FOLLOW_HEAD_BYTES - len,
		   &got) == STATUS_OK &&
	       got > 0)
		len += got;
	reader_close(f->reader);
	return len;
}

/* A compressed file: the rest of a stream that was read as it grew, or an
 * archive. */
static void
classify_packed(struct follow *f, struct follow_file *file)
{
	struct span head = span_of(f->head, unpack_head(f, file));
	uint64_t mark[2];
	size_t lengths[2];

	file->kind = FOLLOW_WHOLE;
	if (kind_of_text(f, file, head) != FOLLOW_LINES ||
	    !follow_stream_mark(head, true, mark, lengths))
		return;
	file->stream = follow_stream_known(f, mark, 0);
	if (file->stream == NULL)
		return;
	file->kind = FOLLOW_PACKED;
	take_header(file, span_first(head, lengths[1]));
}

static bool
is_settled(const struct follow_file *file, int64_t now_us)
{
	return file->closed || now_us - file->changed_us >= FOLLOW_SETTLE_US;
}

/* Find out how to read it.  False: not now, due_us says when. */
static bool
classify(struct follow *f, struct follow_file *file, int64_t now_us)
{
	struct span head = span_of(f->head, read_head(f, file));

	if (!is_packed(head)) {
		file->kind = kind_of_text(f, file, head);
		return file->kind != FOLLOW_UNKNOWN;
	}
	if (!is_settled(file, now_us)) {
		file->due_us = file->changed_us + FOLLOW_SETTLE_US;
		file->unsettled = true;
		return false;
	}
	classify_packed(f, file);
	return true;
}

/* A log that was read whole before it was followed is not read again. */
static void
skip_if_seen(struct follow *f, const struct follow_file *file)
{
	struct buf name = { 0 };

	if (file->stream->offset || file->stream->turn)
		return;
	if (content_name(file->fd, file->size, &name) &&
	    f->host->seen(f->host->cookie, buf_span(&name))) {
		file->stream->offset = file->size;
		f->counts.duplicates++;
	}
	buf_done(&name);
}

/* Is its first line still the one its stream began with? */
static bool
is_same_stream(struct follow *f, const struct follow_file *file)
{
	uint64_t mark[2];
	size_t lengths[2];
	ssize_t got;

	if (file->stream == NULL || file->size < file->stream->offset)
		return false;
	got = pread(file->fd, f->head, file->mark_len, 0);
	return got == (ssize_t)file->mark_len &&
	       follow_stream_mark(
		   span_of(f->head, file->mark_len), true, mark, lengths) &&
	       mark[0] == file->stream->mark[0] &&
	       mark[1] == file->stream->mark[1];
}

/* The stream of a file of lines; NULL: not yet, due_us says when. */
static struct follow_stream *
find_stream(struct follow *f, struct follow_file *file, int64_t now_us)
{
	bool rest = now_us - file->changed_us >= FOLLOW_REST_US;
	uint64_t mark[2];
	size_t lengths[2];
	struct span head;

	if (is_same_stream(f, file))
		return file->stream;
	head = span_of(f->head, read_head(f, file));
	file->stream = NULL;
	if (!follow_stream_mark(head,
		rest && (file->closed || is_value(f, head)), mark, lengths)) {
		file->due_us = rest ? 0 : file->changed_us + FOLLOW_REST_US;
		return NULL;
	}
	file->stream =
	    follow_stream_find(f, file, mark, is_settled(file, now_us));
	if (file->stream == NULL) {
		file->due_us = file->changed_us + FOLLOW_SETTLE_US;
		if (is_settled(file, now_us)) {
			follow_say(f, SOURCE_ERROR, "a file is not read",
			    file->path, "too many began with its first line");
			file->due_us = now_us + CROWDED_US;
		}
		return NULL;
	}
	file->mark_len = lengths[0];
	take_header(file, span_first(head, lengths[1]));
	skip_if_seen(f, file);
	return file->stream;
}

/* --- steps ---------------------------------------------------------------- */

/* Behind the last line feed: given when no line feed will come. */
static enum follow_step
step_rest(struct follow *f, struct follow_file *file, int64_t now_us)
{
	struct span rest = span_of(f->window.at, f->window.len);

	if (rest.len == 0 || file->stream->discarding)
		return FOLLOW_IDLE;
	if (now_us - file->changed_us < FOLLOW_REST_US) {
		file->due_us = file->changed_us + FOLLOW_REST_US;
		return FOLLOW_IDLE;
	}
	if (!file->closed && !is_value(f, rest))
		return FOLLOW_IDLE;
	give_lines(f, file, rest.len);
	return FOLLOW_MORE;
}

static enum follow_step
step_lines(struct follow *f, struct follow_file *file, int64_t now_us)
{
	enum follow_step step;

	if (find_stream(f, file, now_us) == NULL)
		return FOLLOW_IDLE;
	if (file->size == file->stream->offset)
		return FOLLOW_IDLE;
	(void)aim(f, file);
	step = next_lines(f, file, false);
	if (step == FOLLOW_MORE && file->stream->offset == file->size)
		file->due_us = now_us + FOLLOW_PACE_US;
	return step == FOLLOW_IDLE ? step_rest(f, file, now_us) : step;
}

/* Read a packed file from its start up to where its stream is.  False when
 * it is another text that began with the same line. */
static bool
skip_packed(struct follow *f, const struct follow_file *file)
{
	struct follow_window *w = window_of(f, file);
	uint64_t to = file->stream->offset;

	w->offset = 0;
	w->len = 0;
	w->file = file;
	if (reader_open(f->reader, file->path) != STATUS_OK)
		return false;
	while (w->offset + w->len < to) {
		uint64_t rest = to - w->offset;

		if (w->len > 2 * CHUNK_BYTES)
			drop(w, w->len - CHUNK_BYTES);
		if (!fill(f, file,
			rest < 4 * CHUNK_BYTES ? (size_t)rest
					       : 4 * CHUNK_BYTES) ||
		    w->len == 0)
			break;
		if (w->offset + w->len < to && w->len < 4 * CHUNK_BYTES)
			break;
	}
	if (w->offset + w->len != to ||
	    !follow_stream_ends(file->stream, span_of(w->at, w->len)))
		return false;
	drop(w, w->len);
	return true;
}

static enum follow_step
step_packed(struct follow *f, struct follow_file *file)
{
	enum follow_step step;

	if (!aim(f, file) && !skip_packed(f, file)) {
		close_reader(f);
		file->kind = FOLLOW_WHOLE;
		file->stream = NULL;
		return FOLLOW_MORE;
	}
	step = next_lines(f, file, true);
	if (step == FOLLOW_IDLE)
		close_reader(f);
	return step;
}

static enum follow_step
step_whole(struct follow *f, struct follow_file *file, int64_t now_us)
{
	enum follow_step step;

	if (!is_settled(file, now_us)) {
		file->due_us = file->changed_us + FOLLOW_SETTLE_US;
		file->unsettled = true;
		return FOLLOW_IDLE;
	}
	step = follow_file_whole(f, file);
	return step == FOLLOW_MORE ? FOLLOW_IDLE : step;
}

void
follow_file_close(struct follow *f, struct follow_file *file)
{
	if (f->packed.file == file)
		close_reader(f);
	if (f->window.file == file)
		f->window.file = NULL;
	if (file->fd < 0)
		return;
	(void)close(file->fd);
	file->fd = -1;
	f->open_files--;
}

void
follow_file_free(struct follow *f, struct follow_file *file)
{
	follow_file_close(f, file);
	free(file->path);
	free(file->place);
	free(file->header);
	free(file);
}

/* The file at its path is another one, or none: what is left of the old one
 * is read to its end first. */
static enum follow_step
step_old(struct follow *f, struct follow_file *file)
{
	struct stat s;
	enum follow_step step = FOLLOW_IDLE;

	if (file->kind == FOLLOW_LINES && file->stream &&
	    fstat(file->fd, &s) == 0) {
		file->size = (uint64_t)s.st_size;
		if (is_same_stream(f, file)) {
			(void)aim(f, file);
			step = next_lines(f, file, false);
			if (step == FOLLOW_IDLE &&
			    is_value(f, span_of(f->window.at, f->window.len)))
				give_lines(f, file, f->window.len);
		}
	}
	if (step == FOLLOW_IDLE)
		follow_file_close(f, file);
	return step;
}

static void
begin_anew(struct follow_file *file, const struct stat *s)
{
	file->device = s->st_dev;
	file->inode = s->st_ino;
	file->kind = FOLLOW_UNKNOWN;
	file->stream = NULL;
}

/* Note size and times; a change of either starts the waits anew. */
static void
look(struct follow_file *file, const struct stat *s, int64_t now_us)
{
	int64_t mtime_us = (int64_t)s->st_mtim.tv_sec * CIVIL_US_PER_S +
			   s->st_mtim.tv_nsec / 1000;
	int64_t age_us = clock_wall_us() - mtime_us;

	if ((uint64_t)s->st_size == file->size && mtime_us == file->mtime_us)
		return;
	if (file->kind == FOLLOW_WHOLE || file->kind == FOLLOW_PACKED ||
	    (uint64_t)s->st_size < file->size)
		begin_anew(file, s);
	file->size = (uint64_t)s->st_size;
	file->mtime_us = mtime_us;
	file->changed_us = age_us > 0 ? now_us - age_us : now_us;
}

static bool
open_for_step(struct follow *f, struct follow_file *file)
{
	if (file->fd >= 0)
		return true;
	file->fd = open_file(file->path);
	if (file->fd < 0)
		return false;
	f->open_files++;
	return true;
}

static enum follow_step
step_kind(struct follow *f, struct follow_file *file, int64_t now_us)
{
	switch (file->kind) {
	case FOLLOW_LINES:
		return step_lines(f, file, now_us);
	case FOLLOW_WHOLE:
		return step_whole(f, file, now_us);
	case FOLLOW_PACKED:
		return step_packed(f, file);
	case FOLLOW_UNKNOWN:
	case FOLLOW_FOREIGN:
		break;
	}
	return FOLLOW_IDLE;
}

/* Only a log that grows is kept open: it may be moved or removed between two
 * looks. */
static void
close_if_quiet(struct follow *f, struct follow_file *file, int64_t now_us)
{
	if (file->kind != FOLLOW_LINES || f->open_files > OPEN_MAX_FILES ||
	    now_us - file->changed_us > OPEN_US)
		follow_file_close(f, file);
}

static bool
is_another(const struct follow_file *file, const struct stat *s)
{
	return s->st_ino != file->inode || s->st_dev != file->device;
}

enum follow_step
follow_file_step(struct follow *f, struct follow_file *file, int64_t now_us)
{
	enum follow_step step;
	struct stat s;
	bool there = stat(file->path, &s) == 0 && S_ISREG(s.st_mode);

	file->due_us = 0;
	file->unsettled = false;
	if (file->fd >= 0 && (!there || is_another(file, &s))) {
		step = step_old(f, file);
		return step == FOLLOW_IDLE ? FOLLOW_MORE : step;
	}
	if (!there)
		return FOLLOW_GONE;
	if (is_another(file, &s))
		begin_anew(file, &s);
	look(file, &s, now_us);
	if (file->size == 0)
		return FOLLOW_IDLE;
	if (!open_for_step(f, file))
		return cannot_read(f, file);
	if (file->kind == FOLLOW_UNKNOWN && !classify(f, file, now_us))
		return FOLLOW_IDLE;
	step = step_kind(f, file, now_us);
	if (step == FOLLOW_IDLE)
		close_if_quiet(f, file, now_us);
	return step;
}
