#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#include "base/buf.h"
#include "base/rng.h"
#include "codec/reader.h"
#include "test.h"

/* Text that compresses like logs do. */
static struct buf
some_text(size_t bytes, uint64_t seed)
{
	struct buf b = { .limit = bytes + 256 };
	struct rng rng;

	rng_seed(&rng, seed);
	while (b.len < bytes)
		buf_printf(&b, "{\"eventName\":\"Get%u\",\"n\":%u}\n",
		    (unsigned)rng_below(&rng, 50),
		    (unsigned)rng_below(&rng, 100000));
	return b;
}

static struct buf
gz(struct span text)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	size_t bound = libdeflate_gzip_compress_bound(c, text.len);
	struct buf out = { .limit = bound + 1 };
	char *room = malloc(bound);
	size_t n = libdeflate_gzip_compress(c, text.at, text.len, room, bound);

	assert_int_not_equal(n, 0);
	buf_add(&out, span_of(room, n));
	free(room);
	libdeflate_free_compressor(c);
	return out;
}

static struct buf
zst(struct span text, int window_log)
{
	size_t bound = ZSTD_compressBound(text.len);
	struct buf out = { .limit = bound + 1 };
	char *room = malloc(bound);
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t n;

	if (window_log)
		ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, window_log);
	/* Without the size the window is what it says. */
	ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 0);
	n = ZSTD_compress2(c, room, bound, text.at, text.len);
	assert_false(ZSTD_isError(n));
	buf_add(&out, span_of(room, n));
	ZSTD_freeCCtx(c);
	free(room);
	return out;
}

/* Read to the end, `step` bytes at a time. */
static enum status
drain(struct reader *r, size_t step, struct buf *out)
{
	char *room = malloc(step);
	enum status st;
	size_t len;

	do {
		st = reader_read(r, room, step, &len);
		assert_true(len <= step);
		buf_add(out, span_of(room, len));
	} while (st == STATUS_OK && len);
	if (st) {
		/* A failure stays. */
		assert_int_equal(reader_read(r, room, step, &len), st);
		assert_int_equal(len, 0);
		assert_int_not_equal(reader_error(r)[0], '\0');
	}
	free(room);
	return st;
}

static enum status
read_bytes(struct span bytes, size_t step, struct buf *out)
{
	struct reader *r = reader_new(&READER_LIMITS_DEFAULT);
	enum status st;

	buf_reset(out);
	reader_open_memory(r, bytes);
	st = drain(r, step, out);
	reader_free(r);
	return st;
}

static void
assert_reads(struct span bytes, struct span text)
{
	static const size_t steps[] = { 1 << 20, 7, 1, 4096 };
	struct buf out = { .limit = text.len + 100 };
	size_t i;

	for (i = 0; i < COUNTOF(steps); i++) {
		if (steps[i] < 8 && text.len > 100000)
			continue;
		assert_int_equal(read_bytes(bytes, steps[i], &out), STATUS_OK);
		assert_int_equal(out.len, text.len);
		assert_memory_equal(out.at ? out.at : "", text.at, text.len);
	}
	buf_done(&out);
}

static void
tells_coding_by_content(void **state)
{
	static const size_t sizes[] = { 1, 3, 5, 1000, 300000, 6000000 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNTOF(sizes); i++) {
		struct buf text = some_text(sizes[i], 1);
		struct buf packed;
		struct span s = span_first(buf_span(&text), sizes[i]);

		assert_reads(s, s);
		packed = gz(s);
		assert_reads(buf_span(&packed), s);
		buf_done(&packed);
		packed = zst(s, 0);
		assert_reads(buf_span(&packed), s);
		buf_done(&packed);
		buf_done(&text);
	}
}

