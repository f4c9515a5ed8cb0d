#include "detect/policy.h"

#include "base/status.h"

/* A value of a document: on the tape, or raw JSON text. */
struct node {
	struct json_value v;
	struct span text; /* used when v is none */
};

/* Nested deeper than any policy: give up. */
#define DEPTH_MAX 16

static size_t
skip_space(struct span s, size_t at)
{
	while (at < s.len && (s.at[at] == ' ' || s.at[at] == '\t' ||
				 s.at[at] == '\n' || s.at[at] == '\r'))
		at++;
	return at;
}

/* The end of the string that begins at `at`. */
static size_t
string_end(struct span s, size_t at)
{
	for (at++; at < s.len && s.at[at] != '"'; at++) {
		if (s.at[at] == '\\')
			at++;
	}
	return at < s.len ? at + 1 : s.len;
}

/* The end of the value that begins at `at`. */
static size_t
value_end(struct span s, size_t at)
{
	unsigned depth = 0;

	while (at < s.len) {
		char c = s.at[at];

		if (c == '"') {
			at = string_end(s, at);
		} else if (c == '{' || c == '[') {
			if (++depth > DEPTH_MAX)
				return s.len;
			at++;
			continue;
		} else if (c == '}' || c == ']') {
			if (depth == 0)
				return at;
			depth--;
			at++;
		} else if (depth == 0 && (c == ',' || c == ' ')) {
			return at;
		} else {
			at++;
			continue;
		}
		if (depth == 0)
			return at;
	}
	return s.len;
}

static struct node
node_of(struct json_value v)
{
	struct span text = span_trim(json_string(v));

	if (text.len > 0 && (text.at[0] == '{' || text.at[0] == '['))
		return (struct node){ .text = text };
	return (struct node){ .v = v };
}

static bool
is_of(struct node n, char open)
{
	if (n.v.tape != NULL)
		return json_type(n.v) == (enum json_type)open;
	return n.text.len > 0 && n.text.at[0] == open;
}

/* Walks members or items; in text `rest` is what is still to be read. */
struct walk {
	struct json_iter it;
	struct span rest;
	bool tape, object, once;
	struct node one;
};

/* Members of an object, items of an array, or the one value itself. */
static struct walk
walk_of(struct node n)
{
	struct walk w = { .tape = n.v.tape != NULL, .one = n };

	w.object = is_of(n, '{');
	w.once = !w.object && !is_of(n, '[');
	if (w.tape)
		w.it = json_iter(n.v);
	else
		w.rest = span_skip(n.text, 1);
	return w;
}

static bool
next_text(struct walk *w, struct span *key, struct node *value)
{
	struct span s = w->rest;
	size_t at = skip_space(s, 0), end;

	if (at < s.len && s.at[at] == ',')
		at = skip_space(s, at + 1);
	if (w->object) {
		if (at >= s.len || s.at[at] != '"')
			return false;
		end = string_end(s, at);
		if (end < at + 2)
			return false;
		*key = span_of(s.at + at + 1, end - at - 2);
		at = skip_space(s, end);
		if (at >= s.len || s.at[at] != ':')
			return false;
		at = skip_space(s, at + 1);
	}
	end = value_end(s, at);
	if (end <= at)
		return false;
	*value = (struct node){ .text = span_of(s.at + at, end - at) };
	w->rest = span_skip(s, end);
	return true;
}

static bool
next(struct walk *w, struct span *key, struct node *value)
{
	*key = span_of(NULL, 0);
	*value = (struct node){ 0 };
	if (w->once) {
		w->once = false;
		*value = w->one;
		w->tape = false;
		w->rest = span_of(NULL, 0);
		return value->v.tape != NULL || value->text.len > 0;
	}
	if (!w->tape)
		return w->rest.len > 0 && next_text(w, key, value);
	return w->object ? json_next_member(&w->it, key, &value->v)
			 : json_next_item(&w->it, &value->v);
}

