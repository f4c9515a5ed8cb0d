#include "detect/engine.h"

#include <stdlib.h>

#include "detect/engine_internal.h"
#include "lists/lists.h"

#define BY_AS_SALT UINT64_C(0x6e756d62)

static bool
pattern_matches(
    const struct config_detector *set, const struct detector_row *row)
{
	return span_matches(
		   span_str(row->detector->type), span_str(set->pattern)) ||
	       span_matches(span_str(row->name), span_str(set->pattern));
}

static const struct param *
param_named(const struct detector *d, const char *name)
{
	for (size_t i = 0; i < d->nparams; i++) {
		if (!strcmp(d->params[i].name, name))
			return &d->params[i];
	}
	return NULL;
}

/* Does any detector that the pattern names know this parameter? */
static const struct param *
param_anywhere(const struct config_detector *set, const char *name)
{
	for (size_t i = 0; i < detector_count; i++) {
		const struct param *p;

		if (!pattern_matches(set, &detector_table[i]))
			continue;
		p = param_named(detector_table[i].detector, name);
		if (p != NULL)
			return p;
	}
	return NULL;
}

static enum status
check_params(const struct config *config, const struct config_detector *set,
    struct buf *error)
{
	for (size_t i = 0; i < set->nparams; i++) {
		const struct config_param *p = &set->params[i];
		const struct param *known = param_anywhere(set, p->name);

		if (known == NULL) {
			buf_printf(error,
			    "%s:%u:%u: no detector that matches \"%s\" has a "
			    "parameter \"%s\"; see `nephoscope detectors show "
			    "TYPE`",
			    config->path, p->line, p->column, set->pattern,
			    p->name);
			return STATUS_INVALID;
		}
		if (p->value < known->low || p->value > known->high) {
			buf_printf(error,
			    "%s:%u:%u: %s must be between %g and %g, not %g",
			    config->path, p->line, p->column, p->name,
			    known->low, known->high, p->value);
			return STATUS_INVALID;
		}
	}
	return STATUS_OK;
}

static enum status
check_config(const struct config *config, struct buf *error)
{
	for (size_t i = 0; i < config->ndetectors; i++) {
		const struct config_detector *set = &config->detectors[i];
		bool known = false;

		for (size_t k = 0; k < detector_count && !known; k++)
			known = pattern_matches(set, &detector_table[k]);
		if (!known) {
			buf_printf(error,
			    "%s:%u:%u: no detector matches \"%s\"; see "
			    "`nephoscope detectors list`",
			    config->path, set->line, set->column, set->pattern);
			return STATUS_INVALID;
		}
		if (check_params(config, set, error) != STATUS_OK)
			return STATUS_INVALID;
	}
	return STATUS_OK;
}

void
engine_setting(const struct config *config, const struct detector_row *row,
    struct engine_setting *set)
{
	const struct detector *d = row->detector;

	ASSERT(d->nparams <= DETECT_PARAMS_MAX);
	*set = (struct engine_setting){ .enabled = !d->off };
	for (size_t i = 0; i < d->nparams; i++)
		set->param[i] = d->params[i].value;
	for (size_t i = 0; i < config->ndetectors; i++) {
		const struct config_detector *of = &config->detectors[i];

		if (!pattern_matches(of, row))
			continue;
		if (of->enabled >= 0)
			set->enabled = of->enabled;
		if (of->severity > 0)
			set->severity = of->severity;
		for (size_t k = 0; k < of->nparams; k++) {
			const struct param *p =
			    param_named(d, of->params[k].name);

			if (p != NULL)
				set->param[p - d->params] = of->params[k].value;
		}
	}
}

/* Apply the configuration to one detector; false when it is off, or judges
 * signals instead of events. */
static bool
bind(struct engine_row *er, const struct config *config)
{
	struct engine_setting set;

	engine_setting(config, er->row, &set);
	er->severity_set = set.severity;
	memcpy(er->param, set.param, sizeof(er->param));
	return set.enabled;
}

/* Others of its file rely on its observe(). */
static bool
leads(const struct detector_row *row)
{
	size_t i = (size_t)(row - detector_table);

	return row->detector->observe != NULL && i > 0 &&
	       !strcmp(detector_table[i - 1].file, row->file);
}

static void
bind_all(struct engine *e)
{
	for (size_t i = 0; i < detector_count; i++) {
		struct engine_row *er = &e->rows[e->nrows];
		bool on;

		*er = (struct engine_row){ .row = &detector_table[i],
			.index = e->nrows };
		on = bind(er, e->options.config);
		er->silent = !on;
		if (er->row->detector->lists && e->lists == NULL)
			continue;
		e->nrows += on || leads(er->row);
	}
}

enum status
engine_new(const struct engine_options *options, struct engine **engine,
    struct buf *error)
{
	struct engine *e;
	struct lists *lists = NULL;
	struct geo *geo = NULL;
	enum status st = check_config(options->config, error);

	if (st == STATUS_OK)
		st = lists_load(options->config, &lists, error);
	if (st == STATUS_OK)
		st = geo_load(options->config, &geo, error);
	if (st != STATUS_OK) {
		lists_free(lists);
		return st;
	}
	e = status_calloc(1, sizeof(*e));
	e->options = *options;
	e->lists = lists;
	e->geo = geo;
	e->memory_bytes =
	    (size_t)options->config->baseline.memory_per_tenant_bytes;
	e->rows = status_calloc(detector_count, sizeof(*e->rows));
	bind_all(e);
	for (enum source source = 0; source < SOURCE_COUNT; source++)
		calls_fill(&e->calls[source], source, e->rows, e->nrows);
	*engine = e;
	return STATUS_OK;
}

void
engine_free(struct engine *e)
{
	if (e == NULL)
		return;
	free(e->rows);
	lists_free(e->lists);
	geo_free(e->geo);
	free(e);
}

uint64_t
engine_profile(const struct engine *e, enum scope scope, uint64_t entity,
    enum feature feature)
{
	if (feature == FEATURE_NETWORK && geo_has_asn(e->geo))
		entity = hash_mix(entity, BY_AS_SALT);
	return baseline_profile(scope, entity, feature);
}
