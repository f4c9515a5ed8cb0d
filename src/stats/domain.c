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
static const struct rule {
	struct span text;
	unsigned char two; /* bytes of its last two labels */
} customers[] = {
	{ SPAN_INIT("3322.org"), 8 },
	{ SPAN_INIT("afraid.org"), 10 },
	{ SPAN_INIT("akamaiedge.net"), 14 },
	{ SPAN_INIT("akamaihd.net"), 12 },
	{ SPAN_INIT("akamaized.net"), 13 },
	{ SPAN_INIT("*.aliyuncs.com"), 12 },
	{ SPAN_INIT("signin.aws.amazon.com"), 10 },
	{ SPAN_INIT("*.cache.amazonaws.com"), 13 },
	{ SPAN_INIT("*.compute.amazonaws.com"), 13 },
	{ SPAN_INIT("*.eks.amazonaws.com"), 13 },
	{ SPAN_INIT("*.elb.amazonaws.com"), 13 },
	{ SPAN_INIT("*.es.amazonaws.com"), 13 },
	{ SPAN_INIT("*.rds.amazonaws.com"), 13 },
	{ SPAN_INIT("*.redshift.amazonaws.com"), 13 },
	{ SPAN_INIT("*.vpce.amazonaws.com"), 13 },
	{ SPAN_INIT("compute-1.amazonaws.com"), 13 },
	{ SPAN_INIT("dkr.ecr.*.amazonaws.com"), 13 },
	{ SPAN_INIT("elb.*.amazonaws.com"), 13 },
	{ SPAN_INIT("execute-api.*.amazonaws.com"), 13 },
	{ SPAN_INIT("s3-accesspoint.*.amazonaws.com"), 13 },
	{ SPAN_INIT("s3-website.*.amazonaws.com"), 13 },
	{ SPAN_INIT("s3.*.amazonaws.com"), 13 },
	{ SPAN_INIT("s3.amazonaws.com"), 13 },
	{ SPAN_INIT("auth.*.amazoncognito.com"), 17 },
	{ SPAN_INIT("amplifyapp.com"), 14 },
	{ SPAN_INIT("*.r.appspot.com"), 11 },
	{ SPAN_INIT("appspot.com"), 11 },
	{ SPAN_INIT("*.awsapprunner.com"), 16 },
	{ SPAN_INIT("awsglobalaccelerator.com"), 24 },
	{ SPAN_INIT("*.azmk8s.io"), 9 },
	{ SPAN_INIT("azure-api.net"), 13 },
	{ SPAN_INIT("*.cloudapp.azure.com"), 9 },
	{ SPAN_INIT("*.blob.storage.azure.net"), 9 },
	{ SPAN_INIT("vault.azure.net"), 9 },
	{ SPAN_INIT("azurecr.io"), 10 },
	{ SPAN_INIT("azureedge.net"), 13 },
	{ SPAN_INIT("azurefd.net"), 11 },
	{ SPAN_INIT("*.azurestaticapps.net"), 19 },
	{ SPAN_INIT("azurestaticapps.net"), 19 },
	{ SPAN_INIT("azurewebsites.net"), 17 },
	{ SPAN_INIT("b-cdn.net"), 9 },
	{ SPAN_INIT("*.backblazeb2.com"), 15 },
	{ SPAN_INIT("blogspot.com"), 12 },
	{ SPAN_INIT("cfargotunnel.com"), 16 },
	{ SPAN_INIT("changeip.org"), 12 },
	{ SPAN_INIT("chickenkiller.com"), 17 },
	{ SPAN_INIT("cloudapp.net"), 12 },
	{ SPAN_INIT("r2.cloudflarestorage.com"), 21 },
	{ SPAN_INIT("cloudfront.net"), 14 },
	{ SPAN_INIT("cloudfunctions.net"), 18 },
	{ SPAN_INIT("co.com"), 6 },
	{ SPAN_INIT("ddns.me"), 7 },
	{ SPAN_INIT("ddns.net"), 8 },
	{ SPAN_INIT("de.com"), 6 },
	{ SPAN_INIT("deno.dev"), 8 },
	{ SPAN_INIT("*.digitaloceanspaces.com"), 22 },
	{ SPAN_INIT("dnsalias.com"), 12 },
	{ SPAN_INIT("duckdns.org"), 11 },
	{ SPAN_INIT("dynamic-dns.net"), 15 },
	{ SPAN_INIT("dyndns.biz"), 10 },
	{ SPAN_INIT("dyndns.info"), 11 },
	{ SPAN_INIT("dyndns.org"), 10 },
	{ SPAN_INIT("dynu.net"), 8 },
	{ SPAN_INIT("edgekey.net"), 11 },
	{ SPAN_INIT("edgesuite.net"), 13 },
	{ SPAN_INIT("*.elasticbeanstalk.com"), 20 },
	{ SPAN_INIT("elasticbeanstalk.com"), 20 },
	{ SPAN_INIT("eu.com"), 6 },
	{ SPAN_INIT("eu.org"), 6 },
	{ SPAN_INIT("f3322.net"), 9 },
	{ SPAN_INIT("fastly.net"), 10 },
	{ SPAN_INIT("global.ssl.fastly.net"), 10 },
	{ SPAN_INIT("firebaseapp.com"), 15 },
	{ SPAN_INIT("*.firebasedatabase.app"), 20 },
	{ SPAN_INIT("firebaseio.com"), 14 },
	{ SPAN_INIT("fly.dev"), 7 },
	{ SPAN_INIT("gb.net"), 6 },
	{ SPAN_INIT("github.io"), 9 },
	{ SPAN_INIT("githubusercontent.com"), 21 },
	{ SPAN_INIT("gitlab.io"), 9 },
	{ SPAN_INIT("glitch.me"), 9 },
	{ SPAN_INIT("storage.googleapis.com"), 14 },
	{ SPAN_INIT("bc.googleusercontent.com"), 21 },
	{ SPAN_INIT("gotdns.ch"), 9 },
	{ SPAN_INIT("herokuapp.com"), 13 },
	{ SPAN_INIT("herokudns.com"), 13 },
	{ SPAN_INIT("homeip.net"), 10 },
	{ SPAN_INIT("hopto.org"), 9 },
	{ SPAN_INIT("lhr.life"), 8 },
	{ SPAN_INIT("*.linodeobjects.com"), 17 },
	{ SPAN_INIT("linodeobjects.com"), 17 },
	{ SPAN_INIT("loca.lt"), 7 },
	{ SPAN_INIT("localhost.run"), 13 },
	{ SPAN_INIT("mooo.com"), 8 },
	{ SPAN_INIT("myddns.me"), 9 },
	{ SPAN_INIT("myftp.org"), 9 },
	{ SPAN_INIT("*.myqcloud.com"), 12 },
	{ SPAN_INIT("myshopify.com"), 13 },
	{ SPAN_INIT("myvnc.com"), 9 },
	{ SPAN_INIT("netlify.app"), 11 },
	{ SPAN_INIT("ngrok-free.app"), 14 },
	{ SPAN_INIT("ngrok-free.dev"), 14 },
	{ SPAN_INIT("ngrok.app"), 9 },
	{ SPAN_INIT("ngrok.dev"), 9 },
	{ SPAN_INIT("*.ngrok.io"), 8 },
	{ SPAN_INIT("ngrok.io"), 8 },
	{ SPAN_INIT("nip.io"), 6 },
	{ SPAN_INIT("no-ip.biz"), 9 },
	{ SPAN_INIT("no-ip.info"), 10 },
	{ SPAN_INIT("no-ip.org"), 9 },
	{ SPAN_INIT("noip.me"), 7 },
	{ SPAN_INIT("now.sh"), 6 },
	{ SPAN_INIT("lambda-url.*.on.aws"), 6 },
	{ SPAN_INIT("ondigitalocean.app"), 18 },
	{ SPAN_INIT("onrender.com"), 12 },
	{ SPAN_INIT("*.oraclecloud.com"), 15 },
	{ SPAN_INIT("oraclecloudapps.com"), 19 },
	{ SPAN_INIT("pages.dev"), 9 },
	{ SPAN_INIT("pp.ua"), 5 },
	{ SPAN_INIT("r2.dev"), 6 },
	{ SPAN_INIT("railway.app"), 11 },
	{ SPAN_INIT("up.railway.app"), 11 },
	{ SPAN_INIT("repl.co"), 7 },
	{ SPAN_INIT("replit.app"), 10 },
	{ SPAN_INIT("replit.dev"), 10 },
	{ SPAN_INIT("*.run.app"), 7 },
	{ SPAN_INIT("run.app"), 7 },
	{ SPAN_INIT("serveftp.com"), 12 },
	{ SPAN_INIT("servehttp.com"), 13 },
	{ SPAN_INIT("serveo.net"), 10 },
	{ SPAN_INIT("sslip.io"), 8 },
	{ SPAN_INIT("strangled.net"), 13 },
	{ SPAN_INIT("surge.sh"), 8 },
	{ SPAN_INIT("sytes.net"), 9 },
	{ SPAN_INIT("trafficmanager.net"), 18 },
	{ SPAN_INIT("translate.goog"), 14 },
	{ SPAN_INIT("trycloudflare.com"), 17 },
	{ SPAN_INIT("*.ts.net"), 6 },
	{ SPAN_INIT("ts.net"), 6 },
	{ SPAN_INIT("uk.com"), 6 },
	{ SPAN_INIT("us.com"), 6 },
	{ SPAN_INIT("vercel.app"), 10 },
	{ SPAN_INIT("web.app"), 7 },
	{ SPAN_INIT("webhop.me"), 9 },
	{ SPAN_INIT("weebly.com"), 10 },
	{ SPAN_INIT("*.web.core.windows.net"), 11 },
	{ SPAN_INIT("blob.core.windows.net"), 11 },
	{ SPAN_INIT("database.windows.net"), 11 },
	{ SPAN_INIT("file.core.windows.net"), 11 },
	{ SPAN_INIT("queue.core.windows.net"), 11 },
	{ SPAN_INIT("servicebus.windows.net"), 11 },
	{ SPAN_INIT("table.core.windows.net"), 11 },
	{ SPAN_INIT("web.core.windows.net"), 11 },
	{ SPAN_INIT("wixsite.com"), 11 },
	{ SPAN_INIT("wordpress.com"), 13 },
	{ SPAN_INIT("workers.dev"), 11 },
	{ SPAN_INIT("wpengine.com"), 12 },
	{ SPAN_INIT("zapto.org"), 9 },
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

static struct span
two_of(const struct rule *rule)
{
	return span_skip(rule->text, rule->text.len - rule->two);
}

/* Index of the first rule whose last two labels are not before `two`. */
static size_t
first_rule(struct span two)
{
	size_t low = 0, high = COUNTOF(customers);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (span_compare(two_of(&customers[middle]), two) < 0)
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
		size_t at;

		if (!span_equal(two_of(&customers[i]), two))
			break;
		at = match_rule(name, customers[i].text);
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

	/* Names end in letters, mostly. */
	if (name.len == 0 || name.at[name.len - 1] >= 'g')
		return false;
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
	char last;

	if (name.len > 0 && name.at[name.len - 1] == '.')
		name.len--;
	if (span_find(name, '.', 0) == name.len || is_address(name))
		return true;
	last = name.at[name.len - 1] | 0x20;
	for (size_t i = 0; i < COUNTOF(internal_suffixes); i++) {
		struct span rule = internal_suffixes[i];

		if (rule.at[rule.len - 1] == last && name.len > rule.len &&
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
