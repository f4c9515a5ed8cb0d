/*
 * sink.h - records of one log, gathered in any order, written in slices.
 *
 * Every actor of the world writes its whole life at once; the sink sorts
 * what it got by time of delivery and cuts it into objects of the names and
 * wrappings that the real service uses.  Owns its text.  One thread.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "simulate/object.h"
#include "simulate/truth.h"

enum sink_kind {
	SINK_TRAIL,   /* CloudTrail */
	SINK_FLOW,    /* VPC flow logs */
	SINK_DNS,     /* Route 53 Resolver query logs */
	SINK_EKS,     /* audit log as CloudWatch subscription messages */
	SINK_METAL,   /* audit log of a kube-apiserver's log backend */
	SINK_COREDNS, /* CoreDNS container logs */
};

struct sink_record {
	int64_t at_us; /* when the service delivers it */
	size_t offset;
	uint32_t len;
	int32_t step; /* of the truth, or -1 */
};

struct sink {
	enum sink_kind kind;
	char account[16];
	char region[16];
	char name[48];	    /* cluster, VPC or flow log id */
	const char *header; /* first line of each object, or NULL */
	int64_t slice_us;
	uint64_t seed;
	struct buf text;
	struct sink_record *records;
	size_t count, size;
	size_t begun; /* where the open record starts */
};

void sink_done(struct sink *s);

/* Open a record: append its text, without newline, to what this returns. */
struct buf *sink_begin(struct sink *s);

/* Close it: delivered at `at_us`; `step` of the truth that it proves, -1. */
void sink_end(struct sink *s, int64_t at_us, int step);

/* Put the records in order of delivery. */
void sink_sort(struct sink *s);

/* Sort, cut, wrap and write all; tells `t` in which object each step is. */
void sink_write(struct sink *s, struct object_writer *o, struct truth *t);

/* The path of the object of `s` for the slice that starts at `at_us`. */
void sink_path(const struct sink *s, int64_t at_us, struct buf *path);
