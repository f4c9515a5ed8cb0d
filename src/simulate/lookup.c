#include "simulate/lookup.h"

#include "base/hash.h"
#include "simulate/text.h"

static void
add_resolver(struct buf *out, const struct account *a, const struct lookup *l,
    uint64_t dice)
{
	const char *type = l->type ? l->type : "A";

	buf_printf(out,
	    "{\"version\":\"1.100000\",\"account_id\":\"%s\",\"region\":\"%s\","
	    "\"vpc_id\":\"%s\",\"query_timestamp\":\"",
	    a->id, WORLD_REGION, a->vpc);
	text_time(out, l->time_us);
	buf_add_str(out, "\",\"query_name\":\"");
	text_json(out, span_str(l->name));
	buf_printf(out,
	    "\",\"query_type\":\"%s\",\"query_class\":\"IN\",\"rcode\":\"%s\","
	    "\"answers\":[",
	    type, l->answer ? "NOERROR" : "NXDOMAIN");
	if (l->answer != NULL && l->answer[0] != '\0') {
		buf_add_str(out, "{\"Rdata\":\"");
		text_json(out, span_str(l->answer));
		buf_printf(out, "\",\"Type\":\"%s\",\"Class\":\"IN\"}", type);
	}
	buf_printf(out,
	    "],\"srcaddr\":\"%s\",\"srcport\":\"%u\",\"transport\":\"UDP\"",
	    l->source, (unsigned)(32768 + dice % 28000));
	if (l->instance != NULL)
		buf_printf(
		    out, ",\"srcids\":{\"instance\":\"%s\"}", l->instance);
	buf_add_char(out, '}');
}

static void
add_coredns(struct buf *out, const struct lookup *l, uint64_t dice)
{
	bool local = span_ends(span_str(l->name), SPAN("cluster.local."));
	size_t len = strlen(l->name);

	text_time_us(out, l->time_us);
	/* The container runtime writes nanoseconds. */
	out->len--;
	buf_printf(out,
	    "%03uZ stdout F [INFO] %s:%u - %u \"%s IN %s udp %zu false 1232\" "
	    "%s qr,%srd%s %zu 0.000%06us",
	    (unsigned)(dice >> 50) % 1000, l->source,
	    (unsigned)(32768 + dice % 28000), (unsigned)(dice >> 16) % 65536,
	    l->type ? l->type : "A", l->name, len + 24,
	    l->answer ? "NOERROR" : "NXDOMAIN", local ? "aa," : "",
	    local ? "" : ",ra", len + (l->answer ? 62 : 117),
	    (unsigned)(dice >> 32) % 900000 + 60000);
}

void
lookup_write(struct world *w, const struct lookup *l)
{
	const struct cluster *c = l->cluster;
	struct account *a = c ? c->account : l->account;
	uint64_t dice = hash_seeded(&HASH_KEY_DEFAULT,
	    w->seed + (uint64_t)l->time_us, span_str(l->name));
	struct sink *s;

	if (l->time_us < w->start_us || l->time_us >= w->end_us)
		return;
	if (a != NULL) {
		s = &a->dns;
		add_resolver(sink_begin(s), a, l, dice);
		sink_end(s, l->time_us + (int64_t)(dice % 90) * CIVIL_US_PER_S,
		    l->step);
	} else {
		/* The world owns the sink; the lookup only names it. */
		ASSERT(c != NULL);
		s = &w->clusters[c->index].dns;
		add_coredns(sink_begin(s), l, dice);
		sink_end(s, l->time_us, l->step);
	}
	truth_proof(w->truth, l->step, l->time_us, "");
}
