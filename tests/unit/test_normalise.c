#include "event/normalise.h"

#include "test.h"

static void
principals(void **state)
{
	static const struct {
		struct cloudtrail ct;
		struct span want;
	} cases[] = {
		{ { .identity_type = SPAN_INIT("AssumedRole"),
		      .arn = SPAN_INIT("arn:aws:sts::111122223333:"
				       "assumed-role/deploy/jane"),
		      .issuer_arn = SPAN_INIT("arn:aws:iam::111122223333:"
					      "role/ci/team/deploy") },
		    SPAN_INIT("arn:aws:iam::111122223333:role/deploy") },
		{ { .identity_type = SPAN_INIT("AssumedRole"),
		      .arn = SPAN_INIT("arn:aws-cn:sts::111122223333:"
				       "assumed-role/deploy/jane") },
		    SPAN_INIT("arn:aws-cn:iam::111122223333:role/deploy") },
		{ { .identity_type = SPAN_INIT("AssumedRole"),
		      .arn = SPAN_INIT(
			  "arn:aws:sts::111122223333:assumed-role/"
			  "AWSReservedSSO_Admin_0123456789abcdef/jane"),
		      .issuer_name = SPAN_INIT("AWSReservedSSO_Admin_01") },
		    SPAN_INIT("arn:aws:sts::111122223333:assumed-role/"
			      "AWSReservedSSO_Admin_0123456789abcdef/jane") },
		{ { .identity_type = SPAN_INIT("AssumedRole"),
		      .arn = SPAN_INIT("arn:aws:sts::111122223333:"
				       "assumed-role/ops/ann@example.org") },
		    SPAN_INIT("arn:aws:sts::111122223333:"
			      "assumed-role/ops/ann@example.org") },
		{ { .identity_type = SPAN_INIT("IAMUser"),
		      .arn =
			  SPAN_INIT("arn:aws:iam::111122223333:user/ops/bob") },
		    SPAN_INIT("arn:aws:iam::111122223333:user/ops/bob") },
		{ { .identity_type = SPAN_INIT("IAMUser"),
		      .identity_account = SPAN_INIT("111122223333"),
		      .user_name = SPAN_INIT("bob") },
		    SPAN_INIT("arn:aws:iam::111122223333:user/bob") },
		{ { .identity_type = SPAN_INIT("Root"),
		      .identity_account = SPAN_INIT("111122223333") },
		    SPAN_INIT("arn:aws:iam::111122223333:root") },
		{ { .identity_type = SPAN_INIT("AWSService"),
		      .invoked_by = SPAN_INIT("ec2.amazonaws.com") },
		    SPAN_INIT("ec2.amazonaws.com") },
		{ { .identity_type = SPAN_INIT("WebIdentityUser"),
		      .web_provider = SPAN_INIT("accounts.google.com"),
		      .user_name = SPAN_INIT("42") },
		    SPAN_INIT("accounts.google.com/42") },
		{ { .identity_type = SPAN_INIT("SAMLUser"),
		      .user_name = SPAN_INIT("ann") },
		    SPAN_INIT("SAMLUser/ann") },
		{ { .identity_type = SPAN_INIT("AWSAccount"),
		      .principal_id = SPAN_INIT("AROAEXAMPLE:i-0123"),
		      .identity_account = SPAN_INIT("444455556666") },
		    SPAN_INIT("AROAEXAMPLE") },
		{ { .identity_type = SPAN_INIT("AWSAccount"),
		      .identity_account = SPAN_INIT("444455556666") },
		    SPAN_INIT("account:444455556666") },
		{ { .mfa = false }, SPAN_INIT("") },
	};
	struct buf scratch = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++)
		assert_span_equal(
		    normalise_principal(&cases[i].ct, &scratch), cases[i].want);
	buf_done(&scratch);
}

static void
sessions(void **state)
{
	struct cloudtrail ct = { .arn = SPAN(
				     "arn:aws:sts::1:assumed-role/r/jane") };
	struct cloudtrail id = { .principal_id = SPAN("AROA1:jane") };
	struct cloudtrail user = { .arn = SPAN("arn:aws:iam::1:user/u"),
		.principal_id = SPAN("AIDA1") };

	(void)state;
	assert_span_equal(normalise_session_name(&ct), SPAN("jane"));
	assert_span_equal(normalise_session_name(&id), SPAN("jane"));
	assert_span_equal(normalise_session_name(&user), SPAN(""));
}

