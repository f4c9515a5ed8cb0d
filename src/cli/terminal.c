#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool
terminal_is(FILE *stream)
{
	const char *term = getenv("TERM");

	return isatty(fileno(stream)) && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

bool
terminal_has_color(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR");

	return terminal_is(stream) && (no_color == NULL || no_color[0] == '\0');
}

unsigned
terminal_columns(FILE *stream)
{
	struct winsize size;

	if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		return size.ws_col;
	return 80;
}
