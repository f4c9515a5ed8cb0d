#include "aws/s3_place.h"

#include <string.h>

#include "aws/endpoint.h"

static bool
is_made_of(const char *name, const char *letters, size_t least)
{
	size_t n = strspn(name, letters);

	return name[n] == '\0' && n >= least && n <= 255 && name[0] != '-' &&
	       name[0] != '.';
}

bool
s3_place_is_bucket(const char *name)
{
	return is_made_of(name,
	    "abcdefghijklmnopqrstuvwxyz0123456789-."
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_",
	    1);
}

bool
s3_place_is_label(const char *name)
{
	return is_made_of(name, "abcdefghijklmnopqrstuvwxyz0123456789-", 3);
}

void
s3_place_url(const struct s3_place *p, struct span service, struct buf *url)
{
	const char *bucket = p->path_style ? "" : p->bucket;
	const char *dot = p->path_style ? "" : ".";
	struct endpoint at;

	if (!span_is_empty(service))
		buf_printf(
		    url, "https://%s%s%.*s", bucket, dot, SPAN_ARGS(service));
	else if (p->endpoint != NULL &&
		 endpoint_split(span_str(p->endpoint), &at))
		buf_printf(url, "%.*s://%s%s%.*s", SPAN_ARGS(at.scheme), bucket,
		    dot, SPAN_ARGS(at.host));
	else
		buf_printf(url, "https://%s%ss3.%s.%s", bucket, dot, p->region,
		    endpoint_suffix(span_str(p->region)));
}

void
s3_place_path(const struct s3_place *p, struct span key, struct buf *path)
{
	buf_add_char(path, '/');
	if (p->path_style) {
		buf_add_str(path, p->bucket);
		if (key.len > 0)
			buf_add_char(path, '/');
	}
	buf_add(path, key);
}

/* --- redirects ------------------------------------------------------------ */

/* Take "WORD." or "WORD-" from the front. */
static bool
take_word(struct span *s, struct span word)
{
	if (!span_starts(*s, word))
		return false;
	*s = span_skip(*s, word.len);
	return true;
}

/*
 * A host of S3 without a bucket, and the region that it says: "s3.REGION.
 * SUFFIX", "s3.dualstack.REGION.SUFFIX", both with "s3-fips", and of old
 * "s3-REGION.SUFFIX" and "s3.SUFFIX", which is in us-east-1.
 */
static bool
is_service(struct span host, struct span *region)
{
	struct span rest = host;

	if (!endpoint_is_aws(host))
		return false;
	if (span_equal(rest, SPAN("s3.amazonaws.com"))) {
		*region = SPAN("us-east-1");
		return true;
	}
	if (take_word(&rest, SPAN("s3.")) || take_word(&rest, SPAN("s3-fips.")))
		(void)take_word(&rest, SPAN("dualstack."));
	else if (!take_word(&rest, SPAN("s3-")))
		return false;
	*region = span_cut(&rest, '.');
	return endpoint_is_region(*region) &&
	       span_equal(rest, span_str(endpoint_suffix(*region)));
}

static bool
take_location(const struct s3_place *p, struct span location,
    struct s3_place_target *target)
{
	struct span bucket = span_str(p->bucket);
	struct endpoint at;

	/* What stands behind the host is not looked at: the key is known, and
	 * is not allowed to change. */
	location = span_first(location, span_find(location, '?', 0));
	if (!endpoint_split(location, &at) ||
	    !span_equal(at.scheme, SPAN("https")))
		return false;
	target->service = at.host;
	if (span_starts(at.host, bucket) && at.host.len > bucket.len &&
	    at.host.at[bucket.len] == '.')
		target->service = span_skip(at.host, bucket.len + 1);
	return is_service(target->service, &target->region);
}

bool
s3_place_follow(const struct s3_place *p, const struct s3_place_answer *a,
    struct s3_place_target *target)
{
	*target = (struct s3_place_target){ 0 };
	if (a->status != 301 && a->status != 307 && a->status != 400)
		return false;
	if (endpoint_is_region(a->region) &&
	    !span_equal(a->region, span_str(p->region))) {
		target->region = a->region;
		return true;
	}
	return a->status != 400 && p->endpoint == NULL &&
	       take_location(p, a->location, target);
}
