/*
 * pager.h - which pages of tenants' state differ from what is stored.
 *
 * Keeps a checksum of each stored page.  Given a tenant's regions anew, it
 * tells which pages were changed, which are new and which are gone.  A page of
 * zeros is not stored.  One thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/image.h"
#include "base/span.h"

/* One row of the table of pages, which then fits a leaf of the file. */
#define PAGER_PAGE_BYTES ((size_t)4000)

/* A page's key: tenant, region, number.  Tenants below 2^23, pages below
 * 2^24. */
#define PAGER_TENANTS_MAX (1 << 23)
#define PAGER_PAGES_MAX (1 << 24)

struct pager;

struct pager *pager_new(void);
void pager_free(struct pager *p); /* NULL is allowed */

/* The tenant's number; a new one (*fresh) is the next. */
int64_t pager_tenant(struct pager *p, struct span name, bool *fresh);
/* A tenant and a page that are stored. */
void pager_know_tenant(struct pager *p, struct span name, int64_t tenant);
void pager_know_page(struct pager *p, int64_t key, uint64_t checksum);

static inline int64_t
pager_region_key(int64_t tenant, unsigned region)
{
	return tenant << 16 | region;
}

static inline int64_t
pager_page_key(int64_t tenant, unsigned region, size_t page)
{
	return pager_region_key(tenant, region) << 24 | (int64_t)page;
}

struct pager_sink {
	/* A page to be stored, or with empty bytes to be dropped. */
	void (*page)(
	    void *cookie, int64_t key, uint64_t checksum, struct span bytes);
	void *cookie;
};

/* The region's bytes now: tell the sink what differs. */
void pager_put(struct pager *p, int64_t tenant, unsigned region,
    struct span bytes, const struct pager_sink *sink);

uint64_t pager_checksum(struct span bytes);
