/*
 * Whatever the name, normalising gives a readable span that is no longer
 * than what it came from and a few words.
 */
#include <string.h>

#include "event/normalise.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check(struct span got, size_t from)
{
	uint64_t sum = 0;

	ASSERT(got.len <= 4 * from + 256);
	for (size_t i = 0; i < got.len; i++)
		sum += (unsigned char)got.at[i];
	ASSERT(sum <= UINT64_MAX / 2);
}

static void
identities(struct span s, struct buf *scratch)
{
	static const struct span types[] = { SPAN_INIT("AssumedRole"),
		SPAN_INIT("IAMUser"), SPAN_INIT("Root"),
		SPAN_INIT("AWSService"), SPAN_INIT("SAMLUser"), SPAN_INIT("") };

	for (size_t i = 0; i < COUNTOF(types); i++) {
		struct cloudtrail ct = { .identity_type = types[i],
			.arn = s,
			.principal_id = s,
			.user_name = s };

		check(normalise_principal(&ct, scratch), s.len);
		check(normalise_peer_group(&ct, scratch), s.len);
		check(normalise_session_name(&ct), s.len);
		ct.issuer_arn = s;
		ct.arn.len = 0;
		check(normalise_principal(&ct, scratch), s.len);
		check(normalise_peer_group(&ct, scratch), s.len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct span s = span_of((const char *)bytes, size);
	struct normalise_image image = normalise_image(s);
	struct buf scratch = { 0 };

	check(image.registry, s.len);
	check(image.repository, s.len);
	check(image.tag, s.len);
	check(image.digest, s.len);
	identities(s, &scratch);
	check(normalise_k8s_peer_group(s, &scratch), s.len);
	check(normalise_stem(s, &scratch), s.len);
	check(normalise_agent(s, &scratch), s.len);
	check(normalise_k8s_user(s, &scratch), s.len);
	check(normalise_workload(s), s.len);
	buf_done(&scratch);
	return 0;
}
