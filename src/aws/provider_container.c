/*
 * provider_container.c - the task role of ECS, EKS Pod Identity.
 *
 * "Container credential provider", AWS SDKs and Tools Reference Guide.
 */
#include "aws/provider_container.h"

#include "aws/endpoint.h"
#include "aws/provider.h"
#include "aws/secret.h"
#include "base/ip.h"
#include "net/clock.h"

#define RELATIVE "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
#define FULL "AWS_CONTAINER_CREDENTIALS_FULL_URI"
#define TOKEN "AWS_CONTAINER_AUTHORIZATION_TOKEN"
#define TOKEN_FILE "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
#define CONNECT_MS 1000
#define TOTAL_MS 5000

static bool
is_trusted(struct span host)
{
	static const struct span nets[] = { SPAN_INIT("127.0.0.0/8"),
		SPAN_INIT("::1/128"), SPAN_INIT("169.254.170.2/32"),
		SPAN_INIT("169.254.170.23/32"), SPAN_INIT("fd00:ec2::23/128") };
	struct ip ip;

	if (span_equal_nocase(host, SPAN("localhost")))
		return true;
	if (!ip_parse(host, &ip))
		return false;
	for (size_t i = 0; i < COUNTOF(nets); i++) {
		struct ip_net net;

		ASSERT(ip_net_parse(nets[i], &net));
		if (ip_net_holds(&net, &ip))
			return true;
	}
	return false;
}

static bool
is_url_part(struct span s)
{
	return key_set_is_visible(s) && span_find(s, '#', 0) == s.len;
}

bool
provider_container_url(
    struct span relative, struct span full, struct buf *url, struct buf *why)
{
	struct endpoint at;
	struct span base = span_first(full, span_find(full, '?', 0));

	if (!span_is_empty(relative)) {
		if (!span_starts(relative, SPAN("/")) ||
		    !is_url_part(relative)) {
			buf_add_str(why, RELATIVE " is no path");
			return false;
		}
		buf_add_str(url, "http://169.254.170.2");
		buf_add(url, relative);
		return true;
	}
	if (!endpoint_split(base, &at) || !is_url_part(full)) {
		buf_add_str(why, FULL " is no URL of http or https");
		return false;
	}
	if (span_equal(at.scheme, SPAN("http")) &&
	    !is_trusted(endpoint_bare_host(at.host))) {
		buf_add_str(why, FULL " is plain http to a host that is not "
				      "loopback, ECS's or EKS's");
		return false;
	}
	buf_add(url, full);
	return true;
}

/* The Authorization header; false with *why when it was meant and is not
 * there. */
static bool
find_token(char **memory, struct span *token, struct buf *why)
{
	const char *file = provider_setting(TOKEN_FILE);

	*memory = NULL;
	*token = span_str(provider_setting(TOKEN));
	/* Read each time: EKS replaces it. */
	if (file != NULL)
		return provider_read_token(file, memory, token, why);
	for (size_t i = 0; i < token->len; i++)
		if (token->at[i] < ' ' || token->at[i] >= 0x7f) {
			buf_add_str(why, TOKEN " is no token");
			return false;
		}
	return true;
}

static bool
take_keys(const struct provider_answer *a, struct key_set *out, struct buf *why)
{
	if (a->outcome != HTTP_ANSWERED) {
		buf_printf(why, "no answer (%s)", a->text);
		return false;
	}
	if (!provider_answered(a)) {
		buf_printf(why, "refused: %s", a->text);
		return false;
	}
	if (key_set_of_json(out, a->body, &KEY_SET_CONTAINER, why) != STATUS_OK)
		return false;
	if (out->expiry_us == 0 || out->expiry_us > clock_wall_us())
		return true;
	buf_add_str(why, "the keys it gives have expired");
	key_set_done(out);
	return false;
}

static bool
fetch(const struct provider_context *c, struct span url, struct key_set *out,
    struct buf *why)
{
	struct provider_answer answer = { 0 };
	struct http_header headers[2] = { { SPAN("Accept"),
	    SPAN("application/json") } };
	char *memory;
	bool ok;

	if (!find_token(&memory, &headers[1].value, why))
		return false;
	headers[1].name = SPAN("Authorization");
	provider_ask(c,
	    &(struct http_request){
		.method = "GET",
		.url = url,
		.headers = headers,
		.nheaders = span_is_empty(headers[1].value) ? 1 : 2,
		.connect_ms = CONNECT_MS,
		.total_ms = TOTAL_MS,
		.direct = true,
	    },
	    PROVIDER_ATTEMPTS, &answer);
	ok = take_keys(&answer, out, why);
	provider_answer_done(&answer);
	secret_free(memory);
	return ok;
}

enum provider_result
provider_container_fetch(
    const struct provider_context *c, struct key_set *out, struct buf *why)
{
	struct span relative = span_str(provider_setting(RELATIVE));
	struct span full = span_str(provider_setting(FULL));
	struct buf url = { 0 };
	bool ok;

	if (span_is_empty(relative) && span_is_empty(full)) {
		buf_add_str(why, RELATIVE " and " FULL " are not set");
		return PROVIDER_ABSENT;
	}
	ok = provider_container_url(relative, full, &url, why) &&
	     fetch(c, buf_span(&url), out, why);
	buf_done(&url);
	if (!ok)
		return PROVIDER_FAILED;
	buf_add_str(why, span_is_empty(relative) ? FULL : RELATIVE);
	return PROVIDER_GAVE;
}
