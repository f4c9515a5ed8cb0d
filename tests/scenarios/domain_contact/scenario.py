"""A new domain is asked for each hour; offices sleep, vendors are shared."""

from world_flow import DAY, HOUR, START


def contact(w, client, name, start, hours):
    for hour in hours:
        w.dns(start + hour * HOUR + 700, client, name)


def fire(w):
    w.names(START, 8)
    contact(w, "10.1.1.10", "a.quiet-harbour.net", START + 6 * DAY, range(40))


def quiet(w):
    w.names(START, 8)
    t = START + 6 * DAY
    contact(w, "10.1.1.10", "news.example.org", t,
            [d * 24 + h for d in range(2) for h in range(8, 18)])
    for i in range(8):  # all have a new agent
        contact(w, "10.1.1.%d" % (10 + i), "agent.vendor.io", t, range(40))
    contact(w, "10.1.1.11", "old.friend.net", START, range(8 * 24))
    contact(w, "10.1.1.11", "db.corp.internal", t, range(40))
    contact(w, "10.1.1.12", "list.spamhaus.org", t, range(40))
