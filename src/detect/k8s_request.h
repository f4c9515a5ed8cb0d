/*
 * k8s_request.h - what an audited Kubernetes request amounted to.
 *
 * One request is logged at up to three stages.  It counts once: at the stage
 * that carries its response, which for exec, attach, port-forward and watch
 * comes when the stream starts (and again, merged by the activity, when it
 * ends).  A dry run changes nothing and is not an act.
 *
 * Pure functions over an event; values borrow from the event's batch.  Any
 * thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "codec/json.h"
#include "event/event.h"

/* The request was answered with success and was no dry run. */
bool k8s_request_succeeded(const struct audit *a);

/* detector.h: match.  The same. */
bool k8s_request_match(const struct event *ev);

/* Is to create or change something: create, update or patch. */
bool k8s_request_writes(const struct audit *a);

/* ... and succeeded. */
bool k8s_request_wrote(const struct audit *a);

/* A value of a request's query, still percent-encoded; empty if none. */
struct span k8s_request_query(struct span query, struct span key);

/*
 * The caller is a part of the control plane doing its own work: the
 * apiserver, scheduler, controllers, kubelets, the provider's managers.  A
 * controller's or node's credential used by another program is not.
 */
bool k8s_request_by_system(const struct audit *a);

/* One of the controllers that turn a workload into pods. */
bool k8s_request_by_controller(const struct audit *a);

/* system:serviceaccount:NAMESPACE:NAME; false for other users. */
bool k8s_request_service_account(
    struct span user, struct span *ns, struct span *name);

/* requestObject, and responseObject unless it is absent or a mere Status.
 * JSON_NONE where the audit policy kept no objects. */
struct json_value k8s_request_sent(const struct event *ev);
struct json_value k8s_request_stored(const struct event *ev);

/* The object to judge: as stored where known, else as sent. */
struct json_value k8s_request_object(const struct event *ev);

/* Namespace and name of the object: of the URL or, for a create, of the
 * object itself (or its generateName). */
struct span k8s_request_namespace(const struct event *ev);
struct span k8s_request_name(const struct event *ev);

/* Write "NAMESPACE/NAME" (or what of it there is) into room; never more than
 * `size` bytes, cut at the end. */
struct span k8s_request_target(const struct event *ev, char *room, size_t size);
