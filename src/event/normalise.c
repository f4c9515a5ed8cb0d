#include "event/normalise.h"

#include <stdio.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
all_digits(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!is_digit(s.at[i]))
			return false;
	}
	return s.len > 0;
}

/* What stands behind the last `sep`, or all of it. */
static struct span
last_part(struct span s, char sep)
{
	size_t at = span_rfind(s, sep);

	return at == s.len ? s : span_skip(s, at + 1);
}

/* "arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE" */
struct arn {
	struct span partition, account, resource;
};

static bool
arn_split(struct span s, struct arn *arn)
{
	if (!span_equal(span_cut(&s, ':'), SPAN("arn")))
		return false;
	arn->partition = span_cut(&s, ':');
	(void)span_cut(&s, ':');
	(void)span_cut(&s, ':');
	arn->account = span_cut(&s, ':');
	arn->resource = s;
	return s.len > 0;
}

/* The name of the role in a role's or an assumed role's ARN, or empty. */
static struct span
role_name(const struct arn *arn)
{
	struct span rest = arn->resource;
	struct span kind = span_cut(&rest, '/');

	if (span_equal(kind, SPAN("role")))
		return last_part(rest, '/');
	if (span_equal(kind, SPAN("assumed-role")))
		return span_cut(&rest, '/');
	return SPAN("");
}

static struct span
role_arn(const struct arn *arn, struct span name, struct buf *scratch)
{
	buf_printf(scratch, "arn:%.*s:iam::%.*s:role/%.*s",
	    SPAN_ARGS(arn->partition), SPAN_ARGS(arn->account),
	    SPAN_ARGS(name));
	return buf_span(scratch);
}

/* The first ARN of the record that names a role. */
static struct span
role_of(const struct cloudtrail *ct, struct arn *arn)
{
	const struct span arns[] = { ct->issuer_arn, ct->arn };

	for (size_t i = 0; i < COUNTOF(arns); i++) {
		struct span name = SPAN("");

		if (arn_split(arns[i], arn))
			name = role_name(arn);
		if (name.len > 0)
			return name;
	}
	return SPAN("");
}

static struct span
federated(const struct cloudtrail *ct, struct buf *scratch)
{
	struct span provider =
	    ct->web_provider.len > 0 ? ct->web_provider : ct->identity_type;
	struct span name =
	    ct->user_name.len > 0 ? ct->user_name : ct->principal_id;

	buf_printf(scratch, "%.*s/%.*s", SPAN_ARGS(provider), SPAN_ARGS(name));
	return buf_span(scratch);
}

static bool
is_federated(struct span type)
{
	return span_equal(type, SPAN("SAMLUser")) ||
	       span_equal(type, SPAN("WebIdentityUser")) ||
	       span_equal(type, SPAN("IdentityCenterUser"));
}

static bool
is_service(const struct cloudtrail *ct)
{
	return span_equal(ct->identity_type, SPAN("AWSService")) ||
	       (ct->identity_type.len == 0 && ct->invoked_by.len > 0);
}

/* Without an ARN: what else the identity says. */
static struct span
nameless(const struct cloudtrail *ct, struct buf *scratch)
{
	struct span account = ct->identity_account;

	if (span_equal(ct->identity_type, SPAN("Root")) && account.len > 0)
		buf_printf(
		    scratch, "arn:aws:iam::%.*s:root", SPAN_ARGS(account));
	else if (ct->issuer_name.len > 0)
		buf_printf(scratch, "arn:aws:iam::%.*s:role/%.*s",
		    SPAN_ARGS(account), SPAN_ARGS(ct->issuer_name));
	else if (ct->user_name.len > 0)
		buf_printf(scratch, "arn:aws:iam::%.*s:user/%.*s",
		    SPAN_ARGS(account), SPAN_ARGS(ct->user_name));
	else if (ct->principal_id.len > 0)
		return span_first(
		    ct->principal_id, span_find(ct->principal_id, ':', 0));
	else if (account.len > 0)
		buf_printf(scratch, "account:%.*s", SPAN_ARGS(account));
	else
		return ct->invoked_by;
	return buf_span(scratch);
}

