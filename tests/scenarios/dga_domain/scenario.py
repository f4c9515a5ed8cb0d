"""Made-up domains that do not exist; typing errors and suffixes do."""

from world_flow import DAY, HOUR, START

CLIENT = "10.1.1.10"


def made_up(count, seed=77):
    """A linear congruential generator, as such malware has."""
    for i in range(count):
        label = ""
        for _ in range(13 + i % 5):
            seed = (seed * 1103515245 + 12345) % 2 ** 31
            label += chr(97 + seed // 65536 % 26)
        yield label + (".com", ".net", ".biz", ".info")[i % 4]


def fire(w):
    w.names(START, 4)
    for i, name in enumerate(made_up(40)):
        w.dns(START + 3 * DAY + 3 * HOUR + i * 5, CLIENT, name, answers=())


def quiet(w):
    w.names(START, 4)
    t = START + 3 * DAY + 3 * HOUR
    for i, name in enumerate(made_up(4)):  # a few odd names
        w.dns(t + i, CLIENT, name, answers=())
    for i, name in enumerate(made_up(60, seed=9)):  # behind suffixes
        for suffix in ("svc.cluster.local", "cluster.local", "ec2.internal",
                       "corp.example.com"):
            w.dns(t + 10 + i, CLIENT, name.split(".")[0] + "." + suffix,
                  answers=())
        w.dns(t + 10 + i, CLIENT, name.split(".")[0], answers=())
    for i in range(80):  # hashes below one domain
        w.dns(t + 100 + i, CLIENT, "%032x.cache.cdnprovider.net" %
              (i * 2654435761 ** 3 % 2 ** 127), answers=())
    for i, name in enumerate((
            "gogle.com", "githbu.com", "facebok.com", "stripee.com",
            "docker-hub.io", "example-shop.de", "oldcustomer.co.uk",
            "weatherstation.info", "xn--mnchen-3ya.example",
            "xn--fiqs8s7wx.com", "xn--80ak6aa92e.com", "deadblog.net",
            "familybakery.org", "summerfestival2019.com", "mailhost.biz",
            "companywiki.net", "amazom.com", "wikipedai.org")):
        w.dns(t + 200 + i, CLIENT, name, answers=())
    for i, name in enumerate(made_up(60, seed=5)):  # they do exist
        w.dns(t + 300 + i, CLIENT, name)
