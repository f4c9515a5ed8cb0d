#include "config/faults.h"

#include <stdio.h>

#include "config/printable.h"

#define TEXT_BYTES 600

void
faults_add(
    struct faults *f, unsigned line, unsigned column, const char *fmt, ...)
{
	char text[TEXT_BYTES];
	va_list args;

	if (f->count++ >= FAULTS_MAX)
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	printable_add(f->out, span_str(f->path));
	buf_printf(f->out, ":%u:%u: ", line, column);
	printable_add(f->out, span_str(text));
	buf_add_char(f->out, '\n');
	if (f->count == FAULTS_MAX) {
		printable_add(f->out, span_str(f->path));
		buf_add_str(f->out, ": there may be more; mend these first\n");
	}
}

bool
faults_full(struct faults *f)
{
	return f->count >= FAULTS_MAX;
}
