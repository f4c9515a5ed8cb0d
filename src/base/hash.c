#include "base/hash.h"

const struct hash_key HASH_KEY_DEFAULT = {
	0x6e6570686f73636fu, /* "nephosco" */
	0x70652d64656661ffu, /* "pe-defa", fixed so that runs repeat */
};

static inline uint64_t
rotl(uint64_t x, unsigned bits)
{
	return (x << bits) | (x >> (64 - bits));
}

static inline void
sip_round(struct hash_state *s)
{
	s->v0 += s->v1;
	s->v1 = rotl(s->v1, 13) ^ s->v0;
	s->v0 = rotl(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotl(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotl(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotl(s->v1, 17) ^ s->v2;
	s->v2 = rotl(s->v2, 32);
}

static inline void
sip_word(struct hash_state *s, uint64_t word)
{
	s->v3 ^= word;
	sip_round(s);
	s->v0 ^= word;
}

static inline uint64_t
last_word(struct span s)
{
	uint64_t word = 0;
	size_t rest = s.len & 7;

	if (s.len >= 8) {
		/* The last eight bytes hold the rest at their top. */
		memcpy(&word, s.at + s.len - 8, sizeof(word));
		word = rest > 0 ? word >> (64 - 8 * rest) : 0;
	} else {
		for (size_t i = 0; i < rest; i++)
			word |= (uint64_t)(unsigned char)s.at[i] << (8 * i);
	}
	return word | (uint64_t)s.len << 56;
}

static inline struct hash_state
sip_begin(const struct hash_key *key, uint64_t seed)
{
	uint64_t k0 = key->k0 ^ seed, k1 = key->k1;

	return (struct hash_state){
		k0 ^ 0x736f6d6570736575u,
		k1 ^ 0x646f72616e646f6du,
		k0 ^ 0x6c7967656e657261u,
		k1 ^ 0x7465646279746573u,
	};
}

static inline void
sip_span(struct hash_state *st, struct span s)
{
	for (size_t i = 0; i + 8 <= s.len; i += 8) {
		uint64_t word;

		/* Little-endian hosts only: CMakeLists.txt checks. */
		memcpy(&word, s.at + i, sizeof(word));
		sip_word(st, word);
	}
	sip_word(st, last_word(s));
}

static inline uint64_t
sip_finish(struct hash_state *st)
{
	sip_round(st);
	sip_round(st);
	sip_round(st);
	return st->v0 ^ st->v1 ^ st->v2 ^ st->v3;
}

uint64_t
hash_seeded(const struct hash_key *key, uint64_t seed, struct span s)
{
	struct hash_state st = sip_begin(key, seed);

	sip_span(&st, s);
	st.v2 ^= 0xff;
	return sip_finish(&st);
}

void
hash_pair(
    const struct hash_key *key, uint64_t seed, struct span s, uint64_t pair[2])
{
	struct hash_state st = sip_begin(key, seed);

	st.v1 ^= 0xee;
	sip_span(&st, s);
	st.v2 ^= 0xee;
	pair[0] = sip_finish(&st);
	st.v1 ^= 0xdd;
	pair[1] = sip_finish(&st);
}

struct hash_state
hash_begin(const struct hash_key *key, uint64_t seed)
{
	return sip_begin(key, seed);
}

void
hash_more(struct hash_state *h, struct span s)
{
	sip_span(h, s);
}

uint64_t
hash_end(struct hash_state *h)
{
	h->v2 ^= 0xff;
	return sip_finish(h);
}

uint64_t
hash_span(const struct hash_key *key, struct span s)
{
	return hash_seeded(key, 0, s);
}
