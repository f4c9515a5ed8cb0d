/*
 * Policy:Kubernetes/CredentialInConfigMap - a password or key is written into
 * a ConfigMap, which is read by many who may read no secret.
 *
 * Sources     Kubernetes audit log, level Request or RequestResponse
 * Key         none; what was told is remembered for each ConfigMap
 * Rule        a value holds a private key or a key id of AWS, or a line of it
 *             gives one of the names below a value that is no reference.  The
 *             value itself is not kept
 * References  https://attack.mitre.org/techniques/T1552/007/
 */
#include <math.h>

#include "detect/k8s_act.h"
#include "detect/k8s_request.h"

#define LINES_MAX 400 /* of each value */

static bool
of_kind(const struct event *ev)
{
	const struct audit *a = ev->audit;

	return span_equal(a->resource, SPAN("configmaps")) &&
	       k8s_request_writes(a);
}

/* "AKIA" or "ASIA" and sixteen more of A-Z and 2-7. */
static bool
has_key_id(struct span text)
{
	static const char *const starts[] = { "AKIA", "ASIA" };

	for (size_t i = 0; i < COUNTOF(starts); i++) {
		struct span start = span_str(starts[i]);
		size_t at = span_search(text, start);
		size_t len = at;

		while (len < text.len &&
		       ((text.at[len] >= 'A' && text.at[len] <= 'Z') ||
			   (text.at[len] >= '0' && text.at[len] <= '9')))
			len++;
		if (at < text.len && len - at == 20)
			return true;
	}
	return false;
}

/* The name before = or :, without quotes and with one way to part words. */
static bool
is_secret_name(struct span name)
{
	static const char *const words[] = { "password", "passwd", "passphrase",
		"secret_access_key", "access_key_id", "client_secret",
		"private_key", "api_token", "auth_token" };
	char room[64];
	size_t len = 0;

	name = span_trim(name);
	for (size_t i = 0; i < name.len && len < sizeof(room); i++) {
		char c = name.at[i];

		if (c == '"' || c == '\'')
			continue;
		room[len++] = c == '-' || c == '.' ? '_' : c;
	}
	for (size_t i = 0; i < COUNTOF(words); i++) {
		struct span word = span_str(words[i]);

		if (len >= word.len &&
		    span_equal_nocase(
			span_of(room + len - word.len, word.len), word))
			return true;
	}
	return false;
}

/* "${DB_PASSWORD}", "{{ .x }}", a path, nothing: where the value is got. */
static bool
is_reference(struct span value)
{
	value = span_trim(value);
	return value.len < 4 || strchr("$/{<%!&*[|>#", value.at[0]) != NULL ||
	       ((value.at[0] == '"' || value.at[0] == '\'') &&
		   (value.len < 6 || strchr("$/{<%!#", value.at[1]) != NULL)) ||
	       span_starts(value, SPAN("null")) ||
	       span_starts(value, SPAN("true")) ||
	       span_starts(value, SPAN("false"));
}

static const char *
look_into(struct span name, struct span text)
{
	if (span_search(text, SPAN("PRIVATE KEY-----")) < text.len)
		return "a private key";
	if (has_key_id(text))
		return "a key id of AWS";
	if (is_secret_name(name) && !is_reference(text) && text.len < 200)
		return "a password or key";
	for (unsigned i = 0; i < LINES_MAX && text.at != NULL; i++) {
		struct span line = span_cut(&text, '\n');
		size_t eq = span_find(line, '=', 0);
		size_t colon = span_find(line, ':', 0);
		size_t sep = eq < colon ? eq : colon;

		if (sep < line.len && is_secret_name(span_first(line, sep)) &&
		    !is_reference(span_skip(line, sep + 1)))
			return "a password or key";
	}
	return NULL;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	struct json_value values = json_get(k8s_request_sent(ev), SPAN("data"));
	struct json_iter it = json_iter(values);
	struct json_value value;
	struct span key;
	const char *what = NULL;
	char room[256];

	(void)state;
	while (what == NULL && json_next_member(&it, &key, &value))
		what = look_into(key, json_string(value));
	if (what == NULL)
		return;
	k8s_act_raise(d, ev,
	    &(struct k8s_act){
		.what = "writes credentials into ConfigMaps",
		.severity = SEVERITY_LOW,
		.resource_kind = ENTITY_WORKLOAD,
		.resource = k8s_request_target(ev, room, sizeof(room)),
		.detail = key,
		.facts = (struct fact[]){ { "what", span_str(what) },
		    { "name", k8s_request_name(ev) } },
		.nfacts = 2,
	    });
}

DETECTOR(configmap_credentials) = {
	.type = "Policy:Kubernetes/CredentialInConfigMap",
	.title = "{user} wrote {what} into ConfigMap {namespace}/{name}",
	.story = "{user} wrote what looks like {what} into ConfigMap "
		 "{namespace}/{name} of cluster {cluster}. ConfigMaps are read "
		 "by many, and are in the log as they are.",
	.mitre = "T1552.007",
	.tactic = TACTIC_CREDENTIAL_ACCESS,
	.sources = DETECT_K8S_AUDIT,
	.needs = CARRIED_REQUEST_CONFIG,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_LOW,
	.confidence = 0.6,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.match = k8s_act_match_done,
	.observe = observe,
};
