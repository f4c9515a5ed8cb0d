#include "cli/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/printable.h"

struct outfile {
	FILE *stream;
	char *path;	 /* to be; NULL: written directly */
	char *temporary; /* NULL: written directly */
	const char *name;
};

static enum status
fail(const char *path, struct buf *error)
{
	int reason = errno;

	printable_add(error, span_str(path));
	buf_printf(error, ": %s", status_errno_text(reason));
	return STATUS_IO;
}

static char *
join(const char *a, const char *b)
{
	size_t left = strlen(a), right = strlen(b);
	char *text = status_calloc(left + right + 1, 1);

	memcpy(text, a, left);
	memcpy(text + left, b, right);
	return text;
}

/* The file behind symbolic links, so that renaming replaces it and not the
 * link; the path itself when there is nothing yet. */
static char *
target_of(const char *path)
{
	char *target = realpath(path, NULL);

	return target ? target : join(path, "");
}

/* mkostemp() makes files for the owner only; give what open() would. */
static void
share(int fd, const char *path)
{
	struct stat old;
	mode_t mask = umask(0);

	(void)umask(mask);
	if (stat(path, &old) == 0)
		(void)fchmod(fd, old.st_mode & 0777);
	else
		(void)fchmod(fd, 0666 & ~mask);
}

static bool
is_direct(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static enum status
open_temporary(struct outfile *o, const char *path, struct buf *error)
{
	int fd;

	o->path = target_of(path);
	o->temporary = join(o->path, ".XXXXXX");
	fd = mkostemp(o->temporary, O_CLOEXEC);
	if (fd < 0) {
		free(o->temporary);
		o->temporary = NULL;
		return fail(path, error);
	}
	share(fd, o->path);
	o->stream = fdopen(fd, "wb");
	if (o->stream == NULL) {
		enum status st = fail(path, error);

		(void)close(fd);
		return st;
	}
	return STATUS_OK;
}

enum status
outfile_open(const char *path, struct outfile **out, struct buf *error)
{
	struct outfile *o = status_calloc(1, sizeof(*o));
	enum status st = STATUS_OK;

	o->name = path;
	if (strcmp(path, "-") == 0) {
		o->name = "standard output";
		o->stream = stdout;
	} else if (is_direct(path)) {
		o->stream = fopen(path, "wbe");
		st = o->stream ? STATUS_OK : fail(path, error);
	} else {
		st = open_temporary(o, path, error);
	}
	if (st != STATUS_OK) {
		outfile_free(o);
		return st;
	}
	*out = o;
	return STATUS_OK;
}

FILE *
outfile_stream(struct outfile *o)
{
	return o->stream;
}

enum status
outfile_commit(struct outfile *o, struct buf *error)
{
	FILE *stream = o->stream;
	bool failed = ferror(stream) || fflush(stream) != 0;

	if (failed && errno == 0)
		errno = EIO;
	if (!failed && o->temporary != NULL)
		failed = fsync(fileno(stream)) != 0;
	if (failed)
		return fail(o->name, error);
	if (stream == stdout)
		return STATUS_OK;
	o->stream = NULL;
	if (fclose(stream) != 0)
		return fail(o->name, error);
	if (o->temporary == NULL)
		return STATUS_OK;
	if (rename(o->temporary, o->path) != 0)
		return fail(o->name, error);
	free(o->temporary);
	o->temporary = NULL;
	return STATUS_OK;
}

void
outfile_free(struct outfile *o)
{
	if (o == NULL)
		return;
	if (o->stream != NULL && o->stream != stdout)
		(void)fclose(o->stream);
	if (o->temporary != NULL)
		(void)unlink(o->temporary);
	free(o->temporary);
	free(o->path);
	free(o);
}

enum status
outfile_write(const char *path, struct span text, struct buf *error)
{
	struct outfile *o;
	enum status st = outfile_open(path, &o, error);

	if (st != STATUS_OK)
		return st;
	if (text.len > 0)
		(void)fwrite(text.at, 1, text.len, outfile_stream(o));
	st = outfile_commit(o, error);
	outfile_free(o);
	return st;
}
