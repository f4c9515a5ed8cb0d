#include "simulate/text.h"

#include "base/civil.h"
#include "base/hash.h"

static const char HEX[] = "0123456789abcdef";

void
text_json(struct buf *out, struct span s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, span_of(s.at + from, i - from));
		from = i + 1;
		if (c == '"' || c == '\\')
			buf_add(out, span_of((char[]){ '\\', (char)c }, 2));
		else if (c == '\n')
			buf_add(out, SPAN("\\n"));
		else
			buf_printf(out, "\\u%04x", c);
	}
	buf_add(out, span_of(s.at + from, s.len - from));
}

void
text_hex(struct buf *out, uint64_t value, unsigned digits)
{
	char text[16];

	for (unsigned i = 0; i < digits; i++)
		text[i] = HEX[value >> (4 * (digits - 1 - i)) & 15];
	buf_add(out, span_of(text, digits));
}

char *
text_uuid_of(char text[37], uint64_t a, uint64_t b)
{
	unsigned at = 0;

	a = (a & ~(uint64_t)0xf000) | 0x4000;
	b = (b & ~((uint64_t)0xc << 60)) | (uint64_t)0x8 << 60;
	for (unsigned i = 0; i < 32; i++) {
		uint64_t word = i < 16 ? a : b;

		if (i == 8 || i == 12 || i == 16 || i == 20)
			text[at++] = '-';
		text[at++] = HEX[word >> (4 * (15 - i % 16)) & 15];
	}
	text[at] = '\0';
	return text;
}

void
text_uuid(struct buf *out, uint64_t a, uint64_t b)
{
	char text[37];

	text_uuid_of(text, a, b);
	buf_add(out, span_of(text, 36));
}

static void
digits(char *at, unsigned count, unsigned value)
{
	while (count-- > 0) {
		at[count] = (char)('0' + value % 10);
		value /= 10;
	}
}

static void
add_time(struct buf *out, int64_t time_us, bool fraction)
{
	char text[] = "0000-00-00T00:00:00.000000Z";
	struct civil c = civil_of(time_us);

	digits(text, 4, (unsigned)c.year);
	digits(text + 5, 2, c.month);
	digits(text + 8, 2, c.day);
	digits(text + 11, 2, c.hour);
	digits(text + 14, 2, c.minute);
	digits(text + 17, 2, c.second);
	digits(text + 20, 6, c.us);
	if (!fraction)
		text[19] = 'Z';
	buf_add(out, span_of(text, fraction ? 27 : 20));
}

void
text_time(struct buf *out, int64_t time_us)
{
	add_time(out, time_us, false);
}

void
text_time_us(struct buf *out, int64_t time_us)
{
	add_time(out, time_us, true);
}

static void
fill(char *text, unsigned len, struct rng *r, struct span alphabet)
{
	for (unsigned i = 0; i < len; i++)
		text[i] = alphabet.at[rng_below(r, alphabet.len)];
	text[len] = '\0';
}

void
text_suffix(char *text, unsigned len, struct rng *r)
{
	fill(text, len, r, SPAN("bcdfghjklmnpqrstvwxz2456789"));
}

void
text_id(char *text, unsigned len, struct rng *r)
{
	fill(text, len, r, SPAN("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
}
