#include "detect/waiting.h"

#include "base/status.h"

_Static_assert(sizeof(struct waiting_row) == 96, "rows are stored as they lie");

void
waiting_add(struct waiting *w, uint64_t identity, const struct ip *address,
    struct span cluster, int64_t time_us)
{
	struct waiting_row *r;

	if (cluster.len >= WAITING_CLUSTER_BYTES)
		return;
	for (size_t i = 0; i < WAITING_MAX; i++) {
		if (w->rows[i].identity == identity)
			return;
	}
	r = &w->rows[w->next++ % WAITING_MAX];
	*r = (struct waiting_row){
		.identity = identity, .time_us = time_us, .address = *address
	};
	if (cluster.len > 0)
		memcpy(r->cluster, cluster.at, cluster.len);
}

struct waiting_row *
waiting_next(struct waiting *w, const struct ip *address, size_t *at)
{
	while (*at < WAITING_MAX) {
		struct waiting_row *r = &w->rows[(*at)++];

		if (r->identity != 0 && ip_equal(&r->address, address))
			return r;
	}
	return NULL;
}

void
waiting_save(
    const struct waiting *w, const struct image_writer *to, unsigned region)
{
	image_put(to, region, w, w->next > 0 ? sizeof(*w) : 0);
}

bool
waiting_load(
    struct waiting *w, const struct image_reader *from, unsigned region)
{
	struct span bytes = image_get(from, region);

	if (span_is_empty(bytes))
		return true; /* none, or made before there were any */
	if (bytes.len != sizeof(*w))
		return false;
	memcpy(w, bytes.at, sizeof(*w));
	for (size_t i = 0; i < WAITING_MAX; i++)
		w->rows[i].cluster[WAITING_CLUSTER_BYTES - 1] = '\0';
	return true;
}
