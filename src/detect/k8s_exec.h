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

#include "base/span.h"
#include "event/event.h"

#define K8S_EXEC_COMMAND_BYTES 8192 /* longer commands are cut */

/* An exec into, or attach to, a container that was let through. */
bool k8s_exec_happened(const struct audit *a);

/* The command's words, decoded and joined by spaces; empty if there are none
 * (attach).  Bytes are as hostile as the log. */
struct span k8s_exec_command(
    struct span uri, char room[K8S_EXEC_COMMAND_BYTES]);

/* The container named in the URL; empty where it is left to the default. */
struct span k8s_exec_container(struct span uri);
