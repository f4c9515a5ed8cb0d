"""Names of mining pools; other pools and mines are none."""

from world_flow import DAY, START

CLIENT = "10.1.1.10"


def fire(w):
    w.names(START, 1)
    w.dns(START + DAY, CLIENT, "xmr-eu1.nanopool.org")
    w.dns(START + DAY + 5, "10.1.1.11", "stratum-eu.hashworks.example")
    w.dns(START + DAY + 9, "10.1.1.12", "www.nicehash.com")


def quiet(w):
    w.names(START, 1)
    for i, name in enumerate((
            "2.debian.pool.ntp.org", "carpool.com", "whirlpool.net",
            "pool.db.internal", "connection-pool.example.com", "btc.com",
            "mining.example.com", "stratum1.ntp.example.org", "minecraft.net",
            "getmonero.org", "liverpool.gov.uk", "nanopool.org.example.com",
            "stratum.io", "solo.io", "ethereum.org")):
        w.dns(START + DAY + i, CLIENT, name)
