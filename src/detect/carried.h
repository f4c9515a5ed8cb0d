/*
 * carried.h - which fields a log carries, as far as its records show.
 *
 * Formats and audit policies leave things out, and what is left out no
 * detector can see.  A stream collects these bits from its records, so that
 * it can be said which detectors are blind on it and why.  Kept in stores: a
 * bit keeps its meaning for ever.  Pure functions, any thread.
 */
#pragma once

#include "event/event.h"

enum carried {
	CARRIED_RECORD = 1u << 0,  /* any record since these bits are kept */
	CARRIED_READS = 1u << 1,   /* CloudTrail, audit: reads are logged */
	CARRIED_OBJECTS = 1u << 2, /* CloudTrail: data events of S3 */
	CARRIED_REQUEST = 1u << 3, /* audit: requestObject of a write */
	/* ... of a ConfigMap, which many policies keep at Metadata */
	CARRIED_REQUEST_CONFIG = 1u << 4,
	CARRIED_ACTION = 1u << 5, /* flows: ACCEPT or REJECT */
	CARRIED_COUNTS = 1u << 6, /* flows: packets and bytes */
	CARRIED_TCP_FLAGS = 1u << 7,
	CARRIED_PKT_ADDRESS = 1u << 8, /* flows: pkt-srcaddr or pkt-dstaddr */
	CARRIED_RCODE = 1u << 9,
	CARRIED_ANSWERS = 1u << 10,
};

#define CARRIED_COUNT 11

/* What this record shows its log to carry; CARRIED_RECORD at least. */
unsigned carried_of(const struct event *ev);

/* The bits that can be in a log of this source at all. */
unsigned carried_by(enum source source);

/* "tcp-flags", "requestObject": what a bit is called in the log, and for
 * what is missing "the flow log format has no tcp-flags". */
const char *carried_name(unsigned bit);
const char *carried_missing(unsigned bit);
