/*
 * provider_environment.c - AWS_ACCESS_KEY_ID and its fellows.
 */
#include "aws/provider.h"

enum provider_result
provider_environment_fetch(
    const struct provider_context *c, struct key_set *out, struct buf *why)
{
	const char *id = provider_setting("AWS_ACCESS_KEY_ID");
	const char *secret = provider_setting("AWS_SECRET_ACCESS_KEY");

	(void)c;
	if (id == NULL && secret == NULL) {
		buf_add_str(why, "AWS_ACCESS_KEY_ID is not set");
		return PROVIDER_ABSENT;
	}
	if (id == NULL || secret == NULL) {
		buf_printf(why, "%s is set, but %s is not",
		    id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
		    id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
		return PROVIDER_FAILED;
	}
	if (key_set_make(out, span_str(id), span_str(secret),
		span_str(provider_setting("AWS_SESSION_TOKEN"))) != STATUS_OK) {
		buf_add_str(why, "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or "
				 "AWS_SESSION_TOKEN holds what no key does");
		return PROVIDER_FAILED;
	}
	buf_add_str(why, "AWS_ACCESS_KEY_ID");
	return PROVIDER_GAVE;
}
