#include "detect/mining.h"

#include "base/status.h"

#define SPAN_OF(literal)                                                       \
	{                                                                      \
		literal, sizeof(literal) - 1                                   \
	}
#define LABEL_MOST 63

/* Ordered by length, then bytes: most searches end at the length. */
static const struct span pools[] = {
	SPAN_OF("emcd.io"),
	SPAN_OF("ezil.me"),
	SPAN_OF("kano.is"),
	SPAN_OF("ghash.io"),
	SPAN_OF("zpool.ca"),
	SPAN_OF("okpool.me"),
	SPAN_OF("poolin.me"),
	SPAN_OF("poolto.be"),
	SPAN_OF("uupool.cn"),
	SPAN_OF("viabtc.io"),
	SPAN_OF("vipor.net"),
	SPAN_OF("xmrig.com"),
	SPAN_OF("666pool.cn"),
	SPAN_OF("c3pool.com"),
	SPAN_OF("c3pool.org"),
	SPAN_OF("ckpool.org"),
	SPAN_OF("eligius.st"),
	SPAN_OF("f2pool.com"),
	SPAN_OF("gntl.co.uk"),
	SPAN_OF("hiveon.com"),
	SPAN_OF("hiveon.net"),
	SPAN_OF("k1pool.com"),
	SPAN_OF("poolin.com"),
	SPAN_OF("poolin.one"),
	SPAN_OF("rplant.xyz"),
	SPAN_OF("viabtc.com"),
	SPAN_OF("xmrpool.de"),
	SPAN_OF("xmrpool.eu"),
	SPAN_OF("2miners.com"),
	SPAN_OF("acc-pool.pw"),
	SPAN_OF("antpool.com"),
	SPAN_OF("beepool.com"),
	SPAN_OF("beepool.org"),
	SPAN_OF("ethpool.org"),
	SPAN_OF("flexpool.io"),
	SPAN_OF("flypool.org"),
	SPAN_OF("jsecoin.com"),
	SPAN_OF("lethash.com"),
	SPAN_OF("minexmr.com"),
	SPAN_OF("skypool.org"),
	SPAN_OF("suprnova.cc"),
	SPAN_OF("xmrpool.net"),
	SPAN_OF("xmrpool.xyz"),
	SPAN_OF("aikapool.com"),
	SPAN_OF("btcguild.com"),
	SPAN_OF("coinhive.com"),
	SPAN_OF("cruxpool.com"),
	SPAN_OF("fairhash.org"),
	SPAN_OF("icemining.ca"),
	SPAN_OF("leafpool.com"),
	SPAN_OF("luckpool.net"),
	SPAN_OF("mintpond.com"),
	SPAN_OF("molepool.com"),
	SPAN_OF("moriaxmr.com"),
	SPAN_OF("multipool.us"),
	SPAN_OF("nanopool.org"),
	SPAN_OF("nicehash.com"),
	SPAN_OF("poolmine.xyz"),
	SPAN_OF("powerpool.io"),
	SPAN_OF("semipool.com"),
	SPAN_OF("solopool.org"),
	SPAN_OF("zergpool.com"),
	SPAN_OF("ahashpool.com"),
	SPAN_OF("bitminter.com"),
	SPAN_OF("coin-hive.com"),
	SPAN_OF("coinotron.com"),
	SPAN_OF("crazypool.org"),
	SPAN_OF("dwarfpool.com"),
	SPAN_OF("ethermine.org"),
	SPAN_OF("hashvault.pro"),
	SPAN_OF("minergate.com"),
	SPAN_OF("slushpool.com"),
	SPAN_OF("sparkpool.com"),
	SPAN_OF("usxmrpool.com"),
	SPAN_OF("wemineall.com"),
	SPAN_OF("crypto-pool.fr"),
	SPAN_OF("cryptoloot.pro"),
	SPAN_OF("herominers.com"),
	SPAN_OF("kaspa-pool.org"),
	SPAN_OF("mine.ocean.xyz"),
	SPAN_OF("minemonero.pro"),
	SPAN_OF("monerohash.com"),
	SPAN_OF("moneropool.com"),
	SPAN_OF("prohashing.com"),
	SPAN_OF("public-pool.io"),
	SPAN_OF("ravenminer.com"),
	SPAN_OF("spiderpool.com"),
	SPAN_OF("supportxmr.com"),
	SPAN_OF("unmineable.com"),
	SPAN_OF("webminepool.tk"),
	SPAN_OF("woolypooly.com"),
	SPAN_OF("blockmasters.co"),
	SPAN_OF("coinfoundry.org"),
	SPAN_OF("crypto-loot.com"),
	SPAN_OF("equipool.1ds.us"),
	SPAN_OF("kryptex.network"),
	SPAN_OF("mining-dutch.nl"),
	SPAN_OF("poolbinance.com"),
	SPAN_OF("webminepool.com"),
	SPAN_OF("bohemianpool.com"),
	SPAN_OF("crypto-pool.info"),
	SPAN_OF("litecoinpool.org"),
	SPAN_OF("monerominers.net"),
	SPAN_OF("miningpoolhub.com"),
	SPAN_OF("foundryusapool.com"),
	SPAN_OF("moneroocean.stream"),
	SPAN_OF("xmrminingproxy.com"),
	SPAN_OF("miningrigrentals.com"),
	SPAN_OF("cryptonotepool.org.uk"),
};

