#include "simulate/simulate.h"

#include <stdio.h>

#include "base/civil.h"
#include "simulate/attack.h"
#include "simulate/change.h"
#include "simulate/kube.h"
#include "simulate/people.h"
#include "simulate/robots.h"
#include "simulate/scale.h"
#include "simulate/text.h"
#include "simulate/traffic.h"
#include "simulate/world.h"

#define PEOPLE 14
/* A scaled world: one day of a large company. */
#define PEOPLE_SCALED 1500
#define REPLICAS_SCALED 10

void
simulate_list_attacks(struct buf *out)
{
	for (size_t i = 0; i < attack_count; i++)
		buf_printf(out, "%-20s %s\n", attack_table[i].name,
		    attack_table[i].what);
}

void
simulate_list_changes(struct buf *out)
{
	for (size_t i = 0; i < change_count; i++)
		buf_printf(out, "%-20s %s\n", change_table[i].name,
		    change_table[i].what);
}

static bool
is_attack(struct span name)
{
	for (size_t i = 0; i < attack_count; i++)
		if (span_equal(name, span_str(attack_table[i].name)))
			return true;
	return false;
}

static bool
is_change(struct span name)
{
	for (size_t i = 0; i < change_count; i++)
		if (span_equal(name, span_str(change_table[i].name)))
			return true;
	return false;
}

