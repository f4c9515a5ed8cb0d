#include "geo/check.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/status.h"

enum type {
	TYPE_EXTENDED,
	TYPE_POINTER,
	TYPE_STRING,
	TYPE_DOUBLE,
	TYPE_BYTES,
	TYPE_UINT16,
	TYPE_UINT32,
	TYPE_MAP,
	TYPE_INT32,
	TYPE_UINT64,
	TYPE_UINT128,
	TYPE_ARRAY,
	TYPE_CONTAINER,
	TYPE_END,
	TYPE_BOOLEAN,
	TYPE_FLOAT,
	TYPE_COUNT,
};

struct data {
	const uint8_t *at;
	size_t len;
	uint8_t *seen; /* bits of offsets whose values were walked */
	/* Fields still to be walked: values that overlap would make it a
	 * square of the size. */
	uint64_t *left;
};

/* A field's head. */
struct field {
	enum type type;
	uint32_t size;	 /* of the payload, or of its members */
	uint32_t target; /* POINTER: an offset */
	size_t after;	 /* offset behind the head */
};

static bool
take(const struct data *d, size_t *at, unsigned bytes, uint32_t *number)
{
	*number = 0;
	if (bytes > d->len - *at)
		return false;
	for (unsigned i = 0; i < bytes; i++)
		*number = *number << 8 | d->at[(*at)++];
	return true;
}

static bool
pointer_head(const struct data *d, size_t at, unsigned control, struct field *f)
{
	static const uint32_t base[] = { 0, 2048, 526336, 0 };
	unsigned kind = control >> 3 & 3;
	uint32_t low;

	if (!take(d, &at, kind + 1, &low))
		return false;
	f->target =
	    kind == 3 ? low
		      : ((control & 7) << (8 * (kind + 1))) + low + base[kind];
	f->after = at;
	return true;
}

static bool
head(const struct data *d, size_t at, struct field *f)
{
	static const uint32_t base[] = { 29, 285, 65821 };
	uint32_t control, more;

	if (at >= d->len || !take(d, &at, 1, &control))
		return false;
	f->type = control >> 5;
	if (f->type == TYPE_POINTER)
		return pointer_head(d, at, control, f);
	if (f->type == TYPE_EXTENDED) {
		if (!take(d, &at, 1, &more) || more + 7 >= TYPE_COUNT)
			return false;
		f->type = more + 7;
	}
	f->size = control & 31;
	if (f->size >= 29) {
		unsigned bytes = f->size - 28;

		if (!take(d, &at, bytes, &more))
			return false;
		f->size = base[bytes - 1] + more;
	}
	f->after = at;
	return true;
}

static bool walk(
    const struct data *d, size_t at, unsigned depth, size_t *after);

/* The members of a map or an array. */
static bool
walk_members(
    const struct data *d, const struct field *f, unsigned depth, size_t *after)
{
	uint64_t members =
	    f->type == TYPE_MAP ? 2 * (uint64_t)f->size : f->size;
	size_t at = f->after;

	/* A member has a byte at least. */
	if (members > d->len)
		return false;
	for (uint64_t i = 0; i < members; i++) {
		if (!walk(d, at, depth + 1, &at))
			return false;
	}
	*after = at;
	return true;
}

/* A pointer leads to a value that is none; what was walked is not again. */
static bool
walk_target(const struct data *d, size_t at, unsigned depth)
{
	struct field f;
	size_t ignored;

	if (at >= d->len || !head(d, at, &f) || f.type == TYPE_POINTER)
		return false;
	if (d->seen[at / 8] & 1u << at % 8)
		return true;
	d->seen[at / 8] |= (uint8_t)(1u << at % 8);
	return walk(d, at, depth + 1, &ignored);
}

/* How long a payload of these types is; 0 to 0: not a payload of bytes. */
static const struct {
	uint32_t least, most;
} sizes[TYPE_COUNT] = {
	[TYPE_STRING] = { 0, UINT32_MAX },
	[TYPE_BYTES] = { 0, UINT32_MAX },
	[TYPE_DOUBLE] = { 8, 8 },
	[TYPE_FLOAT] = { 4, 4 },
	[TYPE_UINT16] = { 0, 2 },
	[TYPE_UINT32] = { 0, 4 },
	[TYPE_INT32] = { 0, 4 },
	[TYPE_UINT64] = { 0, 8 },
	[TYPE_UINT128] = { 0, 16 },
};

static bool
walk(const struct data *d, size_t at, unsigned depth, size_t *after)
{
	struct field f = { 0 };

	if (depth > CHECK_DEPTH_MAX || *d->left == 0 || !head(d, at, &f))
		return false;
	--*d->left;
	*after = f.after;
	if (f.type == TYPE_POINTER)
		return walk_target(d, f.target, depth);
	if (f.type == TYPE_MAP || f.type == TYPE_ARRAY)
		return walk_members(d, &f, depth, after);
	if (f.type == TYPE_BOOLEAN)
		return f.size <= 1;
	if (sizes[f.type].most == 0 || f.size < sizes[f.type].least ||
	    f.size > sizes[f.type].most || f.size > d->len - f.after)
		return false;
	*after = f.after + f.size;
	return true;
}

static uint32_t
record(const MMDB_s *m, uint32_t node, unsigned side)
{
	const uint8_t *at =
	    m->file_content + (size_t)node * m->full_record_byte_size;

	switch (m->metadata.record_size) {
	case 24:
		at += (size_t)3 * side;
		return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
	case 28:
		if (side == 0)
			return (uint32_t)(at[3] & 0xf0) << 20 |
			       (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 |
			       at[2];
		return (uint32_t)(at[3] & 0x0f) << 24 | (uint32_t)at[4] << 16 |
		       (uint32_t)at[5] << 8 | at[6];
	default:
		at += (size_t)4 * side;
		return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
		       (uint32_t)at[2] << 8 | at[3];
	}
}

/* Every record of the tree: another node, nothing, or a value.  The format
 * has sixteen bytes of zeros between tree and data. */
static bool
walk_tree(const MMDB_s *m, const struct data *d)
{
	uint32_t nodes = m->metadata.node_count;

	for (uint32_t node = 0; node < nodes; node++) {
		for (unsigned side = 0; side < 2; side++) {
			uint32_t r = record(m, node, side);

			if (r <= nodes)
				continue;
			if (r - nodes < 16 ||
			    !walk_target(d, r - nodes - 16, 0))
				return false;
		}
	}
	return true;
}

bool
check_database(const MMDB_s *m, const char **why)
{
	uint64_t left = 4 * (uint64_t)m->data_section_size + 1024;
	struct data d = { m->data_section, m->data_section_size, NULL, &left };
	uint64_t tree =
	    (uint64_t)m->metadata.node_count * m->full_record_byte_size;
	bool good;

	*why = "a damaged MaxMind database";
	if ((m->metadata.record_size != 24 && m->metadata.record_size != 28 &&
		m->metadata.record_size != 32) ||
	    m->metadata.node_count == 0 || tree > (uint64_t)m->file_size ||
	    d.at < m->file_content + tree ||
	    d.len > (size_t)(m->file_content + m->file_size - d.at))
		return false;
	d.seen = status_calloc(d.len / 8 + 1, 1);
	good = walk_tree(m, &d);
	free(d.seen);
	return good;
}
