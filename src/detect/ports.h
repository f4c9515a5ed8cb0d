/*
 * ports.h - what the ports of services are called, and which tell nothing.
 *
 * Facts from IANA's registry and from the products' own documents.  Pure
 * functions, any thread.
 */
#pragma once

#include <stdbool.h>

/* First port that operating systems hand out to clients (Linux's default). */
#define PORTS_EPHEMERAL 32768u
/* First port of Kubernetes' node ports, which end where those begin. */
#define PORTS_NODE 30000u

/* "ssh", "postgresql", ...; "" for a port without a name here. */
const char *ports_name(unsigned port);

/* Web, name and time service: every host uses them. */
bool ports_is_everyday(unsigned port);
