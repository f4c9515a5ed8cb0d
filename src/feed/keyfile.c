#include "feed/keyfile.h"

#include <errno.h>
#include <openssl/crypto.h>

#include "aws/secret.h"

void
keyfile_wipe(struct buf *key)
{
	if (key->at != NULL)
		OPENSSL_cleanse(key->at, key->size);
	buf_done(key);
}

enum status
keyfile_read(const char *path, struct buf *key, struct buf *error)
{
	struct span text = { NULL, 0 };
	char *memory = NULL;
	enum status status =
	    secret_read(path, KEYFILE_BYTES_MAX, &memory, &text);

	if (status != STATUS_OK) {
		buf_printf(error, "%s: %s", path,
		    status == STATUS_IO ? status_errno_text(errno)
					: status_text(status));
		return status;
	}
	text = span_trim(text);
	if (span_is_empty(text)) {
		buf_printf(error, "%s: empty", path);
		status = STATUS_INVALID;
	} else {
		buf_add(key, text);
	}
	secret_free(memory);
	return status;
}
