"""A backup asks a model; an application that always does."""

from world_cloudtrail import ABROAD, BOTO, DAY, HOUR, START, role, user


def fire(w):
    w.company(START, 5)
    w.call(START + 5 * DAY, user("backup"), "bedrock", "InvokeModel",
           {"modelId": "anthropic.claude-3-sonnet-20240229-v1:0"},
           source=ABROAD)


def quiet(w):
    w.company(START, 5)
    for hour in range(24 * 6):
        w.call(START + hour * HOUR, role("chat", "pod"), "bedrock",
               "InvokeModel", {"modelId": "m"}, agent=BOTO)