struct pair {
	const char *from, *to;
};

static void
check(const struct pair *pairs, size_t count,
    struct span (*f)(struct span, struct buf *))
{
	struct buf scratch = { 0 };

	for (size_t i = 0; i < count; i++)
		assert_span_equal(f(span_str(pairs[i].from), &scratch),
		    span_str(pairs[i].to));
	buf_done(&scratch);
}

static void
stems(void **state)
{
	static const struct pair pairs[] = {
		{ "deploy", "deploy" },
		{ "AWSReservedSSO_Admin_0123456789abcdef",
		    "AWSReservedSSO-Admin" },
		{ "app-prod-NodeRole-1A2B3C4D5E6F7", "app-prod-NodeRole" },
		{ "worker-i-0123456789abcdef0", "worker" },
		{ "batch-2024-11-22", "batch" },
		{ "eks-node-group-7", "eks-node-group" },
		{ "123456", "123456" },
		{ "", "" },
	};

	(void)state;
	check(pairs, COUNTOF(pairs), normalise_stem);
}

static void
peers(void **state)
{
	struct cloudtrail role = { .identity_type = SPAN("AssumedRole"),
		.issuer_arn =
		    SPAN("arn:aws:iam::1:role/svc/worker-1A2B3C4D5E6F7") };
	struct cloudtrail user = { .identity_type = SPAN("IAMUser"),
		.arn = SPAN("arn:aws:iam::1:user/ops/eu/bob") };
	struct cloudtrail plain = { .identity_type = SPAN("IAMUser"),
		.arn = SPAN("arn:aws:iam::1:user/bob") };
	struct cloudtrail root = { .identity_type = SPAN("Root") };
	struct cloudtrail none = { 0 };
	struct buf scratch = { 0 };

	(void)state;
	assert_span_equal(
	    normalise_peer_group(&role, &scratch), SPAN("role:worker"));
	assert_span_equal(
	    normalise_peer_group(&user, &scratch), SPAN("user:/ops/eu/"));
	assert_span_equal(
	    normalise_peer_group(&plain, &scratch), SPAN("user:/"));
	assert_span_equal(normalise_peer_group(&root, &scratch), SPAN("root"));
	assert_span_equal(normalise_peer_group(&none, &scratch), SPAN("other"));
	buf_done(&scratch);
}

static void
k8s_peers(void **state)
{
	static const struct pair pairs[] = {
		{ "system:serviceaccount:shop:default",
		    "serviceaccount:default" },
		{ "system:node:ip-10-0-0-1", "system:node" },
		{ "jane@example.org", "@example.org" },
		{ "arn:aws:sts::1:assumed-role/ops/jane@example.org",
		    "arn:aws:iam::1:role/ops" },
		{ "system:apiserver", "system:apiserver" },
	};

	(void)state;
	check(pairs, COUNTOF(pairs), normalise_k8s_peer_group);
}

static void
agents(void **state)
{
	static const struct pair pairs[] = {
		{ "aws-cli/2.15.0 Python/3.11.6 Linux/5.10", "aws-cli/2" },
		{ "[aws-cli/1.16.1 Python/2.7]", "aws-cli/1" },
		{ "Boto3/1.28.0 md/Botocore#1.31.0", "Boto3/1" },
		{ "kubectl/v1.29.1 (linux/amd64) kubernetes/bc401b9",
		    "kubectl/v1" },
		{ "console.amazonaws.com", "console.amazonaws.com" },
		{ "AWS Internal", "AWS Internal" },
		{ "Mozilla/5.0 (X11; Linux) Gecko/2010 Firefox/120.0",
		    "browser/Firefox" },
		{ "Mozilla/5.0 (X) AppleWebKit/537 Chrome/120 Safari/537",
		    "browser/Chrome" },
		{ "APN/1.0 HashiCorp/1.0 Terraform/1.5.7 (+https://x)",
		    "Terraform/1" },
		{ "S3Console/0.4, aws-internal/3", "S3Console/0" },
		{ "Go-http-client/1.1", "Go-http-client/1" },
		{ "my agent 12.5", "my agent #.#" },
		{ "kubectl/", "kubectl/" },
		{ "/", "/" },
		{ "", "" },
	};

	(void)state;
	check(pairs, COUNTOF(pairs), normalise_agent);
}

