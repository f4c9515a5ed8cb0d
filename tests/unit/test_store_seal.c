/* Commits that were confirmed and are not there: a damaged journal, an older
 * copy. */
#include "unit/store_folder.h"

#define COMMITS 12
#define FILE_MAX ((size_t)1 << 20)

static struct buf
bytes_of(const struct folder *f, const char *end)
{
	char path[128];
	struct buf bytes = { .limit = FILE_MAX };
	char room[4096];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s%s", f->file, end);
	file = fopen(path, "rb");
	assert_non_null(file);
	for (size_t n; (n = fread(room, 1, sizeof(room), file)) > 0;)
		buf_add(&bytes, span_of(room, n));
	assert_int_equal(fclose(file), 0);
	return bytes;
}

static void
put_bytes(const struct folder *f, const char *end, struct span bytes)
{
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s%s", f->file, end);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

/* What a store leaves when its program is killed: the file, its journal and
 * how many commits were confirmed. */
struct remains {
	struct buf file, wal, lock;
};

static void
leave(struct remains *r)
{
	struct folder f;
	struct store *s;

	folder_make(&f);
	s = open_as(
	    &(struct store_options){ .path = f.file, .exclusive = true },
	    STATUS_OK, NULL);
	for (unsigned i = 1; i <= COMMITS; i++) {
		store_begin(s);
		store_put_counter(s, "c", i);
		write_now(s);
	}
	r->file = bytes_of(&f, "");
	r->wal = bytes_of(&f, "-wal");
	r->lock = bytes_of(&f, "-lock");
	store_close(s);
	folder_remove(&f);
}

static void
last_counter(void *cookie, struct span name, uint64_t value)
{
	(void)name;
	*(uint64_t *)cookie = value;
}

/* Open what remains with this journal; true when it is refused, as it is.
 * What is not refused has all that was committed. */
static bool
is_refused(const struct remains *r, struct span wal, bool read_only)
{
	struct folder f;
	struct store *s = NULL;
	struct buf error = { 0 }, after;
	enum status st;
	uint64_t value = 0;

	folder_make(&f);
	put_bytes(&f, "", buf_span(&r->file));
	put_bytes(&f, "-wal", wal);
	put_bytes(&f, "-lock", buf_span(&r->lock));
	st = store_open(&(struct store_options){ .path = f.file,
			    .read_only = read_only,
			    .exclusive = !read_only },
	    &s, &error);
	if (st == STATUS_OK) {
		assert_int_equal(
		    store_counters(s, last_counter, &value, &error), STATUS_OK);
		assert_int_equal(value, COMMITS);
		store_close(s);
	} else {
		assert_int_equal(st, STATUS_MALFORMED);
		assert_non_null(strstr(buf_text(&error), "damaged"));
		after = bytes_of(&f, "");
		assert_span_equal(buf_span(&after), buf_span(&r->file));
		buf_done(&after);
		if (wal.len > 0) {
			after = bytes_of(&f, "-wal");
			assert_span_equal(buf_span(&after), wal);
			buf_done(&after);
		}
	}
	buf_done(&error);
	folder_remove(&f);
	return st != STATUS_OK;
}

static void
journal_damaged(void **state)
{
	struct remains r;
	unsigned refused = 0, tried = 0;

	(void)state;
	leave(&r);
	assert_true(r.wal.len > COMMITS * (size_t)4096);
	assert_false(is_refused(&r, buf_span(&r.wal), true));
	assert_false(is_refused(&r, buf_span(&r.wal), false));
	for (size_t at = 0; at < r.wal.len; at += 307) {
		r.wal.at[at] ^= (char)(1 << at % 8);
		refused += is_refused(&r, buf_span(&r.wal), at % 2 == 0);
		tried++;
		r.wal.at[at] ^= (char)(1 << at % 8);
	}
	/* Each byte of the journal is under a checksum. */
	assert_int_equal(refused, tried);
	for (size_t len = 0; len < r.wal.len; len += 1009)
		assert_true(is_refused(
		    &r, span_first(buf_span(&r.wal), len), len % 2 == 0));
	buf_done(&r.file);
	buf_done(&r.wal);
	buf_done(&r.lock);
}

/* A backup has a count of its own; who says so goes on with an older copy. */
static void
older_copies(void **state)
{
	struct folder f, copy;
	struct store *s;
	struct buf error = { 0 }, older;
	char lock[128];

	(void)state;
	folder_make(&f);
	folder_make(&copy);
	s = open_as(
	    &(struct store_options){ .path = f.file, .exclusive = true },
	    STATUS_OK, NULL);
	fill(s);
	assert_int_equal(store_backup(s, copy.file, &error), STATUS_OK);
	store_close(s);
	older = bytes_of(&f, "");
	s = open_as(
	    &(struct store_options){ .path = f.file, .exclusive = true },
	    STATUS_OK, NULL);
	store_begin(s);
	store_put_counter(s, "c", 4);
	write_now(s);
	store_close(s);
	put_bytes(&f, "", buf_span(&older));
	open_as(&(struct store_options){ .path = f.file }, STATUS_MALFORMED,
	    "the last 1 commits that were confirmed are not in it");
	buf_done(&older);
	older = bytes_of(&copy, "");
	put_bytes(&f, "", buf_span(&older));
	store_close(open_at(&f));
	(void)snprintf(lock, sizeof(lock), "%s-lock", f.file);
	assert_int_equal(unlink(lock), 0);
	store_close(open_at(&f));
	buf_done(&older);
	folder_remove(&f);
	folder_remove(&copy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a journal with any damage is refused as it is",
		    journal_damaged),
		TEST("a backup may be put back, an older copy is refused",
		    older_copies),
	};

	return cmocka_run_group_tests_name("store seal", tests, NULL, NULL);
}
