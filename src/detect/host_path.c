#include "detect/host_path.h"

#include "base/status.h"

struct span
host_path_clean(struct span path, char room[HOST_PATH_BYTES])
{
	size_t len = 0;

	while (path.at != NULL) {
		struct span part = span_cut(&path, '/');

		if (span_is_empty(part) || span_equal(part, SPAN(".")))
			continue;
		if (span_equal(part, SPAN(".."))) {
			len = span_rfind(span_of(room, len), '/');
			continue;
		}
		if (len + 1 + part.len > HOST_PATH_BYTES)
			break;
		room[len++] = '/';
		memcpy(room + len, part.at, part.len);
		len += part.len;
	}
	if (len == 0)
		room[len++] = '/';
	return span_of(room, len);
}

/* `path` is `root` or below it. */
static bool
is_under(struct span path, struct span root)
{
	return span_starts(path, root) &&
	       (path.len == root.len || path.at[root.len] == '/');
}

bool
host_path_is_socket(struct span clean)
{
	static const char *const names[] = {
		"docker.sock",
		"containerd.sock",
		"crio.sock",
		"cri-dockerd.sock",
		"podman.sock",
		"dockershim.sock",
	};
	struct span last = span_skip(clean, span_rfind(clean, '/') + 1);

	for (size_t i = 0; i < COUNTOF(names); i++)
		if (span_equal(last, span_str(names[i])))
			return true;
	return is_under(clean, SPAN("/run/containerd")) ||
	       is_under(clean, SPAN("/var/run/containerd"));
}

bool
host_path_is_sensitive(struct span clean)
{
	static const char *const exact[] = {
		"/",
		"/etc",
		"/home",
		"/opt",
		"/run",
		"/usr",
		"/usr/bin",
		"/usr/local/bin",
		"/bin",
		"/sbin",
		"/var",
		"/var/lib",
		"/var/run",
		"/var/lib/kubelet",
	};
	static const char *const below[] = {
		"/boot",
		"/etc/cron.d",
		"/etc/kubernetes",
		"/etc/passwd",
		"/etc/shadow",
		"/etc/ssh",
		"/etc/sudoers",
		"/etc/sudoers.d",
		"/etc/systemd",
		"/home/admin",
		"/proc",
		"/root",
		"/var/lib/containerd",
		"/var/lib/docker",
		"/var/lib/etcd",
		"/var/lib/kubelet/pki",
		"/var/lib/kubelet/pods",
		"/var/spool/cron",
	};

	for (size_t i = 0; i < COUNTOF(exact); i++)
		if (span_equal(clean, span_str(exact[i])))
			return true;
	for (size_t i = 0; i < COUNTOF(below); i++)
		if (is_under(clean, span_str(below[i])))
			return true;
	return host_path_is_socket(clean);
}