static struct node
get(struct node n, struct span key)
{
	struct walk w = walk_of(n);
	struct span name;
	struct node value;

	while (w.object && next(&w, &name, &value)) {
		if (span_equal_nocase(name, key))
			return value;
	}
	return (struct node){ 0 };
}

static bool
exists(struct node n)
{
	return n.v.tape != NULL || n.text.len > 0;
}

/* A string's bytes; in text with its escapes, which names do not need. */
static struct span
string_of(struct node n)
{
	if (n.v.tape != NULL)
		return json_string(n.v);
	if (n.text.len < 2 || n.text.at[0] != '"')
		return span_of(NULL, 0);
	return span_of(n.text.at + 1, n.text.len - 2);
}

/* Conditions that say who or from where.  aws:Referer and aws:UserAgent are
 * not among them: the caller writes those himself. */
static const struct span narrowing_keys[] = {
	SPAN_INIT("aws:PrincipalOrgID"),
	SPAN_INIT("aws:PrincipalOrgPaths"),
	SPAN_INIT("aws:PrincipalAccount"),
	SPAN_INIT("aws:PrincipalArn"),
	SPAN_INIT("aws:PrincipalServiceName"),
	SPAN_INIT("aws:PrincipalIsAWSService"),
	SPAN_INIT("aws:ResourceAccount"),
	SPAN_INIT("aws:SourceAccount"),
	SPAN_INIT("aws:SourceArn"),
	SPAN_INIT("aws:SourceOwner"),
	SPAN_INIT("aws:SourceOrgID"),
	SPAN_INIT("aws:SourceOrgPaths"),
	SPAN_INIT("aws:SourceVpc"),
	SPAN_INIT("aws:SourceVpce"),
	SPAN_INIT("aws:SourceIp"),
	SPAN_INIT("aws:VpcSourceIp"),
	SPAN_INIT("aws:userid"),
	SPAN_INIT("aws:username"),
	SPAN_INIT("aws:SourceVpcArn"),
	SPAN_INIT("elasticfilesystem:AccessedViaMountTarget"),
	SPAN_INIT("kms:CallerAccount"),
	SPAN_INIT("s3:DataAccessPointAccount"),
	SPAN_INIT("s3:DataAccessPointArn"),
	SPAN_INIT("sts:ExternalId"),
};

/* Providers at which anybody can have an account. */
static const struct span open_providers[] = {
	SPAN_INIT("token.actions.githubusercontent.com"),
	SPAN_INIT("gitlab.com"),
	SPAN_INIT("accounts.google.com"),
	SPAN_INIT("cognito-identity.amazonaws.com"),
	SPAN_INIT("graph.facebook.com"),
	SPAN_INIT("www.amazon.com"),
	SPAN_INIT("app.terraform.io"),
};

/* A value that every caller meets; "\u002a" is a star in JSON's clothes. */
static bool
is_everything(struct span value)
{
	return span_equal(value, SPAN("*")) ||
	       span_equal_nocase(value, SPAN("\\u002a")) ||
	       span_equal(value, SPAN("0.0.0.0/0")) ||
	       span_equal(value, SPAN("::/0")) ||
	       span_equal(value, SPAN("arn:aws:iam::*:*")) ||
	       span_equal(value, SPAN("arn:aws:iam::*:root"));
}

/* A string, or any string of an array, that everybody meets. */
static bool
holds_everything(struct node n)
{
	struct walk w = walk_of(n);
	struct span key;
	struct node item;

	while (!w.object && next(&w, &key, &item)) {
		if (is_everything(string_of(item)))
			return true;
	}
	return false;
}

/* Operators that hold only for whom the values name.  Negations do not; nor
 * does IfExists, which an anonymous caller passes for want of the key. */
