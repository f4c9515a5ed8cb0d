/*
 * credentials.h - who we are to AWS, found as AWS's SDKs find it.
 *
 * The chain, first come first served ("Standardized credential providers",
 * AWS SDKs and Tools Reference Guide):
 *
 *	environment, web identity, profile (keys, role, SSO, process),
 *	container (ECS, EKS Pod Identity), instance metadata (IMDSv2)
 *
 * and on top of it, when asked for, a role that is assumed with what was
 * found.  What expires is fetched again before it does; while that fails, the
 * last good ones are used as long as they hold.
 *
 * credentials_get() may block for some seconds: every request and every child
 * has a bound of time and size.  One thread per object.
 *
 * Keys live in memory that is not part of a core dump and that is wiped when
 * freed; no error text, no report and no log line holds one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/sigv4.h"
#include "base/buf.h"
#include "base/status.h"
#include "config/config.h"

struct credentials;

/* All may be NULL or 0; texts are copied. */
struct credentials_options {
	const char *profile;	  /* else AWS_PROFILE, else "default" */
	const char *region;	  /* else AWS_REGION, AWS_DEFAULT_REGION,
				   * the profile's */
	const char *role_arn;	  /* assume this one with what was found */
	const char *external_id;  /* for that role */
	const char *session_name; /* "nephoscope" */
};

/* The options that a source of kind s3 says. */
struct credentials_options credentials_options_of(
    const struct config_source *source);

/* Nothing is fetched yet.  Caller frees. */
struct credentials *credentials_new(const struct credentials_options *options);
void credentials_free(struct credentials *c); /* NULL is allowed */

/*
 * Keys that hold now, fetched when there are none, or when they are about to
 * expire.  They are borrowed until the next call for `c`.  NOT_FOUND: nobody
 * gave any; else the first provider that was meant failed; *error (may be
 * NULL) says in one line which and why.  A failure is remembered for some
 * seconds (with backoff), so that calling again at once costs nothing.
 */
NODISCARD enum status credentials_get(
    struct credentials *c, struct sigv4_keys *keys, struct buf *error);

/* Counts the keys that credentials_get() has fetched. */
uint64_t credentials_number(const struct credentials *c);

/* AWS said that the keys of this number are expired or invalid: do not give
 * them again.  Others are fetched at once, but not twice within seconds. */
void credentials_refuse(struct credentials *c, uint64_t number);

/* The wall clock at which the keys expire; 0: never, or none yet. */
int64_t credentials_expiry_us(const struct credentials *c);

/* The region of requests; never NULL, "us-east-1" when nobody says.
 * `said` (may be NULL): somebody did. */
const char *credentials_region(const struct credentials *c, bool *said);

/*
 * The endpoint that environment or profile ask for in place of a service's
 * own: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's
 * `services` and endpoint_url.  `service` is "S3", "SQS", "STS",
 * "CloudTrail"; NULL: none.  Lives until the next call of this.
 */
const char *credentials_endpoint(struct credentials *c, const char *service);

/* AWS_CA_BUNDLE or the profile's ca_bundle; NULL: none. */
const char *credentials_ca_file(const struct credentials *c);

/* How one provider fared; texts live until the next call for `c`. */
struct credentials_report {
	const char *provider; /* "environment", "instance metadata" */
	bool won;
	/* Where from, when it won; else why not.  Never a secret; printable */
	const char *text;
};

/* Of the last fetching, in the order of the chain. */
size_t credentials_reports(
    const struct credentials *c, const struct credentials_report **reports);

/*
 * Ask STS who the keys belong to (GetCallerIdentity): adds the ARN and the
 * account.  Blocks.  On failure *error says why.
 */
NODISCARD enum status credentials_identity(struct credentials *c,
    struct buf *account, struct buf *arn, struct buf *error);
