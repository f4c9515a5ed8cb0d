#include "aws/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aws/secret.h"
#include "net/clock.h"

#define US_PER_MS 1000
#define POLL_MS 20 /* between looks whether a silent child has ended */

extern char **environ;

/* --- words ------------------------------------------------------------ */

struct cutter {
	struct span rest;
	struct buf *text;
};

static char
front(const struct cutter *c)
{
	return span_is_empty(c->rest) ? '\0' : c->rest.at[0];
}

static char
take(struct cutter *c)
{
	char first = c->rest.at[0];

	c->rest = span_skip(c->rest, 1);
	return first;
}

/* Up to the closing quote; false when there is none. */
static bool
take_quoted(struct cutter *c, char quote)
{
	while (!span_is_empty(c->rest)) {
		char next = take(c);

		if (next == quote)
			return true;
		if (next == '\\' && quote == '"' &&
		    (front(c) == '"' || front(c) == '\\'))
			next = take(c);
		buf_add_char(c->text, next);
	}
	return false;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
take_word(struct cutter *c)
{
	while (!span_is_empty(c->rest) && !is_blank(front(c))) {
		char next = take(c);

		if (next == '\'' || next == '"') {
			if (!take_quoted(c, next))
				return false;
		} else if (next == '\\') {
			if (span_is_empty(c->rest))
				return false;
			buf_add_char(c->text, take(c));
		} else {
			buf_add_char(c->text, next);
		}
	}
	buf_add_char(c->text, '\0');
	return true;
}

enum status
process_words(struct span command, struct buf *text, char **words)
{
	struct cutter c = { command, text };
	size_t starts[PROCESS_WORDS_MAX], count = 0;

	if (span_find(command, '\0', 0) < command.len)
		return STATUS_INVALID;
	for (;;) {
		while (is_blank(front(&c)))
			(void)take(&c);
		if (span_is_empty(c.rest))
			break;
		if (count == PROCESS_WORDS_MAX)
			return STATUS_TOO_LARGE;
		starts[count++] = text->len;
		if (!take_word(&c))
			return STATUS_INVALID;
	}
	/* Only now does the text stay where it is. */
	for (size_t i = 0; i < count; i++)
		words[i] = text->at + starts[i];
	words[count] = NULL;
	return count > 0 ? STATUS_OK : STATUS_INVALID;
}

/* --- the child --------------------------------------------------------- */

struct child {
	pid_t pid;
	int out;
	int64_t until_us;
	int wait_status;
};

/* In a process group of its own, with fresh signals and no descriptors but
 * the three. */
static int
spawn(struct child *c, char *const *words, int out)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, usual;
	int error;

	(void)sigemptyset(&none);
	(void)sigfillset(&usual);
	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawn_file_actions_addopen(
	    &files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	(void)posix_spawn_file_actions_addopen(
	    &files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	(void)posix_spawn_file_actions_addclosefrom_np(&files, 3);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
							POSIX_SPAWN_SETSIGDEF |
							POSIX_SPAWN_SETSIGMASK);
	(void)posix_spawnattr_setpgroup(&attributes, 0);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setsigdefault(&attributes, &usual);
	error = posix_spawnp(
	    &c->pid, words[0], &files, &attributes, words, environ);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&files);
	return error;
}

static int
left_ms(const struct child *c)
{
	int64_t left_us = c->until_us - clock_mono_us();

	return left_us > 0 ? (int)(left_us / US_PER_MS) + 1 : 0;
}

/* Read all there is into `memory`; OK at its end. */
static enum status
read_output(const struct child *c, char *memory, size_t limit, size_t *len)
{
	*len = 0;
	for (;;) {
		struct pollfd p = { .fd = c->out, .events = POLLIN };
		int left = left_ms(c);
		ssize_t got;

		if (left == 0)
			return STATUS_TRUNCATED;
		if (poll(&p, 1, left) <= 0)
			continue;
		got = read(c->out, memory + *len, limit + 1 - *len);
		if (got < 0 && errno != EINTR)
			return STATUS_IO;
		if (got == 0)
			return STATUS_OK;
		if (got > 0)
			*len += (size_t)got;
		if (*len > limit)
			return STATUS_TOO_LARGE;
	}
}

/* A look alone: as long as nobody waits for it, its number stays its own. */
static bool
has_ended(const struct child *c)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) !=
	    0)
		return errno != EINTR;
	return info.si_pid != 0;
}

/* It closed its output; it should end soon. */
static bool
await_end(const struct child *c)
{
	while (!has_ended(c)) {
		if (left_ms(c) == 0)
			return false;
		(void)poll(NULL, 0, POLL_MS);
	}
	return true;
}

/* Whatever it left running goes too. */
static void
end(struct child *c)
{
	pid_t got;

	(void)kill(-c->pid, SIGKILL);
	do
		got = waitpid(c->pid, &c->wait_status, 0);
	while (got < 0 && errno == EINTR);
	/* Somebody else took its status: nothing is known of it. */
	if (got < 0)
		c->wait_status = -1;
}

static enum status
explain(const struct child *c, enum status st, bool in_time, struct buf *why)
{
	if (st == STATUS_TOO_LARGE) {
		buf_add_str(why, "printed too much");
	} else if (st == STATUS_TRUNCATED || !in_time) {
		buf_add_str(why, "took too long");
		return STATUS_TRUNCATED;
	} else if (st != STATUS_OK || c->wait_status == -1) {
		buf_add_str(why, "could not be read");
		return STATUS_IO;
	} else if (WIFSIGNALED(c->wait_status)) {
		buf_printf(
		    why, "was ended by signal %d", WTERMSIG(c->wait_status));
		return STATUS_INVALID;
	} else if (WEXITSTATUS(c->wait_status) != 0) {
		buf_printf(why, "exited with %d", WEXITSTATUS(c->wait_status));
		return STATUS_INVALID;
	}
	return st;
}

static enum status
run_words(char *const *words, const struct process *p, char **memory,
    struct span *text, struct buf *why)
{
	struct child c = {
		.until_us = clock_mono_us() + (int64_t)p->limit_ms * US_PER_MS,
	};
	int ends[2];
	int error;
	size_t len;
	enum status st;
	bool in_time;

	if (pipe2(ends, O_CLOEXEC) != 0) {
		buf_add_str(why, strerrordesc_np(errno));
		return STATUS_IO;
	}
	error = spawn(&c, words, ends[1]);
	(void)close(ends[1]);
	if (error != 0) {
		(void)close(ends[0]);
		buf_printf(why, "cannot be run: %s", strerrordesc_np(error));
		return STATUS_NOT_FOUND;
	}
	c.out = ends[0];
	*memory = secret_new(p->limit_bytes + 1);
	st = read_output(&c, *memory, p->limit_bytes, &len);
	in_time = st == STATUS_OK && await_end(&c);
	end(&c);
	(void)close(c.out);
	*text = span_of(*memory, len);
	return explain(&c, st, in_time, why);
}

enum status
process_run(
    const struct process *p, char **memory, struct span *text, struct buf *why)
{
	char *words[PROCESS_WORDS_MAX + 1];
	struct buf held = { 0 };
	enum status st;

	*memory = NULL;
	*text = span_of(NULL, 0);
	st = process_words(p->command, &held, words);
	if (st != STATUS_OK)
		buf_add_str(why, "is no command: a quote is open, or there "
				 "are too many words or none");
	else
		st = run_words(words, p, memory, text, why);
	if (held.at != NULL)
		explicit_bzero(held.at, held.size);
	buf_done(&held);
	if (st != STATUS_OK) {
		secret_free(*memory);
		*memory = NULL;
	}
	return st;
}
