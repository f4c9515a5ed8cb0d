#include "stats/domain.h"

#include "base/status.h"

/* Country codes below which names are registered at the third level, and
 * the second levels in use.  Facts from the registries' own pages. */
static const struct {
	const char *country;
	const char *second; /* blanks around each */
} registries[] = {
	{ "ae", " ac co gov mil net org sch " },
	{ "ar", " com edu gob gov int mil net org tur " },
	{ "at", " ac co gv or " },
	{ "au", " asn com edu gov id net org " },
	{ "bd", " ac com edu gov mil net org " },
	{ "bh", " com edu gov net org " },
	{ "bo", " com edu gob gov net org " },
	{ "br", " adm adv agr app art blog coop com dev eco edu emp eng esp "
		"far flog g12 gov ind inf jus leg med mil mp net nom org "
		"psi rec srv tec tur tv vet wiki " },
	{ "by", " com gov mil of " },
	{ "ci", " ac co com ed edu go gouv net or org " },
	{ "cn", " ac com edu gov mil net org bj sh gd zj js sd hb " },
	{ "co", " com edu gov mil net nom org " },
	{ "cr", " ac co ed fi go or sa " },
	{ "cy", " ac com gov ltd net org press " },
	{ "do", " com edu gob gov mil net org " },
	{ "ec", " com edu fin gob gov info med mil net org pro " },
	{ "eg", " com edu eun gov mil name net org sci " },
	{ "es", " com edu gob nom org " },
	{ "et", " biz com edu gov info name net org " },
	{ "fj", " ac biz com gov info mil name net org pro " },
	{ "fr", " asso com gouv nom prd tm " },
	{ "gh", " com edu gov mil org " },
	{ "gr", " com edu gov net org " },
	{ "gt", " com edu gob ind mil net org " },
	{ "hk", " com edu gov idv net org " },
	{ "hn", " com edu gob mil net org " },
	{ "hu", " co info org priv sport tm " },
	{ "id", " ac biz co desa go mil my net or ponpes sch web " },
	{ "il", " ac co gov idf k12 muni net org " },
	{ "im", " ac co com net org ltd plc " },
	{ "in", " ac co edu ernet firm gen gov ind mil net nic org res " },
	{ "iq", " com edu gov mil net org " },
	{ "ir", " ac co gov id net org sch " },
	{ "it", " edu gov " },
	{ "jm", " com edu gov mil net org " },
	{ "jo", " com edu gov mil name net org sch " },
	{ "jp", " ac ad co ed go gr lg ne or " },
	{ "ke", " ac co go info me mobi ne or sc " },
	{ "kh", " com edu gov mil net org per " },
	{ "kr", " ac co es go hs kg mil ms ne or pe re sc " },
	{ "kw", " com edu emb gov ind net org " },
	{ "kz", " com edu gov mil net org " },
	{ "lb", " com edu gov net org " },
	{ "lk", " ac assn com edu gov grp hotel int ltd net ngo org sch " },
	{ "lv", " com edu gov id mil net org " },
	{ "ly", " com edu gov id med net org plc sch " },
	{ "ma", " ac co gov net org press " },
	{ "mk", " com edu gov inf name net org " },
	{ "mm", " com edu gov net org per " },
	{ "mo", " com edu gov net org " },
	{ "mt", " com edu net org " },
	{ "mu", " ac co com gov net or org " },
	{ "mx", " com edu gob net org " },
	{ "my", " biz com edu gov mil name net org " },
	{ "mz", " ac co edu gov mil net org " },
	{ "na", " co com org " },
	{ "ng", " com edu gov i mil mobi name net org sch " },
	{ "ni", " ac biz co com edu gob in net org web " },
	{ "np", " com edu gov mil net org " },
	{ "nz", " ac co cri geek gen govt health iwi kiwi maori mil net org "
		"school " },
	{ "om", " co com edu gov med net org pro " },
	{ "pa", " ac com edu gob ing med net nom org sld " },
	{ "pe", " com edu gob mil net nom org " },
	{ "pg", " ac com gov mil net org " },
	{ "ph", " com edu gov i mil net ngo org " },
	{ "pk", " biz com edu fam gob gok gov net org web " },
	{ "pl", " com edu gov info mil net org waw " },
	{ "pr", " ac biz com edu gov info name net org pro " },
	{ "ps", " com edu gov net org plo sec " },
	{ "pt", " com edu gov int net nome org publ " },
	{ "py", " com coop edu gov mil net org " },
	{ "qa", " com edu gov mil name net org sch " },
	{ "ro", " com info nom org rec store tm www " },
	{ "rs", " ac co edu gov in org " },
	{ "ru", " ac com edu gov int mil msk net org pp spb " },
	{ "rw", " ac co coop gov mil net org " },
	{ "sa", " com edu gov med net org pub sch " },
	{ "sg", " com edu gov net org per " },
	{ "sv", " com edu gob org red " },
	{ "th", " ac co go in mi net or " },
	{ "tn", " com ens fin gov ind info net org " },
	{ "tr", " av bbs bel biz com dr edu gen gov info k12 mil name net "
		"org pol tel tsk tv web " },
	{ "tt", " biz co com edu gov info name net org pro " },
	{ "tw", " club com ebiz edu game gov idv mil net org " },
	{ "tz", " ac co go info me mil mobi ne or sc tv " },
	{ "ua", " com edu gov in kh kiev kyiv lviv net od org " },
	{ "ug", " ac co com go ne or org sc " },
	{ "uk", " ac co gov ltd me mod net nhs org plc police sch " },
	{ "us", " fed isa kids nsn " },
	{ "uy", " com edu gub mil net org " },
	{ "uz", " co com net org " },
	{ "ve", " co com edu gob gov info mil net org web " },
	{ "vn", " ac biz com edu gov health info int name net org pro " },
	{ "ye", " com edu gov mil net org " },
	{ "za", " ac co edu gov law mil net nom org school web " },
	{ "zm", " ac biz co com edu gov info mil net org sch " },
	{ "zw", " ac co gov mil org " },
};

