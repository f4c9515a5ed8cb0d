/*
 * attack.h - what bad people do in the simulated organisation.
 *
 * Each attack writes its records with steps of the truth; the quiet life
 * around it goes on.  attack_table lists them all.
 */
#pragma once

#include "simulate/world.h"

struct attack_kind {
	const char *name;
	const char *what;     /* one sentence */
	const char *expected; /* finding types, comma list */
	void (*run)(struct world *w);
};

extern const struct attack_kind attack_table[];
extern const size_t attack_count;

void attack_stolen_key(struct world *w);
void attack_root_login(struct world *w);
void attack_s3_exfil(struct world *w);
void attack_insider(struct world *w);
void attack_container_escape(struct world *w);
void attack_cryptominer(struct world *w);
void attack_anonymous_takeover(struct world *w);
void attack_image_drift(struct world *w);
void attack_public_dashboard(struct world *w);
void attack_dns_tunnel(struct world *w);
void attack_slow_beacon(struct world *w);
void attack_portscan(struct world *w);
void attack_ssh_bruteforce(struct world *w);
void attack_dga(struct world *w);
