#include "net/notify.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/span.h"

void
notify_send(const char *text)
{
	struct span path = span_str(getenv("NOTIFY_SOCKET"));
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	socklen_t len;
	int fd;

	if (path.len < 2 || path.len >= sizeof(to.sun_path) ||
	    (path.at[0] != '/' && path.at[0] != '@'))
		return;
	memcpy(to.sun_path, path.at, path.len);
	if (to.sun_path[0] == '@') /* an abstract name */
		to.sun_path[0] = '\0';
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.len);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	/* A manager that does not listen is not our trouble. */
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL,
		(const struct sockaddr *)&to, len) < 0)
		(void)0;
	(void)close(fd);
}

int64_t
notify_watchdog_us(void)
{
	uint64_t us, pid;

	if (!span_to_u64(span_str(getenv("WATCHDOG_USEC")), &us))
		return 0;
	if (span_to_u64(span_str(getenv("WATCHDOG_PID")), &pid) &&
	    pid != (uint64_t)getpid())
		return 0;
	return (int64_t)(us / 2);
}
