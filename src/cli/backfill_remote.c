#include "cli/backfill_remote.h"

#include <stdlib.h>

#include "pipeline/prefetch.h"

struct backfill_remote {
	struct remote *remote; /* NULL once the prefetcher has it */
	struct prefetch *prefetch;
};

struct backfill_remote *
backfill_remote_new(
    const struct config *config, const char *const *paths, size_t npaths)
{
	struct backfill_remote *r;
	bool any = false;

	for (size_t i = 0; i < npaths; i++)
		any = any || remote_is_path(paths[i]);
	if (!any)
		return NULL;
	r = status_calloc(1, sizeof(*r));
	r->remote = remote_new(config);
	return r;
}

void
backfill_remote_free(struct backfill_remote *r)
{
	if (r == NULL)
		return;
	prefetch_free(r->prefetch);
	remote_free(r->remote);
	free(r);
}

struct remote *
backfill_remote_of(struct backfill_remote *r)
{
	return r != NULL ? r->remote : NULL;
}

static bool
fetch(void *cookie, unsigned worker, struct pipeline_parcel *parcel,
    struct buf *error)
{
	struct backfill_remote *r = cookie;

	(void)worker;
	if (r->prefetch == NULL) {
		buf_add_str(error, "no thread can be started");
		return false;
	}
	return prefetch_take(r->prefetch, parcel->ticket, &parcel->fd, error);
}

void
backfill_remote_start(struct backfill_remote *r, const struct plan *plan,
    struct archive_options *archive)
{
	const char *spool = getenv("TMPDIR");

	if (r == NULL)
		return;
	r->prefetch = prefetch_new(&(struct prefetch_options){
	    .remote = r->remote,
	    .plan = plan,
	    .spool = spool != NULL && *spool != '\0' ? spool : "/var/tmp",
	});
	if (r->prefetch != NULL)
		r->remote = NULL;
	archive->fetch = fetch;
	archive->fetch_cookie = r;
}
