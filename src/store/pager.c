#include "store/pager.h"

#include <isa-l/crc64.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/status.h"

struct region {
	unsigned number;
	size_t pages;	     /* with a checksum */
	uint64_t *checksums; /* 0: a page of zeros, not stored */
};

struct known_tenant {
	char *name;
	size_t len;
	int64_t number;
	struct region *regions; /* by number */
	size_t count, room;
};

struct pager {
	struct known_tenant *tenants; /* by number - 1 */
	size_t count, room;
	uint32_t *index; /* of names: positions + 1 */
	size_t size;	 /* power of two, at most half full */
};

#define FIRST_TENANTS ((size_t)64)

struct pager *
pager_new(void)
{
	struct pager *p = status_calloc(1, sizeof(*p));

	p->size = FIRST_TENANTS;
	p->index = status_calloc(p->size, sizeof(*p->index));
	return p;
}

void
pager_free(struct pager *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->count; i++) {
		struct known_tenant *t = &p->tenants[i];

		for (size_t k = 0; k < t->count; k++)
			free(t->regions[k].checksums);
		free(t->regions);
		free(t->name);
	}
	free(p->tenants);
	free(p->index);
	free(p);
}

uint64_t
pager_checksum(struct span bytes)
{
	uint64_t sum = crc64_ecma_refl(
	    0, (const unsigned char *)bytes.at, (uint64_t)bytes.len);

	return sum ? sum : 1;
}

static uint32_t *
slot_of(struct pager *p, struct span name)
{
	size_t i = hash_span(&HASH_KEY_DEFAULT, name) & (p->size - 1);

	while (p->index[i] != 0) {
		const struct known_tenant *t = &p->tenants[p->index[i] - 1];

		if (t->len == name.len &&
		    (name.len == 0 || memcmp(t->name, name.at, name.len) == 0))
			break;
		i = (i + 1) & (p->size - 1);
	}
	return &p->index[i];
}

static void
grow_index(struct pager *p)
{
	free(p->index);
	p->size *= 2;
	p->index = status_calloc(p->size, sizeof(*p->index));
	for (size_t i = 0; i < p->count; i++)
		*slot_of(p, span_of(p->tenants[i].name, p->tenants[i].len)) =
		    (uint32_t)(i + 1);
}

static struct known_tenant *
add_tenant(struct pager *p, struct span name, int64_t number)
{
	struct known_tenant *t;

	ASSERT(number == (int64_t)p->count + 1 && number < PAGER_TENANTS_MAX);
	if (p->count == p->room) {
		p->room = p->room ? p->room * 2 : FIRST_TENANTS;
		p->tenants =
		    status_realloc(p->tenants, p->room, sizeof(*p->tenants));
	}
	t = &p->tenants[p->count];
	*t = (struct known_tenant){ .number = number, .len = name.len };
	t->name = status_calloc(name.len + 1, 1);
	if (name.len > 0)
		memcpy(t->name, name.at, name.len);
	*slot_of(p, name) = (uint32_t)++p->count;
	if (p->count * 2 > p->size)
		grow_index(p);
	return t;
}

int64_t
pager_tenant(struct pager *p, struct span name, bool *fresh)
{
	uint32_t at = *slot_of(p, name);

	*fresh = at == 0;
	if (at != 0)
		return p->tenants[at - 1].number;
	return add_tenant(p, name, (int64_t)p->count + 1)->number;
}

void
pager_know_tenant(struct pager *p, struct span name, int64_t tenant)
{
	(void)add_tenant(p, name, tenant);
}

/* The region of a tenant, made at its place when there is none. */
static struct region *
region_of(struct known_tenant *t, unsigned number)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (t->regions[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < t->count && t->regions[low].number == number)
		return &t->regions[low];
	if (t->count == t->room) {
		t->room = t->room ? t->room * 2 : 16;
		t->regions =
		    status_realloc(t->regions, t->room, sizeof(*t->regions));
	}
	memmove(t->regions + low + 1, t->regions + low,
	    (t->count - low) * sizeof(*t->regions));
	t->count++;
	t->regions[low] = (struct region){ .number = number };
	return &t->regions[low];
}

/* Room for so many checksums; new ones are 0. */
static void
set_pages(struct region *r, size_t pages)
{
	if (pages > r->pages) {
		r->checksums =
		    status_realloc(r->checksums, pages, sizeof(*r->checksums));
		memset(r->checksums + r->pages, 0,
		    (pages - r->pages) * sizeof(*r->checksums));
	}
	r->pages = pages;
}

void
pager_know_page(struct pager *p, int64_t key, uint64_t checksum)
{
	int64_t tenant = key >> 40;
	size_t page = (size_t)(key & (PAGER_PAGES_MAX - 1));
	struct region *r;

	ASSERT(tenant >= 1 && tenant <= (int64_t)p->count);
	r = region_of(&p->tenants[tenant - 1], (unsigned)(key >> 24 & 0xffff));
	if (page >= r->pages)
		set_pages(r, page + 1);
	r->checksums[page] = checksum;
}

static bool
is_zero(struct span s)
{
	return s.len == 0 ||
	       (s.at[0] == 0 && memcmp(s.at, s.at + 1, s.len - 1) == 0);
}

void
pager_put(struct pager *p, int64_t tenant, unsigned region, struct span bytes,
    const struct pager_sink *sink)
{
	struct region *r = region_of(&p->tenants[tenant - 1], region);
	size_t pages = (bytes.len + PAGER_PAGE_BYTES - 1) / PAGER_PAGE_BYTES;
	size_t most = pages > r->pages ? pages : r->pages;

	ASSERT(pages < PAGER_PAGES_MAX);
	set_pages(r, most);
	for (size_t i = 0; i < most; i++) {
		struct span page = span_first(
		    span_skip(bytes, i * PAGER_PAGE_BYTES), PAGER_PAGE_BYTES);
		uint64_t sum = is_zero(page) ? 0 : pager_checksum(page);

		if (sum == r->checksums[i])
			continue;
		r->checksums[i] = sum;
		sink->page(sink->cookie, pager_page_key(tenant, region, i), sum,
		    sum ? page : span_of(NULL, 0));
	}
	r->pages = pages;
}
