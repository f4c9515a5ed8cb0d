"""A stranger's layer and code, a user's key; a release; a known layer."""

from world_cloudtrail import ABROAD, CI_NET, DAY, START, person, role, user


def fire(w):
    w.company(START, 5)
    w.call(START + 5 * DAY, person("ann"), "lambda",
           "UpdateFunctionConfiguration20150331v2", {
               "functionName": "render", "layers": [
                   "arn:aws:lambda:eu-west-1:444455556666:layer:x:1"]})
    w.call(START + 5 * DAY, role("app", "s"), "lambda",
           "UpdateFunctionCode20150331v2", {"functionName": "billing"},
           source=ABROAD, agent="Ruby/3.1")
    w.call(START + 100, user("eve"), "lambda", "UpdateFunctionCode20150331v2",
           {"functionName": "invoices"})
    w.call(START + 200, user("eve"), "lambda",
           "UpdateFunctionConfiguration20150331v2", {
               "functionName": "mails", "layers": [
                   "arn:aws:lambda:eu-west-1:111122223333:layer:y:1"]})


def quiet(w):
    w.company(START, 5)
    for day in range(6):
        w.call(START + day * DAY, role("ci-deploy", "run-1"), "lambda",
               "UpdateFunctionConfiguration20150331v2", {
                   "functionName": "render", "layers": [
                       "arn:aws:lambda:eu-west-1:777788889999:layer:x:1",
                       "arn:aws:lambda:eu-west-1:111122223333:layer:y:1"]},
               source=CI_NET)
    w.call(START + 5 * DAY, person("ann"), "lambda",
           "UpdateFunctionCode20150331v2", {"functionName": "billing"})
    w.call(START + 100, user("eve"), "lambda",
           "UpdateFunctionConfiguration20150331v2", {
               "functionName": "mails", "timeout": 30, "layers": []})