/* Where each customer of a provider has a name of its own.  A star stands
 * for one label, mostly a region, and never for one of the last two: the
 * rules are sorted by these, to be found by halving. */
static const struct span customers[] = {
	SPAN_INIT("3322.org"),
	SPAN_INIT("afraid.org"),
	SPAN_INIT("akamaiedge.net"),
	SPAN_INIT("akamaihd.net"),
	SPAN_INIT("akamaized.net"),
	SPAN_INIT("*.aliyuncs.com"),
	SPAN_INIT("signin.aws.amazon.com"),
	SPAN_INIT("*.cache.amazonaws.com"),
	SPAN_INIT("*.compute.amazonaws.com"),
	SPAN_INIT("*.eks.amazonaws.com"),
	SPAN_INIT("*.elb.amazonaws.com"),
	SPAN_INIT("*.es.amazonaws.com"),
	SPAN_INIT("*.rds.amazonaws.com"),
	SPAN_INIT("*.redshift.amazonaws.com"),
	SPAN_INIT("*.vpce.amazonaws.com"),
	SPAN_INIT("compute-1.amazonaws.com"),
	SPAN_INIT("dkr.ecr.*.amazonaws.com"),
	SPAN_INIT("elb.*.amazonaws.com"),
	SPAN_INIT("execute-api.*.amazonaws.com"),
	SPAN_INIT("s3-accesspoint.*.amazonaws.com"),
	SPAN_INIT("s3-website.*.amazonaws.com"),
	SPAN_INIT("s3.*.amazonaws.com"),
	SPAN_INIT("s3.amazonaws.com"),
	SPAN_INIT("auth.*.amazoncognito.com"),
	SPAN_INIT("amplifyapp.com"),
	SPAN_INIT("*.r.appspot.com"),
	SPAN_INIT("appspot.com"),
	SPAN_INIT("*.awsapprunner.com"),
	SPAN_INIT("awsglobalaccelerator.com"),
	SPAN_INIT("*.azmk8s.io"),
	SPAN_INIT("azure-api.net"),
	SPAN_INIT("*.cloudapp.azure.com"),
	SPAN_INIT("*.blob.storage.azure.net"),
	SPAN_INIT("vault.azure.net"),
	SPAN_INIT("azurecr.io"),
	SPAN_INIT("azureedge.net"),
	SPAN_INIT("azurefd.net"),
	SPAN_INIT("*.azurestaticapps.net"),
	SPAN_INIT("azurestaticapps.net"),
	SPAN_INIT("azurewebsites.net"),
	SPAN_INIT("b-cdn.net"),
	SPAN_INIT("*.backblazeb2.com"),
	SPAN_INIT("blogspot.com"),
	SPAN_INIT("cfargotunnel.com"),
	SPAN_INIT("changeip.org"),
	SPAN_INIT("chickenkiller.com"),
	SPAN_INIT("cloudapp.net"),
	SPAN_INIT("r2.cloudflarestorage.com"),
	SPAN_INIT("cloudfront.net"),
	SPAN_INIT("cloudfunctions.net"),
	SPAN_INIT("co.com"),
	SPAN_INIT("ddns.me"),
	SPAN_INIT("ddns.net"),
	SPAN_INIT("de.com"),
	SPAN_INIT("deno.dev"),
	SPAN_INIT("*.digitaloceanspaces.com"),
	SPAN_INIT("dnsalias.com"),
	SPAN_INIT("duckdns.org"),
	SPAN_INIT("dynamic-dns.net"),
	SPAN_INIT("dyndns.biz"),
	SPAN_INIT("dyndns.info"),
	SPAN_INIT("dyndns.org"),
	SPAN_INIT("dynu.net"),
	SPAN_INIT("edgekey.net"),
	SPAN_INIT("edgesuite.net"),
	SPAN_INIT("*.elasticbeanstalk.com"),
	SPAN_INIT("elasticbeanstalk.com"),
	SPAN_INIT("eu.com"),
	SPAN_INIT("eu.org"),
	SPAN_INIT("f3322.net"),
	SPAN_INIT("fastly.net"),
	SPAN_INIT("global.ssl.fastly.net"),
	SPAN_INIT("firebaseapp.com"),
	SPAN_INIT("*.firebasedatabase.app"),
	SPAN_INIT("firebaseio.com"),
	SPAN_INIT("fly.dev"),
	SPAN_INIT("gb.net"),
	SPAN_INIT("github.io"),
	SPAN_INIT("githubusercontent.com"),
	SPAN_INIT("gitlab.io"),
	SPAN_INIT("glitch.me"),
	SPAN_INIT("storage.googleapis.com"),
	SPAN_INIT("bc.googleusercontent.com"),
	SPAN_INIT("gotdns.ch"),
	SPAN_INIT("herokuapp.com"),
	SPAN_INIT("herokudns.com"),
	SPAN_INIT("homeip.net"),
	SPAN_INIT("hopto.org"),
	SPAN_INIT("lhr.life"),
	SPAN_INIT("*.linodeobjects.com"),
	SPAN_INIT("linodeobjects.com"),
	SPAN_INIT("loca.lt"),
	SPAN_INIT("localhost.run"),
	SPAN_INIT("mooo.com"),
	SPAN_INIT("myddns.me"),
	SPAN_INIT("myftp.org"),
	SPAN_INIT("*.myqcloud.com"),
	SPAN_INIT("myshopify.com"),
	SPAN_INIT("myvnc.com"),
	SPAN_INIT("netlify.app"),
	SPAN_INIT("ngrok-free.app"),
	SPAN_INIT("ngrok-free.dev"),
	SPAN_INIT("ngrok.app"),
	SPAN_INIT("ngrok.dev"),
	SPAN_INIT("*.ngrok.io"),
	SPAN_INIT("ngrok.io"),
	SPAN_INIT("nip.io"),
	SPAN_INIT("no-ip.biz"),
	SPAN_INIT("no-ip.info"),
	SPAN_INIT("no-ip.org"),
	SPAN_INIT("noip.me"),
	SPAN_INIT("now.sh"),
	SPAN_INIT("lambda-url.*.on.aws"),
	SPAN_INIT("ondigitalocean.app"),
	SPAN_INIT("onrender.com"),
	SPAN_INIT("*.oraclecloud.com"),
	SPAN_INIT("oraclecloudapps.com"),
	SPAN_INIT("pages.dev"),
	SPAN_INIT("pp.ua"),
	SPAN_INIT("r2.dev"),
	SPAN_INIT("railway.app"),
	SPAN_INIT("up.railway.app"),
	SPAN_INIT("repl.co"),
	SPAN_INIT("replit.app"),
	SPAN_INIT("replit.dev"),
	SPAN_INIT("*.run.app"),
	SPAN_INIT("run.app"),
	SPAN_INIT("serveftp.com"),
	SPAN_INIT("servehttp.com"),
	SPAN_INIT("serveo.net"),
	SPAN_INIT("sslip.io"),
	SPAN_INIT("strangled.net"),
	SPAN_INIT("surge.sh"),
	SPAN_INIT("sytes.net"),
	SPAN_INIT("trafficmanager.net"),
	SPAN_INIT("translate.goog"),
	SPAN_INIT("trycloudflare.com"),
	SPAN_INIT("*.ts.net"),
	SPAN_INIT("ts.net"),
	SPAN_INIT("uk.com"),
	SPAN_INIT("us.com"),
	SPAN_INIT("vercel.app"),
	SPAN_INIT("web.app"),
	SPAN_INIT("webhop.me"),
	SPAN_INIT("weebly.com"),
	SPAN_INIT("*.web.core.windows.net"),
	SPAN_INIT("blob.core.windows.net"),
	SPAN_INIT("database.windows.net"),
	SPAN_INIT("file.core.windows.net"),
	SPAN_INIT("queue.core.windows.net"),
	SPAN_INIT("servicebus.windows.net"),
	SPAN_INIT("table.core.windows.net"),
	SPAN_INIT("web.core.windows.net"),
	SPAN_INIT("wixsite.com"),
	SPAN_INIT("wordpress.com"),
	SPAN_INIT("workers.dev"),
	SPAN_INIT("wpengine.com"),
	SPAN_INIT("zapto.org"),
};

