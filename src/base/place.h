/*
 * place.h - how a parcel that lies in no file is called, so that nobody is
 * told to open it.  Of a file or an object the place is its path or key.
 *
 *     kafka/TOPIC/PARTITION    records of a partition
 *     webhook/SOURCE           what was sent to a source of that name
 */
#pragma once

#include "base/span.h"

#define PLACE_KAFKA "kafka/"
#define PLACE_WEBHOOK "webhook/"

/* By what such a parcel came, in words; NULL: it lies in a file.
 * (A file of such a name in a folder named so is taken for the same.) */
const char *place_stream(struct span place);
