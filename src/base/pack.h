/*
 * pack.h - numbers and texts as bytes that can be stored, and back.
 *
 * Little-endian, no alignment, no types: who reads must read what was
 * written, and states a version first.  Reading is safe against any bytes:
 * past the end or over a bound it gives zeros and remembers that it failed.
 * One thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

void pack_u64(struct buf *b, uint64_t n);
void pack_i64(struct buf *b, int64_t n);
void pack_f64(struct buf *b, double n);
void pack_span(struct buf *b, struct span s);
void pack_bytes(struct buf *b, const void *at, size_t len); /* no length */

struct unpack {
	struct span rest;
	bool failed;
};

struct unpack unpack_of(struct span packed);
uint64_t unpack_u64(struct unpack *u);
/* The same, but a number above `most` is a failure and 0. */
uint64_t unpack_count(struct unpack *u, uint64_t most);
int64_t unpack_i64(struct unpack *u);
double unpack_f64(struct unpack *u);
struct span unpack_span(struct unpack *u); /* borrows */
void unpack_bytes(struct unpack *u, void *at, size_t len);

/* Nothing failed and nothing is left. */
bool unpack_is_whole(const struct unpack *u);
