"""`geo:`: what is said of addresses, hostile files, and their renewal."""
import gzip
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
import unittest

from harness import BINARY, SLOW, fresh, run

SCENARIOS = pathlib.Path(__file__).parents[1] / "scenarios"
sys.path.insert(0, str(SCENARIOS))

from geo_files import (city, country, mmdb, network, pointer,  # noqa: E402
                       ranges)

HERE, V6, ELSEWHERE = "198.51.100.7", "2001:db8:7::1", "203.0.113.9"
PLACES = [("198.51.100.0/24", city("PT", "Portugal", "Lisbon", 38.72, -9.14)),
          ("2001:db8::/32", city("JP", "Japan", "Tokyo", 35.68, 139.69)),
          ("198.51.100.128/25", country("FR", "France"))]
NETWORKS = [("198.51.100.0/24", network(64500, "Example Net")),
            ("203.0.113.0/24", network(64501, "Other Net"))]


def record(source, at=0, name="DeleteTrail", **more):
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ",
                         time.gmtime(1794355200 + at))
    return {"eventVersion": "1.08", "eventTime": when,
            "eventSource": "cloudtrail.amazonaws.com", "eventName": name,
            "awsRegion": "eu-west-1", "sourceIPAddress": source,
            "userAgent": "aws-cli/2.1", "eventID": f"id-{source}-{at}-{name}",
            "eventType": "AwsApiCall", "eventCategory": "Management",
            "readOnly": False, "recipientAccountId": "111122223333",
            "requestParameters": {"name": "main"},
            "userIdentity": {"type": "IAMUser", "userName": "ann",
                             "arn": "arn:aws:iam::111122223333:user/ann",
                             "accountId": "111122223333",
                             "principalId": "AIDA",
                             "accessKeyId": "AKIAANN"}, **more}


def write_trail(folder, records):
    logs = folder / "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/11"
    logs.mkdir(parents=True, exist_ok=True)
    (logs / ("111122223333_CloudTrail_eu-west-1_20261111T0000Z_x.json.gz")
     ).write_bytes(gzip.compress(json.dumps({"Records": records}).encode()))
    return folder / "AWSLogs"


def config(folder, **files):
    """Databases as bytes, in a configuration."""
    lines = ["geo:"]
    for key, body in files.items():
        path = folder / key
        path.write_bytes(body if isinstance(body, bytes) else body.encode())
        lines.append(f"  {key}: \"{path}\"")
    (folder / "c.yaml").write_text("\n".join(lines) + "\n")
    return str(folder / "c.yaml")


def found(folder, records, *args):
    out = run("backfill", "--format", "guardduty", *args,
              str(write_trail(folder, records))).stdout
    return [json.loads(line) for line in out.splitlines()]


def details(finding):
    return finding["service"]["action"]["awsApiCallAction"]["remoteIpDetails"]


