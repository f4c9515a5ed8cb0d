/*
 * driver.c - a source under a host that a test drives:
 *
 *	driver CONFIG.yaml JOURNAL [COMMIT_MS]
 *
 * The journal takes what is committed, one record a write: a line of JSON
 * with place, identity, cursor and length, then the body.  It is read again
 * at the start, so that a driver that was killed goes on where it was.
 *
 * Lines on standard input: "hold" commits nothing, "release" does again,
 * "room N", "stop" (the service stops), "counts" (printed), "quit".  What the
 * source says goes to standard output.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "base/escape.h"
#include "config/config.h"
#include "net/clock.h"
#include "unit/source_host.h"

struct driver {
	struct source_host_test host;
	int journal;
	bool held, ended;
	int64_t given_us; /* when the oldest uncommitted parcel was seen */
	const struct source_ops *ops;
	void *source;
	char input[4096];
	size_t ninput;
	size_t said; /* bytes of host.said that were printed */
};

static void
die(const char *what)
{
	(void)fprintf(stderr, "driver: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
add_member(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "\"%s\":\"", name);
	escape_json(span_str(value), b);
	buf_add_str(b, "\",");
}

static void
write_record(void *cookie, const struct source_host_parcel *p)
{
	struct driver *d = cookie;
	struct buf b = { 0 };

	buf_add_char(&b, '{');
	add_member(&b, "place", p->place);
	add_member(&b, "identity", p->identity);
	add_member(&b, "cluster", p->cluster);
	add_member(&b, "key", p->cursor_key);
	add_member(&b, "cursor", p->cursor);
	buf_printf(&b, "\"keep\":%s,\"len\":%zu}\n", p->keep ? "true" : "false",
	    p->len);
	buf_add(&b, span_of(p->body, p->len));
	if (write(d->journal, b.at, b.len) != (ssize_t)b.len)
		die("journal");
	buf_done(&b);
}

/* The value of a member of one of our own lines. */
static char *
member_of(struct span line, const char *name)
{
	char key[64];
	size_t at;
	struct span value;

	(void)snprintf(key, sizeof(key), "\"%s\":\"", name);
	at = span_search(line, span_str(key));
	value = span_skip(line, at + strlen(key));
	return source_host_copy(span_first(value, span_find(value, '"', 0)));
}

static size_t
length_of(struct span line)
{
	struct span mark = SPAN("\"len\":");
	struct span number =
	    span_skip(line, span_search(line, mark) + mark.len);
	uint64_t len = 0;

	number.len -= 1;
	return span_to_u64(number, &len) ? (size_t)len : SIZE_MAX;
}

/* Take one committed record up again; false at the end or a torn one. */
static bool
load_record(struct driver *d, struct span *rest)
{
	struct span line = span_first(*rest, span_find(*rest, '\n', 0));
	size_t len;
	struct source_parcel parcel = { .fd = -1 };
	char *text[3];

	if (line.len == rest->len)
		return false;
	len = length_of(line);
	if (len > rest->len - line.len - 1)
		return false;
	text[0] = member_of(line, "identity");
	text[1] = member_of(line, "key");
	text[2] = member_of(line, "cursor");
	parcel.identity = span_str(text[0]);
	parcel.body = status_calloc(1, 1);
	source_host_give(&d->host, &parcel);
	d->host.committed++;
	if (text[1][0])
		source_host_set_cursor(&d->host, text[1], text[2]);
	free(text[0]);
	free(text[1]);
	free(text[2]);
	*rest = span_skip(*rest, line.len + 1 + len);
	return true;
}

static void
open_journal(struct driver *d, const char *path)
{
	char *bytes;
	size_t len;
	struct span rest;

	d->journal = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (d->journal < 0)
		die(path);
	bytes = source_host_slurp(dup(d->journal), &len);
	rest = span_of(bytes, len);
	while (rest.len && load_record(d, &rest))
		;
	/* What a kill left half is not there. */
	if (ftruncate(d->journal, (off_t)(len - rest.len)) != 0 ||
	    lseek(d->journal, 0, SEEK_END) < 0)
		die(path);
	free(bytes);
}

static void
print_said(struct driver *d)
{
	if (d->host.said.len == d->said)
		return;
	(void)fwrite(
	    d->host.said.at + d->said, 1, d->host.said.len - d->said, stdout);
	(void)fflush(stdout);
	d->said = d->host.said.len;
}

static void
print_counts(struct driver *d)
{
	struct source_counts c;

	d->ops->count(d->source, &c);
	(void)printf(
	    "counts objects=%llu bytes=%llu duplicates=%llu "
	    "errors=%llu handshakes=%llu retries=%llu healthy=%d trouble=%s\n",
	    (unsigned long long)c.objects, (unsigned long long)c.bytes,
	    (unsigned long long)c.duplicates, (unsigned long long)c.errors,
	    (unsigned long long)c.handshakes_failed,
	    (unsigned long long)c.retries, c.healthy, c.trouble);
	(void)fflush(stdout);
}

static void
obey(struct driver *d, const char *line)
{
	if (!strcmp(line, "hold"))
		d->held = true;
	else if (!strcmp(line, "release"))
		d->held = false;
	else if (!strncmp(line, "room ", 5))
		d->host.room = strtoull(line + 5, NULL, 10);
	else if (!strcmp(line, "stop"))
		d->host.stopping = true;
	else if (!strcmp(line, "counts"))
		print_counts(d);
	else if (!strcmp(line, "quit"))
		d->ended = true;
	(void)printf("did %s\n", line);
	(void)fflush(stdout);
}

static void
read_commands(struct driver *d)
{
	struct pollfd p = { .fd = 0, .events = POLLIN };
	char *end;

	while (!d->ended && poll(&p, 1, 0) > 0) {
		ssize_t got = read(
		    0, d->input + d->ninput, sizeof(d->input) - 1 - d->ninput);

		if (got <= 0) {
			d->ended = true;
			return;
		}
		d->ninput += (size_t)got;
		d->input[d->ninput] = '\0';
		while ((end = strchr(d->input, '\n')) != NULL) {
			*end = '\0';
			obey(d, d->input);
			d->ninput -= (size_t)(end + 1 - d->input);
			memmove(d->input, end + 1, d->ninput + 1);
		}
	}
}

static void
commit(struct driver *d, int64_t commit_us)
{
	int64_t now_us = clock_mono_us();

	if (d->host.committed == d->host.nparcels) {
		d->given_us = 0;
		return;
	}
	if (d->given_us == 0)
		d->given_us = now_us;
	if (d->held || now_us - d->given_us < commit_us)
		return;
	d->given_us = 0;
	(void)source_host_commit(&d->host, d->ops, d->source, SIZE_MAX);
}

static const struct source_ops *
find(const char *kind)
{
	static const struct source_ops *const all[] = { &source_webhook,
		&source_files };
	size_t i;

	for (i = 0; i < COUNTOF(all); i++) {
		if (!strcmp(all[i]->kind, kind))
			return all[i];
	}
	return NULL;
}

static int
refuse(struct driver *d, struct config *config, struct buf *error)
{
	(void)printf("error %s\n", buf_text(error));
	buf_done(error);
	config_free(config);
	if (d->ops)
		source_host_done(&d->host);
	return 78;
}

static void
loop(struct driver *d, int64_t commit_us)
{
	while (!d->ended) {
		d->ops->run(d->source, commit_us && d->given_us ? 1 : 200);
		commit(d, commit_us);
		print_said(d);
		read_commands(d);
	}
}

int
main(int argc, char **argv)
{
	struct driver d = { 0 };
	struct config *config = NULL;
	struct buf error = { 0 };

	if (argc < 3 || config_load(argv[1], &config, &error) ||
	    config->nsources < 1)
		return refuse(&d, config, &error);
	source_host_init(&d.host);
	(void)close(d.host.host.wake_fd);
	d.host.host.wake_fd = dup(0);
	d.host.on_commit = write_record;
	d.host.commit_cookie = &d;
	d.ops = find(config->sources[0].kind);
	if (d.ops == NULL ||
	    d.ops->open(&config->sources[0], &d.host.host, &d.source, &error))
		return refuse(&d, config, &error);
	open_journal(&d, argv[2]);
	(void)printf("ready\n");
	(void)fflush(stdout);
	loop(&d, argc > 3 ? strtoll(argv[3], NULL, 10) * 1000 : 0);
	d.ops->close(d.source);
	(void)close(d.journal);
	source_host_done(&d.host);
	config_free(config);
	return 0;
}