static const struct span internal_suffixes[] = {
	SPAN_INIT("local"),
	SPAN_INIT("localdomain"),
	SPAN_INIT("localhost"),
	SPAN_INIT("internal"),
	SPAN_INIT("lan"),
	SPAN_INIT("home"),
	SPAN_INIT("corp"),
	SPAN_INIT("intranet"),
	SPAN_INIT("private"),
	SPAN_INIT("svc"),
	SPAN_INIT("consul"),
	SPAN_INIT("test"),
	SPAN_INIT("invalid"),
	SPAN_INIT("home.arpa"),
	SPAN_INIT("in-addr.arpa"),
	SPAN_INIT("ip6.arpa"),
};

/* Start of the label that ends at `end`. */
static size_t
label_start(struct span s, size_t end)
{
	while (end > 0 && s.at[end - 1] != '.')
		end--;
	return end;
}

/* The start in `name` of the part that `rule` matches, or name.len.  From
 * the right, as most rules fail within a few bytes. */
static size_t
match_rule(struct span name, struct span rule)
{
	size_t n = name.len, r = rule.len;

	while (r > 0 && n > 0) {
		r--;
		if (rule.at[r] == '*')
			n = label_start(name, n);
		else if (name.at[--n] != rule.at[r])
			return name.len;
	}
	return r == 0 && (n == 0 || name.at[n - 1] == '.') ? n : name.len;
}

