/*
 * text.h - small pieces of text that every simulated log needs.
 *
 * Pure functions over a buf.  Any thread.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/rng.h"
#include "base/span.h"

/* `s` escaped for the inside of a JSON string. */
void text_json(struct buf *out, struct span s);

/* The low `digits` (1..16) hexadecimal digits of `value`, lower case. */
void text_hex(struct buf *out, uint64_t value, unsigned digits);

/* A version 4 UUID of the two words. */
void text_uuid(struct buf *out, uint64_t a, uint64_t b);

/* The same into `text` of 37 bytes; returns it. */
char *text_uuid_of(char text[37], uint64_t a, uint64_t b);

/* "2026-11-02T08:00:00Z" and with six digits of fraction. */
void text_time(struct buf *out, int64_t time_us);
void text_time_us(struct buf *out, int64_t time_us);

/* `len` characters of Kubernetes' alphabet of safe random suffixes. */
void text_suffix(char *text, unsigned len, struct rng *r);

/* `len` characters of base 32 in capitals, as AWS ids have them. */
void text_id(char *text, unsigned len, struct rng *r);
