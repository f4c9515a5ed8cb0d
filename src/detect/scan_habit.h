/*
 * scan_habit.h - does this host scan by trade?
 *
 * A vulnerability scanner looks as a scanning intruder does, but it comes
 * again: the host whose scans were told on earlier days is still told, as
 * something of low severity.  Kept in the baseline under names of its own.
 * The shard's thread.
 */
#pragma once

#include "detect/detector.h"

/* Learn that the host of the event (DETECT_VPCFLOW) was told as a scanner,
 * and return the severity for it: SEVERITY_LOW when it had been on two
 * earlier days, else `severity`. */
double scan_habit_severity(struct detect *d, double severity);
