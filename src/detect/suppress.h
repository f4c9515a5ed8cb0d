/*
 * suppress.h - is a signal one that the user said to expect?
 *
 * Decided by what the signal says and by its event time alone, so that the
 * same logs give the same answer whenever they are read.  Pure; any thread.
 */
#pragma once

#include "config/config.h"
#include "detect/signal.h"

/*
 * The suppression that the signal falls under at its time: of several the one
 * that lasts longest, of equals the first.  NULL: none.  An attack sequence
 * falls only under one whose type begins with "AttackSequence:".  At most
 * suppressions x criteria x pattern x text steps.
 */
const struct config_suppress *suppress_match(
    const struct config *config, const struct signal *signal);
