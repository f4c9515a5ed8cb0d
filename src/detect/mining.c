#include "detect/mining.h"

#include "base/status.h"

#define LABEL_MOST 63

/* Ordered by length, then bytes: most searches end at the length. */
static const struct span pools[] = {
	SPAN_INIT("emcd.io"),
	SPAN_INIT("ezil.me"),
	SPAN_INIT("kano.is"),
	SPAN_INIT("ghash.io"),
	SPAN_INIT("zpool.ca"),
	SPAN_INIT("okpool.me"),
	SPAN_INIT("poolin.me"),
	SPAN_INIT("poolto.be"),
	SPAN_INIT("uupool.cn"),
	SPAN_INIT("viabtc.io"),
	SPAN_INIT("vipor.net"),
	SPAN_INIT("xmrig.com"),
	SPAN_INIT("666pool.cn"),
	SPAN_INIT("c3pool.com"),
	SPAN_INIT("c3pool.org"),
	SPAN_INIT("ckpool.org"),
	SPAN_INIT("eligius.st"),
	SPAN_INIT("f2pool.com"),
	SPAN_INIT("gntl.co.uk"),
	SPAN_INIT("hiveon.com"),
	SPAN_INIT("hiveon.net"),
	SPAN_INIT("k1pool.com"),
	SPAN_INIT("poolin.com"),
	SPAN_INIT("poolin.one"),
	SPAN_INIT("rplant.xyz"),
	SPAN_INIT("viabtc.com"),
	SPAN_INIT("xmrpool.de"),
	SPAN_INIT("xmrpool.eu"),
	SPAN_INIT("2miners.com"),
	SPAN_INIT("acc-pool.pw"),
	SPAN_INIT("antpool.com"),
	SPAN_INIT("beepool.com"),
	SPAN_INIT("beepool.org"),
	SPAN_INIT("ethpool.org"),
	SPAN_INIT("flexpool.io"),
	SPAN_INIT("flypool.org"),
	SPAN_INIT("jsecoin.com"),
	SPAN_INIT("lethash.com"),
	SPAN_INIT("minexmr.com"),
	SPAN_INIT("skypool.org"),
	SPAN_INIT("suprnova.cc"),
	SPAN_INIT("xmrpool.net"),
	SPAN_INIT("xmrpool.xyz"),
	SPAN_INIT("aikapool.com"),
	SPAN_INIT("btcguild.com"),
	SPAN_INIT("coinhive.com"),
	SPAN_INIT("cruxpool.com"),
	SPAN_INIT("fairhash.org"),
	SPAN_INIT("icemining.ca"),
	SPAN_INIT("leafpool.com"),
	SPAN_INIT("luckpool.net"),
	SPAN_INIT("mintpond.com"),
	SPAN_INIT("molepool.com"),
	SPAN_INIT("moriaxmr.com"),
	SPAN_INIT("multipool.us"),
	SPAN_INIT("nanopool.org"),
	SPAN_INIT("nicehash.com"),
	SPAN_INIT("poolmine.xyz"),
	SPAN_INIT("powerpool.io"),
	SPAN_INIT("semipool.com"),
	SPAN_INIT("solopool.org"),
	SPAN_INIT("zergpool.com"),
	SPAN_INIT("ahashpool.com"),
	SPAN_INIT("bitminter.com"),
	SPAN_INIT("coin-hive.com"),
	SPAN_INIT("coinotron.com"),
	SPAN_INIT("crazypool.org"),
	SPAN_INIT("dwarfpool.com"),
	SPAN_INIT("ethermine.org"),
	SPAN_INIT("hashvault.pro"),
	SPAN_INIT("minergate.com"),
	SPAN_INIT("slushpool.com"),
	SPAN_INIT("sparkpool.com"),
	SPAN_INIT("usxmrpool.com"),
	SPAN_INIT("wemineall.com"),
	SPAN_INIT("crypto-pool.fr"),
	SPAN_INIT("cryptoloot.pro"),
	SPAN_INIT("herominers.com"),
	SPAN_INIT("kaspa-pool.org"),
	SPAN_INIT("mine.ocean.xyz"),
	SPAN_INIT("minemonero.pro"),
	SPAN_INIT("monerohash.com"),
	SPAN_INIT("moneropool.com"),
	SPAN_INIT("prohashing.com"),
	SPAN_INIT("public-pool.io"),
	SPAN_INIT("ravenminer.com"),
	SPAN_INIT("spiderpool.com"),
	SPAN_INIT("supportxmr.com"),
	SPAN_INIT("unmineable.com"),
	SPAN_INIT("webminepool.tk"),
	SPAN_INIT("woolypooly.com"),
	SPAN_INIT("blockmasters.co"),
	SPAN_INIT("coinfoundry.org"),
	SPAN_INIT("crypto-loot.com"),
	SPAN_INIT("equipool.1ds.us"),
	SPAN_INIT("kryptex.network"),
	SPAN_INIT("mining-dutch.nl"),
	SPAN_INIT("poolbinance.com"),
	SPAN_INIT("webminepool.com"),
	SPAN_INIT("bohemianpool.com"),
	SPAN_INIT("crypto-pool.info"),
	SPAN_INIT("litecoinpool.org"),
	SPAN_INIT("monerominers.net"),
	SPAN_INIT("miningpoolhub.com"),
	SPAN_INIT("foundryusapool.com"),
	SPAN_INIT("moneroocean.stream"),
	SPAN_INIT("xmrminingproxy.com"),
	SPAN_INIT("miningrigrentals.com"),
	SPAN_INIT("cryptonotepool.org.uk"),
};

/* What only miners say. */
static const struct span words_mining[] = {
	SPAN_INIT("stratum"),
	SPAN_INIT("xmrig"),
	SPAN_INIT("minexmr"),
	SPAN_INIT("cryptonight"),
	SPAN_INIT("randomx"),
	SPAN_INIT("daggerhashimoto"),
	SPAN_INIT("ethash"),
	SPAN_INIT("kawpow"),
};

/* Coins that are mined, as pools write them. */
static const struct span words_coin[] = {
	SPAN_INIT("xmr"),
	SPAN_INIT("monero"),
	SPAN_INIT("rvn"),
	SPAN_INIT("ravencoin"),
	SPAN_INIT("zeph"),
	SPAN_INIT("zephyr"),
	SPAN_INIT("kaspa"),
	SPAN_INIT("ethw"),
	SPAN_INIT("ergo"),
	SPAN_INIT("zec"),
	SPAN_INIT("zcash"),
	SPAN_INIT("btc"),
	SPAN_INIT("bitcoin"),
	SPAN_INIT("bch"),
	SPAN_INIT("ltc"),
	SPAN_INIT("dero"),
	SPAN_INIT("raptoreum"),
	SPAN_INIT("verus"),
};

/* What servers of pools are called. */
static const struct span words_pool[] = {
	SPAN_INIT("pool"),
	SPAN_INIT("pools"),
	SPAN_INIT("mine"),
	SPAN_INIT("miner"),
	SPAN_INIT("miners"),
	SPAN_INIT("mining"),
	SPAN_INIT("solo"),
};

/* Names under which sites are read rather than mined at. */
static const struct span words_site[] = {
	SPAN_INIT("www"),
	SPAN_INIT("blog"),
	SPAN_INIT("docs"),
	SPAN_INIT("help"),
	SPAN_INIT("support"),
	SPAN_INIT("status"),
	SPAN_INIT("forum"),
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
