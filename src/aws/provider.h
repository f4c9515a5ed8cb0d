/*
 * provider.h - one way to come by keys each.
 *
 * A provider blocks for some seconds at most.  What it says in `why` is one
 * line for a person: never a secret, and nothing that was not made printable.
 * The thread of the struct credentials that they serve.
 */
#pragma once

#include <stdbool.h>

#include "aws/key_set.h"
#include "aws/profiles.h"
#include "base/buf.h"
#include "base/span.h"
#include "net/http.h"

/* Of every request to who gives keys; metadata has its own, shorter ones. */
#define PROVIDER_CONNECT_MS 3000
#define PROVIDER_TOTAL_MS 8000
#define PROVIDER_ATTEMPTS 3
#define PROVIDER_ANSWER_BYTES ((size_t)128 * 1024)
#define PROVIDER_FILE_BYTES ((size_t)64 * 1024)

struct provider_context {
	struct http *http;
	const struct profiles *profiles;
	struct span profile;  /* of the chain: "default" */
	bool profile_is_said; /* by option or AWS_PROFILE */
	struct span region;   /* of requests to STS */
	bool region_is_said;
	const char *session_name;
};

enum provider_result {
	PROVIDER_ABSENT, /* nobody meant this one; `why` says what is missing */
	PROVIDER_GAVE,	 /* keys are in *out; `why` says where from */
	PROVIDER_FAILED, /* it was meant, and could not; `why` says why */
};

typedef enum provider_result provider_fetch(
    const struct provider_context *c, struct key_set *out, struct buf *why);

struct provider {
	const char *name;
	provider_fetch *fetch;
};

/* The chain in its order. */
#define PROVIDER_COUNT 5
#define PROVIDER_PROFILE 2 /* the one an explicit profile goes to at once */
extern const struct provider provider_chain[PROVIDER_COUNT];

provider_fetch provider_environment_fetch, provider_web_identity_fetch,
    provider_profile_fetch, provider_container_fetch, provider_metadata_fetch;

/* --- what they share ---------------------------------------------------- */

/* A variable of the environment, NULL when unset or empty. */
const char *provider_setting(const char *name);

/* Is it "true", in any case? */
bool provider_setting_is_true(const char *name);

/* Reads a token in a file: visible bytes, blanks around it cut.  False with
 * *why.  *memory is freed with secret_free(). */
bool provider_read_token(
    const char *path, char **memory, struct span *token, struct buf *why);

/* The endpoint somebody asked for (credentials_endpoint()); empty: none. */
struct span provider_endpoint(
    const struct profiles *profiles, struct span profile, const char *service);

/* An answer kept: wiped by provider_answer_done(). */
struct provider_answer {
	enum http_outcome outcome;
	int status; /* 0 unless ANSWERED */
	char *memory;
	struct span body;
	char text[HTTP_TEXT_BYTES]; /* http_describe() */
};

/*
 * Fetch, again when that may help, with backoff.  The request's limits,
 * `secret`, `done` and `cookie` are set here; its times too where it has none.
 */
void provider_ask(const struct provider_context *c,
    const struct http_request *request, unsigned attempts,
    struct provider_answer *answer);
void provider_answer_done(struct provider_answer *a);

/* True for a whole answer of status 2xx. */
bool provider_answered(const struct provider_answer *a);
