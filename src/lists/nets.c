#include "lists/nets.h"

#include <stdlib.h>

#include "base/status.h"

static uint64_t
word_of(const uint8_t *at)
{
	uint64_t word = 0;

	for (unsigned i = 0; i < 8; i++)
		word = word << 8 | at[i];
	return word;
}

static void
put_word(uint8_t *at, uint64_t word)
{
	for (unsigned i = 8; i-- > 0; word >>= 8)
		at[i] = (uint8_t)word;
}

void
nets_done(struct nets *n)
{
	free(n->entries);
	free(n->around);
	*n = (struct nets){ 0 };
}

/* A half at a time: doubling would waste up to half of a large table. */
static void
grow(struct nets *n)
{
	if (n->count < n->room)
		return;
	n->room += n->room / 2 + 1024;
	n->entries = status_realloc(n->entries, n->room, sizeof(*n->entries));
}

static uint64_t
mask_of(unsigned bits)
{
	return bits == 0 ? 0 : bits >= 64 ? UINT64_MAX : ~(UINT64_MAX >> bits);
}

void
nets_add(
    struct nets *n, const struct ip_net *net, uint16_t list, uint32_t expires_s)
{
	grow(n);
	n->entries[n->count++] = (struct nets_entry){
		.high = word_of(net->base.byte) & mask_of(net->bits),
		.low = word_of(net->base.byte + 8) &
		       mask_of(net->bits > 64 ? net->bits - 64u : 0),
		.bits = net->bits,
		.list = list,
		.expires_s = expires_s,
	};
}

static int
order_of_address(const struct nets_entry *e, uint64_t high, uint64_t low)
{
	if (e->high != high)
		return e->high < high ? -1 : 1;
	return e->low < low ? -1 : e->low > low;
}

static int
compare(const void *left, const void *right)
{
	const struct nets_entry *a = left, *b = right;
	int order = order_of_address(a, b->high, b->low);

	if (order != 0)
		return order;
	if (a->bits != b->bits)
		return a->bits < b->bits ? -1 : 1;
	if (a->list != b->list)
		return a->list < b->list ? -1 : 1;
	/* What never expires comes first, then what expires last. */
	return a->expires_s - 1u > b->expires_s - 1u
		   ? -1
		   : a->expires_s != b->expires_s;
}

static bool
is_repeated(const struct nets_entry *a, const struct nets_entry *b)
{
	return a->high == b->high && a->low == b->low && a->bits == b->bits &&
	       a->list == b->list;
}

static bool
holds(const struct nets_entry *e, uint64_t high, uint64_t low)
{
	return e->high == (high & mask_of(e->bits)) &&
	       e->low == (low & mask_of(e->bits > 64 ? e->bits - 64u : 0));
}

void
nets_finish(struct nets *n)
{
	size_t kept = 0;

	if (n->count == 0)
		return;
	ASSERT(n->count < NETS_NONE);
	qsort(n->entries, n->count, sizeof(*n->entries), compare);
	for (size_t i = 0; i < n->count; i++) {
		if (kept == 0 ||
		    !is_repeated(&n->entries[kept - 1], &n->entries[i]))
			n->entries[kept++] = n->entries[i];
	}
	n->count = n->room = kept;
	n->entries = status_realloc(n->entries, kept, sizeof(*n->entries));
	n->around = status_calloc(kept, sizeof(*n->around));
	for (size_t i = 0; i < kept; i++) {
		const struct nets_entry *e = &n->entries[i];
		uint32_t at = i > 0 ? (uint32_t)i - 1 : NETS_NONE;

		while (
		    at != NETS_NONE && !holds(&n->entries[at], e->high, e->low))
			at = n->around[at];
		n->around[i] = at;
	}
}

uint32_t
nets_find(const struct nets *n, const struct ip *ip)
{
	uint64_t high = word_of(ip->byte), low = word_of(ip->byte + 8);
	size_t first = 0, last = n->count;
	uint32_t at;

	while (first < last) {
		size_t middle = first + (last - first) / 2;

		if (order_of_address(&n->entries[middle], high, low) <= 0)
			first = middle + 1;
		else
			last = middle;
	}
	at = first > 0 ? (uint32_t)first - 1 : NETS_NONE;
	while (at != NETS_NONE && !holds(&n->entries[at], high, low))
		at = n->around[at];
	return at;
}

struct ip_net
nets_net(const struct nets_entry *e)
{
	struct ip_net net = { .bits = e->bits };

	put_word(net.base.byte, e->high);
	put_word(net.base.byte + 8, e->low);
	return net;
}
