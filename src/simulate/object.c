#include "simulate/object.h"

#include <errno.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

void
object_writer_init(struct object_writer *o, const char *root, struct buf *error)
{
	*o = (struct object_writer){ .root = root, .level = 6, .error = error };
}

void
object_writer_done(struct object_writer *o)
{
	if (o->compressor != NULL)
		libdeflate_free_compressor(o->compressor);
	free(o->packed);
	o->compressor = NULL;
	o->packed = NULL;
}

static void
fail(struct object_writer *o, const char *path)
{
	if (o->status == STATUS_OK)
		buf_printf(o->error, "cannot write %s: %s", path,
		    status_errno_text(errno));
	o->status = STATUS_IO;
}

/* Make every folder above the last slash of `path`. */
static void
make_folders(struct object_writer *o, const char *path)
{
	char folder[1024];
	size_t end = span_rfind(span_str(path), '/');

	if (end >= sizeof(folder))
		return;
	(void)snprintf(folder, sizeof(folder), "%.*s", (int)end, path);
	if (!strcmp(folder, o->made))
		return;
	for (size_t i = 1; i <= end; i++) {
		if (path[i] != '/')
			continue;
		folder[i] = '\0';
		if (mkdir(folder, 0777) != 0 && errno != EEXIST)
			fail(o, folder);
		if (i < end)
			folder[i] = '/';
	}
	(void)snprintf(o->made, sizeof(o->made), "%s", folder);
}

static void
write_file(struct object_writer *o, const char *path, struct span content)
{
	char full[1024];
	FILE *file;
	bool ok;

	(void)snprintf(full, sizeof(full), "%s/%s", o->root, path);
	make_folders(o, full);
	file = fopen(full, "wb");
	if (file == NULL) {
		fail(o, full);
		return;
	}
	ok = content.len == 0 ||
	     fwrite(content.at, 1, content.len, file) == content.len;
	if (fclose(file) != 0 || !ok)
		fail(o, full);
	o->objects++;
	o->packed_bytes += content.len;
}

void
object_write(struct object_writer *o, const char *path, struct span content)
{
	size_t bound, len;

	if (o->status != STATUS_OK)
		return;
	if (o->compressor == NULL)
		o->compressor = libdeflate_alloc_compressor(o->level);
	ASSERT(o->compressor != NULL);
	bound = libdeflate_gzip_compress_bound(o->compressor, content.len);
	if (bound > o->packed_size) {
		o->packed = status_realloc(o->packed, bound, 1);
		o->packed_size = bound;
	}
	len = libdeflate_gzip_compress(
	    o->compressor, content.at, content.len, o->packed, bound);
	o->plain_bytes += content.len;
	write_file(o, path, span_of(o->packed, len));
}

void
object_write_plain(
    struct object_writer *o, const char *path, struct span content)
{
	if (o->status == STATUS_OK)
		write_file(o, path, content);
}
