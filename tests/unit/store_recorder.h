/*
 * store_recorder.h - all that changes a store's files, in order, for tests.
 *
 * A file system of SQLite's that passes everything on to the usual one and
 * keeps a list of the changes.  The store's own sync of its folder is caught
 * as fsync(), and the seal, which it writes by itself, is looked up before each
 * change.  The shared memory of the journal's index is not noted: after a
 * power cut it is made anew.
 *
 * One thread, one store at a time; included by one file of a program, as it
 * takes the place of fsync().
 */
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "unit/store_folder.h"

enum name { NAME_FILE, NAME_WAL, NAME_JOURNAL, NAME_LOCK, NAMES };

static const char *const ends[NAMES] = { "", "-wal", "-journal", "-lock" };

enum change_kind {
	CHANGE_WRITE,
	CHANGE_TRUNCATE,
	CHANGE_SYNC,
	CHANGE_MAKE,
	CHANGE_DELETE,
	CHANGE_SYNC_FOLDER,
};

static const char *const change_names[] = { "a write to", "a truncation of",
	"a sync of", "making", "deleting", "a sync of the folder of" };

/* Files are numbered from 1 as they are made: a name that is made anew is
 * another file. */
struct change {
	enum change_kind kind;
	enum name name;
	unsigned file;
	size_t at; /* where a write begins, or the length after a truncation */
	char *bytes;
	size_t len;
};

struct image {
	char *at;
	size_t len, room;
};

struct disk {
	struct image files[NAMES];
	bool there[NAMES];
};

/* --- bytes ---------------------------------------------------------------- */

static inline void
image_set_len(struct image *m, size_t len)
{
	if (len > m->room) {
		m->room = 2 * len;
		m->at = status_realloc(m->at, m->room, 1);
	}
	if (len > m->len)
		memset(m->at + m->len, 0, len - m->len);
	m->len = len;
}

static inline void
image_write(struct image *m, size_t at, const char *bytes, size_t len)
{
	if (at + len > m->len)
		image_set_len(m, at + len);
	memcpy(m->at + at, bytes, len);
}

static inline void
image_copy(struct image *to, const struct image *from)
{
	to->len = 0;
	if (from->len > 0)
		image_write(to, 0, from->at, from->len);
}

static inline void
disk_done(struct disk *d)
{
	for (int i = 0; i < NAMES; i++)
		free(d->files[i].at);
	*d = (struct disk){ 0 };
}

static inline void
path_of(char path[128], const struct folder *f, const char *end)
{
	(void)snprintf(path, 128, "%s%s", f->file, end);
}

/* Put the disk's files into the folder, and nothing else. */
static inline void
disk_put(const struct disk *d, const struct folder *f)
{
	char path[128];

	path_of(path, f, "-shm");
	(void)unlink(path);
	for (int i = 0; i < NAMES; i++) {
		const struct image *m = &d->files[i];
		int fd;

		path_of(path, f, ends[i]);
		(void)unlink(path);
		if (!d->there[i])
			continue;
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		assert_true(fd >= 0);
		assert_true(write(fd, m->at, m->len) == (ssize_t)m->len);
		assert_int_equal(close(fd), 0);
	}
}

/* --- the list of changes -------------------------------------------------- */

static struct recorder {
	sqlite3_vfs vfs, *under;
	bool on;
	struct folder folder;
	struct change *changes;
	size_t count, room;
	unsigned file_of[NAMES]; /* 0: there is none of that name */
	unsigned files;
	struct image seal; /* as it was noted last */
} recorder;

static inline void
append(struct change c)
{
	if (recorder.count == recorder.room) {
		recorder.room = recorder.room ? 2 * recorder.room : 1024;
		recorder.changes = status_realloc(
		    recorder.changes, recorder.room, sizeof(*recorder.changes));
	}
	recorder.changes[recorder.count++] = c;
}

static inline void
append_write(enum name name, size_t at, const char *bytes, size_t len)
{
	char *copy = status_calloc(len, 1);

	memcpy(copy, bytes, len);
	append((struct change){ .kind = CHANGE_WRITE,
	    .name = name,
	    .file = recorder.file_of[name],
	    .at = at,
	    .bytes = copy,
	    .len = len });
}

/*
 * The seal is written past SQLite: whether it was is looked up before each
 * change that comes next, and when the store says that it is done.
 */
