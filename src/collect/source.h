/*
 * source.h - where a service's logs come from, one kind a file.
 *
 * A source collects parcels and hands them to its host, which judges and
 * commits them; only then is the source told that they are safe, and only
 * then may it tell upstream (SQS delete, Kafka commit, HTTP 200).  What is not
 * yet safe when the program dies must come again: from upstream, or from the
 * position that was committed with the last safe parcel.
 *
 * All functions of one source are called on one thread, which the host owns;
 * a source makes no threads of its own.  Everything but source_counts may
 * assume that nobody else touches the source.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"
#include "config/config.h"

enum source_level {
	SOURCE_ERROR,
	SOURCE_WARNING,
	SOURCE_INFO,
	SOURCE_DEBUG,
};

/* One parcel, ready to be decoded.  Spans are copied by the host. */
struct source_parcel {
	/* What findings show and decoders read kinds from: an object's key, a
	 * path, "topic/partition". */
	struct span place;
	/*
	 * The parcel's name for ever, unique within the source, so that a
	 * second copy is not read again: "KEY#ETAG".  Empty where the cursor
	 * says it all.
	 */
	struct span identity;
	/* A position that is committed together with the parcel; empty: none.
	 * The latest value of each key is what host->cursor gives later. */
	struct span cursor_key, cursor;
	struct span cluster; /* whose audit log; empty: as the log says */
	/* The bytes, compressed or not: malloc()ed, taken by the host; or,
	 * when NULL, an open file that is read from its start, taken too. */
	char *body;
	size_t len;
	int fd;
	/*
	 * True where upstream cannot give the bytes again (a webhook): the
	 * host keeps them in its store at once, and says safe when they are
	 * there, before they are judged.
	 */
	bool keep;
	/* The position was no use without what this source gives next: they
	 * are committed together. */
	bool more;
	uint64_t token;	    /* given back by safe(); the source's choice */
	int64_t arrived_us; /* wall clock: when upstream had it; 0: now */
};

/*
 * Something to be told to a person that is in no record: a log file that was
 * changed, an hour that is missing.  Becomes a signal of the detector named.
 */
struct source_notice {
	const char *detector; /* of detectors/notice/: "log_file_tampered" */
	struct span account, region, cluster;
	struct span resource; /* what it is about: bucket/key, stream */
	int64_t time_us;      /* event time */
	/* Names of notice_fact_text() and values. */
	const char *const *fact_names;
	const struct span *fact_values;
	size_t nfacts;
};

/* Times that a test shortens; 0: the source's own. */
struct source_times {
	unsigned hidden_s; /* so long nobody else sees a queue's message */
	unsigned sweep_s;  /* so often all that may come late is listed */
};

/* What a source may ask of its host, from its own thread only. */
struct source_host {
	/* Hand over a parcel; never blocks.  The body is taken. */
	void (*give)(void *cookie, const struct source_parcel *parcel);
	/* Bytes that may be given now; 0: collect no more until later. */
	size_t (*room)(void *cookie);
	/* Was this identity committed, or given and not yet committed? */
	bool (*seen)(void *cookie, struct span identity);
	/* The committed position under `key`; false: none. */
	bool (*cursor)(void *cookie, struct span key, struct buf *value);
	/* Tell a person; judged and committed with the parcels given before
	 * it.  Told again, now or after a restart, it is told once. */
	void (*notice)(void *cookie, const struct source_notice *notice);
	/* A line for the service's own log: a message, then key, value pairs
	 * of `fields` ending with NULL.  Rates are bounded by the host. */
	void (*say)(void *cookie, enum source_level level, const char *message,
	    const char *const *fields);
	bool (*stopping)(void *cookie);
	/* Readable when safe() is due or the service stops: to be waited on
	 * together with the source's own descriptors. */
	int wake_fd;
	/* Of servers, kept while the configuration is read again; or NULL. */
	struct listen_set *sockets;
	/* A folder for files that are too large for memory, already there. */
	const char *spool;
	struct source_times times;
	void *cookie;
};

/* For /metrics: since the source was opened. */
struct source_counts {
	uint64_t objects, bytes; /* collected */
	uint64_t duplicates;	 /* parcels that were seen before */
	uint64_t errors, retries;
	uint64_t dropped;	    /* records that nobody can give again */
	uint64_t handshakes_failed; /* of callers, none that could be refused */
	int64_t newest_us; /* wall clock at which the newest collected parcel
			    * had arrived upstream; 0: none yet */
	uint64_t waiting;  /* known to wait upstream, as far as it tells */
	bool healthy;	   /* upstream answers */
	char trouble[160]; /* why not; "" when healthy */
};

struct source_ops {
	const char *kind; /* of the configuration */
	bool keeps;	  /* its parcels: see source_parcel.keep */
	/* What can be said of a configuration without opening it: nothing is
	 * made, nobody called.  INVALID as open().  NULL: nothing. */
	enum status (*check)(
	    const struct config_source *config, struct buf *error);
	/*
	 * Check the configuration and connect.  INVALID with *error naming
	 * what to change; troubles that may pass (no network) are no failure.
	 * `host` is borrowed for the source's life.
	 */
	enum status (*open)(const struct config_source *config,
	    const struct source_host *host, void **source, struct buf *error);
	/* Collect what there is, waiting for at most `wait_ms` for it; returns
	 * early when host->wake_fd becomes readable. */
	void (*run)(void *source, int wait_ms);
	/* These parcels are safe. */
	void (*safe)(void *source, const uint64_t *tokens, size_t count);
	void (*count)(const void *source, struct source_counts *counts);
	/* Upstream is told nothing of what is not safe. */
	void (*close)(void *source);
};

extern const struct source_ops source_files, source_kafka, source_s3,
    source_webhook;

/* By the configuration's word; NULL: there is none. */
const struct source_ops *source_of_kind(const char *kind);
