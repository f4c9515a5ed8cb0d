/*
 * audit.h - what is common to audit events in Kubernetes' own form and in
 * Google Cloud's.  Private to src/decode.
 */
#pragma once

#include "decode/decoder.h"

bool audit_is_write(struct span verb);
enum outcome audit_outcome(const struct audit *a);

/* The cluster by config, envelope, path or folder. */
struct span audit_cluster(
    const struct decoder *d, const struct decode_context *cx);

/* A new event with a copy of *from, all but time, id and record set; NULL
 * when the arena is full. */
struct event *audit_add(struct decoder *d, const struct audit *from,
    const struct decode_context *cx);
