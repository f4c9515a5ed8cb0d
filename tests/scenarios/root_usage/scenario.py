"""Root signs in and acts; AWS acts in its name."""

from world_cloudtrail import START, root


def fire(w):
    w.login(START, root(), mfa=True)
    w.call(START + 60, root(), "iam", "ListUsers", {})


def quiet(w):
    by_aws = dict(root(), invokedBy="support.amazonaws.com")
    w.call(START, by_aws, "trustedadvisor", "RefreshCheck")
    w.login(START + 60, root(), mfa=False, success=False)
