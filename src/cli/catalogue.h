/*
 * catalogue.h - the detectors as a table, JSON, Markdown and a layer of
 * ATT&CK's Navigator.
 *
 * All from the descriptors: what is said here is what runs.  Pure.
 */
#pragma once

#include "base/buf.h"
#include "cli/sight.h"

/* With `sight`, which may be NULL: how well each sees, and why not. */
void catalogue_table(const struct sight *sight, struct buf *out);
void catalogue_json(const struct sight *sight, struct buf *out);

/* docs/detectors.md. */
void catalogue_markdown(struct buf *out);

/* A layer of format 4.5, each technique scored by how many detectors name
 * it; with `sight`, of those that are not blind or off. */
void catalogue_navigator(const struct sight *sight, struct buf *out);

/* "cloudtrail, dns": the bits of detector.sources. */
void catalogue_add_sources(unsigned bits, struct buf *out);

/* "baseline, requestObject", or "nothing": bits of needs or wants. */
void catalogue_add_needs(unsigned bits, struct buf *out);

/* What it sees better with, what all detectors of its sources do included. */
unsigned catalogue_wants(const struct detector *d);