/* What only miners say. */
static const struct span words_mining[] = {
	SPAN_OF("stratum"),
	SPAN_OF("xmrig"),
	SPAN_OF("minexmr"),
	SPAN_OF("cryptonight"),
	SPAN_OF("randomx"),
	SPAN_OF("daggerhashimoto"),
	SPAN_OF("ethash"),
	SPAN_OF("kawpow"),
};

/* Coins that are mined, as pools write them. */
static const struct span words_coin[] = {
	SPAN_OF("xmr"),
	SPAN_OF("monero"),
	SPAN_OF("rvn"),
	SPAN_OF("ravencoin"),
	SPAN_OF("zeph"),
	SPAN_OF("zephyr"),
	SPAN_OF("kaspa"),
	SPAN_OF("ethw"),
	SPAN_OF("ergo"),
	SPAN_OF("zec"),
	SPAN_OF("zcash"),
	SPAN_OF("btc"),
	SPAN_OF("bitcoin"),
	SPAN_OF("bch"),
	SPAN_OF("ltc"),
	SPAN_OF("dero"),
	SPAN_OF("raptoreum"),
	SPAN_OF("verus"),
};

/* What servers of pools are called. */
static const struct span words_pool[] = {
	SPAN_OF("pool"),
	SPAN_OF("pools"),
	SPAN_OF("mine"),
	SPAN_OF("miner"),
	SPAN_OF("miners"),
	SPAN_OF("mining"),
	SPAN_OF("solo"),
};

/* Names under which sites are read rather than mined at. */
static const struct span words_site[] = {
	SPAN_OF("www"),
	SPAN_OF("blog"),
	SPAN_OF("docs"),
	SPAN_OF("help"),
	SPAN_OF("support"),
	SPAN_OF("status"),
	SPAN_OF("forum"),
};

static bool
is_one_of(struct span word, const struct span *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_equal_nocase(word, words[i]))
			return true;
	return false;
}