static inline void
record_seal(void)
{
	char path[128], now[256];
	ssize_t len;
	int fd;

	if (recorder.file_of[NAME_LOCK] == 0)
		return;
	path_of(path, &recorder.folder, ends[NAME_LOCK]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	len = read(fd, now, sizeof(now));
	assert_int_equal(close(fd), 0);
	assert_true(len >= 0 && len < (ssize_t)sizeof(now));
	if ((size_t)len == recorder.seal.len &&
	    (len == 0 || memcmp(now, recorder.seal.at, (size_t)len) == 0))
		return;
	image_write(&recorder.seal, 0, now, (size_t)len);
	append_write(NAME_LOCK, 0, now, (size_t)len);
}

static inline void
record(struct change c)
{
	if (!recorder.on)
		return;
	record_seal();
	append(c);
}

static inline void
record_write(enum name name, size_t at, const char *bytes, size_t len)
{
	if (!recorder.on)
		return;
	record_seal();
	append_write(name, at, bytes, len);
}

static inline void
record_made(enum name name)
{
	if (!recorder.on || recorder.file_of[name] != 0)
		return;
	recorder.file_of[name] = ++recorder.files;
	record((struct change){ .kind = CHANGE_MAKE,
	    .name = name,
	    .file = recorder.file_of[name] });
}

static inline void
record_forget(void)
{
	for (size_t i = 0; i < recorder.count; i++)
		free(recorder.changes[i].bytes);
	free(recorder.changes);
	free(recorder.seal.at);
	recorder.changes = NULL;
	recorder.seal = (struct image){ 0 };
	recorder.count = recorder.room = 0;
}

/* Begin a list in a folder that has these files, all of them on the disk. */
static inline void
record_start(const struct disk *d)
{
	record_forget();
	recorder.on = false;
	recorder.files = NAMES;
	folder_make(&recorder.folder);
	disk_put(d, &recorder.folder);
	for (unsigned i = 0; i < NAMES; i++)
		recorder.file_of[i] = d->there[i] ? i + 1 : 0;
	if (d->there[NAME_LOCK])
		image_copy(&recorder.seal, &d->files[NAME_LOCK]);
	recorder.on = true;
}

static inline void
record_stop(void)
{
	recorder.on = false;
	folder_remove(&recorder.folder);
}

/*
 * The store syncs its folder by itself.  Nothing need really be synced here,
 * as the power is never really cut.
 */
int
fsync(int fd)
{
	struct stat synced, folder;

	if (recorder.on && fstat(fd, &synced) == 0 &&
	    stat(recorder.folder.path, &folder) == 0 &&
	    synced.st_ino == folder.st_ino && synced.st_dev == folder.st_dev)
		record((struct change){ .kind = CHANGE_SYNC_FOLDER });
	return 0;
}

/* --- SQLite's files ------------------------------------------------------- */

struct recorded_file {
	sqlite3_file base;
	enum name name;	      /* NAMES: a temporary file */
	sqlite3_file under[]; /* the usual one, and what it has behind it */
};

static inline sqlite3_file *
under(sqlite3_file *file)
{
	return ((struct recorded_file *)file)->under;
}

static inline enum name
name_of(const sqlite3_file *file)
{
	return ((const struct recorded_file *)file)->name;
}

static inline int
file_close(sqlite3_file *file)
{
	return under(file)->pMethods->xClose(under(file));
}

static inline int
file_read(sqlite3_file *file, void *to, int len, sqlite3_int64 at)
{
	return under(file)->pMethods->xRead(under(file), to, len, at);
}

static inline int
file_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
	int code = under(file)->pMethods->xWrite(under(file), bytes, len, at);

	if (code == SQLITE_OK && name_of(file) != NAMES)
		record_write(name_of(file), (size_t)at, bytes, (size_t)len);
	return code;
}

static inline int
file_truncate(sqlite3_file *file, sqlite3_int64 len)
{
	enum name name = name_of(file);
	int code = under(file)->pMethods->xTruncate(under(file), len);

	if (code == SQLITE_OK && name != NAMES)
		record((struct change){ .kind = CHANGE_TRUNCATE,
		    .name = name,
		    .file = recorder.file_of[name],
		    .at = (size_t)len });
	return code;
}

static inline int
file_sync(sqlite3_file *file, int flags)
{
	enum name name = name_of(file);

	(void)flags;
	if (name != NAMES)
		record((struct change){ .kind = CHANGE_SYNC,
		    .name = name,
		    .file = recorder.file_of[name] });
	return SQLITE_OK;
}

static inline int
file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return under(file)->pMethods->xFileSize(under(file), size);
}

static inline int
file_lock(sqlite3_file *file, int level)
{
	return under(file)->pMethods->xLock(under(file), level);
}

static inline int
file_unlock(sqlite3_file *file, int level)
{
	return under(file)->pMethods->xUnlock(under(file), level);
}

