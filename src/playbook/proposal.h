/*
 * proposal.h - the suppression that a playbook proposes: one item for the
 * configuration's list `suppress`, as a line of YAML that can be pasted.
 *
 * The values come from logs.  They are quoted, and one that a pattern would
 * take for more than itself is refused: who is named "*" must not be able to
 * have everybody's findings suppressed.  Any thread.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "finding/finding.h"
#include "playbook/playbook.h"

/*
 * Write what `b->suppress` asks for, for this finding or with <names> for
 * NULL.  It expires `b->days` after the finding's last event.  False, and
 * the reason in `why`, where the finding lacks what would keep it narrow.
 */
NODISCARD bool proposal_write(const struct playbook_benign *b,
    const struct finding *f, struct buf *yaml, struct buf *why);
