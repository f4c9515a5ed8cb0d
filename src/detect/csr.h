/*
 * csr.h - what a certificate signing request asks for.
 *
 * A CertificateSigningRequest holds base64 of PEM, which is base64 of DER.
 * Names in DER stand as they are, so to look for one needs no parser.  Pure
 * functions, any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

#define CSR_BYTES 8192 /* of longer requests only the start is read */

/* The request `spec.request` names `text` in its subject or extensions. */
bool csr_mentions(struct span request, struct span text);
