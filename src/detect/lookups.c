#include "detect/lookups.h"

#include "base/status.h"

static const char *const services[] = {
	"amazonaws.com",
	"abuse.ch",
	"abuseat.org",
	"avast.com",
	"avcdn.net",
	"barracudacentral.org",
	"bitdefender.net",
	"cymru.com",
	"dnsbl.info",
	"dnswl.org",
	"e5.sk",
	"eset.com",
	"kaspersky-labs.com",
	"mailspike.net",
	"mcafee.com",
	"norton.com",
	"njabl.org",
	"senderbase.org",
	"sophosxl.net",
	"sorbs.net",
	"spamcop.net",
	"spamhaus.net",
	"spamhaus.org",
	"surbl.org",
	"symantec.com",
	"trellix.com",
	"trendmicro.com",
	"uribl.com",
	"webroot.com",
	"windowsupdate.com",
};

bool
lookups_is_service(struct span name)
{
	for (size_t i = 0; i < COUNTOF(services); i++) {
		struct span s = span_str(services[i]);

		if (span_ends(name, s) &&
		    (name.len == s.len || name.at[name.len - s.len - 1] == '.'))
			return true;
	}
	return false;
}
