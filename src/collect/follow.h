/*
 * follow.h - what the parts of the source of files share: source_files.c
 * (the source), follow.c (the list of files), follow_watch.c (inotify),
 * follow_file.c (one file's next parcel), follow_stream.c (which lines were
 * read).
 *
 * Two ways to read a file.  Whole: an archive, or a text that is one value,
 * is one parcel, named by its content, so that a copy or a new name is known
 * and a rewritten file is new.  By lines: a log that grows is a stream of
 * lines; a stream is known by its first line, not by name or inode.  So a
 * log that is renamed, copied and truncated, or compressed when it is rotated
 * is the same stream wherever it lies, and is read on from the byte behind
 * the last line that was committed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "codec/json.h"
#include "codec/reader.h"
#include "collect/source.h"

#define FOLLOW_HEAD_BYTES ((size_t)64 * 1024)
#define FOLLOW_HEADER_BYTES ((size_t)8 * 1024) /* most of a header's lines */
#define FOLLOW_PARCEL_BYTES ((size_t)1024 * 1024)
#define FOLLOW_LINE_BYTES ((size_t)4 * 1024 * 1024)
#define FOLLOW_SETTLE_US ((int64_t)5 * 1000000) /* unchanged: complete */
/* So long a file that was there at the start holds up those behind it. */
#define FOLLOW_ORDERED_US (FOLLOW_SETTLE_US + (int64_t)1000000)
#define FOLLOW_PACE_US ((int64_t)50 * 1000)    /* between looks at a busy log */
#define FOLLOW_REST_US ((int64_t)30 * 1000000) /* no line feed will come */

enum follow_kind {
	FOLLOW_UNKNOWN,
	FOLLOW_LINES,
	FOLLOW_WHOLE,
	FOLLOW_PACKED,	/* a compressed file of a stream that is known */
	FOLLOW_FOREIGN, /* no log */
};

/* A log's lines, in whatever file they lie. */
struct follow_stream {
	uint64_t mark[2];  /* hash of its first line */
	unsigned turn;	   /* tells streams of the same first line apart */
	uint64_t offset;   /* behind the last byte that was given */
	uint64_t tail;	   /* hash of the last `tail_len` bytes before it */
	unsigned tail_len; /* 0: not known */
	bool discarding;   /* inside a line that is too long */
};

struct follow_file {
	char *path;
	char *place;
	dev_t device;
	ino_t inode;
	uint64_t size;
	int64_t mtime_us;
	int64_t changed_us; /* monotonic: when it was last seen to change */
	int64_t due_us;	    /* monotonic: look at it then; 0: no need */
	bool closed;	    /* its writer has closed it since */
	bool doubted;	    /* its name does not tell that it is a log */
	bool found;	    /* by the scan that is under way */
	bool planned;	    /* there at the start */
	bool unsettled;	    /* due_us is when it may be taken for whole */
	enum follow_kind kind;
	int fd; /* -1: not open */
	struct follow_stream *stream;
	size_t mark_len; /* bytes of its head that the mark is of */
	char *header;	 /* lines that explain the columns, or NULL */
	size_t header_len;
};

/* Bytes at hand: those of `file` from `offset` on. */
struct follow_window {
	char *at;
	size_t len, room;
	uint64_t offset;
	const struct follow_file *file;
};

struct follow_watch {
	int wd;
	char *folder;
};

struct follow {
	const struct config_source *config;
	const struct source_host *host;
	struct source_counts counts;
	char *root;   /* the folder, or the folder of the file */
	char *base;   /* the file's name; NULL for a folder */
	bool started; /* the first list is made */
	bool stale;   /* a scan is wanted at once */
	int64_t scanned_us, scan_cost_us;
	int64_t ordered_until_us; /* those of the start wait for each other */
	/* In the order in which they are read, and by path. */
	struct follow_file **files, **by_path;
	size_t nfiles, files_room;
	struct follow_stream **streams;
	size_t nstreams, streams_room;
	int notify_fd; /* -1: polling only */
	struct follow_watch *watches;
	size_t nwatches, watches_room;
	bool watch_failed; /* said once */
	struct follow_window window, packed;
	struct reader *reader; /* of the file that `packed` is of */
	struct json_parser *json;
	char *head;
	size_t whole_under_way, open_files;
	uint64_t last_token;
};

enum follow_step {
	FOLLOW_IDLE, /* nothing more for now; due_us may say when */
	FOLLOW_MORE, /* something was done, there may be more */
	FOLLOW_FULL, /* the host takes no more */
	FOLLOW_GONE, /* read to its end, and no more there */
};

/* --- follow_file.c -------------------------------------------------------- */

/* Take the file's next step. */
enum follow_step follow_file_step(
    struct follow *f, struct follow_file *file, int64_t now_us);

/* Give all of it as one parcel, unless its content was given before. */
enum follow_step follow_file_whole(struct follow *f, struct follow_file *file);

/* Close it; its place in the stream is kept. */
void follow_file_close(struct follow *f, struct follow_file *file);

void follow_file_free(struct follow *f, struct follow_file *file);

/* --- follow_stream.c ------------------------------------------------------ */

/*
 * The mark of a text that begins with `head`: a hash over header lines and
 * the first line behind them.  False while that line is not there whole
 * (unless `final`).  *mark_len says how many bytes it is of, *header_len how
 * many of these are header.
 */
bool follow_stream_mark(
    struct span head, bool final, uint64_t mark[2], size_t lengths[2]);

/*
 * The stream of that mark that a file of `size` bytes carries on: one whose
 * last bytes given are in it, at their place, else a new one.  `tail_of`
 * reads bytes of the file.  NULL when the file is perhaps a copy that is
 * still being made; asked again when it is `settled`.
 */
struct follow_stream *follow_stream_find(struct follow *f,
    const struct follow_file *file, const uint64_t mark[2], bool settled);

/* One that is known already, or NULL: no new one is made. */
struct follow_stream *follow_stream_known(
    struct follow *f, const uint64_t mark[2], unsigned turn);

/* The last bytes of a stream, at its offset in a text, are these? */
bool follow_stream_ends(const struct follow_stream *s, struct span before);

/* `given` bytes were given: move on. */
void follow_stream_advance(struct follow_stream *s, struct span given);

/* Its names in the store. */
void follow_stream_key(const struct follow_stream *s, struct buf *key);
void follow_stream_cursor(const struct follow_stream *s, struct buf *cursor);

/* --- follow_watch.c ------------------------------------------------------- */

/* Watch a folder and those in it. */
void follow_watch_tree(struct follow *f, const char *folder);

/* Take what happened: files become due. */
void follow_watch_read(struct follow *f, int64_t now_us);
void follow_watch_done(struct follow *f);

/* --- follow.c ------------------------------------------------------------- */

/* The file of that path: known, or new and taken into the list, or NULL when
 * it is none that is read. */
struct follow_file *follow_meet(struct follow *f, const char *path);

/* List what is there, in the order of a plan; all of it is due. */
void follow_start(struct follow *f, int64_t now_us);

/* Look for what is new, changed or gone; that is due then. */
void follow_scan(struct follow *f, int64_t now_us);
int64_t follow_next_scan_us(const struct follow *f);

/* Forget the files whose path is NULL. */
void follow_drop_gone(struct follow *f);

void follow_say(struct follow *f, enum source_level level, const char *message,
    const char *path, const char *detail);