/* The last two labels. */
static struct span
last_two(struct span name)
{
	size_t start = label_start(name, name.len);

	return span_skip(name, start ? label_start(name, start - 1) : 0);
}

/* Index of the first rule whose last two labels are not before `two`. */
static size_t
first_rule(struct span two)
{
	size_t low = 0, high = COUNTOF(customers);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (span_compare(last_two(customers[middle]), two) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Start of the longest customer rule that leaves a label before it. */
static size_t
customer_suffix(struct span name)
{
	struct span two = last_two(name);
	size_t best = name.len;

	for (size_t i = first_rule(two); i < COUNTOF(customers); i++) {
		size_t at = match_rule(name, customers[i]);

		if (!span_equal(last_two(customers[i]), two))
			break;
		if (at > 0 && at < best)
			best = at;
	}
	return best;
}

/* Is `second` one of the registry's second levels? */
static bool
second_level(const char *list, struct span second)
{
	struct span all = span_str(list);

	for (size_t i = 0; i + second.len + 2 <= all.len; i++)
		if (all.at[i] == ' ' && all.at[i + second.len + 1] == ' ' &&
		    !memcmp(all.at + i + 1, second.at, second.len))
			return second.len > 0;
	return false;
}

/* Start of the registry's suffix: the last label, or the last two. */
static size_t
registry_suffix(struct span name)
{
	size_t top = label_start(name, name.len), second;
	struct span country = span_skip(name, top);

	if (country.len != 2 || top == 0)
		return top;
	second = label_start(name, top - 1);
	for (size_t i = 0; i < COUNTOF(registries); i++) {
		/* Sorted: nothing follows that could match. */
		if (registries[i].country[0] > country.at[0])
			break;
		if (!memcmp(registries[i].country, country.at, 2) &&
		    second_level(registries[i].second,
			span_of(name.at + second, top - 1 - second)))
			return second;
	}
	return top;
}

static bool
is_address(struct span name)
{
	unsigned dots = 0;

	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == ':')
			return true;
		if (name.at[i] == '.')
			dots++;
		else if (name.at[i] < '0' || name.at[i] > '9')
			return false;
	}
	return dots == 3;
}

