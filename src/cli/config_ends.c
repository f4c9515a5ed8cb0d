#include "cli/config_ends.h"

#include "cli/cli.h"
#include "collect/source.h"
#include "feed/feed.h"

static void
complain_of(const char *what, const char *name, struct buf *error, int *code)
{
	struct span rest = buf_span(error);

	while (rest.len > 0) {
		struct span line = span_cut(&rest, '\n');

		/* Some name themselves, as `serve` needs it. */
		if (span_starts(line, span_str(what)))
			cli_complain("%.*s", SPAN_ARGS(line));
		else
			cli_complain(
			    "%s %s: %.*s", what, name, SPAN_ARGS(line));
	}
	buf_reset(error);
	*code = EXIT_CODE_CONFIG;
}

int
config_ends_check(const struct config *c)
{
	struct buf error = { 0 };
	int code = EXIT_CODE_DONE;

	for (size_t i = 0; i < c->nsources; i++) {
		const struct source_ops *ops =
		    source_of_kind(c->sources[i].kind);

		if (ops != NULL && ops->check != NULL &&
		    ops->check(&c->sources[i], &error))
			complain_of(
			    "source", c->sources[i].name, &error, &code);
	}
	for (size_t i = 0; i < c->nfeeds; i++) {
		const struct feed_ops *ops = feed_of_kind(c->feeds[i].kind);

		if (ops != NULL && ops->check != NULL &&
		    ops->check(&c->feeds[i], &error))
			complain_of("feed", c->feeds[i].name, &error, &code);
	}
	buf_done(&error);
	return code;
}
