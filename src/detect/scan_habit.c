#include "detect/scan_habit.h"

#define HABIT_DAYS 2

double
scan_habit_severity(struct detect *d, double severity)
{
	struct span host = detect_actor(d)->name;
	struct usual told;

	detect_workload(d, SPAN("hosts that scan"));
	detect_usual_value(d, SCOPE_WORKLOAD, FEATURE_OBJECT, host, &told);
	detect_learn(d, SCOPE_WORKLOAD, FEATURE_OBJECT, host);
	/* Today's own scans are among the days. */
	return told.days > HABIT_DAYS ? SEVERITY_LOW : severity;
}
