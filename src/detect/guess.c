#include "detect/guess.h"

#include <math.h>
#include <stdio.h>

#include "base/civil.h"
#include "detect/flows.h"

#define WINDOW_US INT64_C(600000000)
#define WINDOWS_A_DAY 144
/* Less than this is no login attempt: TCP's own packets, or a banner. */
#define PACKETS_LEAST 4
#define BYTES_LEAST 600
/* Times the usual number of connections a window, once that is known. */
#define USUAL_TIMES 3.0
#define USUAL_WINDOWS 6.0
/* A session so soon after guesses belongs to them, and carries so many times
 * what a failed login does. */
#define SESSION_US CIVIL_US_PER_HOUR
#define SESSION_TIMES 3.0

bool
guess_match(const struct event *ev, unsigned port)
{
	const struct flow *f = ev->flow;

	return f->dst_port == port && f->service_port == port &&
	       f->protocol == FLOWS_TCP && f->action != FLOW_REJECT &&
	       f->initiated == flows_is_sent(f);
}

/* Close the window that was and open that of `window`. */
static void
turn(struct guess *g, int64_t window)
{
	double keep = decay_mean_keep(window - g->window, 14 * WINDOWS_A_DAY);

	/* A window that was raised teaches nothing. */
	if (g->now > 0 && g->told == 0)
		decay_mean_add(&g->usual, g->now, keep);
	if (window - g->window > 6)
		g->total = 0;
	g->before = window == g->window + 1 ? g->now : 0;
	g->now = 0;
	g->told = 0;
	g->window = window;
}

static bool
is_attempt(const struct detect *d, const struct guess *g, const struct flow *f)
{
	/* A long connection has a row in each interval: the same port. */
	if (g->total > 0 && f->src_port != 0 && f->src_port == g->port)
		return false;
	if (f->packets == 0 && f->bytes == 0)
		return true; /* the format does not say */
	return f->packets >= PACKETS_LEAST && f->bytes >= BYTES_LEAST &&
	       (double)f->packets <= detect_param(d, GUESS_PACKETS) &&
	       (double)f->bytes <= detect_param(d, GUESS_BYTES);
}

/* Somebody from outside guessed, and now is in. */
static bool
is_session(struct detect *d, const struct event *ev, const struct guess *g)
{
	const struct flow *f = ev->flow;
	struct usual place;

	if (f->initiated || g->told_us == 0 ||
	    ev->time_us - g->told_us > SESSION_US ||
	    ev->time_us - g->in_us < SESSION_US || ip_is_private(&f->peer) ||
	    (double)f->packets <
		SESSION_TIMES * detect_param(d, GUESS_PACKETS) ||
	    (double)f->bytes < SESSION_TIMES * detect_param(d, GUESS_BYTES))
		return false;
	detect_usual(d, SCOPE_TENANT, FEATURE_PEER, &place);
	return place.days <= 1;
}

static struct span
say_outcome(const struct flow *f, bool is_in, char *room, size_t size)
{
	if (!is_in)
		return SPAN("None that carried more is known");
	(void)snprintf(room, size,
	    "Then one carried %.0f kB to us: a guess was right",
	    (double)f->bytes / 1e3);
	return span_str(room);
}

static void
raise_guess(struct detect *d, const struct event *ev, const struct guess *g,
    struct span what, bool is_in)
{
	const struct flow *f = ev->flow;
	char count[24], peer[IP_TEXT_BYTES], local[IP_TEXT_BYTES], outcome[64];
	double attempts = g->now + g->before;
	(void)snprintf(
	    count, sizeof(count), "%llu", (unsigned long long)g->total);
	struct evidence why[] = {
		{ "login attempts in 10 to 20 minutes", SPAN(""), attempts,
		    g->usual.weight > 0 ? g->usual.mean : 0, NULL },
	};
	struct fact facts[] = {
		{ "attempts", span_str(count) },
		{ "service", what },
		{ "attacker",
		    span_str(ip_format(
			f->initiated ? &f->local : &f->peer, local)) },
		{ "victim", span_str(ip_format(
				f->initiated ? &f->peer : &f->local, peer)) },
		{ "role", f->initiated ? SPAN("actor") : SPAN("target") },
		{ "outcome", say_outcome(f, is_in, outcome, sizeof(outcome)) },
	};

	detect_raise(
	    d, &(struct raise){
		   .severity = f->initiated ? SEVERITY_HIGH
			       : is_in	    ? SEVERITY_MEDIUM
					    : SEVERITY_LOW,
		   /* Ours that guesses has one finding for all it tries. */
		   .resource_kind = ENTITY_ADDRESS,
		   .resource = f->initiated ? SPAN("") : facts[3].value,
		   .why = why,
		   .nwhy = COUNTOF(why),
		   .facts = facts,
		   .nfacts = COUNTOF(facts),
	       });
}

void
guess_observe(
    struct detect *d, const struct event *ev, struct guess *g, struct span what)
{
	const struct flow *f = ev->flow;
	int64_t window = ev->time_us / WINDOW_US;
	double most = detect_param(d, GUESS_ATTEMPTS);
	uint32_t attempts;

	if (flows_is_relayed(f))
		return;
	if (is_session(d, ev, g)) {
		g->in_us = ev->time_us;
		raise_guess(d, ev, g, what, true);
		return;
	}
	if (!is_attempt(d, g, f))
		return;
	if (window > g->window)
		turn(g, window);
	g->port = f->src_port;
	if (g->total++ == 0)
		g->first_us = ev->time_us;
	g->now++;
	attempts = g->now + g->before;
	if (g->usual.weight >= USUAL_WINDOWS)
		most = fmax(most, USUAL_TIMES * g->usual.mean);
	if (attempts < most || attempts < 1.25 * g->told)
		return;
	g->told = attempts;
	g->told_us = ev->time_us;
	raise_guess(d, ev, g, what, false);
}