/* <0, 0, >0: length first, then bytes without regard to case. */
static int
order(struct span a, struct span b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	for (size_t i = 0; i < a.len; i++) {
		char c = a.at[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		if (c != b.at[i])
			return (unsigned char)c < (unsigned char)b.at[i] ? -1
									 : 1;
	}
	return 0;
}

static bool
is_pool(struct span domain)
{
	size_t low = 0, high = COUNTOF(pools);

	while (low < high) {
		size_t middle = (low + high) / 2;
		int o = order(domain, pools[middle]);

		if (o == 0)
			return true;
		if (o > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* The last `labels` labels of a name; all of it when it has fewer. */
static struct span
tail(struct span name, unsigned labels)
{
	size_t at = name.len;

	while (at > 0) {
		if (name.at[at - 1] == '.' && --labels == 0)
			break;
		at--;
	}
	return span_skip(name, at);
}

/* The coin may be written together with the pool's word: "xmrpool". */
static bool
joins_coin_and_pool(struct span word)
{
	for (size_t i = 0; i < COUNTOF(words_coin); i++) {
		size_t n = words_coin[i].len;
		struct span first = span_first(word, n);
		struct span rest = span_skip(word, n);

		if (word.len <= n)
			continue;
		if (span_equal_nocase(first, words_coin[i]) &&
		    is_one_of(rest, words_pool, COUNTOF(words_pool)))
			return true;
		first = span_first(word, word.len - n);
		rest = span_skip(word, word.len - n);
		if (span_equal_nocase(rest, words_coin[i]) &&
		    is_one_of(first, words_pool, COUNTOF(words_pool)))
			return true;
	}
	return false;
}

/* What the words of a name say. */
struct words {
	bool coin, pool, miner, clock;
};

static void
read_word(struct words *w, struct span word, bool is_top)
{
	while (word.len > 3 && word.at[word.len - 1] >= '0' &&
	       word.at[word.len - 1] <= '9')
		word.len--;
	if (word.len < 3)
		return;
	/* What time servers call a stratum is none. */
	w->clock |= span_equal_nocase(word, SPAN("ntp")) ||
		    span_equal_nocase(word, SPAN("time"));
	w->miner |=
	    joins_coin_and_pool(word) ||
	    (!is_top && is_one_of(word, words_mining, COUNTOF(words_mining)));
	w->coin |= is_one_of(word, words_coin, COUNTOF(words_coin));
	w->pool |= is_one_of(word, words_pool, COUNTOF(words_pool));
}

/*
 * Words are what dots and hyphens part.  A word of miners in a server's name
 * decides, in the domain's own label it may be a firm's; a coin needs a
 * pool's word beside it.  The top level says nothing.
 */
static bool
is_named_like_pool(struct span name)
{
	struct span rest = span_first(name, span_rfind(name, '.'));
	struct words w = { false };

	while (rest.at != NULL) {
		struct span label = span_cut(&rest, '.');

		while (label.at != NULL)
			read_word(&w, span_cut(&label, '-'), rest.at == NULL);
	}
	return !w.clock && (w.miner || (w.coin && w.pool));
}

/* Pieces of which one is in each pool's and miner's word. */
static const char pieces[][4] = { "poo", "min", "sol", "str", "xmr", "ash",
	"cry", "ran", "kaw" };

/* A cheap test that most names fail. */
static bool
may_be_named_like_pool(struct span name)
{
	for (size_t i = 0; i + 2 < name.len; i++) {
		const char *at = name.at + i;

		for (size_t k = 0; k < COUNTOF(pieces); k++)
			if ((at[0] | 0x20) == pieces[k][0] &&
			    (at[1] | 0x20) == pieces[k][1] &&
			    (at[2] | 0x20) == pieces[k][2])
				return true;
	}
	return false;
}

enum mining
mining_judge(struct span name)
{
	bool site;

	if (name.len > 0 && name.at[name.len - 1] == '.')
		name.len--;
	if (name.len < 5 || name.len > 253)
		return MINING_NONE;
	site = is_one_of(span_first(name, span_find(name, '.', 0)), words_site,
	    COUNTOF(words_site));
	if (is_pool(tail(name, 2)) || is_pool(tail(name, 3)))
		return site ? MINING_SITE : MINING_POOL;
	if (site || !may_be_named_like_pool(name) || !is_named_like_pool(name))
		return MINING_NONE;
	return MINING_LIKELY;
}
