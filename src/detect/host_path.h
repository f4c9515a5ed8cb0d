/*
 * host_path.h - which paths of a node give away the node.
 *
 * A container that mounts one of them reads the kubelet's or the cluster's
 * keys, drives the container runtime, or writes where the host executes.
 * The set joins what Falco, the Pod Security Standards and Kubescape name,
 * without paths that every log shipper or CSI driver mounts.  Pure functions,
 * any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

#define HOST_PATH_BYTES 256 /* longer paths are cut */

/* The path without "//", "/./", "/../" and final slashes. */
struct span host_path_clean(struct span path, char room[HOST_PATH_BYTES]);

/* `clean` is one of them.  */
bool host_path_is_sensitive(struct span clean);

/* A container runtime's control socket: as good as root on the node. */
bool host_path_is_socket(struct span clean);
