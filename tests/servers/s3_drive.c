/*
 * s3_drive CONFIG [--store FILE] [--seconds N] [--objects N] [--room N]
 *	[--no-safe] [--spool DIR] [--hidden S] [--sweep S]
 *
 * The smallest host there is for the first source of a configuration: prints
 * what it is given, one JSON object a line, and says safe.  With --store the
 * identities and positions that were safe are remembered in a file, as
 * the service's store does.  Ends after so many objects or seconds.
 */
#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/escape.h"
#include "collect/source.h"
#include "config/config.h"
#include "net/clock.h"

#define LINES_MAX 200000

struct drive {
	char *lines[LINES_MAX]; /* of the store: identities, "=KEY VALUE" */
	size_t nlines;
	FILE *store;
	uint64_t tokens[1024];
	char *identities[1024], *cursors[1024];
	size_t ntokens;
	size_t room, given;
};

static void
remember(struct drive *d, const char *line)
{
	ASSERT(d->nlines < LINES_MAX);
	d->lines[d->nlines++] = strdup(line);
}

static void
print_text(const char *name, struct span text)
{
	struct buf b = { 0 };

	escape_json(text, &b);
	printf(",\"%s\":\"%s\"", name, buf_text(&b));
	buf_done(&b);
}

static void
print_hash(const struct source_parcel *p)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	char chunk[65536], hex[65];
	uint64_t total = p->len;
	ssize_t n;

	ASSERT(EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1);
	if (p->body != NULL) {
		(void)EVP_DigestUpdate(md, p->body, p->len);
	} else {
		total = 0;
		while ((n = read(p->fd, chunk, sizeof(chunk))) > 0) {
			(void)EVP_DigestUpdate(md, chunk, (size_t)n);
			total += (uint64_t)n;
		}
	}
	(void)EVP_DigestFinal_ex(md, sum, NULL);
	EVP_MD_CTX_free(md);
	for (size_t i = 0; i < 32; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", sum[i]);
	printf(",\"bytes\":%" PRIu64 ",\"spooled\":%s", total,
	    p->body == NULL ? "true" : "false");
	print_text("sha256", span_of(hex, 64));
}

static void
give(void *cookie, const struct source_parcel *p)
{
	struct drive *d = cookie;
	struct buf cursor = { 0 };

	printf("{\"event\":\"give\"");
	print_text("place", p->place);
	print_text("identity", p->identity);
	print_text("cursor", p->cursor);
	print_hash(p);
	printf("}\n");
	(void)fflush(stdout);
	free(p->body);
	if (p->fd >= 0 && p->body == NULL)
		(void)close(p->fd);
	ASSERT(d->ntokens < COUNTOF(d->tokens));
	buf_printf(&cursor, "=%.*s %.*s", SPAN_ARGS(p->cursor_key),
	    SPAN_ARGS(p->cursor));
	d->tokens[d->ntokens] = p->token;
	d->identities[d->ntokens] = span_to_str(p->identity);
	d->cursors[d->ntokens++] = cursor.at;
	d->given++;
}

static size_t
room(void *cookie)
{
	const struct drive *d = cookie;

	return d->ntokens < COUNTOF(d->tokens) / 2 ? d->room : 0;
}

static bool
seen(void *cookie, struct span identity)
{
	const struct drive *d = cookie;

	for (size_t i = 0; i < d->nlines; i++) {
		if (span_equal(span_str(d->lines[i]), identity))
			return true;
	}
	for (size_t i = 0; i < d->ntokens; i++) {
		if (span_equal(span_str(d->identities[i]), identity))
			return true;
	}
	return false;
}

static bool
cursor(void *cookie, struct span key, struct buf *value)
{
	const struct drive *d = cookie;
	struct buf want = { 0 };
	bool found = false;

	buf_printf(&want, "=%.*s ", SPAN_ARGS(key));
	for (size_t i = 0; i < d->nlines; i++) {
		struct span line = span_str(d->lines[i]);

		if (!span_starts(line, buf_span(&want)))
			continue;
		buf_reset(value);
		buf_add(value, span_skip(line, want.len));
		found = true;
	}
	buf_done(&want);
	return found;
}

static void
notice(void *cookie, const struct source_notice *n)
{
	(void)cookie;
	printf("{\"event\":\"notice\",\"detector\":\"%s\"", n->detector);
	print_text("account", n->account);
	print_text("region", n->region);
	print_text("resource", n->resource);
	for (size_t i = 0; i < n->nfacts; i++)
		print_text(n->fact_names[i], n->fact_values[i]);
	printf("}\n");
	(void)fflush(stdout);
}

static void
say(void *cookie, enum source_level level, const char *message,
    const char *const *fields)
{
	(void)cookie;
	printf("{\"event\":\"say\",\"level\":%d", (int)level);
	print_text("message", span_str(message));
	for (; fields[0] != NULL && fields[1] != NULL; fields += 2)
		print_text(fields[0], span_str(fields[1]));
	printf("}\n");
	(void)fflush(stdout);
}

