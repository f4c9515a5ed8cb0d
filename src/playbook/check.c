/*
 * What the items of a playbook must say: a step that changes something its
 * effect and its way back, a question how it is answered.
 */
#include <string.h>

#include "base/status.h"
#include "playbook/playbook.h"

#define CHECK_DAYS_MOST 365

static bool
is_yes_or_no(const char *text)
{
	return text != NULL && (!strcmp(text, "yes") || !strcmp(text, "no"));
}

static const char *
check_evidence(const struct playbook_step *step)
{
	if (step->command == NULL)
		return "evidence without a command";
	if (step->store == NULL &&
	    strstr(step->command, "> {incident}") == NULL)
		return "evidence must go to a file {incident}-... or say in "
		       "store where it is";
	return NULL;
}

/* What a step of its part must have beyond its title. */
static const char *
check_part(const struct playbook_step *step)
{
	switch (step->part) {
	case PLAYBOOK_EVIDENCE:
		return check_evidence(step);
	case PLAYBOOK_CONTAIN:
		if (step->undo == NULL || step->effect == NULL ||
		    step->blast_radius == NULL ||
		    !is_yes_or_no(step->destructive))
			return "a step that contains must say its effect, "
			       "blast_radius, undo and destructive: yes or no";
		break;
	case PLAYBOOK_VERIFY:
		if (step->command == NULL || step->expect == NULL)
			return "verify must say its command and expect";
		break;
	case PLAYBOOK_ERADICATE:
	case PLAYBOOK_RECOVER:
	case PLAYBOOK_PART_COUNT:
		break;
	}
	return NULL;
}

static const char *
check_when(const char *when)
{
	return when != NULL ? playbook_check_when(when) : NULL;
}

const char *
playbook_check_step(const struct playbook_step *step)
{
	const char *wrong = NULL;

	if (step->command != NULL)
		wrong = playbook_check_command(step->command);
	if (wrong == NULL && step->undo != NULL)
		wrong = playbook_check_command(step->undo);
	if (wrong == NULL)
		wrong = check_when(step->when);
	return wrong != NULL ? wrong : check_part(step);
}

const char *
playbook_check_question(const struct playbook_question *q)
{
	const char *wrong = check_when(q->when);

	if (wrong == NULL && q->query == NULL && q->ask == NULL)
		wrong = "a question without a query or whom to ask";
	if (wrong == NULL && q->query != NULL)
		wrong = playbook_check_command(q->query);
	return wrong;
}

const char *
playbook_check_benign(const struct playbook_benign *b)
{
	const char *wrong = check_when(b->when);
	uint64_t days;

	if (wrong == NULL && (b->suppress == NULL) != (b->days == NULL))
		wrong = "suppress and days go together";
	if (wrong != NULL || b->suppress == NULL)
		return wrong;
	if (!span_to_u64(span_str(b->days), &days) || days == 0 ||
	    days > CHECK_DAYS_MOST)
		return "days must be 1 to 365";
	return playbook_check_suppress(b->suppress);
}
