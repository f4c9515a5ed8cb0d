#include "cli/aws_policy.h"

#include <string.h>

#include "aws/endpoint.h"
#include "cli/json_text.h"

/* A document while it is written. */
struct policy {
	struct buf *out;
	const char *indent;
	size_t statements;
};

static struct span
partition_of(const struct config_source *s)
{
	return span_str(endpoint_partition(span_str(s->region)));
}

/* Text as it stands in a resource or a condition: IAM's own signs are
 * written as variables. */
static void
add_literal(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '*' || s.at[i] == '?' || s.at[i] == '$')
			buf_printf(out, "${%c}", s.at[i]);
		else
			buf_add_char(out, s.at[i]);
	}
}

static void
add_bucket(const struct config_source *s, struct buf *out)
{
	/* An access point's ARN stands for the bucket. */
	if (span_starts(span_str(s->bucket), SPAN("arn:"))) {
		buf_add_str(out, s->bucket);
		return;
	}
	buf_printf(out, "arn:%.*s:s3:::", SPAN_ARGS(partition_of(s)));
	add_literal(out, span_str(s->bucket));
}

static void
add_queue(const struct config_source *s, struct buf *out)
{
	struct endpoint at;
	struct span path, account, host, region = span_str(s->region);

	/* https://sqs.REGION.amazonaws.com/ACCOUNT/NAME */
	if (!endpoint_split(span_str(s->queue), &at)) {
		buf_add_char(out, '*');
		return;
	}
	path = span_skip(at.path, 1);
	account = span_cut(&path, '/');
	host = at.host;
	if (span_equal(span_cut(&host, '.'), SPAN("sqs")) && host.at != NULL)
		region = span_cut(&host, '.');
	buf_printf(out, "arn:%s:sqs:%.*s:%.*s:", endpoint_partition(region),
	    SPAN_ARGS(region), SPAN_ARGS(account));
	add_literal(out, path);
}

/* --- statements ------------------------------------------------------- */

static void
add_string(
    struct policy *p, const char *name, struct buf *value, const char *after)
{
	buf_printf(p->out, "%s      \"%s\": ", p->indent, name);
	json_text_add(p->out, buf_span(value));
	buf_printf(p->out, "%s\n", after);
	buf_done(value);
}

static void
open_statement(struct policy *p, const char *actions)
{
	buf_printf(p->out,
	    "%s%s    {\n%s      \"Effect\": \"Allow\",\n"
	    "%s      \"Action\": [%s],\n",
	    p->statements++ > 0 ? ",\n" : "", p->indent, p->indent, p->indent,
	    actions);
}

static void
close_statement(struct policy *p)
{
	buf_printf(p->out, "%s    }", p->indent);
}

static void
allow(struct policy *p, const char *actions, struct buf *resource)
{
	open_statement(p, actions);
	add_string(p, "Resource", resource, "");
	close_statement(p);
}

static void
allow_list(struct policy *p, const struct config_source *s)
{
	struct buf resource = { 0 }, prefix = { 0 };
	bool all = s->prefix == NULL || s->prefix[0] == '\0';

	open_statement(p, "\"s3:ListBucket\"");
	add_bucket(s, &resource);
	add_string(p, "Resource", &resource, all ? "" : ",");
	if (!all) {
		add_literal(&prefix, span_str(s->prefix));
		buf_add_char(&prefix, '*');
		buf_printf(p->out,
		    "%s      \"Condition\": {\"StringLike\": {\"s3:prefix\": ",
		    p->indent);
		json_text_add(p->out, buf_span(&prefix));
		buf_add_str(p->out, "}}\n");
		buf_done(&prefix);
	}
	close_statement(p);
}

static void
allow_read(struct policy *p, const struct config_source *s)
{
	struct buf resource = { 0 };

	if (s->bucket == NULL)
		return;
	add_bucket(s, &resource);
	buf_add_str(&resource,
	    span_starts(span_str(s->bucket), SPAN("arn:")) ? "/object/" : "/");
	if (s->prefix != NULL)
		add_literal(&resource, span_str(s->prefix));
	buf_add_char(&resource, '*');
	allow(p, "\"s3:GetObject\"", &resource);
	allow_list(p, s);
}

static void
allow_source(struct policy *p, const struct config_source *s)
{
	struct buf resource = { 0 };

	allow_read(p, s);
	if (s->queue != NULL) {
		add_queue(s, &resource);
		allow(p,
		    "\"sqs:ReceiveMessage\", \"sqs:DeleteMessage\", "
		    "\"sqs:ChangeMessageVisibility\"",
		    &resource);
	}
	if (s->verify_digests == 1 && s->digest_keys == NULL) {
		buf_add_char(&resource, '*');
		allow(p, "\"cloudtrail:ListPublicKeys\"", &resource);
	}
}

/* --- documents -------------------------------------------------------- */

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The sources of one role (NULL: of the chain's own keys), and for the
 * latter the roles they assume. */
static void
write_document(const struct config_source *const *sources, size_t count,
    const char *role, struct policy *p)
{
	buf_printf(p->out,
	    "{\n%s  \"Version\": \"2012-10-17\",\n%s  \"Statement\": [\n",
	    p->indent, p->indent);
	for (size_t i = 0; i < count; i++) {
		const char *its = sources[i]->role_arn;
		struct buf resource = { 0 };
		bool again = false;

		for (size_t at = 0; at < i; at++)
			again |= is_same(sources[at]->role_arn, its);
		if (is_same(its, role)) {
			allow_source(p, sources[i]);
		} else if (role == NULL && !again) {
			buf_add_str(&resource, its);
			allow(p, "\"sts:AssumeRole\"", &resource);
		}
	}
	buf_printf(p->out, "\n%s  ]\n%s}", p->indent, p->indent);
}

void
aws_policy_write(
    const struct config_source *const *sources, size_t count, struct buf *out)
{
	struct policy p = { .out = out, .indent = "" };
	bool roles = false;

	for (size_t i = 0; i < count; i++)
		roles |= sources[i]->role_arn != NULL;
	if (!roles) {
		write_document(sources, count, NULL, &p);
		buf_add_char(out, '\n');
		return;
	}
	p.indent = "  ";
	buf_add_str(out, "{\n  \"keys\": ");
	write_document(sources, count, NULL, &p);
	for (size_t i = 0; i < count; i++) {
		bool again = sources[i]->role_arn == NULL;

		for (size_t at = 0; at < i; at++)
			again |= is_same(
			    sources[at]->role_arn, sources[i]->role_arn);
		if (again)
			continue;
		buf_add_str(out, ",\n  ");
		json_text_add(out, span_str(sources[i]->role_arn));
		buf_add_str(out, ": ");
		p.statements = 0;
		write_document(sources, count, sources[i]->role_arn, &p);
	}
	buf_add_str(out, "\n}\n");
}

void
aws_policy_notes(
    const struct config_source *const *sources, size_t count, struct buf *out)
{
	bool roles = false, queues = false;

	for (size_t i = 0; i < count; i++) {
		roles |= sources[i]->role_arn != NULL;
		queues |= sources[i]->queue != NULL;
	}
	buf_printf(out,
	    "where %s encrypted with a KMS key of yours, allow kms:Decrypt "
	    "on that key too\n",
	    queues ? "bucket or queue is" : "the bucket is");
	if (roles)
		buf_add_str(out, "each role's trust policy must allow "
				 "sts:AssumeRole to the keys' identity, with "
				 "the external id where there is one\n");
}