static bool
stopping(void *cookie)
{
	(void)cookie;
	return false;
}

/* Everything given is written down, then said to be safe. */
static void
commit(struct drive *d, void *source)
{
	for (size_t i = 0; i < d->ntokens; i++) {
		remember(d, d->identities[i]);
		remember(d, d->cursors[i]);
		if (d->store != NULL)
			fprintf(d->store, "%s\n%s\n", d->identities[i],
			    d->cursors[i]);
		free(d->identities[i]);
		free(d->cursors[i]);
	}
	if (d->store != NULL)
		(void)fflush(d->store);
	if (d->ntokens > 0)
		source_s3.safe(source, d->tokens, d->ntokens);
	d->ntokens = 0;
}

static void
open_store(struct drive *d, const char *path)
{
	char line[8192];
	FILE *f = fopen(path, "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		remember(d, line);
	}
	if (f != NULL)
		(void)fclose(f);
	d->store = fopen(path, "ae");
	ASSERT(d->store != NULL);
}

static void
print_counts(void *source)
{
	struct source_counts c;

	source_s3.count(source, &c);
	printf("{\"event\":\"counts\",\"objects\":%" PRIu64
	       ",\"duplicates\":%" PRIu64 ",\"errors\":%" PRIu64
	       ",\"retries\":%" PRIu64 ",\"waiting\":%" PRIu64
	       ",\"healthy\":%s",
	    c.objects, c.duplicates, c.errors, c.retries, c.waiting,
	    c.healthy ? "true" : "false");
	print_text("trouble", span_str(c.trouble));
	printf("}\n");
}

struct arguments {
	const char *config, *store, *spool;
	int64_t seconds;
	size_t objects;
	bool unsafe;
	struct source_times times;
};

static struct arguments
read_arguments(int argc, char **argv, struct drive *d)
{
	struct arguments a = {
		.seconds = 20, .objects = SIZE_MAX, .spool = "/tmp"
	};

	d->room = (size_t)64 << 20;
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--store") == 0)
			a.store = value, i++;
		else if (strcmp(argv[i], "--spool") == 0)
			a.spool = value, i++;
		else if (strcmp(argv[i], "--seconds") == 0)
			a.seconds = strtoll(value, NULL, 10), i++;
		else if (strcmp(argv[i], "--objects") == 0)
			a.objects = strtoul(value, NULL, 10), i++;
		else if (strcmp(argv[i], "--room") == 0)
			d->room = strtoul(value, NULL, 10), i++;
		else if (strcmp(argv[i], "--hidden") == 0)
			a.times.hidden_s = (unsigned)strtoul(value, NULL, 10),
			i++;
		else if (strcmp(argv[i], "--sweep") == 0)
			a.times.sweep_s = (unsigned)strtoul(value, NULL, 10),
			i++;
		else if (strcmp(argv[i], "--no-safe") == 0)
			a.unsafe = true;
		else
			a.config = argv[i];
	}
	return a;
}

static void
drive(struct drive *d, const struct arguments *a, void *source)
{
	int64_t end = clock_mono_us() + a->seconds * 1000000;
	int64_t last = INT64_MAX;

	/* Some more runs after the last object, for what follows it. */
	while (clock_mono_us() < end && clock_mono_us() < last) {
		source_s3.run(source, 200);
		if (!a->unsafe)
			commit(d, source);
		if (d->given >= a->objects && last == INT64_MAX)
			last = clock_mono_us() + 1000000;
	}
}

int
main(int argc, char **argv)
{
	static struct drive d;
	struct arguments a = read_arguments(argc, argv, &d);
	struct buf error = { 0 };
	struct config *config = NULL;
	void *source = NULL;
	int code = 0;

	if (config_load(a.config, &config, &error) != STATUS_OK ||
	    config->nsources == 0) {
		fprintf(stderr, "%s\n", buf_text(&error));
		return 78;
	}
	if (a.store != NULL)
		open_store(&d, a.store);
	const struct source_host host = {
		.give = give,
		.room = room,
		.seen = seen,
		.cursor = cursor,
		.notice = notice,
		.say = say,
		.stopping = stopping,
		.wake_fd = eventfd(0, EFD_CLOEXEC),
		.spool = a.spool,
		.times = a.times,
		.cookie = &d,
	};
	if (source_s3.open(&config->sources[0], &host, &source, &error) !=
	    STATUS_OK) {
		fprintf(stderr, "%s\n", buf_text(&error));
		code = 78;
	} else {
		drive(&d, &a, source);
		print_counts(source);
		source_s3.close(source);
	}
	for (size_t i = 0; i < d.nlines; i++)
		free(d.lines[i]);
	for (size_t i = 0; i < d.ntokens; i++) {
		free(d.identities[i]);
		free(d.cursors[i]);
	}
	if (d.store != NULL)
		(void)fclose(d.store);
	(void)close(host.wake_fd);
	config_free(config);
	buf_done(&error);
	return code;
}
