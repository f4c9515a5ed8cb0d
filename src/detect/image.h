/*
 * image.h - the parts of a container image reference.
 *
 * Who runs "nginx" runs "docker.io/library/nginx": names are written out as
 * container runtimes resolve them, without tag and digest, so that a new
 * version of the same image is the same image.  Pure functions, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

#define IMAGE_BYTES 256 /* longer references are cut */

/* "registry.example:5000/team/app", written into room. */
struct span image_repository(struct span image, char room[IMAGE_BYTES]);

/* Registry and first path component of what image_repository() gave:
 * "registry.example:5000/team". */
struct span image_registry(struct span repository);

/* The repository's last component names a tool made for attacking. */
bool image_is_pentest(struct span image);