class Facts(unittest.TestCase):
    def test_findings_say_where_the_caller_is(self):
        folder = fresh("facts")
        for size in (24, 28, 32):
            c = config(folder, city=mmdb(PLACES, record_size=size),
                       asn=mmdb(NETWORKS, record_size=size),
                       aws_ranges=ranges([("198.51.100.0/24", "eu-south-2",
                                           "EC2")]))
            one, = found(folder, [record(HERE)], "-c", c)
            self.assertEqual(details(one), {
                "ipAddressV4": HERE,
                "organization": {"asn": "64500", "asnOrg": "Example Net",
                                 "org": "Example Net"},
                "country": {"countryName": "Portugal", "countryCode": "PT"},
                "city": {"cityName": "Lisbon"},
                "geoLocation": {"lat": 38.72, "lon": -9.14}})
            self.assertIn(f"{HERE} is in Lisbon, Portugal in network "
                          "AS64500 of Example Net.", one["description"])
            facts = json.loads(one["service"]["additionalInfo"]["value"])
            self.assertEqual(facts["aws_region"], "eu-south-2")
            one, = found(folder, [record(V6)], "-c", c)
            self.assertEqual(details(one)["country"]["countryCode"], "JP")
            self.assertEqual(details(one)["geoLocation"]["lon"], 139.69)
            self.assertNotIn("organization", details(one))

    def test_a_part_of_a_network_is_asked_first(self):
        folder = fresh("part")
        c = config(folder, country=mmdb(PLACES))
        one, = found(folder, [record("198.51.100.200")], "-c", c)
        self.assertEqual(details(one)["country"]["countryCode"], "FR")

    def test_other_makers_fields(self):
        folder = fresh("makers")
        c = config(folder, country=mmdb([("198.51.100.0/24", {
            "country_code": "de", "country": "Germany"})]),
            asn=mmdb([("198.51.100.0/24", {"asn": "AS64502",
                                           "as_name": "Third"})]))
        one, = found(folder, [record(HERE)], "-c", c)
        self.assertEqual(details(one)["country"]["countryCode"], "DE")
        self.assertEqual(details(one)["organization"]["asn"], "64502")

    def test_nothing_is_said_without_files_or_of_private_addresses(self):
        folder = fresh("none")
        everything = mmdb([("0.0.0.0/0", country("PT", "Portugal"))])
        bare = run("backfill", "--format", "guardduty",
                   str(write_trail(folder, [record(HERE)]))).stdout
        self.assertNotIn(b'"country', bare)
        one, = found(folder, [record("10.1.2.3")], "-c",
                     config(folder, country=everything))
        self.assertEqual(details(one), {"ipAddressV4": "10.1.2.3"})
        # A file that does not know the address changes no byte.
        other = run("backfill", "--format", "guardduty", "-c",
                    config(folder, country=mmdb(
                        [("203.0.113.0/24", country("PT", "Portugal"))])),
                    str(folder / "AWSLogs"))
        write_trail(folder, [record(HERE)])
        other = run("backfill", "--format", "guardduty", "-c",
                    str(folder / "c.yaml"), str(folder / "AWSLogs"))
        self.assertEqual(other.stdout, bare)

    def test_callers_are_known_by_their_network(self):
        folder = fresh("network")
        c = config(folder, asn=mmdb(NETWORKS))
        days = [record(f"198.51.100.{9 + i}", 86400 * i + 3600 * h,
                       name="CreateTags",
                       eventSource="ec2.amazonaws.com")
                for i in range(6) for h in range(3)]
        last = record("198.51.100.250", 6 * 86400, name="DeleteFlowLogs",
                      eventSource="ec2.amazonaws.com")
        rows = found(folder, days + [last], "-c", c)
        why = [w for f in rows for w in f["nephoscope"]["why"]
               if w["feature"] == "network"]
        self.assertTrue(why)
        for w in why:
            self.assertEqual(w["observed"], "AS64500 Example Net")
            self.assertNotEqual(w["frequency"], "UNSEEN")

    def test_a_file_given_later_makes_no_network_new(self):
        folder = fresh("later")
        key = "UnauthorizedAccess:IAMUser/KeyUsedFromNewOrigin"
        days = [record(HERE, 86400 * i + 3600 * h, name="CreateTags",
                       eventSource="ec2.amazonaws.com")
                for i in range(8) for h in range(3)]
        state = folder / "s.db"
        found(folder, days, "--state", str(state))
        more = [record(HERE, 86400 * 8 + 60, name="CreateTags",
                       eventSource="ec2.amazonaws.com",
                       userAgent="Boto3/1.34")]
        rows = found(folder, more, "--state", str(state), "-c",
                     config(folder, asn=mmdb(NETWORKS)))
        self.assertEqual([f["type"] for f in rows if f["type"] == key], [])


