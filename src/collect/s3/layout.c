#include "collect/s3/layout.h"

#include "base/civil.h"
#include "base/status.h"

#define YEAR_MIN 2006
#define YEAR_MAX 2099
#define ACCOUNT_DIGITS 12

static size_t
digits_at(struct span s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && s.at[at + n] >= '0' && s.at[at + n] <= '9')
		n++;
	return n;
}

static bool
is_year(struct span s)
{
	uint64_t year;

	return s.len == 4 && span_to_u64(s, &year) && year >= YEAR_MIN &&
	       year <= YEAR_MAX;
}

static struct span
bare(struct span folder)
{
	return span_ends(folder, SPAN("/")) ? span_first(folder, folder.len - 1)
					    : folder;
}

/* The name before the first digit: nothing, or something like "dt=". */
static bool
is_lead(struct span lead)
{
	return lead.len == 0 ||
	       (lead.len <= 16 && lead.at[lead.len - 1] == '=');
}

static bool
is_month_day(struct span month, struct span day)
{
	uint64_t m, d;

	return span_to_u64(month, &m) && span_to_u64(day, &d) && m >= 1 &&
	       m <= 12 && d >= 1 && d <= 31;
}

/* What follows the lead: 20261122 or 2026-11-22, and nothing more. */
static enum layout_form
form_of_date(struct span s)
{
	size_t n = digits_at(s, 0);

	if (n == 8 && s.len == 8 &&
	    is_month_day(span_of(s.at + 4, 2), span_of(s.at + 6, 2)))
		return LAYOUT_PLAIN;
	if (n == 4 && s.len == 10 && s.at[4] == '-' && s.at[7] == '-' &&
	    is_month_day(span_of(s.at + 5, 2), span_of(s.at + 8, 2)))
		return LAYOUT_DASH;
	return LAYOUT_FLAT;
}

enum layout_form
layout_of_folder(struct span name, struct span *before)
{
	enum layout_form form;
	struct span rest;
	size_t lead = 0;

	name = bare(name);
	if (before != NULL)
		*before = (struct span){ NULL, 0 };
	if (is_year(name))
		return LAYOUT_ROW;
	if (span_starts(name, SPAN("year=")))
		return is_year(span_skip(name, 5)) ? LAYOUT_HIVE : LAYOUT_FLAT;
	while (lead < name.len && digits_at(name, lead) == 0)
		lead++;
	rest = span_skip(name, lead);
	if (!is_lead(span_first(name, lead)) || !is_year(span_first(rest, 4)))
		return LAYOUT_FLAT;
	form = form_of_date(rest);
	if (form != LAYOUT_FLAT && before != NULL)
		*before = span_first(name, lead);
	return form;
}

bool
layout_day_prefix(enum layout_form form, struct span stream, int64_t day,
    unsigned variant, struct buf *out)
{
	struct civil c = civil_of(day * CIVIL_US_PER_DAY);
	bool unpadded = form == LAYOUT_HIVE && (c.month < 10 || c.day < 10);

	if (variant > (unpadded ? 1u : 0u))
		return false;
	buf_add(out, stream);
	switch (form) {
	case LAYOUT_FLAT:
		break;
	case LAYOUT_ROW:
		buf_printf(out, "%04d/%02u/%02u/", c.year, c.month, c.day);
		break;
	case LAYOUT_HIVE:
		buf_printf(out,
		    variant == 0 ? "year=%04d/month=%02u/day=%02u/"
				 : "year=%04d/month=%u/day=%u/",
		    c.year, c.month, c.day);
		break;
	case LAYOUT_DASH:
		buf_printf(out, "%04d-%02u-%02u/", c.year, c.month, c.day);
		break;
	case LAYOUT_PLAIN:
		buf_printf(out, "%04d%02u%02u/", c.year, c.month, c.day);
		break;
	}
	return true;
}

static bool
is_account(struct span s)
{
	return s.len == ACCOUNT_DIGITS && digits_at(s, 0) == s.len;
}

/* "eu-west-1", "us-gov-east-1", "eusc-de-east-1": two letters or four, a
 * hyphen, ... and a digit last. */
static bool
is_region(struct span s)
{
	size_t letters = span_find(s, '-', 0);

	return s.len >= 9 && s.len <= 20 && (letters == 2 || letters == 4) &&
	       digits_at(s, 0) == 0 && digits_at(s, s.len - 1) == 1 &&
	       s.at[s.len - 2] == '-';
}

static bool
take_hive(struct span part, struct layout_names *n)
{
	const struct {
		struct span key;
		struct span *value;
	} keys[] = {
		{ SPAN("aws-account-id="), &n->account },
		{ SPAN("aws-service="), &n->service },
		{ SPAN("aws-region="), &n->region },
	};

	for (size_t i = 0; i < COUNTOF(keys); i++) {
		if (!span_starts(part, keys[i].key))
			continue;
		*keys[i].value = span_skip(part, keys[i].key.len);
		return true;
	}
	return false;
}

struct layout_names
layout_names_of(struct span key)
{
	struct layout_names n = { 0 };
	bool below = false; /* an AWSLogs folder */

	while (key.at != NULL) {
		struct span part = span_cut(&key, '/');

		if (span_equal(part, SPAN("AWSLogs"))) {
			below = true;
			n = (struct layout_names){ 0 };
		} else if (!below || take_hive(part, &n)) {
			continue;
		} else if (n.account.len == 0) {
			if (is_account(part))
				n.account = part;
		} else if (n.service.len == 0) {
			n.service = part;
		} else if (n.region.len == 0 && is_region(part)) {
			n.region = part;
		} else {
			break;
		}
	}
	n.digest = span_equal(n.service, SPAN("CloudTrail-Digest"));
	return n;
}

bool
layout_is_foreign(struct span folder)
{
	static const char *const names[] = { "Config", "CloudTrail-Insight",
		"elasticloadbalancing", "WAFLogs", "GuardDuty",
		"network-firewall", "RedshiftAuditLogs", "Inspector" };

	folder = bare(folder);
	for (size_t i = 0; i < COUNTOF(names); i++) {
		if (span_equal(folder, span_str(names[i])))
			return true;
	}
	return false;
}
