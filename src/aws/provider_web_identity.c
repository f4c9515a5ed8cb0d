/*
 * provider_web_identity.c - a token of OpenID Connect in a file: IRSA.
 */
#include "aws/provider.h"
#include "aws/secret.h"
#include "aws/sts.h"
#include "config/printable.h"

enum provider_result
provider_web_identity_fetch(
    const struct provider_context *c, struct key_set *out, struct buf *why)
{
	const char *file = provider_setting("AWS_WEB_IDENTITY_TOKEN_FILE");
	const char *arn = provider_setting("AWS_ROLE_ARN");
	const struct sts_role role = {
		.arn = span_str(arn),
		.session_name =
		    span_str(provider_setting("AWS_ROLE_SESSION_NAME")),
	};
	char *memory = NULL;
	struct span token;
	bool ok;

	if (file == NULL) {
		buf_add_str(why, "AWS_WEB_IDENTITY_TOKEN_FILE is not set");
		return PROVIDER_ABSENT;
	}
	if (arn == NULL || !sts_is_role_arn(role.arn)) {
		buf_add_str(why, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but "
				 "AWS_ROLE_ARN is not the ARN of a role");
		return PROVIDER_FAILED;
	}
	/* Read each time: the kubelet replaces it. */
	if (!provider_read_token(file, &memory, &token, why))
		return PROVIDER_FAILED;
	ok = sts_assume_role_with_token(c, token, &role, out, why);
	secret_free(memory);
	if (!ok)
		return PROVIDER_FAILED;
	buf_add_str(why, "the token of ");
	printable_add(why, span_str(file));
	buf_add_str(why, " as ");
	printable_add(why, role.arn);
	return PROVIDER_GAVE;
}