static inline int
file_check_lock(sqlite3_file *file, int *is_locked)
{
	return under(file)->pMethods->xCheckReservedLock(
	    under(file), is_locked);
}

static inline int
file_control(sqlite3_file *file, int what, void *with)
{
	return under(file)->pMethods->xFileControl(under(file), what, with);
}

static inline int
file_sector(sqlite3_file *file)
{
	return under(file)->pMethods->xSectorSize(under(file));
}

/* What SQLite takes for granted of any disk; no file system that could do
 * more, as F2FS can, is to make this test another one. */
static inline int
file_traits(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static inline int
file_shm_map(
    sqlite3_file *file, int page, int size, int extend, void volatile **at)
{
	return under(file)->pMethods->xShmMap(
	    under(file), page, size, extend, at);
}

static inline int
file_shm_lock(sqlite3_file *file, int at, int count, int flags)
{
	return under(file)->pMethods->xShmLock(under(file), at, count, flags);
}

static inline void
file_shm_barrier(sqlite3_file *file)
{
	under(file)->pMethods->xShmBarrier(under(file));
}

static inline int
file_shm_unmap(sqlite3_file *file, int delete_it)
{
	return under(file)->pMethods->xShmUnmap(under(file), delete_it);
}

/* Version 2 has no memory maps, which the store does not use. */
static const sqlite3_io_methods recorded_methods = {
	.iVersion = 2,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_check_lock,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
	.xShmMap = file_shm_map,
	.xShmLock = file_shm_lock,
	.xShmBarrier = file_shm_barrier,
	.xShmUnmap = file_shm_unmap,
};

/* Which of the store's files the path names; NAMES: none. */
static inline enum name
name_at(const char *path)
{
	size_t len = strlen(recorder.folder.file);

	if (path == NULL || strncmp(path, recorder.folder.file, len) != 0)
		return NAMES;
	for (int i = 0; i < NAMES; i++) {
		if (strcmp(path + len, ends[i]) == 0)
			return (enum name)i;
	}
	return NAMES;
}

static inline int
vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
    int *flags_out)
{
	struct recorded_file *f = (struct recorded_file *)file;
	char lock[128];
	int code;

	(void)vfs;
	f->name = name_at(path);
	code = recorder.under->xOpen(
	    recorder.under, path, f->under, flags, flags_out);
	file->pMethods = f->under->pMethods ? &recorded_methods : NULL;
	if (code != SQLITE_OK || f->name == NAMES)
		return code;
	/* The lock's file is made before all others. */
	path_of(lock, &recorder.folder, ends[NAME_LOCK]);
	if (access(lock, F_OK) == 0)
		record_made(NAME_LOCK);
	record_made(f->name);
	return code;
}

static inline int
vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
	enum name name = name_at(path);
	int code = recorder.under->xDelete(recorder.under, path, sync_folder);

	(void)vfs;
	if (code != SQLITE_OK || !recorder.on || name == NAMES)
		return code;
	record((struct change){ .kind = CHANGE_DELETE,
	    .name = name,
	    .file = recorder.file_of[name] });
	recorder.file_of[name] = 0;
	if (sync_folder)
		record((struct change){ .kind = CHANGE_SYNC_FOLDER });
	return code;
}

/* The same numbers in each run. */
static inline int
vfs_randomness(sqlite3_vfs *vfs, int len, char *to)
{
	(void)vfs;
	for (int i = 0; i < len; i++)
		to[i] = (char)(i * 37 + 11);
	return len;
}

/* From here on SQLite's files are recorded.  All that is not about changes is
 * the usual file system's, which looks only at what the copy has too. */
static inline void
record_install(void)
{
	recorder.under = sqlite3_vfs_find(NULL);
	assert_non_null(recorder.under);
	recorder.vfs = *recorder.under;
	recorder.vfs.pNext = NULL;
	recorder.vfs.zName = "recorded";
	recorder.vfs.szOsFile += (int)sizeof(struct recorded_file);
	recorder.vfs.xOpen = vfs_open;
	recorder.vfs.xDelete = vfs_delete;
	recorder.vfs.xRandomness = vfs_randomness;
	assert_int_equal(sqlite3_vfs_register(&recorder.vfs, 1), SQLITE_OK);
	/* Its random numbers begin anew, from ours. */
	sqlite3_randomness(0, NULL);
}

static inline void
record_uninstall(void)
{
	assert_int_equal(sqlite3_vfs_unregister(&recorder.vfs), SQLITE_OK);
	assert_int_equal(sqlite3_vfs_register(recorder.under, 1), SQLITE_OK);
	record_forget();
}
