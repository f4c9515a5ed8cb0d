#include "geo/database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/printable.h"
#include "geo/check.h"

static enum status
refuse(const char *path, const char *key, const char *why, struct buf *error)
{
	printable_add(error, span_str(path));
	buf_printf(error, ": %s; correct `%s` under geo:", why, key);
	return STATUS_INVALID;
}

/* Copy the file into memory that nobody can change any more; its descriptor,
 * or -1 with *why. */
static int
copy(const char *path, const char **why)
{
	static const unsigned seals =
	    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
	char piece[65536];
	uint64_t bytes = 0;
	FILE *from = fopen(path, "re");
	int to = memfd_create("geo", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	size_t n = 1;

	*why = from == NULL || to < 0 ? status_errno_text(errno) : NULL;
	while (*why == NULL && n > 0) {
		n = fread(piece, 1, sizeof(piece), from);
		bytes += n;
		if (bytes > DATABASE_BYTES_MAX)
			*why = "larger than 2 GiB";
		else if (ferror(from) || write(to, piece, n) != (ssize_t)n)
			*why = status_errno_text(errno);
	}
	if (*why == NULL && fcntl(to, F_ADD_SEALS, seals) != 0)
		*why = status_errno_text(errno);
	if (from != NULL)
		(void)fclose(from);
	if (*why == NULL)
		return to;
	if (to >= 0)
		(void)close(to);
	return -1;
}

enum status
database_open(
    struct database *db, const char *path, const char *key, struct buf *error)
{
	char name[32];
	const char *why;
	int fd = copy(path, &why), code;

	*db = (struct database){ .open = false };
	if (fd < 0)
		return refuse(path, key, why, error);
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	code = MMDB_open(name, MMDB_MODE_MMAP, &db->mmdb);
	(void)close(fd);
	if (code != MMDB_SUCCESS)
		return refuse(path, key,
		    code == MMDB_IO_ERROR || code == MMDB_FILE_OPEN_ERROR
			? status_errno_text(errno)
			: "not a MaxMind database, or a damaged one",
		    error);
	db->open = true;
	if (check_database(&db->mmdb, &why))
		return STATUS_OK;
	database_close(db);
	return refuse(path, key, why, error);
}

void
database_close(struct database *db)
{
	if (db->open)
		MMDB_close(&db->mmdb);
	db->open = false;
}

bool
database_find(
    const struct database *db, const struct ip *ip, MMDB_entry_s *entry)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	MMDB_lookup_result_s found;
	int code;

	if (!db->open)
		return false;
	if (ip_is_v4(ip)) {
		memcpy(&v4.sin_addr, ip->byte + 12, sizeof(v4.sin_addr));
		found = MMDB_lookup_sockaddr(
		    &db->mmdb, (struct sockaddr *)&v4, &code);
	} else {
		memcpy(&v6.sin6_addr, ip->byte, sizeof(v6.sin6_addr));
		found = MMDB_lookup_sockaddr(
		    &db->mmdb, (struct sockaddr *)&v6, &code);
	}
	*entry = found.entry;
	return code == MMDB_SUCCESS && found.found_entry;
}

static bool
value_of(MMDB_entry_s *entry, const char *const *path, MMDB_entry_data_s *v)
{
	return MMDB_aget_value(entry, v, path) == MMDB_SUCCESS && v->has_data;
}

bool
database_text(
    MMDB_entry_s *entry, const char *const *path, char *text, size_t size)
{
	MMDB_entry_data_s v;
	size_t len;

	text[0] = '\0';
	if (!value_of(entry, path, &v) || v.type != MMDB_DATA_TYPE_UTF8_STRING)
		return false;
	len = v.data_size < size - 1 ? v.data_size : size - 1;
	if (len < v.data_size) {
		/* Not in the middle of a character. */
		while (len > 0 &&
		       ((unsigned char)v.utf8_string[len] & 0xc0) == 0x80)
			len--;
	}
	if (len > 0)
		memcpy(text, v.utf8_string, len);
	text[len] = '\0';
	return len > 0;
}

bool
database_number(MMDB_entry_s *entry, const char *const *path, double *number)
{
	MMDB_entry_data_s v;

	if (!value_of(entry, path, &v))
		return false;
	switch (v.type) {
	case MMDB_DATA_TYPE_DOUBLE:
		*number = v.double_value;
		return true;
	case MMDB_DATA_TYPE_FLOAT:
		*number = (double)v.float_value;
		return true;
	case MMDB_DATA_TYPE_UINT16:
		*number = v.uint16;
		return true;
	case MMDB_DATA_TYPE_UINT32:
		*number = v.uint32;
		return true;
	case MMDB_DATA_TYPE_INT32:
		*number = v.int32;
		return true;
	default:
		return false;
	}
}
