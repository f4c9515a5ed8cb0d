"""Sign-ins with a password alone, and federated ones."""

from world_cloudtrail import START, person, user


def fire(w):
    w.login(START, user("ann"), mfa=False)


def quiet(w):
    w.login(START, user("ann"), mfa=True)
    w.login(START + 60, user("bob"), mfa=False, success=False)
    w.login(START + 120, person("cho"), mfa=False)
    w.login(START + 180, user("dee"), mfa=False,
            SamlProviderArn="arn:aws:iam::111122223333:saml-provider/Okta")
