#include "detect/k8s_judge.h"

#include <math.h>

#include "stats/cauchy.h"

/* A line of evidence must say something: common values explain nothing. */
#define WORTH_SAYING 0.2

static void
explain(struct k8s_judge *j, const char *feature, double p,
    struct span observed, const struct usual *usual)
{
	if (j->nwhy == K8S_JUDGE_MAX || p > WORTH_SAYING)
		return;
	j->usual[j->nwhy] = *usual;
	/* They die with the next lesson; what is raised gets them anew. */
	j->usual[j->nwhy].nnames = 0;
	j->why[j->nwhy] = (struct evidence){ .feature = feature,
		.observed = observed,
		.expected = (double)NAN,
		.usual = &j->usual[j->nwhy] };
	j->nwhy++;
}

/* The actor's own profile explains when it has one, else the cluster's. */
static double
ask(struct detect *d, struct k8s_judge *j, enum feature feature)
{
	double p = detect_novelty(d, feature);
	struct usual usual;

	if (p > WORTH_SAYING)
		return p;
	detect_usual(d, SCOPE_ACTOR, feature, &usual);
	if (usual.n < 1)
		detect_usual(d, SCOPE_TENANT, feature, &usual);
	explain(
	    j, feature_text(feature), p, detect_feature(d, feature), &usual);
	return p;
}

void
k8s_judge_request(struct detect *d, struct k8s_judge *j)
{
	static const enum feature origin[] = {
		FEATURE_AGENT,
		FEATURE_NETWORK,
		FEATURE_HOUR,
	};
	static const enum feature behaviour[] = {
		FEATURE_API,
		FEATURE_RESOURCE,
		FEATURE_OBJECT,
	};
	struct usual usual;

	j->norigin = j->nbehaviour = j->nwhy = 0;
	for (size_t i = 0; i < COUNTOF(origin); i++)
		j->origin[j->norigin++] = ask(d, j, origin[i]);
	if (!span_is_empty(detect_feature(d, FEATURE_COUNTRY)))
		j->origin[j->norigin++] = ask(d, j, FEATURE_COUNTRY);
	for (size_t i = 0; i < COUNTOF(behaviour); i++)
		j->behaviour[j->nbehaviour++] = ask(d, j, behaviour[i]);
	detect_usual(d, SCOPE_RESOURCE, FEATURE_USER, &usual);
	if (usual.known_days >= 3)
		k8s_judge_add(j, "user in the namespace", usual.p,
		    detect_feature(d, FEATURE_USER), &usual);
}

void
k8s_judge_add(struct k8s_judge *j, const char *feature, double p,
    struct span observed, const struct usual *usual)
{
	if (j->nbehaviour == COUNTOF(j->behaviour))
		return;
	j->behaviour[j->nbehaviour++] = p;
	explain(j, feature, p, observed, usual);
}

/*
 * Tails of discrete laws are not uniform: the usual value has p near 1, where
 * Cauchy's tangent would let it outweigh what is strange.  Above one half
 * they count as one half, which adds nothing.
 */
static double
combine(const double *p, size_t count)
{
	double kept[K8S_JUDGE_MAX];

	for (size_t i = 0; i < count; i++)
		kept[i] = p[i] < 0.5 ? p[i] : 0.5;
	return cauchy_combine(kept, NULL, count);
}

double
k8s_judge_p(const struct k8s_judge *j)
{
	double p[2] = {
		combine(j->origin, j->norigin),
		combine(j->behaviour, j->nbehaviour),
	};

	return cauchy_fisher(p, COUNTOF(p));
}