static void
reads_members_and_frames(void **state)
{
	struct buf a = some_text(200000, 1), b = some_text(100, 2);
	struct buf text = { 0 }, packed = { 0 }, one;

	(void)state;
	buf_add(&text, buf_span(&a));
	buf_add(&text, buf_span(&b));
	one = gz(buf_span(&a));
	buf_add(&packed, buf_span(&one));
	buf_done(&one);
	one = gz(SPAN(""));
	buf_add(&packed, buf_span(&one));
	buf_done(&one);
	one = gz(buf_span(&b));
	buf_add(&packed, buf_span(&one));
	buf_done(&one);
	assert_reads(buf_span(&packed), buf_span(&text));
	/* Padding of zeros. */
	buf_add(&packed, SPAN("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	assert_reads(buf_span(&packed), buf_span(&text));
	buf_reset(&packed);
	one = zst(buf_span(&a), 0);
	/* A skippable frame of 3 bytes first, and one between. */
	buf_add(&packed, SPAN("\x50\x2a\x4d\x18\3\0\0\0abc"));
	buf_add(&packed, buf_span(&one));
	buf_add(&packed, SPAN("\x5f\x2a\x4d\x18\0\0\0\0"));
	buf_done(&one);
	one = zst(buf_span(&b), 0);
	buf_add(&packed, buf_span(&one));
	assert_reads(buf_span(&packed), buf_span(&text));
	buf_done(&one);
	buf_done(&packed);
	buf_done(&text);
	buf_done(&a);
	buf_done(&b);
}

static void
reads_gzip_headers(void **state)
{
	struct buf text = some_text(5000, 3);
	struct buf plain = gz(buf_span(&text)), packed = { 0 };

	(void)state;
	/* FEXTRA, FNAME and FCOMMENT in front of the same deflate stream. */
	buf_add(&packed, SPAN("\x1f\x8b\x08\x1c\0\0\0\0\0\3"));
	buf_add(&packed, SPAN("\4\0AB\0\0name.json\0a comment\0"));
	buf_add(&packed, span_skip(buf_span(&plain), 10));
	assert_reads(buf_span(&packed), buf_span(&text));
	/* And as the second member. */
	buf_reset(&plain);
	buf_add(&plain, buf_span(&packed));
	buf_add(&plain, buf_span(&packed));
	buf_reset(&packed);
	buf_add(&packed, buf_span(&text));
	buf_add(&packed, buf_span(&text));
	assert_reads(buf_span(&plain), buf_span(&packed));
	buf_done(&plain);
	buf_done(&packed);
	buf_done(&text);
}

static void
refuses_garbage_behind(void **state)
{
	struct buf text = some_text(5000, 3), out = { 0 };
	struct buf packed = gz(buf_span(&text));

	(void)state;
	buf_add_str(&packed, "garbage");
	assert_int_equal(
	    read_bytes(buf_span(&packed), 999, &out), STATUS_MALFORMED);
	assert_span_equal(buf_span(&out), buf_span(&text));
	buf_done(&packed);
	packed = zst(buf_span(&text), 0);
	buf_add_str(&packed, "garbage");
	assert_int_equal(
	    read_bytes(buf_span(&packed), 999, &out), STATUS_MALFORMED);
	assert_span_equal(buf_span(&out), buf_span(&text));
	buf_done(&packed);
	buf_done(&out);
	buf_done(&text);
}

/* Cut at every byte: a prefix of the text comes, then a failure. */
static void
assert_gives_prefixes(struct span packed, struct span text)
{
	struct buf out = { 0 };
	size_t last = 0;
	size_t n;

	for (n = 6; n < packed.len; n++) {
		enum status st = read_bytes(span_first(packed, n), 4096, &out);

		assert_true(st == STATUS_TRUNCATED || st == STATUS_MALFORMED);
		assert_true(out.len <= text.len && out.len >= last);
		assert_true(out.len == 0 || !memcmp(out.at, text.at, out.len));
		last = out.len;
	}
	/* Without its trailer all of the text is there. */
	assert_int_equal(last, text.len);
	buf_done(&out);
}

static void
gives_what_is_whole(void **state)
{
	struct buf text = some_text(9000, 4);
	struct buf packed = gz(buf_span(&text));

	(void)state;
	assert_gives_prefixes(buf_span(&packed), buf_span(&text));
	buf_done(&packed);
	buf_done(&text);
	text = some_text(400, 4);
	packed = zst(buf_span(&text), 0);
	{
		struct buf out = { 0 };
		size_t n;

		for (n = 4; n < packed.len; n++)
			assert_int_equal(
			    read_bytes(
				span_first(buf_span(&packed), n), 50, &out),
			    STATUS_TRUNCATED);
		buf_done(&out);
	}
	buf_done(&packed);
	buf_done(&text);
}

static void
checks_checksums(void **state)
{
	struct buf text = some_text(9000, 4), out = { 0 };
	struct buf packed = gz(buf_span(&text));

	(void)state;
	packed.at[packed.len - 6] ^= 1; /* CRC-32 */
	assert_int_equal(
	    read_bytes(buf_span(&packed), 4096, &out), STATUS_MALFORMED);
	assert_span_equal(buf_span(&out), buf_span(&text));
	packed.at[packed.len - 6] ^= 1;
	packed.at[packed.len - 4] ^= 1; /* the length */
	assert_int_equal(
	    read_bytes(buf_span(&packed), 4096, &out), STATUS_MALFORMED);
	assert_span_equal(buf_span(&out), buf_span(&text));
	buf_done(&packed);
	buf_done(&out);
	buf_done(&text);
}

static void
survives_flipped_bits(void **state)
{
	struct buf text = some_text(3000, 5), out = { 0 };
	struct buf packed[2] = { gz(buf_span(&text)), zst(buf_span(&text), 0) };
	struct rng rng;
	size_t i, k;

	(void)state;
	rng_seed(&rng, 5);
	for (k = 0; k < 2; k++) {
		for (i = 0; i < 2000; i++) {
			size_t at = rng_below(&rng, packed[k].len);
			char bit = (char)(1 << rng_below(&rng, 8));

			packed[k].at[at] ^= bit;
			(void)read_bytes(buf_span(&packed[k]), 777, &out);
			packed[k].at[at] ^= bit;
		}
		buf_done(&packed[k]);
	}
	buf_done(&out);
	buf_done(&text);
}

static void
strips_marks(void **state)
{
	struct buf out = { 0 }, packed;

	(void)state;
	assert_reads(SPAN("\xef\xbb\xbf{}"), SPAN("{}"));
	assert_reads(SPAN("\xef\xbb\xbf"), SPAN(""));
	packed = gz(SPAN("\xef\xbb\xbf{\"a\":1}"));
	assert_reads(buf_span(&packed), SPAN("{\"a\":1}"));
	buf_done(&packed);
	assert_int_equal(
	    read_bytes(SPAN("\xff\xfe{\0}\0"), 99, &out), STATUS_UNSUPPORTED);
	assert_int_equal(
	    read_bytes(SPAN("\xfe\xff\0{\0}"), 99, &out), STATUS_UNSUPPORTED);
	assert_int_equal(
	    read_bytes(SPAN("PK\3\4zip"), 99, &out), STATUS_UNSUPPORTED);
	packed = gz(SPAN("\x1f\x8b\x08\0"));
	assert_int_equal(
	    read_bytes(buf_span(&packed), 99, &out), STATUS_UNSUPPORTED);
	buf_done(&packed);
	buf_done(&out);
}

/* 1 GB of zeros in about 32 kB. */
static struct buf
zst_bomb(void)
{
	static char zeros[1 << 20];
	ZSTD_CCtx *c = ZSTD_createCCtx();
	struct buf b = { 0 };
	char room[4096];
	unsigned i;

	ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, 27);
	for (i = 0; i <= 1024; i++) {
		ZSTD_inBuffer in = { zeros, sizeof(zeros), 0 };
		size_t left;

		if (i == 1024)
			in.size = 0;
		do {
			ZSTD_outBuffer out = { room, sizeof(room), 0 };

			left = ZSTD_compressStream2(c, &out, &in,
			    i == 1024 ? ZSTD_e_end : ZSTD_e_continue);
			assert_false(ZSTD_isError(left));
			buf_add(&b, span_of(room, out.pos));
		} while (in.pos < in.size || (i == 1024 && left));
	}
	ZSTD_freeCCtx(c);
	return b;
}

static long
peak_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static void
refuses_bombs(void **state)
{
	const struct reader_limits small = { 0, 100, 1 << 20 };
	struct buf bomb = zst_bomb(), zeros = { 0 };
	static char room[65536];
	struct reader *r = reader_new(&READER_LIMITS_DEFAULT);
	long before = peak_kib();
	clock_t cpu = clock();
	enum status st;
	size_t len;

	(void)state;
	assert_true(bomb.len < 64 * 1024);
	reader_open_memory(r, buf_span(&bomb));
	do
		st = reader_read(r, room, sizeof(room), &len);
	while (st == STATUS_OK && len);
	assert_int_equal(st, STATUS_TOO_LARGE);
	assert_true(reader_bytes_out(r) < 32u << 20);
	assert_true(clock() - cpu < CLOCKS_PER_SEC / 2);
	/* The sanitizers' shadow is memory too. */
	assert_true(peak_kib() - before < 64 * 1024);
	reader_free(r);
	buf_done(&bomb);

	while (zeros.len < 3 << 20)
		buf_add(&zeros, span_of(room, sizeof(room)));
	bomb = gz(buf_span(&zeros));
	r = reader_new(&small);
	reader_open_memory(r, buf_span(&bomb));
	do
		st = reader_read(r, room, sizeof(room), &len);
	while (st == STATUS_OK && len);
	assert_int_equal(st, STATUS_TOO_LARGE);
	reader_free(r);
	buf_done(&bomb);
	buf_done(&zeros);
}

static void
caps_output(void **state)
{
	const struct reader_limits limits = { 1000, 0, 0 };
	struct buf text = some_text(2000, 1), out = { 0 };
	struct reader *r = reader_new(&limits);

	(void)state;
	reader_open_memory(r, buf_span(&text));
	assert_int_equal(drain(r, 100, &out), STATUS_TOO_LARGE);
	assert_true(out.len <= 1000);
	reader_free(r);
	buf_done(&text);
	buf_done(&out);
}

static void
refuses_large_windows(void **state)
{
	/* A frame header that asks for a window of 2 GiB. */
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(
	    read_bytes(SPAN("\x28\xb5\x2f\xfd\0\xa8\1\0\0"), 99, &out),
	    STATUS_TOO_LARGE);
	buf_done(&out);
}

static void
opens_what_there_is(void **state)
{
	struct reader *r = reader_new(&READER_LIMITS_DEFAULT);
	struct buf text = some_text(1000, 9), out = { 0 };
	char path[] = "/tmp/test_reader.XXXXXX";
	int pipe_fds[2];
	int fd = mkstemp(path);
	size_t i;

	(void)state;
	assert_int_equal(reader_open(r, "/"), STATUS_IO);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(reader_open(r, "/nonexistent"), STATUS_NOT_FOUND);
	assert_int_equal(pipe(pipe_fds), 0);
	/* A pipe that gives one byte first. */
	assert_int_equal(write(pipe_fds[1], text.at, 1), 1);
	assert_int_equal(
	    write(pipe_fds[1], text.at + 1, text.len - 1), text.len - 1);
	close(pipe_fds[1]);
	assert_int_equal(reader_open_fd(r, pipe_fds[0]), STATUS_OK);
	assert_int_equal(drain(r, 100, &out), STATUS_OK);
	assert_span_equal(buf_span(&out), buf_span(&text));
	reader_close(r);
	reader_close(r);
	close(pipe_fds[0]);
	/* A file that shrinks and grows while it is read: to its end. */
	for (i = 0; i < 300; i++)
		assert_int_equal(write(fd, text.at, text.len), text.len);
	assert_int_equal(reader_open(r, path), STATUS_OK);
	buf_reset(&out);
	{
		char room[64];
		size_t len;

		assert_int_equal(
		    reader_read(r, room, sizeof(room), &len), STATUS_OK);
		assert_int_equal(ftruncate(fd, 100), 0);
		assert_int_equal(drain(r, 4096, &out), STATUS_OK);
		assert_int_equal(ftruncate(fd, 0), 0);
	}
	assert_int_equal(reader_open(r, path), STATUS_OK);
	assert_int_equal(write(fd, "x", 1), 1);
	buf_reset(&out);
	assert_int_equal(drain(r, 4096, &out), STATUS_OK);
	assert_true(out.len >= 1);
	close(fd);
	unlink(path);
	reader_free(r);
	buf_done(&text);
	buf_done(&out);
}

/* Larger than any buffer on the way in, so that each is refilled. */
static void
streams_large_files(void **state)
{
	struct reader *r = reader_new(&READER_LIMITS_DEFAULT);
	struct buf text = some_text(5000000, 12), out = { 0 };
	struct buf packed[2] = { gz(buf_span(&text)), zst(buf_span(&text), 0) };
	size_t i, k;

	(void)state;
	out.limit = 3 * text.len;
	for (i = 0; i < 2; i++) {
		char path[] = "/tmp/test_reader.XXXXXX";
		int fd = mkstemp(path);

		assert_true(packed[i].len > 300000);
		/* Twice, so that a member ends somewhere in a buffer. */
		for (k = 0; k < 2; k++)
			assert_int_equal(write(fd, packed[i].at, packed[i].len),
			    packed[i].len);
		close(fd);
		for (k = 0; k < 2; k++) {
			buf_reset(&out);
			assert_int_equal(reader_open(r, path), STATUS_OK);
			assert_int_equal(
			    drain(r, k ? 512 * 1024 : 4999, &out), STATUS_OK);
			assert_int_equal(out.len, 2 * text.len);
			assert_memory_equal(out.at, text.at, text.len);
			assert_memory_equal(
			    out.at + text.len, text.at, text.len);
		}
		unlink(path);
		buf_done(&packed[i]);
	}
	reader_free(r);
	buf_done(&text);
	buf_done(&out);
}

static void
is_reused(void **state)
{
	struct reader *r = reader_new(&READER_LIMITS_DEFAULT);
	struct buf text = some_text(50000, 9), out = { 0 };
	struct buf packed[3] = { gz(buf_span(&text)), zst(buf_span(&text), 0),
		{ 0 } };
	size_t i;

	(void)state;
	buf_add(&packed[2], buf_span(&text));
	for (i = 0; i < 30; i++) {
		struct span s = buf_span(&packed[i % 3]);
		bool half = i % 5 == 0;

		buf_reset(&out);
		reader_open_memory(r, half ? span_first(s, s.len / 2) : s);
		(void)drain(r, 999, &out);
		if (!half) {
			assert_span_equal(buf_span(&out), buf_span(&text));
			assert_int_equal(reader_bytes_in(r), s.len);
			assert_int_equal(reader_bytes_out(r), text.len);
		}
		if (i % 2)
			reader_close(r);
	}
	for (i = 0; i < 3; i++)
		buf_done(&packed[i]);
	reader_free(r);
	buf_done(&text);
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("gzip, zstd and plain are told by content",
		    tells_coding_by_content),
		TEST("concatenated members and frames are one stream",
		    reads_members_and_frames),
		TEST("gzip headers with name, comment and extra field are read",
		    reads_gzip_headers),
		TEST("garbage behind the last member is told after its output",
		    refuses_garbage_behind),
		TEST("a stream cut at any byte gives what is whole, then fails",
		    gives_what_is_whole),
		TEST("a wrong checksum or length is told after the output",
		    checks_checksums),
		TEST("flipped bits do no harm", survives_flipped_bits),
		TEST("marks are stripped, what is not read is named",
		    strips_marks),
		TEST("bombs are refused early and in little memory",
		    refuses_bombs),
		TEST("the output of one input is capped", caps_output),
		TEST("a zstd window above 128 MiB is refused",
		    refuses_large_windows),
		TEST("pipes, changing files and folders are told apart",
		    opens_what_there_is),
		TEST("large files are streamed through small buffers",
		    streams_large_files),
		TEST("one reader reads one input after another", is_reused),
	};

	return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
