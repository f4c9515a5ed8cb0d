#include "net/tls_files.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PEM_BYTES_MAX ((size_t)1024 * 1024)
#define NS_PER_S 1000000000u

struct tls_files_mark
tls_files_mark(const char *path)
{
	struct tls_files_mark m = { { 0 } };
	struct stat s;

	if (path == NULL || stat(path, &s) != 0)
		return m;
	m.word[0] = (uint64_t)s.st_ino;
	m.word[1] = (uint64_t)s.st_size;
	m.word[2] =
	    (uint64_t)s.st_mtim.tv_sec * NS_PER_S + (uint64_t)s.st_mtim.tv_nsec;
	m.word[3] =
	    (uint64_t)s.st_ctim.tv_sec * NS_PER_S + (uint64_t)s.st_ctim.tv_nsec;
	return m;
}

bool
tls_files_mark_equal(
    const struct tls_files_mark *a, const struct tls_files_mark *b)
{
	return !memcmp(a->word, b->word, sizeof(a->word));
}

/* All of a descriptor's bytes into `text`, which has room for most + 1. */
static bool
read_all(int fd, char *text, size_t most, size_t *len)
{
	ssize_t got;

	*len = 0;
	do {
		got = read(fd, text + *len, most + 1 - *len);
		if (got > 0)
			*len += (size_t)got;
	} while ((got > 0 && *len <= most) || (got < 0 && errno == EINTR));
	if (got >= 0 && *len > most)
		errno = EFBIG;
	return got >= 0 && *len <= most;
}

char *
tls_files_text(const char *path, size_t most)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text;
	size_t len;
	int saved;

	if (fd < 0)
		return NULL;
	text = status_calloc(most + 2, 1);
	if (!read_all(fd, text, most, &len)) {
		saved = errno;
		(void)close(fd);
		explicit_bzero(text, most + 2);
		free(text);
		errno = saved;
		return NULL;
	}
	(void)close(fd);
	text[len] = '\0';
	return text;
}

void
tls_files_done(struct tls_files *files)
{
	if (files->key)
		explicit_bzero(files->key, strlen(files->key));
	free(files->cert);
	free(files->key);
	free(files->client_ca);
	files->cert = files->key = files->client_ca = NULL;
}

static gnutls_datum_t
datum(const char *text)
{
	union {
		const char *given;
		unsigned char *taken;
	} at = { .given = text };

	/* GnuTLS reads it only, but its type does not say so. */
	return (gnutls_datum_t){ at.taken, (unsigned)strlen(text) };
}

static bool
read_one(const char *key, const char *path, char **text, struct buf *error)
{
	if (path == NULL)
		return true;
	*text = tls_files_text(path, PEM_BYTES_MAX);
	if (*text)
		return true;
	buf_printf(error, "tls.%s: %s: %s", key, path,
	    errno == EFBIG ? "larger than 1 MiB, so no PEM file"
			   : status_errno_text(errno));
	return false;
}

/* Let GnuTLS say what is wrong before a server is started with it. */
static bool
check(const struct tls_files *files, struct buf *error)
{
	gnutls_certificate_credentials_t held;
	gnutls_datum_t cert = datum(files->cert);
	gnutls_datum_t key = datum(files->key);
	int got;

	if (gnutls_certificate_allocate_credentials(&held) < 0) {
		buf_add_str(error, "tls: no memory");
		return false;
	}
	got = gnutls_certificate_set_x509_key_mem2(
	    held, &cert, &key, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (got < 0)
		buf_printf(
		    error, "tls.cert, tls.key: %s", gnutls_strerror(got));
	if (got >= 0 && files->client_ca) {
		gnutls_datum_t ca = datum(files->client_ca);

		got = gnutls_certificate_set_x509_trust_mem(
		    held, &ca, GNUTLS_X509_FMT_PEM);
		if (got <= 0)
			buf_printf(error, "tls.client_ca: %s",
			    got ? gnutls_strerror(got) : "no certificate");
		got = got > 0 ? 0 : -1;
	}
	gnutls_certificate_free_credentials(held);
	return got >= 0;
}

enum status
tls_files_read(
    const struct config_tls *config, struct tls_files *files, struct buf *error)
{
	*files = (struct tls_files){ .marks = {
					 tls_files_mark(config->cert),
					 tls_files_mark(config->key),
					 tls_files_mark(config->client_ca),
				     } };
	if (config->cert == NULL || config->key == NULL) {
		buf_printf(error,
		    "tls.%s is not set; TLS needs both cert and "
		    "key",
		    config->cert ? "key" : "cert");
		return STATUS_INVALID;
	}
	if (read_one("cert", config->cert, &files->cert, error) &&
	    read_one("key", config->key, &files->key, error) &&
	    read_one(
		"client_ca", config->client_ca, &files->client_ca, error) &&
	    check(files, error))
		return STATUS_OK;
	tls_files_done(files);
	return STATUS_INVALID;
}

bool
tls_files_changed(
    const struct tls_files *files, const struct config_tls *config)
{
	const char *const paths[] = { config->cert, config->key,
		config->client_ca };
	size_t i;

	for (i = 0; i < COUNTOF(paths); i++) {
		struct tls_files_mark now = tls_files_mark(paths[i]);

		if (!tls_files_mark_equal(&now, &files->marks[i]))
			return true;
	}
	return false;
}
