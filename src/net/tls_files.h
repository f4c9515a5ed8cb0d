/*
 * tls_files.h - certificates of a server, read from their files.
 *
 * Certificates are renewed while a service runs: tls_files_changed() tells
 * when the files are no longer those that were read.  One thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "config/config.h"

#define TLS_FILES_MARK_WORDS 4

/* What tells one version of a file from the next; all zero: no file. */
struct tls_files_mark {
	uint64_t word[TLS_FILES_MARK_WORDS];
};

struct tls_files {
	char *cert, *key, *client_ca; /* PEM; NULL where not configured */
	struct tls_files_mark marks[3];
};

/* The mark of a file as it is now. */
struct tls_files_mark tls_files_mark(const char *path);
bool tls_files_mark_equal(
    const struct tls_files_mark *a, const struct tls_files_mark *b);

/*
 * Read and check the files: that there are certificate and key, that they
 * belong together, that client_ca holds certificates.  INVALID with *error
 * naming the key of the configuration and the fix.  On failure nothing is
 * held.
 */
NODISCARD enum status tls_files_read(const struct config_tls *config,
    struct tls_files *files, struct buf *error);

/* True when any of the files is another than the one that was read. */
bool tls_files_changed(
    const struct tls_files *files, const struct config_tls *config);

/* Wipes the key. */
void tls_files_done(struct tls_files *files);

/*
 * At most `most` bytes of a small file, as a text that the caller frees; or
 * NULL with errno, EFBIG when it is larger.
 */
char *tls_files_text(const char *path, size_t most);
