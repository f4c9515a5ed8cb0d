/*
 * tunnel.h - is data carried out in the names that are asked for?
 *
 * One struct tunnel per (client, registered domain) and window.  The heart
 * is the information carried: distinct subdomains times their mean length,
 * as in Ozery, Nadler and Shabtai, "Information Based Heavy Hitters for
 * Real-Time DNS Data Exfiltration Detection" (arXiv 2307.02614).  Caches and
 * repeats do not count, since they are the same name.  Entropy, lengths,
 * share of bulky record types and of names that do not exist add log-odds;
 * no one of them decides alone, as content networks have each of them.
 *
 * Zeroed memory is a valid empty window.  No pointers; one thread.
 */
#pragma once

#include <stdint.h>

#include "base/span.h"
#include "stats/hll.h"

/* TXT, NULL, CNAME, MX, SRV, KEY, PRIVATE and unknown types carry much. */
enum tunnel_record { TUNNEL_RECORD_USUAL, TUNNEL_RECORD_BULKY };
enum tunnel_answer { TUNNEL_ANSWER_FOUND, TUNNEL_ANSWER_NONE };

struct tunnel {
	struct hll8 names;
	int64_t first_us;
	int64_t last_us;
	double queries;
	double bytes;	/* of all subdomains, dots left out */
	double entropy; /* sum over queries, bits a character */
	double longest; /* sum of the longest label's length */
	double bulky;
	double missing;
};

/* Count one query for `subdomain` (domain_split()), which may be empty. */
void tunnel_add(struct tunnel *t, struct span subdomain,
    enum tunnel_record record, enum tunnel_answer answer, int64_t time_us);

/* Count what `from` counted, too; a name of both is one. */
void tunnel_join(struct tunnel *t, const struct tunnel *from);

/* Distinct names, and the bytes of information they can carry. */
double tunnel_names(const struct tunnel *t);
double tunnel_information_bytes(const struct tunnel *t);

/* The same per hour of the span seen, which counts as 5 minutes at least. */
double tunnel_bytes_per_hour(const struct tunnel *t);

/* Shannon entropy of the bytes of `s`, in bits a byte; dots left out. */
double tunnel_entropy(struct span s);

double tunnel_mean_entropy(const struct tunnel *t);
double tunnel_mean_length(const struct tunnel *t);
double tunnel_mean_label(const struct tunnel *t); /* of the longest of each */
/* Distinct names per query, at most 1. */
double tunnel_unique_ratio(const struct tunnel *t);

/*
 * Log-odds that this is a tunnel, and the probability 1/(1+exp(-x)), when
 * `usual_bytes` of information a window are usual for this domain (0: not
 * known).  Above 0 look at it; 3 is strong.
 */
double tunnel_log_odds(const struct tunnel *t, double usual_bytes);
double tunnel_score(const struct tunnel *t, double usual_bytes);
