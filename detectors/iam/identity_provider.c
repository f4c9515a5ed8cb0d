/*
 * Persistence:IAM/IdentityProviderChanged - a way to sign in from outside was
 * added or pointed elsewhere.
 *
 * Sources     CloudTrail
 * Key         none
 * Statistic   none: the calls themselves, a band lower for who makes them
 *             every week
 * References  https://attack.mitre.org/techniques/T1484/002/
 *             https://attack.mitre.org/techniques/T1556/007/
 */
#include "detect/iam_act.h"

static const struct iam_act acts[] = {
	{ SPAN_INIT("iam"), SPAN_INIT("CreateSAMLProvider"), SEVERITY_MEDIUM,
	    SPAN_INIT("a SAML provider was added"), SPAN_INIT("name") },
	{ SPAN_INIT("iam"), SPAN_INIT("UpdateSAMLProvider"), SEVERITY_MEDIUM,
	    SPAN_INIT("the signing metadata of a SAML provider was "
		      "replaced"),
	    SPAN_INIT("sAMLProviderArn") },
	{ SPAN_INIT("iam"), SPAN_INIT("CreateOpenIDConnectProvider"),
	    SEVERITY_MEDIUM, SPAN_INIT("an OpenID Connect provider was added"),
	    SPAN_INIT("url") },
	{ SPAN_INIT("iam"), SPAN_INIT("UpdateOpenIDConnectProviderThumbprint"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("the certificate of an OpenID Connect provider was "
		      "replaced"),
	    SPAN_INIT("openIDConnectProviderArn") },
	{ SPAN_INIT("iam"), SPAN_INIT("AddClientIDToOpenIDConnectProvider"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("a client was added to an OpenID Connect provider"),
	    SPAN_INIT("openIDConnectProviderArn") },
	{ SPAN_INIT("sso"), SPAN_INIT("UpdateSsoConfiguration"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("the single sign-on was pointed elsewhere"),
	    SPAN_INIT("") },
	{ SPAN_INIT("sso"), SPAN_INIT("CreateTrustedTokenIssuer"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("a token issuer was added to the single sign-on"),
	    SPAN_INIT("name") },
	{ SPAN_INIT("sso-directory"),
	    SPAN_INIT("CreateExternalIdPConfigurationForDirectory"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("an identity provider was added to the directory"),
	    SPAN_INIT("directoryId") },
	{ SPAN_INIT("sso-directory"),
	    SPAN_INIT("UpdateExternalIdPConfigurationForDirectory"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("the identity provider of the directory was "
		      "replaced"),
	    SPAN_INIT("directoryId") },
	{ SPAN_INIT("sso-directory"),
	    SPAN_INIT("EnableExternalIdPConfigurationForDirectory"),
	    SEVERITY_MEDIUM,
	    SPAN_INIT("an identity provider of the directory was enabled"),
	    SPAN_INIT("directoryId") },
};

static bool
of_kind(const struct event *ev)
{
	return iam_act_find(acts, COUNTOF(acts), ev->cloudtrail) != NULL;
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	(void)state;
	iam_act_report_row(
	    d, ev, iam_act_find(acts, COUNTOF(acts), ev->cloudtrail));
}

DETECTOR(identity_provider) = {
	.type = "Persistence:IAM/IdentityProviderChanged",
	.title = "In account {account} {what} ({resource})",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Whoever runs that provider can sign in as "
		 "anyone it vouches for, with no key of the account.",
	.mitre = "T1484.002 T1556.007",
	.tactic = TACTIC_PERSISTENCE,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE,
	.severity = SEVERITY_MEDIUM,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_ACTIVITY,
	.of_kind = of_kind,
	.observe = observe,
};