static bool
operator_narrows(struct span op)
{
	if (span_contains_nocase(op, SPAN("Not")) ||
	    span_contains_nocase(op, SPAN("IfExists")) ||
	    span_contains_nocase(op, SPAN("ForAllValues")))
		return false;
	return span_contains_nocase(op, SPAN("StringEquals")) ||
	       span_contains_nocase(op, SPAN("StringLike")) ||
	       span_contains_nocase(op, SPAN("ArnEquals")) ||
	       span_contains_nocase(op, SPAN("ArnLike")) ||
	       span_contains_nocase(op, SPAN("IpAddress")) ||
	       span_contains_nocase(op, SPAN("Bool"));
}

static bool
is_narrowing(struct span key)
{
	for (size_t i = 0; i < COUNTOF(narrowing_keys); i++) {
		if (span_equal_nocase(key, narrowing_keys[i]))
			return true;
	}
	return false;
}

static bool
is_subject(struct span key)
{
	return span_ends(key, SPAN(":sub")) || span_ends(key, SPAN(":amr")) ||
	       span_ends(key, SPAN(":app_id"));
}

/* A condition on a key of the kind that not everybody meets. */
static bool
is_narrowed(struct node statement, bool (*counts)(struct span key))
{
	struct walk ops = walk_of(get(statement, SPAN("Condition")));
	struct node tests, values;
	struct span op, key;

	while (ops.object && next(&ops, &op, &tests)) {
		struct walk w = walk_of(tests);

		if (!operator_narrows(op))
			continue;
		while (w.object && next(&w, &key, &values)) {
			if (counts(key) && !holds_everything(values))
				return true;
		}
	}
	return false;
}

static bool
is_digits(struct span s)
{
	size_t i = 0;

	while (i < s.len && s.at[i] >= '0' && s.at[i] <= '9')
		i++;
	return i == s.len && s.len > 0;
}

struct span
policy_account(struct span principal)
{
	struct span part = principal;

	if (is_digits(principal))
		return principal;
	if (!span_starts(principal, SPAN("arn:")))
		return span_of(NULL, 0);
	for (unsigned i = 0; i < 5; i++)
		part = span_cut(&principal, ':');
	return is_digits(part) ? part : span_of(NULL, 0);
}

/*
 * Accounts from which AWS itself delivers the access logs of load balancers.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/
 * enable-access-logs.html
 */
static const struct span aws_accounts[] = {
	SPAN_INIT("009996457667"),
	SPAN_INIT("027434742980"),
	SPAN_INIT("033677994240"),
	SPAN_INIT("054676820928"),
	SPAN_INIT("076674570225"),
	SPAN_INIT("098369216593"),
	SPAN_INIT("114774131450"),
	SPAN_INIT("127311923021"),
	SPAN_INIT("156460612806"),
	SPAN_INIT("383597477331"),
	SPAN_INIT("507241528517"),
	SPAN_INIT("582318560864"),
	SPAN_INIT("600734575887"),
	SPAN_INIT("635631232127"),
	SPAN_INIT("652711504416"),
	SPAN_INIT("718504428378"),
	SPAN_INIT("754344448648"),
	SPAN_INIT("783225319266"),
	SPAN_INIT("797873946194"),
	SPAN_INIT("897822967062"),
	SPAN_INIT("985666609251"),
};

static bool
is_of_aws(struct span account)
{
	for (size_t i = 0; i < COUNTOF(aws_accounts); i++) {
		if (span_equal(account, aws_accounts[i]))
			return true;
	}
	return false;
}

static bool
is_open_provider(struct span principal)
{
	for (size_t i = 0; i < COUNTOF(open_providers); i++) {
		if (span_ends(principal, open_providers[i]))
			return true;
	}
	return false;
}

static enum policy_reach
reach_of(
    struct node statement, struct span kind, struct span who, struct span own)
{
	struct span account;

	if (span_equal_nocase(kind, SPAN("Service")))
		return POLICY_OWN;
	if (is_everything(who))
		return is_narrowed(statement, is_narrowing) ? POLICY_OWN
							    : POLICY_ANYONE;
	if (span_equal_nocase(kind, SPAN("Federated")) && is_open_provider(who))
		return is_narrowed(statement, is_subject) ? POLICY_OWN
							  : POLICY_ANYONE;
	account = policy_account(who);
	return span_is_empty(account) || span_equal(account, own) ||
		       is_of_aws(account)
		   ? POLICY_OWN
		   : POLICY_FOREIGN;
}

