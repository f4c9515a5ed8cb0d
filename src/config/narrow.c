#include "config/narrow.h"

#include "base/ip.h"

/* Does the pattern leave anything out? */
static bool
is_narrow(const struct tree_node *criterion)
{
	struct span text = criterion->text;
	struct ip_net net;

	/* How bad it may be says nothing of what it is. */
	if (criterion->kind != TREE_TEXT ||
	    span_equal(criterion->key->text, SPAN("max_severity")))
		return false;
	if (span_equal(criterion->key->text, SPAN("address")))
		return ip_net_parse(text, &net) && !ip_is_none(&net.base) &&
		       net.bits != (ip_is_v4(&net.base) ? 96 : 0);
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] != '*' && text.at[i] != '?')
			return true;
	}
	return false;
}

static void
check_match(const struct tree_node *match, struct faults *faults)
{
	bool narrow = false;

	for (const struct tree_node *m = match->first; m; m = m->next) {
		narrow |= is_narrow(m);
		if (m->kind == TREE_TEXT && m->text.len > NARROW_PATTERN_BYTES)
			faults_add(faults, m->line, m->column,
			    "%.*s is longer than %d bytes; write a shorter "
			    "pattern with *",
			    SPAN_ARGS(span_first(m->key->text, 60)),
			    NARROW_PATTERN_BYTES);
	}
	if (!narrow)
		faults_add(faults, match->line, match->column,
		    "match fits every finding; name what is expected: a type, "
		    "an actor, a resource, an address ...");
}

void
narrow_check(const struct tree_node *root, struct faults *faults)
{
	const struct tree_node *list = tree_member(root, "suppress");
	size_t count = 0;

	if (list == NULL || list->kind != TREE_LIST)
		return;
	for (const struct tree_node *m = list->first;
	     m != NULL && !faults_full(faults); m = m->next) {
		const struct tree_node *match = tree_member(m, "match");

		if (++count > NARROW_SUPPRESSIONS_MAX) {
			faults_add(faults, m->line, m->column,
			    "more than %d suppressions; join some by patterns",
			    NARROW_SUPPRESSIONS_MAX);
			return;
		}
		if (match != NULL && match->kind == TREE_MAP)
			check_match(match, faults);
	}
}
