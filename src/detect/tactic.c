#include "detect/tactic.h"

#include "base/status.h"

static const char *const texts[TACTIC_COUNT] = {
	[TACTIC_NONE] = "None",
	[TACTIC_DISCOVERY] = "Discovery",
	[TACTIC_INITIAL_ACCESS] = "Initial access",
	[TACTIC_CREDENTIAL_ACCESS] = "Credential access",
	[TACTIC_EXECUTION] = "Execution",
	[TACTIC_PERSISTENCE] = "Persistence",
	[TACTIC_PRIVILEGE_ESCALATION] = "Privilege escalation",
	[TACTIC_DEFENSE_EVASION] = "Defense evasion",
	[TACTIC_EXFILTRATION] = "Exfiltration",
	[TACTIC_IMPACT] = "Impact",
};

const char *
tactic_text(enum tactic t)
{
	ASSERT(t < TACTIC_COUNT);
	return texts[t];
}
