#include "aws/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <openssl/crypto.h>

/* In front of the bytes, so that freeing knows how much to wipe. */
struct head {
	alignas(max_align_t) size_t mapped;
};

char *
secret_new(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t mapped = sizeof(struct head) + size;
	struct head *head;

	ASSERT(size < SIZE_MAX / 2);
	mapped = (mapped + page - 1) / page * page;
	head = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(head != MAP_FAILED);
	/* Both are refused by kernels without them: no reason to stop. */
	(void)madvise(head, mapped, MADV_DONTDUMP);
	(void)madvise(head, mapped, MADV_WIPEONFORK);
	head->mapped = mapped;
	return (char *)(head + 1);
}

void
secret_free(char *s)
{
	struct head *head;
	size_t mapped;

	if (s == NULL)
		return;
	head = (struct head *)(void *)s - 1;
	mapped = head->mapped;
	OPENSSL_cleanse(head, mapped);
	(void)munmap(head, mapped);
}

char *
secret_dup(struct span s)
{
	char *copy = secret_new(s.len + 1);

	if (s.len > 0)
		memcpy(copy, s.at, s.len);
	return copy;
}

/* /dev/null, on Linux. */
#define NULL_MAJOR 1
#define NULL_MINOR 3

/* All of an open file into memory of its own. */
static enum status
read_all(int fd, size_t limit, char **memory, struct span *text)
{
	size_t len = 0;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return STATUS_IO;
	if (S_ISCHR(st.st_mode) &&
	    st.st_rdev == makedev(NULL_MAJOR, NULL_MINOR))
		return STATUS_NOT_FOUND;
	if (!S_ISREG(st.st_mode))
		return STATUS_INVALID;
	if ((uintmax_t)st.st_size > limit)
		return STATUS_TOO_LARGE;
	/* The file may grow while it is read; what is more than a byte past
	 * what it had is not waited for. */
	*memory = secret_new((size_t)st.st_size + 1);
	while (len < (size_t)st.st_size) {
		ssize_t got = read(fd, *memory + len, (size_t)st.st_size - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			secret_free(*memory);
			*memory = NULL;
			return STATUS_IO;
		}
		if (got == 0)
			break;
		len += (size_t)got;
	}
	*text = span_of(*memory, len);
	return STATUS_OK;
}

enum status
secret_read(const char *path, size_t limit, char **memory, struct span *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	enum status st;
	int saved;

	*memory = NULL;
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND
							   : STATUS_IO;
	st = read_all(fd, limit, memory, text);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return st;
}