enum policy_reach
policy_reach_of(struct span principal, struct span own)
{
	struct span account = policy_account(principal);

	if (is_everything(principal) || span_equal(principal, SPAN("all")))
		return POLICY_ANYONE;
	/* A share with an organisation or a part of it stays in the house. */
	if (span_search(principal, SPAN(":organizations:")) < principal.len)
		return POLICY_OWN;
	return span_is_empty(account) || span_equal(account, own)
		   ? POLICY_OWN
		   : POLICY_FOREIGN;
}

static bool
allows(struct node statement)
{
	return span_equal_nocase(
	    string_of(get(statement, SPAN("Effect"))), SPAN("Allow"));
}

/* The widest of one "Principal" value of a kind: a string or many. */
static enum policy_reach
widest(struct node statement, struct span kind, struct node principals,
    struct span own, struct span *who)
{
	enum policy_reach most = POLICY_OWN;
	struct walk w = walk_of(principals);
	struct node item;
	struct span key;

	while (!w.object && next(&w, &key, &item)) {
		struct span name = string_of(item);
		enum policy_reach r = reach_of(statement, kind, name, own);

		if (r > most) {
			most = r;
			*who = name;
		}
	}
	return most;
}

static enum policy_reach
statement_reach(struct node statement, struct span own, struct span *who)
{
	struct node principal = get(statement, SPAN("Principal")), item;
	enum policy_reach most = POLICY_OWN;
	struct walk w = walk_of(principal);
	struct span kind;

	if (!allows(statement))
		return POLICY_OWN;
	/* All but some is everyone. */
	if (exists(get(statement, SPAN("NotPrincipal")))) {
		*who = SPAN("*");
		return is_narrowed(statement, is_narrowing) ? POLICY_OWN
							    : POLICY_ANYONE;
	}
	if (!w.object)
		return widest(statement, span_of(NULL, 0), principal, own, who);
	while (next(&w, &kind, &item)) {
		struct span name = span_of(NULL, 0);
		enum policy_reach r = widest(statement, kind, item, own, &name);

		if (r > most) {
			most = r;
			*who = name;
		}
	}
	return most;
}

/* One statement, or an array of them. */
static struct walk
statements_of(struct json_value document)
{
	struct node list = get(node_of(document), SPAN("Statement"));
	struct walk w = walk_of(list);

	if (w.object) {
		w.object = false;
		w.once = true;
	}
	return w;
}

enum policy_reach
policy_reach(struct json_value document, struct span own, struct span *who)
{
	enum policy_reach most = POLICY_OWN;
	struct walk w = statements_of(document);
	struct node statement;
	struct span key;

	while (next(&w, &key, &statement)) {
		struct span name = span_of(NULL, 0);
		enum policy_reach r = statement_reach(statement, own, &name);

		if (r <= most)
			continue;
		most = r;
		if (who != NULL)
			*who = name;
	}
	return most;
}

static bool
holds_action(struct node actions)
{
	struct walk w = walk_of(actions);
	struct node item;
	struct span key;

	while (!w.object && next(&w, &key, &item)) {
		struct span s = string_of(item);

		if (is_everything(s) || span_equal(s, SPAN("*:*")) ||
		    span_equal_nocase(s, SPAN("iam:*")))
			return true;
	}
	return false;
}

bool
policy_is_admin(struct json_value document)
{
	struct walk w = statements_of(document);
	struct node statement;
	struct span key;

	while (next(&w, &key, &statement)) {
		if (allows(statement) &&
		    holds_everything(get(statement, SPAN("Resource"))) &&
		    !exists(get(statement, SPAN("Condition"))) &&
		    (holds_action(get(statement, SPAN("Action"))) ||
			exists(get(statement, SPAN("NotAction")))))
			return true;
	}
	return false;
}
