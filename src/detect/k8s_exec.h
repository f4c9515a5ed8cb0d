/*
 * k8s_exec.h - what was run inside a pod.
 *
 * The command of an exec is nowhere but in the URL, one `command=` for each
 * word, percent-encoded.  kubectl before 1.30 uses verb create (SPDY), later
 * ones get (WebSocket).  Pure functions, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "event/event.h"

#define K8S_EXEC_COMMAND_BYTES 8192 /* longer commands are cut */
#define K8S_EXEC_REMEMBERED 32

/* The requests of one actor that were counted; zeroed memory is valid. */
struct k8s_exec_seen {
	uint64_t ids[K8S_EXEC_REMEMBERED];
	uint32_t next;
	uint32_t unused;
};

/* The first record of this request: one is logged when its stream starts and
 * when it ends, under the same auditID. */
bool k8s_exec_is_first(struct k8s_exec_seen *seen, struct span id);

/* detector.h: of_kind.  An exec into, or attach to, a container. */
bool k8s_exec_of_kind(const struct event *ev);

/* The command's words, decoded and joined by spaces; empty if there are none
 * (attach).  Bytes are as hostile as the log. */
struct span k8s_exec_command(
    struct span uri, char room[K8S_EXEC_COMMAND_BYTES]);

/* The container named in the URL; empty where it is left to the default. */
struct span k8s_exec_container(struct span uri);
