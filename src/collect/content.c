#include "collect/content.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/status.h"

#define HASH_ENDS_BYTES ((uint64_t)8 * 1024 * 1024)
#define CHUNK_BYTES ((size_t)256 * 1024)
#define DIGEST_BYTES 32

static bool
hash_range(EVP_MD_CTX *md, int fd, uint64_t from, uint64_t to)
{
	char *chunk = status_calloc(CHUNK_BYTES, 1);
	bool ok = true;

	while (ok && from < to) {
		size_t want =
		    to - from < CHUNK_BYTES ? (size_t)(to - from) : CHUNK_BYTES;
		ssize_t got = pread(fd, chunk, want, (off_t)from);

		ok = got > 0 && EVP_DigestUpdate(md, chunk, (size_t)got) == 1;
		if (ok)
			from += (uint64_t)got;
	}
	free(chunk);
	return ok;
}

bool
content_name(int fd, uint64_t size, struct buf *name)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	unsigned char digest[DIGEST_BYTES];
	uint64_t head = size < 2 * HASH_ENDS_BYTES ? size : HASH_ENDS_BYTES;
	size_t i;
	bool ok;

	ok = md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 &&
	     hash_range(md, fd, 0, head) &&
	     (head == size ||
		 hash_range(md, fd, size - HASH_ENDS_BYTES, size)) &&
	     EVP_DigestFinal_ex(md, digest, NULL) == 1;
	EVP_MD_CTX_free(md);
	if (!ok)
		return false;
	buf_printf(name, CONTENT_PREFIX "%llu#", (unsigned long long)size);
	for (i = 0; i < DIGEST_BYTES; i++)
		buf_printf(name, "%02x", digest[i]);
	return true;
}
