/*
 * value.h - single values as people write them, in files and arguments.
 *
 * Pure functions, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "config/shape.h"

/* low 2, medium 5, high 8, critical 9, or a number from 1 to 10. */
bool value_severity(struct span s, double *severity);

/* "64MiB", "1GiB", "4KiB", "500MB", "4096": bytes. */
bool value_size(struct span s, uint64_t *bytes);

/* A decimal number, with a point and an exponent if need be; no NaN. */
bool value_number(struct span s, double *number);

/* "host:port", "1.2.3.4:80", "[::1]:80". */
bool value_is_address(struct span s);

/* Twelve digits. */
bool value_is_account(struct span s);

/* The shortest form that value_size reads back: "64MiB". */
void value_size_add(struct buf *out, uint64_t bytes);

/* The shortest decimal that value_number reads back exactly. */
void value_number_add(struct buf *out, double number);

/*
 * Set what `key` describes at `at` from a text; owned texts are newly made.
 * With `at` NULL only check.  False when the text does not fit.
 */
bool value_set(const struct shape_key *key, struct span text, void *at);

/* What would fit: "a number from 1 to 365", "true or false". */
void value_wanted(const struct shape_key *key, struct buf *out);