struct span
normalise_session_name(const struct cloudtrail *ct)
{
	struct arn arn;
	size_t colon;

	if (arn_split(ct->arn, &arn) &&
	    span_starts(arn.resource, SPAN("assumed-role/"))) {
		struct span rest =
		    span_skip(arn.resource, SPAN("assumed-role/").len);

		(void)span_cut(&rest, '/');
		return rest.at != NULL ? rest : SPAN("");
	}
	colon = span_find(ct->principal_id, ':', 0);
	return span_skip(ct->principal_id, colon + 1);
}

bool
normalise_is_person(const struct cloudtrail *ct)
{
	const struct span sso = SPAN("AWSReservedSSO_");
	struct span role = ct->issuer_name, session;

	if (!span_equal(ct->identity_type, SPAN("AssumedRole")))
		return false;
	/* No session name and no role name holds a slash. */
	session = last_part(ct->arn, '/');
	if (session.len == 0 || session.len == ct->arn.len)
		return false;
	if (span_find(session, '@', 0) < session.len)
		return true;
	if (role.len == 0)
		role = last_part(
		    span_first(ct->arn, ct->arn.len - session.len - 1), '/');
	return span_starts(role, sso);
}

struct span
normalise_principal(const struct cloudtrail *ct, struct buf *scratch)
{
	struct arn arn;
	struct span role;

	buf_reset(scratch);
	if (is_service(ct) && ct->arn.len == 0)
		return ct->invoked_by.len > 0 ? ct->invoked_by : ct->remote;
	if (is_federated(ct->identity_type))
		return federated(ct, scratch);
	if (!span_equal(ct->identity_type, SPAN("IAMUser")) &&
	    !span_equal(ct->identity_type, SPAN("Root")) &&
	    !normalise_is_person(ct)) {
		role = role_of(ct, &arn);
		if (role.len > 0)
			return role_arn(&arn, role, scratch);
	}
	return ct->arn.len > 0 ? ct->arn : nameless(ct, scratch);
}

struct letters {
	size_t digits, hex, upper, lower, vowels;
};

static struct letters
letters_of(struct span s)
{
	struct letters n = { 0 };

	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];
		char small = (char)(c | 0x20);
		bool lower = c >= 'a' && c <= 'z';
		bool upper = c >= 'A' && c <= 'Z';

		n.digits += is_digit(c);
		n.lower += lower;
		n.upper += upper;
		n.hex += is_digit(c) || (small >= 'a' && small <= 'f');
		n.vowels +=
		    (lower || upper) && memchr("aeiou", small, 5) != NULL;
	}
	return n;
}

/* Numbers, hexadecimal ids and mixtures of letters and digits that no one
 * would call a thing by. */
static bool
looks_random(struct span s)
{
	struct letters n = letters_of(s);

	if (n.digits == s.len)
		return true;
	if (n.digits == 0)
		return false;
	if (n.hex == s.len && s.len >= 6)
		return true;
	/* CloudFormation's suffixes: "1A2B3C4D5E6F7". */
	if (s.len >= 10 && n.digits >= 2 && n.lower == 0)
		return true;
	return s.len >= 8 && n.digits >= 2 && n.vowels * 6 <= s.len;
}

struct span
normalise_stem(struct span name, struct buf *scratch)
{
	struct span rest = name;
	size_t from = 0;

	buf_reset(scratch);
	while (rest.at != NULL && from <= name.len) {
		size_t end = from;
		struct span part;

		while (
		    end < name.len && memchr("-_.@", name.at[end], 4) == NULL)
			end++;
		part = span_of(name.at + from, end - from);
		/* "i" before an instance's number goes with it. */
		if (part.len > 0 && !looks_random(part) &&
		    !(part.len == 1 && part.at[0] == 'i')) {
			if (scratch->len > 0)
				buf_add_char(scratch, '-');
			buf_add(scratch, part);
		}
		from = end + 1;
	}
	return scratch->len > 0 ? buf_span(scratch) : name;
}

/* Put `prefix` before what `scratch` may hold already. */
static struct span
prefixed(const char *prefix, struct span s, struct buf *scratch)
{
	char copy[256];
	size_t len = s.len < sizeof(copy) ? s.len : sizeof(copy);

	if (len > 0)
		memcpy(copy, s.at, len);
	buf_reset(scratch);
	buf_add_str(scratch, prefix);
	buf_add(scratch, span_of(copy, len));
	return buf_span(scratch);
}

