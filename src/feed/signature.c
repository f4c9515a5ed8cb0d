#include "feed/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

void
signature_make(
    struct span key, int64_t unix_s, struct span body, struct buf *out)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	struct buf text = { 0 };

	buf_printf(&text, "%lld.", (long long)unix_s);
	buf_add(&text, body);
	ASSERT(HMAC(EVP_sha256(), key.at, (int)key.len,
		   (const unsigned char *)buf_text(&text), text.len, mac,
		   &len) != NULL);
	buf_done(&text);
	buf_printf(out, "t=%lld,v1=", (long long)unix_s);
	for (unsigned i = 0; i < len; i++) {
		buf_add_char(out, hex[mac[i] >> 4]);
		buf_add_char(out, hex[mac[i] & 15]);
	}
}
