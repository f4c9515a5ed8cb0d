"""People sign in through their identity provider, which asks for the second
factor: CloudTrail then says MFAUsed No."""

from world_cloudtrail import BROWSER, DAY, HOUR, OFFICE, START, person, role

PEOPLE = ("ann", "bob", "cho", "dee")


def saml(name):
    return role("AdfsEngineers", name + "@example.org")


def quiet(w):
    w.company(START, 10)
    for day in range(10):
        if day % 7 >= 5:
            continue
        for i, name in enumerate(PEOPLE):
            t = START + day * DAY + 8 * HOUR + i * 700
            w.login(t, person(name), False, SamlProviderArn=(
                "arn:aws:iam::111122223333:saml-provider/AWSSSO_1_DO_NOT"))
            w.login(t + 60, saml(name), False, SamlProviderArn=(
                "arn:aws:iam::111122223333:saml-provider/adfs"))
            w.call(t - 5, {"type": "SAMLUser", "principalId": "x:" + name,
                           "userName": name + "@example.org",
                           "identityProvider": "adfs"}, "sts",
                   "AssumeRoleWithSAML", {
                       "roleArn": "arn:aws:iam::111122223333:role/"
                                  "AdfsEngineers",
                       "roleSessionName": name + "@example.org",
                       "principalArn": "arn:aws:iam::111122223333:"
                                       "saml-provider/adfs"},
                   agent=BROWSER, source=OFFICE)
            w.call(t + 5, {"type": "Unknown", "principalId": "x",
                           "accountId": "111122223333", "userName": name},
                   "sso", "Authenticate", agent=BROWSER, source=OFFICE)
