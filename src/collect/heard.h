/*
 * heard.h - whom a source of streams hears, and who fell silent.
 *
 * For sources to which others send by themselves: clusters by a webhook, what
 * comes by a topic.  Who sent something in nearly each hour of two days and
 * more, and nothing for more than three hours, is told by a notice.  What was
 * heard is known for a life of the source only.  One thread, the source's.
 */
#pragma once

#include <stdbool.h>

#include "collect/silence.h"
#include "collect/source.h"

struct heard;

/* Both are borrowed; `kind` is the source's. */
struct heard *heard_new(const struct source_host *host, const char *kind);
void heard_free(struct heard *h); /* NULL is allowed */

/* Something of that cluster, or if that is empty by that way, had arrived
 * upstream by then. */
void heard_note(
    struct heard *h, struct span cluster, struct span way, int64_t arrived_us);

/* All that had arrived upstream by `until_us` is here: once an hour look who
 * is silent. */
void heard_judge(struct heard *h, int64_t until_us);

/* Tell of a silence by the notice `of`, which names detector and stream: since
 * when, why, of whose log and after how many hours with one. */
void heard_tell(const struct source_host *host, const struct silence_told *told,
    const struct source_notice *of, struct span reason, struct span service);
