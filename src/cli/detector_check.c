#include "cli/detector_check.h"

#include "config/faults.h"
#include "config/nearest.h"
#include "config/value.h"
#include "detect/detector.h"

/* A pattern of types or of detectors' names, and where it stands. */
struct pattern {
	const char *text;
	unsigned line, column;
};

static bool
matches(const char *pattern, size_t row)
{
	const struct detector_row *r = &detector_table[row];

	return span_matches(span_str(r->detector->type), span_str(pattern)) ||
	       span_matches(span_str(r->name), span_str(pattern));
}

static void
check_pattern(
    struct faults *faults, struct faults *notes, const struct pattern *p)
{
	struct nearest near = { 0 };

	for (size_t i = 0; i < detector_count; i++) {
		if (matches(p->text, i))
			return;
		nearest_offer(
		    &near, span_str(p->text), detector_table[i].detector->type);
	}
	if (strpbrk(p->text, "*?") != NULL)
		faults_add(notes, p->line, p->column,
		    "note: no detector of this version matches \"%s\"",
		    p->text);
	else if (near.name != NULL)
		faults_add(faults, p->line, p->column,
		    "no detector is called \"%s\"; did you mean %s?", p->text,
		    near.name);
	else
		faults_add(faults, p->line, p->column,
		    "no detector is called \"%s\"; `nephoscope detectors` "
		    "lists "
		    "them",
		    p->text);
}

static const struct param *
param_of_name(const struct detector *d, const char *name)
{
	for (size_t i = 0; i < d->nparams; i++)
		if (strcmp(d->params[i].name, name) == 0)
			return &d->params[i];
	return NULL;
}

static void
fault_unknown(struct faults *faults, const struct config_detector *d,
    const struct config_param *p)
{
	struct nearest near = { 0 };

	for (size_t i = 0; i < detector_count; i++) {
		const struct detector *row = detector_table[i].detector;

		for (size_t j = 0; matches(d->pattern, i) && j < row->nparams;
		     j++)
			nearest_offer(
			    &near, span_str(p->name), row->params[j].name);
	}
	if (near.name != NULL)
		faults_add(faults, p->line, p->column,
		    "\"%s\" has no parameter \"%s\"; did you mean %s?",
		    d->pattern, p->name, near.name);
	else
		faults_add(faults, p->line, p->column,
		    "\"%s\" has no parameter \"%s\"; `nephoscope detectors "
		    "show TYPE` lists them",
		    d->pattern, p->name);
}

static void
fault_range(struct faults *faults, const struct param *param,
    const struct config_param *p)
{
	struct buf range = { 0 };

	value_number_add(&range, param->low);
	buf_add_str(&range, " to ");
	value_number_add(&range, param->high);
	faults_add(faults, p->line, p->column,
	    "%s is out of range; write a number from %s", p->name,
	    buf_text(&range));
	buf_done(&range);
}

/* Each detector that the pattern matches and that has it must accept it. */
static void
check_param(struct faults *faults, const struct config_detector *d,
    const struct config_param *p)
{
	bool is_known = false, is_matched = false;

	for (size_t i = 0; i < detector_count; i++) {
		const struct param *param;

		if (!matches(d->pattern, i))
			continue;
		is_matched = true;
		param = param_of_name(detector_table[i].detector, p->name);
		if (param == NULL)
			continue;
		is_known = true;
		if (p->value < param->low || p->value > param->high) {
			fault_range(faults, param, p);
			return;
		}
	}
	if (is_matched && !is_known)
		fault_unknown(faults, d, p);
}

enum status
detector_check(
    const struct config *config, struct buf *notes, struct buf *error)
{
	struct faults faults = {
		.path = config->path ? config->path : "",
		.out = error,
	};
	struct faults noted = { .path = faults.path, .out = notes };

	for (size_t i = 0; i < config->ndetectors; i++) {
		const struct config_detector *d = &config->detectors[i];

		check_pattern(&faults, &noted,
		    &(struct pattern){ d->pattern, d->line, d->column });
		for (size_t j = 0; j < d->nparams; j++)
			check_param(&faults, d, &d->params[j]);
	}
	for (size_t i = 0; i < config->nsuppress; i++) {
		const struct config_suppress *s = &config->suppress[i];

		if (s->match.type != NULL)
			check_pattern(&faults, &noted,
			    &(struct pattern){
				s->match.type, s->line, s->column });
	}
	return faults.count > 0 ? STATUS_INVALID : STATUS_OK;
}
