"""Route 53 Resolver query logs for scenarios, in AWS's folders.

DnsLogs is a part of a world: it collects queries with dns() and puts them
into files with write_dns(root).  Times are seconds since 1970.  The same
calls give the same bytes.
"""

import json
import random
import time as clock

from world_flow import (ACCOUNT, MINUTE, REGION, VPC, instance_of,
                        write_files)

NAMES = ("api.stripe.com", "sqs.eu-west-1.amazonaws.com", "github.com",
         "sts.amazonaws.com", "registry-1.docker.io", "deb.debian.org",
         "pypi.org", "files.pythonhosted.org", "api.segment.io",
         "hooks.slack.com", "www.google.com", "login.microsoftonline.com")


class DnsLogs:

    def dns(self, time, client, name, qtype="A", rcode=None,
            answers=("198.51.100.7",), account=ACCOUNT, region=REGION,
            vpc=VPC):
        """Add a query.  No answers and no rcode: the name does not exist."""
        if rcode is None:
            rcode = "NOERROR" if answers else "NXDOMAIN"
        if rcode != "NOERROR":
            answers = ()
        ms = int(round(time * 1000))
        t = clock.gmtime(ms // 1000)
        record = {
            "version": "1.100000", "account_id": account, "region": region,
            "vpc_id": vpc,
            "query_timestamp": clock.strftime("%Y-%m-%dT%H:%M:%S", t) +
            ".%03dZ" % (ms % 1000),
            "query_name": name if name.endswith(".") else name + ".",
            "query_type": qtype, "query_class": "IN", "rcode": rcode,
            "answers": [{"Rdata": a, "Type": qtype, "Class": "IN"}
                        for a in answers],
            "srcaddr": client, "srcport": str(32768 + ms % 28000),
            "transport": "UDP", "srcids": {"instance": instance_of(client)},
        }
        path = ("AWSLogs/%s/vpcdnsquerylogs/%s/%s/%s_vpcdnsquerylogs_%s_%s_"
                "%08x.log.gz") % (
                    account, vpc, clock.strftime("%Y/%m/%d", t), vpc, account,
                    clock.strftime("%Y%m%dT%H00Z", t), ms // 3600000)
        files = self.__dict__.setdefault("dns_files", {})
        files.setdefault(path, ([], []))[1].append(
            (time, json.dumps(record, separators=(",", ":"))))

    def names(self, start, days, clients=("10.1.1.10", "10.1.1.11"), seed=2):
        """Days of ordinary names, with what search suffixes add."""
        rng = random.Random(seed)
        for i in range(days * 48):
            for client in clients:
                t = start + i * 30 * MINUTE + rng.randrange(1500)
                name = rng.choice(NAMES)
                for suffix in ("svc.cluster.local", "cluster.local",
                               "corp.example.com"):
                    if rng.randrange(3) == 0:
                        self.dns(t, client, name + "." + suffix, answers=())
                self.dns(t + 0.01, client, name)

    def write_dns(self, root):
        write_files(root, self.__dict__.get("dns_files", {}))
