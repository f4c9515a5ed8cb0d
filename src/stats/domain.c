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
 * for one label, mostly a region. */
static const char *const customers[] = {
	"*.compute.amazonaws.com",
	"compute-1.amazonaws.com",
	"*.elb.amazonaws.com",
	"elb.*.amazonaws.com",
	"execute-api.*.amazonaws.com",
	"*.rds.amazonaws.com",
	"*.eks.amazonaws.com",
	"*.cache.amazonaws.com",
	"*.es.amazonaws.com",
	"*.redshift.amazonaws.com",
	"*.vpce.amazonaws.com",
	"s3.amazonaws.com",
	"s3.*.amazonaws.com",
	"s3-website.*.amazonaws.com",
	"s3-accesspoint.*.amazonaws.com",
	"dkr.ecr.*.amazonaws.com",
	"elasticbeanstalk.com",
	"*.elasticbeanstalk.com",
	"lambda-url.*.on.aws",
	"*.awsapprunner.com",
	"amplifyapp.com",
	"awsglobalaccelerator.com",
	"cloudfront.net",
	"auth.*.amazoncognito.com",
	"signin.aws.amazon.com",
	"azurewebsites.net",
	"azure-api.net",
	"azurecr.io",
	"azureedge.net",
	"azurefd.net",
	"azurestaticapps.net",
	"*.azurestaticapps.net",
	"cloudapp.net",
	"*.cloudapp.azure.com",
	"trafficmanager.net",
	"blob.core.windows.net",
	"*.blob.storage.azure.net",
	"file.core.windows.net",
	"queue.core.windows.net",
	"table.core.windows.net",
	"web.core.windows.net",
	"*.web.core.windows.net",
	"database.windows.net",
	"servicebus.windows.net",
	"vault.azure.net",
	"*.azmk8s.io",
	"appspot.com",
	"*.r.appspot.com",
	"*.run.app",
	"run.app",
	"cloudfunctions.net",
	"web.app",
	"firebaseapp.com",
	"firebaseio.com",
	"*.firebasedatabase.app",
	"bc.googleusercontent.com",
	"storage.googleapis.com",
	"translate.goog",
	"blogspot.com",
	"herokuapp.com",
	"herokudns.com",
	"github.io",
	"githubusercontent.com",
	"gitlab.io",
	"pages.dev",
	"workers.dev",
	"r2.dev",
	"r2.cloudflarestorage.com",
	"trycloudflare.com",
	"cfargotunnel.com",
	"netlify.app",
	"vercel.app",
	"now.sh",
	"onrender.com",
	"fly.dev",
	"railway.app",
	"up.railway.app",
	"deno.dev",
	"surge.sh",
	"glitch.me",
	"repl.co",
	"replit.app",
	"replit.dev",
	"ondigitalocean.app",
	"*.digitaloceanspaces.com",
	"linodeobjects.com",
	"*.linodeobjects.com",
	"*.aliyuncs.com",
	"*.myqcloud.com",
	"oraclecloudapps.com",
	"*.oraclecloud.com",
	"*.backblazeb2.com",
	"fastly.net",
	"global.ssl.fastly.net",
	"akamaihd.net",
	"akamaized.net",
	"edgekey.net",
	"edgesuite.net",
	"akamaiedge.net",
	"b-cdn.net",
	"wpengine.com",
	"myshopify.com",
	"wordpress.com",
	"wixsite.com",
	"weebly.com",
	"ngrok.io",
	"*.ngrok.io",
	"ngrok.app",
	"ngrok-free.app",
	"ngrok.dev",
	"ngrok-free.dev",
	"serveo.net",
	"loca.lt",
	"localhost.run",
	"lhr.life",
	"ts.net",
	"*.ts.net",
	"sslip.io",
	"nip.io",
	"duckdns.org",
	"no-ip.org",
	"no-ip.biz",
	"no-ip.info",
	"noip.me",
	"ddns.net",
	"ddns.me",
	"hopto.org",
	"zapto.org",
	"sytes.net",
	"myftp.org",
	"myvnc.com",
	"serveftp.com",
	"servehttp.com",
	"dynu.net",
	"dyndns.org",
	"dyndns.info",
	"dyndns.biz",
	"dnsalias.com",
	"homeip.net",
	"mooo.com",
	"afraid.org",
	"chickenkiller.com",
	"strangled.net",
	"3322.org",
	"f3322.net",
	"changeip.org",
	"dynamic-dns.net",
	"gotdns.ch",
	"myddns.me",
	"webhop.me",
	"co.com",
	"uk.com",
	"us.com",
	"eu.com",
	"de.com",
	"gb.net",
	"eu.org",
	"pp.ua",
};

static const char *const internal_suffixes[] = {
	"local",
	"localdomain",
	"localhost",
	"internal",
	"lan",
	"home",
	"corp",
	"intranet",
	"private",
	"svc",
	"consul",
	"test",
	"invalid",
	"home.arpa",
	"in-addr.arpa",
	"ip6.arpa",
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

/* Start of the longest customer rule that leaves a label before it. */
static size_t
customer_suffix(struct span name)
{
	size_t best = name.len;

	for (size_t i = 0; i < COUNTOF(customers); i++) {
		size_t at = match_rule(name, span_str(customers[i]));

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
	for (size_t i = 0; i < COUNTOF(registries); i++)
		if (!memcmp(registries[i].country, country.at, 2) &&
		    second_level(registries[i].second,
			span_of(name.at + second, top - 1 - second)))
			return second;
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
		struct span rule = span_str(internal_suffixes[i]);

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