static void
k8s_users(void **state)
{
	static const struct pair pairs[] = {
		{ "system:node:ip-10-0-0-1.ec2.internal", "system:node" },
		{ "system:bootstrap:abcdef", "system:bootstrap" },
		{ "system:serviceaccount:shop:cart",
		    "system:serviceaccount:shop:cart" },
		{ "arn:aws:sts::1:assumed-role/ops/jane",
		    "arn:aws:iam::1:role/ops" },
		{ "arn:aws:sts::1:assumed-role/ops/jane@example.org",
		    "arn:aws:sts::1:assumed-role/ops/jane@example.org" },
		{ "arn:aws:sts::1:assumed-role/AWSReservedSSO_Dev_01/jane",
		    "arn:aws:sts::1:assumed-role/AWSReservedSSO_Dev_01/jane" },
		{ "jane@example.org", "jane@example.org" },
		{ "cart-6d4b75cb6d-hx9k2", "cart" },
		{ "", "" },
	};

	(void)state;
	check(pairs, COUNTOF(pairs), normalise_k8s_user);
}

static void
workloads(void **state)
{
	static const struct pair pairs[] = {
		{ "cart-6d4b75cb6d-hx9k2", "cart" },
		{ "shop-cart-6d4b75cb6d-hx9k2", "shop-cart" },
		{ "nginx-deployment-3107433678-v8c2k", "nginx-deployment" },
		{ "kube-proxy-x7k2p", "kube-proxy" },
		{ "postgres-0", "postgres" },
		{ "backup-28394820-x7k2p", "backup" },
		{ "backup-28394820", "backup" },
		{ "kube-apiserver-ip-10-0-1-2.ec2.internal", "kube-apiserver" },
		{ "redis", "redis" },
		{ "my-nginx", "my-nginx" },
		{ "-", "-" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(pairs); i++)
		assert_span_equal(normalise_workload(span_str(pairs[i].from)),
		    span_str(pairs[i].to));
}

static void
images(void **state)
{
	static const struct {
		const char *from;
		const char *registry, *repository, *tag, *digest;
	} cases[] = {
		{ "nginx", "docker.io", "nginx", "", "" },
		{ "nginx:1.25", "docker.io", "nginx", "1.25", "" },
		{ "docker.io/library/nginx:1", "docker.io", "nginx", "1", "" },
		{ "bitnami/redis:7@sha256:abc", "docker.io", "bitnami/redis",
		    "7", "sha256:abc" },
		{ "localhost:5000/a/b", "localhost:5000", "a/b", "", "" },
		{ "123.dkr.ecr.eu-west-1.amazonaws.com/shop/cart:v2",
		    "123.dkr.ecr.eu-west-1.amazonaws.com", "shop/cart", "v2",
		    "" },
		{ "", "docker.io", "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(cases); i++) {
		struct normalise_image n =
		    normalise_image(span_str(cases[i].from));

		assert_span_equal(n.registry, span_str(cases[i].registry));
		assert_span_equal(n.repository, span_str(cases[i].repository));
		assert_span_equal(n.tag, span_str(cases[i].tag));
		assert_span_equal(n.digest, span_str(cases[i].digest));
	}
}

static void
networks(void **state)
{
	char text[IP_TEXT_BYTES];
	struct ip ip;

	(void)state;
	assert_true(ip_parse(SPAN("203.0.113.77"), &ip));
	assert_string_equal(normalise_network(&ip, text), "203.0.113.0/24");
	assert_true(ip_parse(SPAN("2001:db8:1:2::3"), &ip));
	assert_string_equal(normalise_network(&ip, text), "2001:db8:1::/48");
	memset(&ip, 0, sizeof(ip));
	assert_string_equal(normalise_network(&ip, text), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a principal has no session and no path", principals),
		TEST("a session's name is behind the role's", sessions),
		TEST("a stem has no ids and no numbers", stems),
		TEST("peers share a stem, a path or a provider", peers),
		TEST("Kubernetes peers share an account's name", k8s_peers),
		TEST("an agent's family is product and major", agents),
		TEST("nodes are one user, sessions are their role or a person",
		    k8s_users),
		TEST("a pod's name gives its workload", workloads),
		TEST("an image has registry, repository, tag, digest", images),
		TEST("a network is a /24 or a /48", networks),
	};

	return cmocka_run_group_tests_name("normalise", tests, NULL, NULL);
}