struct span
normalise_peer_group(const struct cloudtrail *ct, struct buf *scratch)
{
	struct span type = ct->identity_type, role;
	struct arn arn = { 0 };

	buf_reset(scratch);
	if (span_equal(type, SPAN("Root")))
		return SPAN("root");
	if (is_service(ct))
		return prefixed("service:", ct->invoked_by, scratch);
	if (is_federated(type))
		return prefixed("federated:",
		    ct->web_provider.len > 0 ? ct->web_provider : type,
		    scratch);
	if (!span_equal(type, SPAN("IAMUser"))) {
		role = role_of(ct, &arn);
		if (role.len == 0)
			role = ct->issuer_name;
		if (role.len > 0)
			return prefixed(
			    "role:", normalise_stem(role, scratch), scratch);
	}
	if (arn_split(ct->arn, &arn) &&
	    span_starts(arn.resource, SPAN("user/"))) {
		struct span path = span_skip(arn.resource, 4);

		path.len = span_rfind(path, '/') + 1;
		return prefixed("user:", path, scratch);
	}
	return span_equal(type, SPAN("IAMUser")) ? SPAN("user:/")
						 : SPAN("other");
}

/* A session is a person's where it bears an address, or the role is one of the
 * identity centre's, which gives it to people only. */
static bool
is_person_of_role(struct span arn, struct span role)
{
	struct span session = last_part(arn, '/');

	return span_find(session, '@', 0) < session.len ||
	       (span_starts(role, SPAN("AWSReservedSSO_")) &&
		   !span_equal(session, role));
}

struct span
normalise_k8s_peer_group(struct span user, struct buf *scratch)
{
	size_t at = span_rfind(user, '@');
	struct span role;
	struct arn arn;

	if (arn_split(user, &arn) && (role = role_name(&arn)).len > 0) {
		buf_reset(scratch);
		return role_arn(&arn, role, scratch);
	}
	if (span_starts(user, SPAN("system:serviceaccount:")))
		return prefixed(
		    "serviceaccount:", last_part(user, ':'), scratch);
	if (at < user.len && at > 0)
		return span_skip(user, at);
	return normalise_k8s_user(user, scratch);
}

static struct span
browser(struct span raw)
{
	/* The order matters: each of them also claims to be a later one. */
	static const struct {
		struct span mark, name;
	} browsers[] = {
		{ SPAN_INIT("Edg/"), SPAN_INIT("browser/Edge") },
		{ SPAN_INIT("Firefox/"), SPAN_INIT("browser/Firefox") },
		{ SPAN_INIT("Chrome/"), SPAN_INIT("browser/Chrome") },
		{ SPAN_INIT("Safari/"), SPAN_INIT("browser/Safari") },
	};

	for (size_t i = 0; i < COUNTOF(browsers); i++) {
		if (span_search(raw, browsers[i].mark) < raw.len)
			return browsers[i].name;
	}
	return SPAN("browser/other");
}

/* Digits masked, so that versions and ids do not make families. */
static struct span
masked(struct span raw, struct buf *scratch)
{
	raw = span_first(raw, 64);
	for (size_t i = 0; i < raw.len; i++) {
		bool again = i > 0 && is_digit(raw.at[i - 1]);

		if (!is_digit(raw.at[i]))
			buf_add_char(scratch, raw.at[i]);
		else if (!again)
			buf_add_char(scratch, '#');
	}
	return buf_span(scratch);
}

static bool
is_host(struct span s)
{
	return span_ends(s, SPAN(".amazonaws.com")) ||
	       span_equal(s, SPAN("AWS Internal"));
}

struct span
normalise_agent(struct span raw, struct buf *scratch)
{
	size_t slash, end, from = 0;
	struct span first;

	buf_reset(scratch);
	raw = span_trim(raw);
	if (raw.len > 0 && raw.at[0] == '[')
		raw = span_trim(span_skip(raw, 1));
	if (is_host(raw))
		return raw;
	if (span_starts(raw, SPAN("Mozilla/")))
		return browser(raw);
	/* Partners' tools name themselves behind the partner network. */
	if (span_starts(raw, SPAN("APN/"))) {
		size_t tool = span_search(raw, SPAN("Terraform/"));

		raw = span_skip(raw, tool < raw.len ? tool : 0);
	}
	while (from < raw.len && memchr(" ,;]()", raw.at[from], 6) == NULL)
		from++;
	first = span_first(raw, from);
	slash = span_find(first, '/', 0);
	if (slash == first.len || slash == 0)
		return masked(raw, scratch);
	end = slash + 1;
	end += end < first.len && first.at[end] == 'v';
	while (end < first.len && is_digit(first.at[end]))
		end++;
	return span_first(first, end);
}

