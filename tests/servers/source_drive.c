/*
 * source_drive CONFIG NAME FOLDER: a service without detection, for tests of
 * sources with real servers.
 *
 * Opens the source NAME of CONFIG and commits what it gives to FOLDER:
 * "taken" holds the parcels one after another, "commit" the length of it that
 * counts and the position of each cursor, replaced at one stroke.  A start
 * after kill -9 cuts "taken" to that length and goes on.  So "taken" is what a
 * store would hold.  "state" says how the source is, for a test to wait for.
 * Ends on SIGTERM.
 *
 * A parcel in "taken": "place TAB cursor TAB cluster TAB bytes TAB delay_us
 * LF", its body, LF.  The delay is from its arrival upstream to being given.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "collect/source.h"
#include "config/config.h"
#include "net/clock.h"

#define COMMIT_US 20000 /* as serve does, several commits a second */
#define ROOM_BYTES ((size_t)8 * 1024 * 1024)
#define TOKENS 4096
#define CURSORS 64

static const struct source_ops *const kinds[] = { &source_kafka };

struct pair {
	char *key, *value;
};

struct drive {
	const char *folder;
	int taken_fd;
	uint64_t length; /* of "taken" */
	struct buf pending;
	uint64_t tokens[TOKENS];
	size_t ntokens;
	struct pair cursors[CURSORS];
	size_t ncursors;
};

static volatile sig_atomic_t stop;

static void
on_signal(int number)
{
	(void)number;
	stop = 1;
}

static void
die(const char *what)
{
	fprintf(stderr, "source_drive: %s: %s\n", what, strerror(errno));
	exit(74);
}

static const char *
path_in(const struct drive *d, const char *name)
{
	static char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", d->folder, name);
	return path;
}

/* --- the store ------------------------------------------------------------ */

static void
set_cursor(struct drive *d, struct span key, struct span value)
{
	size_t i = 0;

	while (i < d->ncursors && !span_equal(span_str(d->cursors[i].key), key))
		i++;
	if (i == CURSORS)
		die("too many cursors");
	if (i == d->ncursors)
		d->cursors[d->ncursors++].key = strndup(key.at, key.len);
	free(d->cursors[i].value);
	d->cursors[i].value = strndup(value.at, value.len);
}

static void
write_all(int fd, struct span s)
{
	while (s.len > 0) {
		ssize_t n = write(fd, s.at, s.len);

		if (n < 0 && errno != EINTR)
			die("write");
		s = span_skip(s, n > 0 ? (size_t)n : 0);
	}
}

