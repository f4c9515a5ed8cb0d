/*
 * k8s_judge.h - how unusual a Kubernetes request is, as one probability.
 *
 * Two groups of questions: where it comes from (program, network, hour) and
 * what it does (verb and resource, namespace, object, who acts in that
 * namespace, and what the detector adds: images, roles).  Within a group the
 * answers depend on each other and are combined by Cauchy's method; the two
 * groups are nearly independent for honest work and are combined by
 * Fisher's.  Each answer is also kept as a line of evidence.
 */
#pragma once

#include <stddef.h>

#include "detect/detector.h"

#define K8S_JUDGE_MAX 10

struct k8s_judge {
	double origin[4], behaviour[K8S_JUDGE_MAX];
	size_t norigin, nbehaviour;
	struct usual usual[K8S_JUDGE_MAX];
	struct evidence why[K8S_JUDGE_MAX];
	size_t nwhy;
};

/* Ask all that every request has an answer to; judges `j` afresh. */
void k8s_judge_request(struct detect *d, struct k8s_judge *j);

/* Add an answer to the second group: `p` of `observed`, which profile
 * `usual` explains.  `feature` is a static string. */
void k8s_judge_add(struct k8s_judge *j, const char *feature, double p,
    struct span observed, const struct usual *usual);

/* The probability of something this unusual. */
double k8s_judge_p(const struct k8s_judge *j);
