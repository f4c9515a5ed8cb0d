#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>

#include "aws/digest.h"
#include "test.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define CONTENT                                                                \
	"{\"awsAccountId\":\"111122223333\","                                  \
	"\"digestStartTime\":\"2026-11-22T03:00:00Z\","                        \
	"\"digestEndTime\":\"2026-11-22T04:00:00Z\","                          \
	"\"digestS3Bucket\":\"b\",\"digestS3Object\":\"d2\","                  \
	"\"digestPublicKeyFingerprint\":\"f1\","                               \
	"\"digestSignatureAlgorithm\":\"SHA256withRSA\","                      \
	"\"previousDigestS3Bucket\":\"b\",\"previousDigestS3Object\":\"d1\","  \
	"\"previousDigestHashValue\":\"" HASH "\","                            \
	"\"previousDigestSignature\":\"abcd\","                                \
	"\"logFiles\":[{\"s3Bucket\":\"b\",\"s3Object\":\"l1\","               \
	"\"hashValue\":\"" HASH "\",\"hashAlgorithm\":\"SHA-256\"}]}"

static EVP_PKEY *key;

static int
make_key(void **state)
{
	(void)state;
	key = EVP_RSA_gen(2048);
	return key != NULL ? 0 : -1;
}

static int
free_key(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	return 0;
}

static void
sign(struct span text, struct buf *hex)
{
	unsigned char bytes[512];
	size_t len = sizeof(bytes);
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	assert_int_equal(
	    EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(md, bytes, &len,
			     (const unsigned char *)text.at, text.len),
	    1);
	for (size_t i = 0; i < len; i++)
		buf_printf(hex, "%02x", bytes[i]);
	EVP_MD_CTX_free(md);
}

static void
signature(void **state)
{
	struct digest d;
	struct buf text = { 0 }, hex = { 0 };

	(void)state;
	assert_int_equal(digest_read(SPAN(CONTENT), &d), STATUS_OK);
	assert_int_equal(d.count, 1);
	assert_span_equal(d.files[0].key, SPAN("l1"));
	/* As the guide has it: end, path, hash of the content, signature of
	 * the digest before. */
	buf_printf(&text, "2026-11-22T04:00:00Z\nb/d2\n%s\nabcd", d.hash);
	sign(buf_span(&text), &hex);
	assert_true(digest_is_signed(&d, buf_span(&hex), key));
	hex.at[7] = hex.at[7] == '0' ? '1' : '0';
	assert_false(digest_is_signed(&d, buf_span(&hex), key));
	assert_false(digest_is_signed(&d, SPAN(""), key));
	assert_false(digest_is_signed(&d, SPAN("xyz"), key));
	digest_done(&d);
	buf_done(&text);
	buf_done(&hex);
}

static void
changed_content(void **state)
{
	struct digest d;
	struct buf text = { 0 }, hex = { 0 }, changed = { 0 };

	(void)state;
	assert_int_equal(digest_read(SPAN(CONTENT), &d), STATUS_OK);
	buf_printf(&text, "2026-11-22T04:00:00Z\nb/d2\n%s\nabcd", d.hash);
	sign(buf_span(&text), &hex);
	digest_done(&d);
	buf_add_str(&changed, CONTENT " ");
	assert_int_equal(digest_read(buf_span(&changed), &d), STATUS_OK);
	assert_false(digest_is_signed(&d, buf_span(&hex), key));
	digest_done(&d);
	buf_done(&text);
	buf_done(&hex);
	buf_done(&changed);
}

static void
key_forms(void **state)
{
	unsigned char *der = NULL;
	size_t len;
	BIO *pem = BIO_new(BIO_s_mem());
	char *at;
	EVP_PKEY *back;
	int n;

	(void)state;
	/* SubjectPublicKeyInfo in PEM. */
	assert_int_equal(PEM_write_bio_PUBKEY(pem, key), 1);
	len = (size_t)BIO_get_mem_data(pem, &at);
	back = digest_key_of(span_of(at, len));
	assert_non_null(back);
	assert_int_equal(EVP_PKEY_eq(back, key), 1);
	EVP_PKEY_free(back);
	BIO_free(pem);
	/* PKCS #1 in DER, as ListPublicKeys answers. */
	n = i2d_PublicKey(key, &der);
	assert_true(n > 0);
	back = digest_key_of(span_of((const char *)der, (size_t)n));
	assert_non_null(back);
	assert_int_equal(EVP_PKEY_eq(back, key), 1);
	EVP_PKEY_free(back);
	OPENSSL_free(der);
	assert_null(digest_key_of(SPAN("nothing")));
	assert_null(digest_key_of(SPAN("")));
}

static void
broken(void **state)
{
	static const char *const texts[] = { "", "{}", "[]", "{\"a\":1",
		"{\"digestStartTime\":\"2026-11-22T03:00:00Z\","
		"\"digestEndTime\":\"x\",\"digestS3Object\":\"d\"}",
		"{\"digestStartTime\":\"2026-11-22T03:00:00Z\","
		"\"digestEndTime\":\"2026-11-22T03:00:00Z\","
		"\"digestS3Object\":\"d\","
		"\"digestSignatureAlgorithm\":\"SHA1withRSA\","
		"\"logFiles\":[]}",
		"{\"digestStartTime\":\"2026-11-22T03:00:00Z\","
		"\"digestEndTime\":\"2026-11-22T03:00:00Z\","
		"\"digestS3Object\":\"d\","
		"\"digestSignatureAlgorithm\":\"SHA256withRSA\","
		"\"logFiles\":[{\"s3Object\":\"x\",\"hashValue\":\"zz\","
		"\"hashAlgorithm\":\"SHA-256\"}]}" };
	struct digest d;

	(void)state;
	for (size_t i = 0; i < COUNTOF(texts); i++)
		assert_int_not_equal(
		    digest_read(span_str(texts[i]), &d), STATUS_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a signature over the documented text holds", signature),
		TEST(
		    "a changed digest is not what was signed", changed_content),
		TEST("keys are read in the forms they come in", key_forms),
		TEST("what is no digest is refused", broken),
	};

	return cmocka_run_group_tests_name("digest", tests, make_key, free_key);
}
