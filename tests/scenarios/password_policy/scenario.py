"""The password policy is weakened, removed or left alone."""

from world_cloudtrail import START, user


def fire(w):
    w.call(START, user("ann"), "iam", "UpdateAccountPasswordPolicy",
           {"minimumPasswordLength": 6, "requireSymbols": False})
    w.call(START + 60, user("bob"), "iam", "DeleteAccountPasswordPolicy",
           error="AccessDenied")


def quiet(w):
    w.call(START, user("ann"), "iam", "GetAccountPasswordPolicy")
    w.call(START + 60, user("bob"), "iam", "UpdateAccountPasswordPolicy",
           error="MalformedPolicyDocument")
    w.call(START + 90, user("bob"), "iam", "UpdateAccountPasswordPolicy",
           {"minimumPasswordLength": 14, "requireSymbols": True,
            "requireNumbers": True, "requireUppercaseCharacters": True,
            "requireLowercaseCharacters": True})
