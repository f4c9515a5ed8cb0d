/*
 * Fuzz the reader and the renderer of playbooks: the input is a playbook,
 * and its last line is what a log says.
 */
#include <stdint.h>

#include "finding/vocabulary.h"
#include "playbook/playbook.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const struct detector fuzz_detector = {
	.type = "A:Kubernetes/B",
	.title = "t",
	.story = "s",
	.mitre = "",
};
static const struct detector_row fuzz_row = { &fuzz_detector, "x", "k8s", "x",
	"" };

/* What was refused shows no command. */
static void
render(const struct playbook *p, const struct finding *f)
{
	struct playbook_steps steps;

	playbook_render(p, f, &steps);
	for (size_t i = 0; i < steps.nlines; i++) {
		const struct playbook_line *line = &steps.lines[i];

		ASSERT(span_is_empty(line->left_out) ||
		       span_is_empty(line->command));
	}
	playbook_steps_done(&steps);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct span all = span_of((const char *)bytes, size);
	size_t cut = span_rfind(all, '\n');
	struct span text = span_skip(all, cut < size ? cut + 1 : 0);
	struct signal s = { .row = &fuzz_row, .actor = text, .cluster = text };
	struct finding f = { .first = &s, .id = "0123", .count = 1 };
	struct playbook *p = NULL;
	struct buf error = { 0 };

	for (size_t i = 0; i < vocabulary_count; i++) {
		if (!vocabulary_table[i].built_in &&
		    s.nfacts < SIGNAL_FACTS_MAX)
			s.facts[s.nfacts++] =
			    (struct fact){ vocabulary_table[i].name, text };
	}
	if (playbook_parse(all, "fuzz", &p, &error) == STATUS_OK) {
		render(p, &f);
		render(p, NULL);
	}
	playbook_free(p);
	buf_done(&error);
	return 0;
}
