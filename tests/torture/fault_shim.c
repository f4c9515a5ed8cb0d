/*
 * fault_shim.so: preloaded, it makes one call fail.
 *
 * FAULT_KIND	which calls count: alloc, write, sync (of files), folder
 *		(sync of a folder), rename, crash (writes and syncs, see below)
 * FAULT_AT	the call that fails, from 1; 0: none
 * FAULT_ERRNO	what it fails with, a number
 * FAULT_COUNT	a file that is given the number of calls at the end
 * FAULT_START	counting begins when a file of this name is opened
 *
 * A call that fails is told on standard error.  With `alloc` a crash says in
 * which library and after which of its symbols it was.  With `crash` the
 * process is killed in that call: a write has then written its first half, a
 * sync has done nothing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

enum kind { NONE, ALLOC, WRITE, SYNC, FOLDER, RENAME, CRASH };

static enum kind kind;
static unsigned long fail_at;
static int reason;
static const char *start_name;
static atomic_ulong calls;
static atomic_bool counting;

static unsigned long
number_of(const char *name)
{
	const char *text = getenv(name);

	return text != NULL ? strtoul(text, NULL, 10) : 0;
}

/* Say in which library it crashed: the first that is not the C library. */
static void
on_crash(int number)
{
	void *frames[24];
	int count = backtrace(frames, 24);

	for (int i = 0; i < count; i++) {
		Dl_info about;
		const char *name;

		if (dladdr(frames[i], &about) == 0 || about.dli_fname == NULL)
			continue;
		name = strrchr(about.dli_fname, '/');
		name = name != NULL ? name + 1 : about.dli_fname;
		if (strncmp(name, "fault_shim", 10) == 0 ||
		    strncmp(name, "libc.so", 7) == 0)
			continue;
		(void)dprintf(STDERR_FILENO, "crashed in %s at %s\n", name,
		    about.dli_sname != NULL ? about.dli_sname : "a static");
		break;
	}
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

__attribute__((constructor)) static void
begin(void)
{
	static const char *const words[] = { "", "alloc", "write", "sync",
		"folder", "rename", "crash" };
	const char *word = getenv("FAULT_KIND");

	for (int i = 1; word != NULL && i <= CRASH; i++) {
		if (strcmp(word, words[i]) == 0)
			kind = (enum kind)i;
	}
	if (kind == ALLOC) {
		void *frame;

		(void)backtrace(&frame, 1); /* loads what it needs */
		(void)signal(SIGSEGV, on_crash);
	}
	fail_at = number_of("FAULT_AT");
	reason = (int)number_of("FAULT_ERRNO");
	start_name = getenv("FAULT_START");
	atomic_store(&counting, start_name == NULL);
}

__attribute__((destructor)) static void
end(void)
{
	const char *path = getenv("FAULT_COUNT");
	FILE *file;

	atomic_store(&counting, false);
	file = path != NULL ? fopen(path, "w") : NULL;
	if (file == NULL)
		return;
	(void)fprintf(file, "%lu\n", atomic_load(&calls));
	(void)fclose(file);
}

/* Is it this call's turn? */
static int
is_due(enum kind of)
{
	static const char told[] = "fault_shim: struck\n";

	if (kind != of || !atomic_load(&counting) ||
	    atomic_fetch_add(&calls, 1) + 1 != fail_at)
		return 0;
	(void)syscall(SYS_write, STDERR_FILENO, told, sizeof(told) - 1);
	return 1;
}

static void
opened(const char *path)
{
	if (start_name != NULL && path != NULL &&
	    strstr(path, start_name) != NULL)
		atomic_store(&counting, true);
}

/* --- memory --------------------------------------------------------------- */

#ifndef FAULT_NO_ALLOC /* the sanitizers have an allocator of their own */

void *
malloc(size_t size)
{
	if (!is_due(ALLOC))
		return __libc_malloc(size);
	errno = ENOMEM;
	return NULL;
}

void *
calloc(size_t count, size_t size)
{
	if (!is_due(ALLOC))
		return __libc_calloc(count, size);
	errno = ENOMEM;
	return NULL;
}

void *
realloc(void *old, size_t size)
{
	if (!is_due(ALLOC))
		return __libc_realloc(old, size);
	errno = ENOMEM;
	return NULL;
}

#endif

/* --- files ---------------------------------------------------------------- */

FILE *
fopen(const char *path, const char *mode)
{
	static FILE *(*next)(const char *, const char *);

	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "fopen");
	opened(path);
	return next(path, mode);
}

static void
die(void)
{
	(void)kill(getpid(), SIGKILL);
	for (;;)
		(void)pause();
}

ssize_t
pwrite64(int fd, const void *bytes, size_t count, off64_t at)
{
	if (is_due(WRITE)) {
		errno = reason;
		return -1;
	}
	if (is_due(CRASH)) {
		(void)syscall(SYS_pwrite64, fd, bytes, count / 2, at);
		die();
	}
	return syscall(SYS_pwrite64, fd, bytes, count, at);
}

ssize_t
pwrite(int fd, const void *bytes, size_t count, off_t at)
{
	return pwrite64(fd, bytes, count, at);
}

/* Not what is said on standard error, which must be heard. */
ssize_t
write(int fd, const void *bytes, size_t count)
{
	if (fd > STDERR_FILENO && is_due(WRITE)) {
		errno = reason;
		return -1;
	}
	return syscall(SYS_write, fd, bytes, count);
}

static int
sync_by(long call, int fd)
{
	struct stat about;

	if (is_due(fstat(fd, &about) == 0 && S_ISDIR(about.st_mode) ? FOLDER
								    : SYNC)) {
		errno = reason;
		return -1;
	}
	if (is_due(CRASH))
		die();
	return (int)syscall(call, fd);
}

int
fsync(int fd)
{
	return sync_by(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	return sync_by(SYS_fdatasync, fd);
}

int
rename(const char *from, const char *to)
{
	if (is_due(RENAME)) {
		errno = reason;
		return -1;
	}
	return (int)syscall(SYS_rename, from, to);
}
