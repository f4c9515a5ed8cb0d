#include "net/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 256
#define HOST_BYTES 256

/* "host:port" cut in two; brackets of an IPv6 address are dropped. */
static bool
split(const char *address, char *host, char *port)
{
	struct span s = span_str(address);
	size_t colon = span_rfind(s, ':');
	struct span name = span_first(s, colon);
	struct span number = span_skip(s, colon + 1);

	if (colon == s.len || number.len == 0 || number.len > 5)
		return false;
	if (name.len > 1 && name.at[0] == '[' && name.at[name.len - 1] == ']')
		name = span_first(span_skip(name, 1), name.len - 2);
	if (name.len == 0 || name.len >= HOST_BYTES)
		return false;
	memcpy(host, name.at, name.len);
	host[name.len] = '\0';
	memcpy(port, number.at, number.len);
	port[number.len] = '\0';
	return true;
}

static bool
is_loopback(const struct sockaddr *address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof(v4));
		return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
	}
	if (address->sa_family != AF_INET6)
		return false;
	memcpy(&v6, address, sizeof(v6));
	return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

/* A listening socket, or -1 with errno. */
static int
bind_to(const struct addrinfo *to)
{
	int on = 1;
	int fd = socket(to->ai_family,
	    to->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to->ai_protocol);
	int saved;

	if (fd < 0)
		return -1;
	/* A service that is restarted gets its port at once. */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, to->ai_addr, to->ai_addrlen) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return fd;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

/* The addresses it stands for, to be freed with freeaddrinfo(). */
static enum status
resolve(const char *address, struct addrinfo **found, struct buf *error)
{
	const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	char host[HOST_BYTES], port[8];
	int failed;

	if (!split(address, host, port)) {
		buf_printf(error,
		    "listen: \"%s\" is no address and port, such as "
		    "127.0.0.1:7480",
		    address);
		return STATUS_INVALID;
	}
	failed = getaddrinfo(host, port, &wanted, found);
	if (failed == 0)
		return STATUS_OK;
	buf_printf(error,
	    "listen: %s: %s; use an address of this "
	    "machine",
	    address, gai_strerror(failed));
	return STATUS_INVALID;
}

enum status
listen_check(const char *address, bool *loopback, struct buf *error)
{
	struct addrinfo *found = NULL;
	enum status st = resolve(address, &found, error);

	if (st == STATUS_OK) {
		*loopback = is_loopback(found->ai_addr);
		freeaddrinfo(found);
	}
	return st;
}

enum status
listen_on(const char *address, int *fd, bool *loopback, struct buf *error)
{
	struct addrinfo *found = NULL;
	enum status st = resolve(address, &found, error);

	if (st)
		return st;
	*fd = bind_to(found);
	*loopback = is_loopback(found->ai_addr);
	freeaddrinfo(found);
	if (*fd >= 0)
		return STATUS_OK;
	buf_printf(error, "listen: %s: %s%s", address, status_errno_text(errno),
	    errno == EADDRINUSE ? "; another program has it, choose another "
				  "port"
				: "");
	return STATUS_IO;
}

/* --- sockets that are kept ------------------------------------------------ */

struct kept {
	char *address;
	int fd;
	bool loopback, wanted;
};

struct listen_set {
	struct kept *kept;
	size_t count;
};

struct listen_set *
listen_set_new(void)
{
	return status_calloc(1, sizeof(struct listen_set));
}

/* Close those that nobody wants; gives how many. */
static size_t
close_unwanted(struct listen_set *set)
{
	size_t left = 0, closed;

	for (size_t i = 0; i < set->count; i++) {
		if (set->kept[i].wanted) {
			set->kept[left++] = set->kept[i];
			continue;
		}
		(void)close(set->kept[i].fd);
		free(set->kept[i].address);
	}
	closed = set->count - left;
	set->count = left;
	return closed;
}

void
listen_set_sweep(struct listen_set *set)
{
	if (set == NULL)
		return;
	(void)close_unwanted(set);
	for (size_t i = 0; i < set->count; i++)
		set->kept[i].wanted = false;
}

void
listen_set_free(struct listen_set *set)
{
	if (set == NULL)
		return;
	listen_set_sweep(set);
	listen_set_sweep(set);
	free(set->kept);
	free(set);
}

static struct kept *
find_kept(const struct listen_set *set, const char *address)
{
	for (size_t i = 0; i < set->count; i++) {
		if (strcmp(set->kept[i].address, address) == 0)
			return &set->kept[i];
	}
	return NULL;
}

static enum status
add_kept(struct listen_set *set, const char *address, struct buf *error)
{
	struct kept k = { .wanted = true };
	enum status st = listen_on(address, &k.fd, &k.loopback, error);

	/* One that is not wanted any more may have the port. */
	if (st == STATUS_IO && close_unwanted(set) > 0) {
		buf_reset(error);
		st = listen_on(address, &k.fd, &k.loopback, error);
	}
	if (st != STATUS_OK)
		return st;
	k.address = span_to_str(span_str(address));
	set->kept =
	    status_realloc(set->kept, set->count + 1, sizeof(*set->kept));
	set->kept[set->count++] = k;
	return STATUS_OK;
}

enum status
listen_set_on(struct listen_set *set, const char *address, int *fd,
    bool *loopback, struct buf *error)
{
	enum status st = STATUS_OK;
	struct kept *k;

	if (set == NULL)
		return listen_on(address, fd, loopback, error);
	if (find_kept(set, address) == NULL)
		st = add_kept(set, address, error);
	if (st != STATUS_OK)
		return st;
	k = find_kept(set, address);
	k->wanted = true;
	*loopback = k->loopback;
	*fd = fcntl(k->fd, F_DUPFD_CLOEXEC, 0);
	if (*fd >= 0)
		return STATUS_OK;
	buf_printf(error, "listen: %s: %s", address, status_errno_text(errno));
	return STATUS_IO;
}

uint16_t
listen_port(int fd)
{
	struct sockaddr_storage at = { 0 };
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	socklen_t len = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		return 0;
	if (at.ss_family == AF_INET) {
		memcpy(&v4, &at, sizeof(v4));
		return ntohs(v4.sin_port);
	}
	if (at.ss_family != AF_INET6)
		return 0;
	memcpy(&v6, &at, sizeof(v6));
	return ntohs(v6.sin6_port);
}
