"""An application writes a library; as much as always."""

from world_cloudtrail import BOTO, DAY, HOUR, START, role



def ask(w, time, tokens):
    w.call(time, role("chat", "pod"), "bedrock", "InvokeModel",
           {"modelId": "anthropic.claude-3-sonnet-20240229-v1:0"}, agent=BOTO,
           additionalEventData={"inputTokens": 1000, "outputTokens": tokens})



def fire(w):
    for hour in range(24 * 6):
        ask(w, START + hour * HOUR, 900 + hour % 7 * 50)
    for i in range(60):
        ask(w, START + 6 * DAY + 20 * i, 90000)


def quiet(w):
    for hour in range(24 * 7):
        for i in range(5):
            ask(w, START + hour * HOUR + 60 * i, 60000 + hour % 5 * 9000)