/* Replace a file so that a reader sees the old one or the new one. */
static void
replace(const struct drive *d, const char *name, struct span text)
{
	char made[4096];
	int fd;

	(void)snprintf(made, sizeof(made), "%s/%s.new", d->folder, name);
	fd = open(made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		die(made);
	write_all(fd, text);
	(void)close(fd);
	if (rename(made, path_in(d, name)) != 0)
		die(made);
}

static void
commit(struct drive *d, const struct source_ops *ops, void *source)
{
	struct buf text = { 0 };

	if (d->ntokens == 0)
		return;
	write_all(d->taken_fd, buf_span(&d->pending));
	d->length += d->pending.len;
	buf_reset(&d->pending);
	buf_printf(&text, "%" PRIu64 "\n", d->length);
	for (size_t i = 0; i < d->ncursors; i++)
		buf_printf(
		    &text, "%s\t%s\n", d->cursors[i].key, d->cursors[i].value);
	replace(d, "commit", buf_span(&text));
	buf_done(&text);
	ops->safe(source, d->tokens, d->ntokens);
	d->ntokens = 0;
}

static void
recover(struct drive *d)
{
	FILE *file = fopen(path_in(d, "commit"), "re");
	char key[512], value[64];

	if (file != NULL) {
		if (fscanf(file, "%" SCNu64 "\n", &d->length) != 1)
			die("commit");
		while (fscanf(file, "%511[^\t]\t%63[^\n]\n", key, value) == 2)
			set_cursor(d, span_str(key), span_str(value));
		(void)fclose(file);
	}
	d->taken_fd = open(path_in(d, "taken"),
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (d->taken_fd < 0 || ftruncate(d->taken_fd, (off_t)d->length) != 0)
		die("taken");
}

/* --- the host ------------------------------------------------------------- */

static void
host_give(void *cookie, const struct source_parcel *p)
{
	struct drive *d = cookie;
	int64_t delay = p->arrived_us > 0 ? clock_wall_us() - p->arrived_us : 0;

	if (d->ntokens == TOKENS || p->body == NULL)
		die("more parcels than can be kept, or a file");
	d->tokens[d->ntokens++] = p->token;
	buf_printf(&d->pending, "%.*s\t%.*s\t%.*s\t%zu\t%" PRId64 "\n",
	    SPAN_ARGS(p->place), SPAN_ARGS(p->cursor), SPAN_ARGS(p->cluster),
	    p->len, delay);
	buf_add(&d->pending, span_of(p->body, p->len));
	buf_add_char(&d->pending, '\n');
	if (p->cursor_key.len > 0)
		set_cursor(d, p->cursor_key, p->cursor);
	free(p->body);
}

static size_t
host_room(void *cookie)
{
	struct drive *d = cookie;

	return d->pending.len < ROOM_BYTES && d->ntokens < TOKENS / 2
		   ? ROOM_BYTES - d->pending.len
		   : 0;
}

static bool
host_seen(void *cookie, struct span identity)
{
	(void)cookie;
	(void)identity;
	return false;
}

static bool
host_cursor(void *cookie, struct span key, struct buf *value)
{
	struct drive *d = cookie;

	for (size_t i = 0; i < d->ncursors; i++) {
		if (!span_equal(span_str(d->cursors[i].key), key))
			continue;
		buf_add_str(value, d->cursors[i].value);
		return true;
	}
	return false;
}

static void
host_notice(void *cookie, const struct source_notice *notice)
{
	(void)cookie;
	fprintf(stderr, "notice %s\n", notice->detector);
}

static void
host_say(void *cookie, enum source_level level, const char *message,
    const char *const *fields)
{
	(void)cookie;
	fprintf(stderr, "%d %s", (int)level, message);
	for (; fields != NULL && fields[0] != NULL; fields += 2)
		fprintf(stderr, " %s=\"%s\"", fields[0], fields[1]);
	fputc('\n', stderr);
}

static bool
host_stopping(void *cookie)
{
	(void)cookie;
	return stop != 0;
}

/* --- the loop ------------------------------------------------------------- */

static void
tell_state(
    const struct drive *d, const struct source_ops *ops, const void *source)
{
	struct source_counts c = { 0 };
	struct buf text = { 0 };

	ops->count(source, &c);
	buf_printf(&text,
	    "objects=%" PRIu64 "\nwaiting=%" PRIu64 "\nerrors=%" PRIu64
	    "\nhealthy=%d\ntrouble=%s\n",
	    c.objects, c.waiting, c.errors, c.healthy, c.trouble);
	replace(d, "state", buf_span(&text));
	buf_done(&text);
}

static void
drive(struct drive *d, const struct source_ops *ops, void *source)
{
	int64_t due = 0, state_due = 0;

	while (!stop) {
		/* What is pending does not wait; what comes wakes. */
		ops->run(source, d->ntokens > 0 ? COMMIT_US / 1000 : 1000);
		if (clock_mono_us() >= due) {
			commit(d, ops, source);
			due = clock_mono_us() + COMMIT_US;
		}
		if (clock_mono_us() >= state_due) {
			tell_state(d, ops, source);
			state_due = clock_mono_us() + 100000;
		}
	}
	commit(d, ops, source);
	ops->close(source);
}

static void
forget(struct drive *d)
{
	for (size_t i = 0; i < d->ncursors; i++) {
		free(d->cursors[i].key);
		free(d->cursors[i].value);
	}
	buf_done(&d->pending);
	(void)close(d->taken_fd);
}

static const struct config_source *
find(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->nsources; i++) {
		if (!strcmp(config->sources[i].name, name))
			return &config->sources[i];
	}
	die(name);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct drive d = { 0 };
	struct source_host host = {
		.give = host_give,
		.room = host_room,
		.seen = host_seen,
		.cursor = host_cursor,
		.notice = host_notice,
		.say = host_say,
		.stopping = host_stopping,
		.wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
		.cookie = &d,
	};
	struct sigaction act = { .sa_handler = on_signal };
	struct config *config = NULL;
	const struct config_source *wanted;
	struct buf error = { 0 };

	if (argc != 4) {
		fprintf(stderr, "source_drive CONFIG NAME FOLDER\n");
		return 64;
	}
	(void)sigaction(SIGTERM, &act, NULL);
	d.folder = host.spool = argv[3];
	if (config_load(argv[1], &config, &error) != STATUS_OK) {
		fprintf(stderr, "%s\n", buf_text(&error));
		return 78;
	}
	wanted = find(config, argv[2]);
	recover(&d);
	for (size_t i = 0; i < COUNTOF(kinds); i++) {
		void *source;

		if (strcmp(kinds[i]->kind, wanted->kind) != 0)
			continue;
		if (kinds[i]->open(wanted, &host, &source, &error) !=
		    STATUS_OK) {
			fprintf(stderr, "%s\n", buf_text(&error));
			return 78;
		}
		drive(&d, kinds[i], source);
		forget(&d);
		(void)close(host.wake_fd);
		config_free(config);
		return 0;
	}
	die(wanted->kind);
}
