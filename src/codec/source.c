#include "codec/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)128 * 1024)
#define SLACK_BYTES ((size_t)64) /* decoders may look beyond the end */

void
source_init(struct source *s)
{
	*s = (struct source){ .fd = -1, .ended = true };
}

void
source_done(struct source *s)
{
	source_close(s);
	free(s->room);
	s->room = NULL;
	s->room_bytes = 0;
}

void
source_close(struct source *s)
{
	if (s->fd >= 0 && s->owns_fd)
		(void)close(s->fd);
	s->fd = -1;
	s->owns_fd = false;
	s->ended = true;
	s->at = NULL;
	s->len = 0;
}

enum status
source_open_fd(struct source *s, int fd)
{
	struct stat info;

	source_close(s);
	if (fstat(fd, &info) != 0)
		return STATUS_IO;
	if (S_ISDIR(info.st_mode)) {
		errno = EISDIR;
		return STATUS_IO;
	}
	s->fd = fd;
	s->ended = false;
	s->taken = 0;
	s->size_hint = S_ISREG(info.st_mode) ? (uint64_t)info.st_size : 0;
	return STATUS_OK;
}

enum status
source_open(struct source *s, const char *path)
{
	enum status st;
	int saved, fd;

	if (!strcmp(path, "-"))
		return source_open_fd(s, STDIN_FILENO);
	source_close(s);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
	st = source_open_fd(s, fd);
	if (st) {
		saved = errno;
		(void)close(fd);
		errno = saved;
		return st;
	}
	s->owns_fd = true;
	return STATUS_OK;
}

void
source_open_memory(struct source *s, struct span bytes)
{
	source_close(s);
	s->at = bytes.at;
	s->len = bytes.len;
	s->taken = 0;
	s->size_hint = bytes.len;
}

/* One read(2) that is not a signal's: 0 bytes at the end. */
static enum status
read_some(struct source *s, char *to, size_t room, size_t *len)
{
	ssize_t n;

	do
		n = read(s->fd, to, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return STATUS_IO;
	if (n == 0)
		s->ended = true;
	*len = (size_t)n;
	return STATUS_OK;
}

/* Bring the bytes at hand to the front of a buffer with room for `bytes`, but
 * behind what may be given back. */
static void
make_room(struct source *s, size_t bytes)
{
	size_t before = s->at ? (size_t)(s->at - s->room) : 0;
	size_t back = before < SOURCE_BACK_BYTES ? before : SOURCE_BACK_BYTES;

	bytes += SOURCE_BACK_BYTES + SLACK_BYTES;
	if (s->room_bytes < bytes) {
		if (bytes < CHUNK_BYTES)
			bytes = CHUNK_BYTES;
		s->room = status_realloc(s->room, bytes, 1);
		s->room_bytes = bytes;
	}
	if (before > back)
		memmove(s->room, s->room + before - back, back + s->len);
	s->at = s->room + back;
}

enum status
source_want(struct source *s, size_t want)
{
	while (s->len < want && !s->ended) {
		enum status st;
		size_t used, got;

		make_room(s, want);
		used = (size_t)(s->at - s->room) + s->len;
		st = read_some(s, s->room + used,
		    s->room_bytes - SLACK_BYTES - used, &got);
		if (st)
			return st;
		s->len += got;
	}
	return STATUS_OK;
}

void
source_take(struct source *s, size_t n)
{
	ASSERT(n <= s->len);
	s->at += n;
	s->len -= n;
	s->taken += n;
}

void
source_give_back(struct source *s, size_t n)
{
	ASSERT(n <= SOURCE_BACK_BYTES && n <= s->taken);
	s->at -= n;
	s->len += n;
	s->taken -= n;
}

enum status
source_copy(struct source *s, char *to, size_t room, size_t *len)
{
	enum status st;

	*len = 0;
	if (s->len) {
		*len = s->len < room ? s->len : room;
		memcpy(to, s->at, *len);
		source_take(s, *len);
		return STATUS_OK;
	}
	if (s->ended || room == 0)
		return STATUS_OK;
	st = read_some(s, to, room, len);
	if (st == STATUS_OK)
		s->taken += *len;
	return st;
}
