/*
 * k8s_service.h - whom a Service lets in.
 *
 * Pure functions over the object of an event; values borrow.  Any thread.
 */
#pragma once

#include <stdbool.h>

#include "base/span.h"
#include "codec/json.h"
#include "event/event.h"

/* detector.h: of_kind.  Requests that create or change a Service. */
bool k8s_service_of_kind(const struct event *ev);

/* It is a load balancer that no provider's annotation keeps internal. */
bool k8s_service_is_public(struct json_value service);

/* It is called so, or selects or bears a label whose value begins so. */
bool k8s_service_is_for(
    const struct event *ev, struct json_value service, struct span prefix);
