#include "simulate/attack.h"

const struct attack_kind attack_table[] = {
	{ "stolen-key",
	    "The long-lived key of svc-backup is used from a foreign network "
	    "to look around, make a user with administrator rights and stop "
	    "the trail.",
	    "Discovery:IAMUser/AnomalousBehavior,"
	    "Persistence:IAMUser/AnomalousBehavior,"
	    "PrivilegeEscalation:IAMUser/AnomalousBehavior,"
	    "Stealth:IAMUser/CloudTrailLoggingDisabled",
	    attack_stolen_key },
};

const size_t attack_count = COUNTOF(attack_table);
