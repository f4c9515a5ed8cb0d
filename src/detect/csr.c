#include "detect/csr.h"

/* RFC 4648; -1 for what is no digit: line ends, padding, PEM's dashes. */
static int
digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decode, passing over what is no digit; at most `size` bytes. */
static struct span
decode(struct span text, char *room, size_t size)
{
	unsigned bits = 0, held = 0;
	size_t len = 0;

	for (size_t i = 0; i < text.len && len < size; i++) {
		int d = digit(text.at[i]);

		if (d < 0)
			continue;
		bits = bits << 6 | (unsigned)d;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		room[len++] = (char)(bits >> held & 0xff);
	}
	return span_of(room, len);
}

/* What stands between the lines BEGIN and END. */
static struct span
pem_body(struct span pem)
{
	struct span begin = SPAN("REQUEST-----"), body;

	body = span_skip(pem, span_search(pem, begin) + begin.len);
	return span_first(body, span_search(body, SPAN("-----END")));
}

bool
csr_mentions(struct span request, struct span text)
{
	char pem_room[CSR_BYTES], der_room[CSR_BYTES];
	struct span pem = decode(request, pem_room, sizeof(pem_room));
	struct span der = decode(pem_body(pem), der_room, sizeof(der_room));

	return span_search(der, text) < der.len;
}
