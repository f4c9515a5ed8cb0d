/*
 * cluster_kind.h - who runs a cluster's control plane, as its audit log shows
 * by the names of the parts that only that provider runs.
 *
 * No user of the cluster can bear such a name: the control plane's own
 * certificates and tokens do.  Any thread.
 */
#pragma once

#include "event/event.h"

/* "eks", "gke" or "aks"; empty when the event does not tell. */
struct span cluster_kind_of(const struct event *ev);