class Hostile(unittest.TestCase):
    def load(self, folder, code=None, **files):
        done = subprocess.run(
            [BINARY, "backfill", "--format", "guardduty", "-c",
             config(folder, **files), str(folder / "AWSLogs")],
            capture_output=True, timeout=60, check=False)
        self.assertIn(done.returncode, (0, 78) if code is None else (code,),
                      done.stderr[-500:])
        if done.returncode == 78:
            self.assertIn(b" under geo:", done.stderr)
        return done

    def test_a_damaged_database_is_an_error_or_still_one(self):
        folder = fresh("damaged")
        write_trail(folder, [record(HERE), record(V6, 5)])
        whole, rng = mmdb(PLACES), random.Random(7)
        self.load(folder, code=0, city=whole)
        for cut in range(0, len(whole), 97 if SLOW else 41):
            self.load(folder, city=whole[:cut])
        for _ in range(30 if SLOW else 120):
            body = bytearray(whole)
            for _ in range(rng.randint(1, 4)):
                body[rng.randrange(len(body))] = rng.randrange(256)
            self.load(folder, city=bytes(body))

    def test_values_that_never_end_are_refused(self):
        folder = fresh("endless")
        write_trail(folder, [record(HERE)])
        deep = b"\xe1\x41a" * 300000 + b"\xe0"
        at = [("198.51.100.0/24", None)]
        for name, value in (
                ("deep maps", deep),
                ("deep arrays", b"\x01\x04" * 300000 + b"\x00\x04"),
                ("a pointer to itself", pointer(0)),
                ("a pointer outside", {"country": pointer(1 << 30)}),
                ("a map that is too long", b"\xff\xff\xff\xff"),
                ("a text that is too long", b"\x5f\xff\xff\xff"),
                ("an unknown type", b"\x00\x30"),
                ("a double of three bytes", b"\x63\x00\x00\x00")):
            with self.subTest(name):
                done = self.load(folder, code=78, country=mmdb(
                    [(at[0][0], value)]))
                self.assertIn(b"damaged", done.stderr)

    def test_values_that_overlap_are_no_square(self):
        folder = fresh("overlap")
        write_trail(folder, [record(HERE)])
        # Each of the records begins one byte further in one long array.
        body = b"\xa0" * 60000
        nets = [(f"{a}.{b}.0.0/16", b"\x1f\x04\x00\x00\x00")
                for a in range(20, 60) for b in range(0, 250)]
        start = time.monotonic()
        self.load(folder, country=mmdb(nets[:2000] + [
            ("198.51.100.0/24", body)]))
        self.assertLess(time.monotonic() - start, 20)

    def test_wrong_headers_are_refused(self):
        folder = fresh("headers")
        write_trail(folder, [record(HERE)])
        for more in ({"node_count": 0}, {"node_count": 1 << 31},
                     {"record_size": 25}, {"record_size": 0},
                     {"ip_version": 5}, {"node_count": "many"}):
            with self.subTest(more):
                self.load(folder, code=78, country=mmdb(PLACES,
                                                        claims=more))
        for body in (b"", b"x", b"\xab\xcd\xefMaxMind.com", b"{}" * 1000):
            self.load(folder, code=78, country=body)

    def test_ranges_that_are_none_are_refused(self):
        folder = fresh("ranges")
        write_trail(folder, [record(HERE)])
        good = ranges([("198.51.100.0/24", "eu-west-1", "EC2")])
        self.load(folder, code=0, aws_ranges=good)
        for body in ("", "{}", "[]", good[:-20], good.replace("/24", "/33"),
                     good.replace("ip_prefix", "prefix"), "[" * 100000,
                     good.replace("eu-west-1", "x" * 400),
                     ranges([(f"10.{i // 250}.{i % 250}.0/24", f"r-{i}",
                              "EC2") for i in range(300)])):
            done = self.load(folder, code=78, aws_ranges=body)
            self.assertIn(b"`aws_ranges`", done.stderr)

    def test_a_file_that_is_not_there_is_named(self):
        folder = fresh("absent")
        logs = write_trail(folder, [record(HERE)])
        (folder / "c.yaml").write_text("geo: {asn: /nonexistent/asn.mmdb}\n")
        done = run("backfill", "-c", str(folder / "c.yaml"), str(logs),
                   code=78)
        self.assertIn(b"/nonexistent/asn.mmdb: ", done.stderr)
        self.assertIn(b"`asn` under geo:", done.stderr)


class Renewal(unittest.TestCase):
    def test_a_service_takes_up_new_files_and_keeps_the_old(self):
        from serving import Service, wait_for
        folder = fresh("renewal")
        write_trail(folder, [record(HERE)])
        logs = folder / "AWSLogs"
        asn = folder / "asn"
        asn.write_bytes(mmdb(NETWORKS))
        s = Service(folder / "state", [
            {"name": "archive", "kind": "files", "path": str(logs),
             "follow": True}],
            geo={"asn": str(asn)})
        with s:
            s.wait_parcels(1)
            # A damaged file is named and changes nothing.
            asn.write_bytes(b"nothing")
            s.process.send_signal(signal.SIGHUP)
            wait_for("complaint", lambda: "`asn` under geo:" in s.said())
            self.assertEqual(s.get("/readyz")[0], 200)
            asn.write_bytes(mmdb([("203.0.113.0/24",
                                   network(64999, "Newer Net"))]))
            s.process.send_signal(signal.SIGHUP)
            wait_for("reload", lambda: s.said().count(
                "reading the configuration again") == 2)
            s.wait_ready()
            write_trail(folder / "more", [
                record(ELSEWHERE, 9, requestParameters={"name": "other"})])
            os.rename(folder / "more/AWSLogs", logs / "more")
            s.wait_parcels(2)
            s.stop()
        listed = s.listed().decode()
        self.assertIn("AS64500 of Example Net", listed)
        self.assertIn("AS64999 of Newer Net", listed)


if __name__ == "__main__":
    unittest.main()