bool
domain_is_internal(struct span name)
{
	if (name.len > 0 && name.at[name.len - 1] == '.')
		name.len--;
	if (span_find(name, '.', 0) == name.len || is_address(name))
		return true;
	for (size_t i = 0; i < COUNTOF(internal_suffixes); i++) {
		struct span rule = internal_suffixes[i];

		if (name.len > rule.len &&
		    name.at[name.len - rule.len - 1] == '.' &&
		    span_equal_nocase(
			span_skip(name, name.len - rule.len), rule))
			return true;
	}
	return false;
}

/* Copy in lower case without the final dot; false for bad shapes. */
static bool
normalise(struct span raw, char *buffer, struct span *name)
{
	if (raw.len > 0 && raw.at[raw.len - 1] == '.')
		raw.len--;
	if (raw.len == 0 || raw.len >= DOMAIN_BYTES)
		return false;
	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.at[i];

		if (c == '.' && (i == 0 || raw.at[i - 1] == '.'))
			return false;
		buffer[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	buffer[raw.len] = '\0';
	*name = span_of(buffer, raw.len);
	return raw.at[raw.len - 1] != '.';
}

bool
domain_split(struct span raw, char *buffer, struct domain *out)
{
	size_t suffix, start;

	*out = (struct domain){ 0 };
	if (!normalise(raw, buffer, &out->name))
		return false;
	out->internal = domain_is_internal(out->name);
	suffix = customer_suffix(out->name);
	out->is_customer = suffix < out->name.len;
	if (!out->is_customer)
		suffix = registry_suffix(out->name);
	if (suffix == 0 || is_address(out->name)) {
		/* One label, or a bare suffix or an address. */
		out->registered = out->name;
		out->label = out->name;
		return true;
	}
	out->suffix = span_skip(out->name, suffix);
	start = label_start(out->name, suffix - 1);
	out->registered = span_skip(out->name, start);
	out->label = span_of(out->name.at + start, suffix - 1 - start);
	out->subdomain = span_first(out->name, start > 0 ? start - 1 : 0);
	return true;
}
