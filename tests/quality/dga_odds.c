/*
 * dga_odds: for each name on standard input one line, the log-odds that its
 * registered label was made by a program, by the functions that judge DNS
 * logs; "-" where they say nothing of the name.
 */
#include <stdio.h>
#include <string.h>

#include "stats/dga.h"
#include "stats/domain.h"

int
main(void)
{
	char line[1024], buffer[sizeof(line) + 1];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct span name = span_of(line, strcspn(line, "\r\n"));
		struct domain dom;

		if (!domain_split(name, buffer, &dom) || dom.internal ||
		    dom.is_customer || span_is_empty(dom.suffix))
			(void)puts("-");
		else
			(void)printf("%.6f\n", dga_log_odds(dom.label));
	}
	return ferror(stdin) ? 1 : 0;
}
