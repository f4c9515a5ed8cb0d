"""Names that lead to the metadata service; the cloud's own names are not."""

from world_flow import DAY, START

CLIENT = "10.1.1.10"


def fire(w):
    w.names(START, 1)
    w.dns(START + DAY, CLIENT, "a.rebind.example.org",
          answers=("198.51.100.7", "169.254.169.254"))
    w.dns(START + DAY + 60, "10.1.1.11", "v6.rebind.example.net", qtype="AAAA",
          answers=("fd00:ec2::254",))


def quiet(w):
    w.names(START, 1)
    w.dns(START + DAY, CLIENT, "instance-data.ec2.internal",
          answers=("169.254.169.254",))
    w.dns(START + DAY, CLIENT, "metadata.google.internal",
          answers=("169.254.169.254",))
    w.dns(START + DAY + 9, CLIENT, "ntp.example.org",
          answers=("169.254.169.123",))
    w.dns(START + DAY + 20, CLIENT, "txt.example.org", qtype="TXT",
          answers=("ip4:169.254.169.254",))