static enum status
check_names(const char *names, const char *what,
    bool (*is_known)(struct span name), struct buf *error)
{
	struct span rest = span_str(names);

	if (names == NULL || !strcmp(names, "none") || !strcmp(names, "all"))
		return STATUS_OK;
	while (rest.at != NULL) {
		struct span name = span_cut(&rest, ',');

		if (is_known(name))
			continue;
		buf_printf(error, "unknown %s \"%.*s\"; --%s list shows all",
		    what, SPAN_ARGS(name), what);
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

static bool
is_chosen(const char *names, const char *name)
{
	struct span rest = span_str(names);

	if (names != NULL && !strcmp(names, "all"))
		return true;
	while (rest.at != NULL)
		if (span_equal(span_cut(&rest, ','), span_str(name)))
			return true;
	return false;
}

/* In the table's order, whatever the user's, each at most once. */
static void
attack(struct world *w, const char *names)
{
	for (size_t i = 0; i < attack_count; i++) {
		const struct attack_kind *a = &attack_table[i];

		if (!is_chosen(names, a->name))
			continue;
		truth_attack(w->truth, a->name, a->what, a->expected);
		a->run(w);
	}
}

static void
plan_changes(struct world *w, const char *names)
{
	for (size_t i = 0; i < change_count; i++)
		if (is_chosen(names, change_table[i].name) &&
		    change_table[i].plan != NULL)
			change_table[i].plan(
			    w, change_day(w, &change_table[i]));
}

static void
change(struct world *w, const char *names)
{
	for (size_t i = 0; i < change_count; i++)
		if (is_chosen(names, change_table[i].name) &&
		    change_table[i].act != NULL)
			change_table[i].act(w, change_day(w, &change_table[i]));
}

static void
live(struct world *w, const char *changes)
{
	plan_changes(w, changes);
	for (unsigned i = 0; i < w->cluster_count; i++)
		kube_plan(w, &w->clusters[i]);
	people_live(w);
	robots_live(w);
	for (unsigned i = 0; i < w->cluster_count; i++) {
		kube_live(w, &w->clusters[i]);
		traffic_cluster(w, &w->clusters[i]);
	}
	traffic_edge(w);
	change(w, changes);
}

/* Digest files lie beside the logs in every real archive. */
static void
write_digests(struct world *w, struct object_writer *o)
{
	for (unsigned i = 0; i < WORLD_ACCOUNTS; i++)
		for (unsigned day = 0; day < w->days; day++) {
			struct civil c = civil_of(world_day(w, day));
			const char *id = w->accounts[i].id;
			struct buf path = { 0 }, text = { 0 };

			buf_printf(&path,
			    "AWSLogs/%s/CloudTrail-Digest/" WORLD_REGION
			    "/%04d/%02u/%02u/%s_CloudTrail-Digest_" WORLD_REGION
			    "_organisation_" WORLD_REGION
			    "_%04d%02u%02uT000000Z.json.gz",
			    id, c.year, c.month, c.day, id, c.year, c.month,
			    c.day);
			buf_printf(&text,
			    "{\"awsAccountId\":\"%s\",\"digestS3Bucket\":"
			    "\"tidewater-trail\",\"digestSignatureAlgorithm\":"
			    "\"SHA256withRSA\",\"logFiles\":[]}",
			    id);
			object_write(o, buf_text(&path), buf_span(&text));
			buf_done(&path);
			buf_done(&text);
		}
}

static void
write_sinks(struct world *w, struct object_writer *o)
{
	for (unsigned i = 0; i < WORLD_ACCOUNTS; i++) {
		sink_write(&w->accounts[i].trail, o, w->truth);
		sink_write(&w->accounts[i].trail_global, o, w->truth);
		sink_write(&w->accounts[i].flow, o, w->truth);
		sink_write(&w->accounts[i].dns, o, w->truth);
	}
	for (unsigned i = 0; i < w->cluster_count; i++) {
		sink_write(&w->clusters[i].audit, o, w->truth);
		sink_write(&w->clusters[i].dns, o, w->truth);
	}
	write_digests(w, o);
}

/* Each with the day on which it begins. */
static void
add_changes(struct buf *head, const struct world *w, const char *names)
{
	bool first = true;

	buf_add_str(head, "],\"changes\":[");
	for (size_t i = 0; i < change_count; i++) {
		if (!is_chosen(names, change_table[i].name))
			continue;
		buf_printf(head, "%s{\"name\":\"%s\",\"what\":\"",
		    first ? "" : ",", change_table[i].name);
		text_json(head, span_str(change_table[i].what));
		buf_add_str(head, "\",\"day\":\"");
		text_time(head, change_day(w, &change_table[i]));
		buf_add_str(head, "\"}");
		first = false;
	}
}

static void
write_truth(struct world *w, const char *changes, struct object_writer *o,
    struct buf *out)
{
	struct buf head = { 0 };

	buf_printf(&head, "\"seed\":%llu,\"days\":%u,\"start\":\"",
	    (unsigned long long)w->seed, w->days);
	text_time(&head, w->start_us);
	buf_add_str(&head, "\",\"end\":\"");
	text_time(&head, w->end_us);
	buf_add_str(&head, "\",\"clusters\":[");
	for (unsigned i = 0; i < w->cluster_count; i++)
		buf_printf(&head, "%s{\"name\":\"%s\",\"account\":\"%s\"}",
		    i ? "," : "", w->clusters[i].name,
		    w->clusters[i].account ? w->clusters[i].account->id : "");
	add_changes(&head, w, changes);
	buf_printf(&head, "],\"objects\":%llu,\"bytes\":%llu",
	    (unsigned long long)o->objects, (unsigned long long)o->plain_bytes);
	truth_json(w->truth, buf_text(&head), out);
	object_write_plain(o, "truth.json", buf_span(out));
	buf_done(&head);
}

static struct world_size
size_of(const struct simulate_options *o)
{
	struct world_size size = {
		.seed = o->seed,
		.start_us = o->start_us ? o->start_us : SIMULATE_START_DEFAULT,
		.days = o->days ? o->days : SIMULATE_DAYS_DEFAULT,
		.clusters =
		    o->clusters ? o->clusters : SIMULATE_CLUSTERS_DEFAULT,
		.people = PEOPLE,
		.replicas_factor = 1,
	};

	if (is_chosen(o->changes, "new-employee"))
		size.people += CHANGE_HIRED;
	/* Days begin at midnight. */
	size.start_us = civil_day(size.start_us) * CIVIL_US_PER_DAY;
	if (o->scale_bytes_per_source > 0) {
		size.days = 1;
		size.people = PEOPLE_SCALED;
		size.replicas_factor = REPLICAS_SCALED;
		if (size.clusters < 2)
			size.clusters = 2;
	}
	return size;
}

static enum status
check(const struct simulate_options *o, struct buf *error)
{
	if (o->out == NULL || o->out[0] == '\0' || strlen(o->out) > 600)
		buf_add_str(error, "--out needs a folder");
	else if (o->days > SIMULATE_DAYS_MAX)
		buf_printf(error, "--days is at most %u", SIMULATE_DAYS_MAX);
	else if (o->clusters > SIMULATE_CLUSTERS_MAX)
		buf_printf(
		    error, "--clusters is at most %u", SIMULATE_CLUSTERS_MAX);
	else if (o->start_us < 0)
		buf_add_str(error, "--start is before 1970");
	else if (check_names(o->attacks, "attack", is_attack, error) ==
		 STATUS_OK)
		return check_names(o->changes, "change", is_change, error);
	return STATUS_INVALID;
}

enum status
simulate_run(
    const struct simulate_options *o, struct buf *truth_json, struct buf *error)
{
	struct object_writer writer;
	struct world_size size;
	struct world w;
	enum status st = check(o, error);

	if (st != STATUS_OK)
		return st;
	size = size_of(o);
	world_init(&w, &size);
	object_writer_init(&writer, o->out, error);
	live(&w, o->changes);
	if (o->scale_bytes_per_source > 0) {
		scale_write(&(struct scale){ .world = &w,
		    .writer = &writer,
		    .bytes = o->scale_bytes_per_source,
		    .sources = o->scale_sources ? o->scale_sources : 15 });
	} else {
		attack(&w, o->attacks);
		write_sinks(&w, &writer);
	}
	write_truth(&w, o->changes, &writer, truth_json);
	st = writer.status;
	object_writer_done(&writer);
	world_done(&w);
	return st;
}
