/*
 * Whatever a digest says, reading it ends; what is read has hashes that are
 * hashes.  No key signs it.
 */
#include "aws/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct span text = span_of((const char *)bytes, size);
	struct digest d;
	EVP_PKEY *key = digest_key_of(text);

	if (digest_read(text, &d) == STATUS_OK) {
		for (size_t i = 0; i < d.count; i++)
			ASSERT(d.files[i].hash.len == DIGEST_HEX_BYTES - 1 &&
			       d.files[i].key.len > 0);
		ASSERT(key == NULL || !digest_is_signed(&d, text, key));
		digest_done(&d);
	}
	EVP_PKEY_free(key);
	return 0;
}
