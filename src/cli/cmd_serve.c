/*
 * cmd_serve.c - nephoscope serve
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/config_ends.h"
#include "cli/config_file.h"
#include "cli/quarantine.h"
#include "geo/geo.h"
#include "lists/lists.h"
#include "net/listen.h"
#include "net/notify.h"
#include "pipeline/service.h"

struct options {
	const char *config, *quarantine;
};

struct serving {
	const struct options *options;
	struct config *config, *next; /* in effect; to be in effect */
	struct quarantine *quarantine;
	int signals;
	struct listen_set *sockets;
};

/* What the file must say beyond what config/ checks. */
static int
check(const struct config *c)
{
	if (c->store_path == NULL)
		cli_complain("%s: `serve` needs a place for its state; add "
			     "store: {path: /var/lib/nephoscope/"
			     "nephoscope.db}",
		    c->path);
	else if (c->nsources == 0)
		cli_complain("%s: there are no sources; add some under "
			     "sources: (man nephoscope.conf)",
		    c->path);
	else
		return EXIT_CODE_DONE;
	return EXIT_CODE_CONFIG;
}

/* A list or database that cannot be read must not end a service that runs. */
static bool
can_read_files(const struct config *c)
{
	struct lists *lists = NULL;
	struct geo *geo = NULL;
	struct buf error = { 0 };
	bool good = lists_load(c, &lists, &error) == STATUS_OK &&
		    geo_load(c, &geo, &error) == STATUS_OK;

	if (!good)
		cli_complain("%s", buf_text(&error));
	lists_free(lists);
	geo_free(geo);
	buf_done(&error);
	return good;
}

/* SIGHUP: is the new configuration good?  Else the old one stays. */
static bool
accept(void *cookie)
{
	struct serving *v = cookie;
	struct config *c = NULL;

	if (config_file_load(v->options->config, &c) == EXIT_CODE_DONE &&
	    check(c) == EXIT_CODE_DONE && can_read_files(c) &&
	    config_ends_check(c) == EXIT_CODE_DONE) {
		config_free(v->next);
		v->next = c;
		return true;
	}
	config_free(c);
	cli_complain("the configuration in effect is kept");
	return false;
}

static void
on_reject(
    void *cookie, struct span place, struct span record, const char *reason)
{
	struct serving *v = cookie;

	if (v->quarantine != NULL)
		quarantine_add(v->quarantine, place, record, reason);
}

/* Signals come through a descriptor; broken pipes and full files are errors
 * of the calls that meet them. */
static int
prepare_process(void)
{
	sigset_t set;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has begun yet. */
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int
code_of(enum status st)
{
	return st == STATUS_INVALID ? EXIT_CODE_CONFIG : EXIT_CODE_IO;
}

/* Serve by the configuration in effect, until it ends. */
static int
serve_once(struct serving *v, enum service_end *end)
{
	struct log_options how = {
		.fd = STDERR_FILENO,
		.json = strcmp(v->config->service.log, "json") == 0,
		.level = LOG_INFO,
	};
	struct service *service;
	struct buf error = { 0 };
	struct log *log;
	enum status st;

	(void)log_level_of(span_str(v->config->service.log_level), &how.level);
	log = log_new(&how);
	st = service_new(
	    &(struct service_options){
		.config = v->config,
		.log = log,
		.reject = on_reject,
		.cookie = v,
		.signals = v->signals,
		.sockets = v->sockets,
	    },
	    &service, &error);
	if (st != STATUS_OK) {
		cli_complain("%s", buf_text(&error));
		buf_done(&error);
		log_free(log);
		*end = SERVICE_UNBEGUN;
		return code_of(st);
	}
	*end = service_run(service, accept, v);
	service_free(service);
	log_free(log);
	return *end == SERVICE_FAILED || *end == SERVICE_UNBEGUN
		   ? EXIT_CODE_IO
		   : EXIT_CODE_DONE;
}

/* Serve by the configuration that was read last; by the one before where that
 * cannot be begun: a port that is taken, a folder that is not there. */
static int
serve_next(struct serving *v, enum service_end *end)
{
	struct config *before = NULL;
	int code;

	if (v->next != NULL) {
		before = v->config;
		v->config = v->next;
		v->next = NULL;
	}
	code = serve_once(v, end);
	if (*end == SERVICE_UNBEGUN && before != NULL) {
		cli_complain("the configuration before is in effect again");
		config_free(v->config);
		v->config = before;
		return serve_once(v, end);
	}
	config_free(before);
	return code;
}

static int
run(const void *options, const struct command_operands *operands)
{
	struct serving v = { .options = options };
	enum service_end end = SERVICE_RELOAD;
	int code;

	(void)operands;
	if (v.options->config == NULL) {
		cli_complain("serve needs its configuration: -c FILE; "
			     "config/nephoscope.yaml is an example");
		return EXIT_CODE_USAGE;
	}
	code = config_file_load(v.options->config, &v.config);
	if (code == EXIT_CODE_DONE)
		code = check(v.config);
	v.signals = code == EXIT_CODE_DONE ? prepare_process() : -1;
	v.sockets = listen_set_new();
	if (v.options->quarantine != NULL)
		v.quarantine = quarantine_new(
		    v.options->quarantine, QUARANTINE_LIMIT_BYTES);
	while (code == EXIT_CODE_DONE && end == SERVICE_RELOAD)
		code = serve_next(&v, &end);
	if (v.signals >= 0)
		(void)close(v.signals);
	listen_set_free(v.sockets);
	quarantine_free(v.quarantine);
	config_free(v.config);
	config_free(v.next);
	return code;
}

static const struct command_option options[] = {
	{ .letter = 'c',
	    .name = "config",
	    .argument = "FILE",
	    .kind = OPTION_FILE,
	    .help = "configuration, see nephoscope.conf(5); needed",
	    .offset = offsetof(struct options, config) },
	{ .name = "quarantine",
	    .argument = "DIR",
	    .kind = OPTION_FOLDER,
	    .help = "keep records that cannot be understood there",
	    .offset = offsetof(struct options, quarantine) },
	{ 0 },
};

static const struct command_example examples[] = {
	{ "nephoscope config check -c nephoscope.yaml",
	    "find what is wrong before it is served" },
	{ "nephoscope serve -c nephoscope.yaml",
	    "collect, detect and feed until it is stopped" },
	{ "curl http://127.0.0.1:7480/readyz", "ask how it goes" },
	{ 0 },
};

const struct command cli_serve = {
	.name = "serve",
	.operands = "",
	.summary = "collect logs as they come and tell what is found",
	.about =
	    "Collects from the configured sources, keeps what it learns and "
	    "finds in the store, and gives findings to the feeds. Upstream is "
	    "told that a log is read only when all that follows from it is on "
	    "the disk: after a crash at any moment the findings are those of "
	    "an undisturbed run, each delivered at least once.\n\n"
	    "Says how it goes on standard error and on the console's address: "
	    "/livez, /readyz, /metrics. SIGTERM ends it within ten seconds, "
	    "with everything committed; SIGHUP takes up a changed "
	    "configuration, if it is good. Speaks sd_notify(3).",
	.examples = examples,
	.options = options,
	.options_size = sizeof(struct options),
	.run = run,
};