struct span
normalise_k8s_user(struct span raw, struct buf *scratch)
{
	struct span role;
	struct arn arn;

	buf_reset(scratch);
	if (span_starts(raw, SPAN("system:node:")))
		return SPAN("system:node");
	if (span_starts(raw, SPAN("system:bootstrap:")))
		return SPAN("system:bootstrap");
	if (arn_split(raw, &arn)) {
		role = role_name(&arn);
		return role.len > 0 && !is_person_of_role(raw, role)
			   ? role_arn(&arn, role, scratch)
			   : raw;
	}
	if (span_find(raw, ':', 0) < raw.len ||
	    span_find(raw, '@', 0) < raw.len)
		return raw;
	return normalise_workload(raw);
}

/* Kubernetes makes suffixes of these only, so that they spell nothing. */
static bool
is_suffix(struct span s, size_t least, size_t most)
{
	static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";

	if (s.len < least || s.len > most)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (memchr(alphabet, s.at[i], sizeof(alphabet) - 1) == NULL)
			return false;
	}
	return true;
}

/* A ReplicaSet's hash; numbers only before Kubernetes 1.9. */
static bool
is_template_hash(struct span s)
{
	return is_suffix(s, 6, 10) ||
	       (all_digits(s) && s.len >= 8 && s.len <= 10);
}

/* Static pods are named after their node. */
static struct span
without_node(struct span pod)
{
	size_t at = span_search(pod, SPAN("-ip-"));

	if (at > 0 && at + 4 < pod.len && is_digit(pod.at[at + 4]))
		return span_first(pod, at);
	return pod;
}

struct span
normalise_workload(struct span pod)
{
	struct span name = without_node(pod), last, before;
	size_t dash = span_rfind(name, '-');

	if (dash == name.len || dash == 0)
		return name;
	last = span_skip(name, dash + 1);
	before = span_first(name, dash);
	if (all_digits(last))
		return before; /* an ordinal, or a CronJob's Job */
	if (!is_suffix(last, 5, 5))
		return name;
	dash = span_rfind(before, '-');
	last = span_skip(before, dash + 1);
	if (dash == before.len || dash == 0)
		return before;
	if (is_template_hash(last) || (all_digits(last) && last.len >= 8))
		return span_first(before, dash);
	return before;
}

struct normalise_image
normalise_image(struct span image)
{
	struct normalise_image n = { .registry = SPAN("docker.io") };
	size_t at = span_find(image, '@', 0);
	struct span host;

	n.digest = span_skip(image, at + 1);
	image = span_first(image, at);
	at = span_find(image, '/', 0);
	host = span_first(image, at);
	/* A first part with a dot or a port is a registry. */
	if (at < image.len && (span_find(host, '.', 0) < host.len ||
				  span_find(host, ':', 0) < host.len ||
				  span_equal(host, SPAN("localhost")))) {
		n.registry = host;
		image = span_skip(image, at + 1);
	}
	if (span_equal(n.registry, SPAN("index.docker.io")))
		n.registry = SPAN("docker.io");
	at = span_rfind(image, ':');
	n.tag = span_skip(image, at + 1);
	n.repository = span_first(image, at);
	if (span_equal(n.registry, SPAN("docker.io")) &&
	    span_starts(n.repository, SPAN("library/")))
		n.repository = span_skip(n.repository, 8);
	return n;
}

char *
normalise_network(const struct ip *ip, char *text)
{
	struct ip net = ip_network(ip);
	size_t len;

	(void)ip_format(&net, text);
	len = strlen(text);
	if (len > 0)
		(void)snprintf(text + len, IP_TEXT_BYTES - len,
		    ip_is_v4(ip) ? "/24" : "/48");
	return text;
}
