/*
 * service.h - collects, judges, commits and feeds, for years.
 *
 * Threads: one for each source and each feed, the pipeline's workers, one that
 * alone writes the store, and the caller's, which minds signals, health and
 * time.  A parcel goes from its source into a queue, through the pipeline in
 * the order of arrival, into a commit; when that is on the disk its source is
 * told that it is safe, and feeds are woken.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/span.h"
#include "base/status.h"
#include "config/config.h"

struct service;

struct service_options {
	const struct config *config; /* borrowed for the service's life */
	struct log *log;	     /* borrowed; the service serialises it */
	/* A record was refused; any thread, one at a time.  Or NULL. */
	void (*reject)(void *cookie, struct span place, struct span record,
	    const char *reason);
	void *cookie;
	/* Readable when a signal is waiting: SIGTERM and SIGINT stop, SIGHUP
	 * asks for another configuration; a signalfd(2). */
	int signals;
	struct listen_set *sockets; /* of servers, for the next service too */
};

/*
 * Open the store, the sources, the feeds and the console's address.  INVALID:
 * the configuration has to be changed; IO, MALFORMED, UNSUPPORTED: of the
 * store.  *error says what to do.
 */
NODISCARD enum status service_new(const struct service_options *options,
    struct service **service, struct buf *error);
void service_free(struct service *s); /* NULL is allowed */

enum service_end {
	SERVICE_STOPPED, /* as asked for; everything given is safe */
	SERVICE_RELOAD,	 /* the same, and a new configuration is wanted */
	SERVICE_FAILED,	 /* the store cannot be relied on; it was logged */
	SERVICE_UNBEGUN, /* the console's address is taken; it was logged */
};

/*
 * Run until a signal ends it.  SIGHUP ends it only when `accept` finds the
 * new configuration good.
 */
enum service_end service_run(
    struct service *s, bool (*accept)(void *cookie), void *cookie);
