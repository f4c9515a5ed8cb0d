#include "geo/ranges.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/span.h"
#include "config/printable.h"

/* Of nets_entry.list, above the region's number. */
#define RANGES_CUSTOMER 0x8000u

static enum status
refuse(const char *path, const char *why, struct buf *error)
{
	printable_add(error, span_str(path));
	buf_add_str(error, ": ");
	printable_add(error, span_str(why));
	buf_add_str(error, "; correct `aws_ranges` under geo:, AWS's file is "
			   "https://ip-ranges.amazonaws.com/ip-ranges.json");
	return STATUS_INVALID;
}

/* The number of a region, as it is met first. */
static bool
region_of(struct ranges *r, const char *name, unsigned *number)
{
	for (unsigned i = 0; i < r->nregions; i++) {
		if (strcmp(r->region[i], name) == 0) {
			*number = i;
			return true;
		}
	}
	if (r->nregions == RANGES_REGIONS ||
	    strlen(name) >= RANGES_REGION_BYTES)
		return false;
	memcpy(r->region[r->nregions], name, strlen(name));
	*number = (unsigned)r->nregions++;
	return true;
}

static bool
add(struct ranges *r, const json_t *item, const char *key)
{
	const char *prefix = json_string_value(json_object_get(item, key));
	const char *region = json_string_value(json_object_get(item, "region"));
	const char *service =
	    json_string_value(json_object_get(item, "service"));
	struct ip_net net;
	unsigned number;

	if (prefix == NULL || region == NULL || service == NULL ||
	    !ip_net_parse(span_str(prefix), &net) ||
	    !region_of(r, region, &number))
		return false;
	if (strcmp(service, "EC2") == 0)
		number |= RANGES_CUSTOMER;
	nets_add(&r->nets, &net, (uint16_t)number, 0);
	return true;
}

/* False: no array, or an item that is none. */
static bool
add_all(struct ranges *r, const json_t *list, const char *key)
{
	size_t i;
	const json_t *item;

	if (!json_is_array(list))
		return false;
	json_array_foreach(list, i, item)
	{
		if (!add(r, item, key))
			return false;
	}
	return true;
}

static enum status
take(struct ranges *r, const json_t *root, const char *path, struct buf *error)
{
	if (!add_all(r, json_object_get(root, "prefixes"), "ip_prefix") ||
	    !add_all(r, json_object_get(root, "ipv6_prefixes"), "ipv6_prefix"))
		return refuse(path,
		    "not AWS's ip-ranges.json: `prefixes` and `ipv6_prefixes` "
		    "are lists of ip_prefix or ipv6_prefix, region, service",
		    error);
	nets_finish(&r->nets);
	return STATUS_OK;
}

/* At most so many bytes of the file. */
struct input {
	FILE *file;
	size_t left;
};

static size_t
more(void *buffer, size_t size, void *cookie)
{
	struct input *in = cookie;
	size_t n =
	    fread(buffer, 1, size < in->left ? size : in->left, in->file);

	in->left -= n;
	return n;
}

enum status
ranges_read(struct ranges *r, const char *path, struct buf *error)
{
	struct input in = { fopen(path, "re"), RANGES_BYTES_MAX };
	char why[JSON_ERROR_TEXT_LENGTH + 64];
	json_error_t fault;
	json_t *root;
	enum status st;

	*r = (struct ranges){ .nregions = 0 };
	if (in.file == NULL)
		return refuse(path, status_errno_text(errno), error);
	root = json_load_callback(more, &in, JSON_REJECT_DUPLICATES, &fault);
	if (root == NULL) {
		(void)snprintf(why, sizeof(why), "line %d: %s", fault.line,
		    ferror(in.file) ? "cannot be read" : fault.text);
		st = refuse(path, why, error);
	} else {
		st = take(r, root, path, error);
	}
	json_decref(root);
	(void)fclose(in.file);
	if (st != STATUS_OK)
		ranges_done(r);
	return st;
}

void
ranges_done(struct ranges *r)
{
	nets_done(&r->nets);
	*r = (struct ranges){ .nregions = 0 };
}

bool
ranges_find(const struct ranges *r, const struct ip *ip, bool *customer,
    const char **region)
{
	uint32_t at = nets_find(&r->nets, ip);

	*customer = false;
	*region = "";
	if (at == NETS_NONE)
		return false;
	/* The narrowest says where it is, any of them that it is EC2's. */
	*region = r->region[r->nets.entries[at].list & ~RANGES_CUSTOMER];
	for (; at != NETS_NONE; at = r->nets.around[at])
		*customer |= (r->nets.entries[at].list & RANGES_CUSTOMER) != 0;
	return true;
}
