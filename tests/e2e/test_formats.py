"""OCSF and ASFF, held against what their makers ask for.

The tables below are the required attributes, enumerations and lengths of OCSF
1.5.0 (schema.ocsf.io, class detection_finding) and of the AWS Security Finding
Format (Security Hub API reference, AwsSecurityFinding).  Every finding of
every scenario and of a simulated world goes through them.
"""
import json
import os
import pathlib
import re
import sys
import unittest

import harness
from harness import backfill, fresh, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "tests" / "scenarios"
sys.path.insert(0, str(SCENARIOS))

import run as scenario  # noqa: E402
from world import make_world  # noqa: E402

# --- OCSF --------------------------------------------------------------------
SEVERITY = {2: "Low", 3: "Medium", 4: "High", 5: "Critical"}
CONFIDENCE = {1: "Low", 2: "Medium", 3: "High"}
TACTICS = {"TA0001", "TA0002", "TA0003", "TA0004", "TA0005", "TA0006",
           "TA0007", "TA0008", "TA0009", "TA0010", "TA0011", "TA0040"}
EVIDENCE = {"actor", "api", "connection_info", "data", "dst_endpoint",
            "http_request", "query", "src_endpoint"}
ENDPOINT = {"ip", "hostname", "port", "instance_uid", "interface_uid",
            "subnet_uid", "vpc_uid"}
OCSF_TOP = {
    "activity_id", "activity_name", "category_uid", "category_name",
    "class_uid", "class_name", "type_uid", "type_name", "severity_id",
    "severity", "status_id", "status", "confidence_id", "confidence",
    "confidence_score", "time", "start_time", "end_time", "count", "message",
    "is_alert", "metadata", "cloud", "finding_info", "evidences", "resources",
    "remediation", "observables", "unmapped"}


def no_empty(value, path=""):
    """Paths of empty texts: an attribute without a value is left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from no_empty(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from no_empty(inner, path + "[]")
    elif value == "":
        yield path


class Ocsf:
    """The checks of one event."""

    def __init__(self, test, event):
        self.test, self.event = test, event

    def check(self):
        e, t = self.event, self.test
        t.assertLessEqual(set(e), OCSF_TOP)
        t.assertEqual((e["category_uid"], e["class_uid"]), (2, 2004))
        t.assertIn(e["activity_id"], (1, 2))
        t.assertEqual(e["type_uid"], 2004 * 100 + e["activity_id"])
        t.assertEqual(e["severity"], SEVERITY[e["severity_id"]])
        t.assertEqual(e["confidence"], CONFIDENCE[e["confidence_id"]])
        t.assertTrue(0 <= e["confidence_score"] <= 100)
        t.assertIsInstance(e["confidence_score"], int)
        for name in ("time", "start_time", "end_time"):
            t.assertIsInstance(e[name], int)
            t.assertGreater(e[name], 10 ** 12, "milliseconds")
        t.assertLessEqual(e["start_time"], e["end_time"])
        self.metadata(e["metadata"])
        self.info(e["finding_info"])
        for evidence in e["evidences"]:
            self.evidence(evidence)
        for resource in e["resources"]:
            t.assertTrue(resource["uid"] or resource["name"])
        for seen in e["observables"]:
            t.assertIn(seen["type_id"], (1, 2, 4, 10))
            t.assertTrue(seen["name"] and seen["value"])
        t.assertIn("desc", e["remediation"])
        empty = [p for p in no_empty(e) if ".data." not in p]
        t.assertEqual(empty, [])

    def metadata(self, m):
        t = self.test
        t.assertEqual(m["version"], "1.5.0")
        t.assertTrue(m["product"]["vendor_name"] and m["product"]["name"])
        t.assertEqual("cloud" in self.event,
                      "cloud" in m.get("profiles", []))
        if "cloud" in self.event:
            cloud = self.event["cloud"]
            t.assertEqual(cloud["provider"], "AWS")
            t.assertRegex(cloud["account"]["uid"], r"^\d{12}$")
            t.assertEqual(cloud["account"]["type_id"], 10)

    def info(self, info):
        t = self.test
        t.assertRegex(info["uid"], "^[0-9a-f]{32}$")
        t.assertTrue(info["title"] and info["desc"])
        t.assertIn(info["analytic"]["type_id"], (1, 3))
        t.assertTrue(info["attacks"])
        for attack in info["attacks"]:
            t.assertRegex(attack["technique"]["uid"], r"^T\d{4}$")
            if "tactic" in attack:
                t.assertIn(attack["tactic"]["uid"], TACTICS)
            if "sub_technique" in attack:
                t.assertRegex(attack["sub_technique"]["uid"],
                              "^" + attack["technique"]["uid"] + r"\.\d{3}$")
        for event in info["related_events"]:
            t.assertTrue(event["uid"])

    def evidence(self, evidence):
        t = self.test
        t.assertLessEqual(set(evidence), EVIDENCE)
        t.assertTrue(set(evidence) - {"http_request"})
        if "api" in evidence:
            t.assertTrue(evidence["api"]["operation"])
            t.assertTrue(evidence["api"]["service"]["name"])
            t.assertTrue(evidence["actor"]["user"]["name"])
        if "query" in evidence:
            t.assertTrue(evidence["query"]["hostname"])
        if "connection_info" in evidence:
            t.assertIn(evidence["connection_info"]["direction_id"], (1, 2))
        for end in ("src_endpoint", "dst_endpoint"):
            if end in evidence:
                t.assertLessEqual(set(evidence[end]), ENDPOINT)
                t.assertTrue(evidence[end].get("ip")
                             or evidence[end].get("hostname"))


# --- ASFF --------------------------------------------------------------------
REQUIRED = ("SchemaVersion", "Id", "ProductArn", "GeneratorId",
            "AwsAccountId", "CreatedAt", "UpdatedAt", "Title", "Description",
            "Resources", "Severity")
MOST = {"Id": 512, "ProductArn": 2048, "ProductName": 128, "CompanyName": 128,
        "Region": 16, "GeneratorId": 512, "Title": 256, "Description": 1024}
LABEL = {"LOW": (1, 39), "MEDIUM": (40, 69), "HIGH": (70, 89),
         "CRITICAL": (90, 100)}
NAMESPACES = ("Software and Configuration Checks", "TTPs", "Effects",
              "Unusual Behaviors", "Sensitive Data Identifications")
STAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$")
RESOURCES = {"AwsEksCluster", "AwsEc2Instance", "AwsEc2NetworkInterface",
             "AwsS3Bucket", "AwsIamAccessKey", "AwsAccount", "Other"}
ACTIONS = {"NETWORK_CONNECTION": "NetworkConnectionAction",
           "AWS_API_CALL": "AwsApiCallAction",
           "DNS_REQUEST": "DnsRequestAction", "PORT_PROBE": "PortProbeAction"}
ASFF_TOP = set(REQUIRED) | {
    "ProductName", "CompanyName", "Region", "Types", "FirstObservedAt",
    "LastObservedAt", "Confidence", "Remediation", "ProductFields", "Action",
    "FindingProviderFields", "RecordState"}


def length(text):
    """As Security Hub counts: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def blanks(value, path=""):
    """Security Hub wants a visible character in every text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from blanks(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from blanks(inner, path + "[]")
    elif isinstance(value, str) and not re.search(r"\S", value):
        yield path


class Asff:
    def __init__(self, test, line):
        self.test, self.line = test, line
        self.finding = json.loads(line)

    def check(self):
        f, t = self.finding, self.test
        t.assertLess(len(self.line), 240 * 1000)
        t.assertLessEqual(set(f), ASFF_TOP)
        for name in REQUIRED:
            t.assertIn(name, f)
        for name, most in MOST.items():
            t.assertLessEqual(length(f[name]), most, name)
        t.assertEqual(list(blanks(f)), [])
        t.assertEqual(f["SchemaVersion"], "2018-10-08")
        t.assertRegex(f["AwsAccountId"], r"^\d{12}$")
        t.assertEqual(
            f["ProductArn"].split(":", 2)[2],
            f"securityhub:{f['Region']}:{f['AwsAccountId']}:"
            f"product/{f['AwsAccountId']}/default")
        for name in ("CreatedAt", "UpdatedAt", "FirstObservedAt",
                     "LastObservedAt"):
            t.assertRegex(f[name], STAMP)
        self.severity(f["Severity"])
        self.types(f["Types"])
        t.assertEqual(f["FindingProviderFields"]["Types"], f["Types"])
        t.assertEqual(f["FindingProviderFields"]["Severity"]["Label"],
                      f["Severity"]["Label"])
        self.resources(f["Resources"])
        self.fields(f["ProductFields"])
        self.action(f.get("Action"))
        advice = f["Remediation"]["Recommendation"]
        t.assertTrue(1 <= length(advice["Text"]) <= 512)
        t.assertRegex(advice["Url"], "^https://")

    def severity(self, severity):
        low, high = LABEL[severity["Label"]]
        self.test.assertTrue(low <= severity["Normalized"] <= high, severity)
        self.test.assertLessEqual(length(severity["Original"]), 64)

    def types(self, types):
        self.test.assertTrue(1 <= len(types) <= 50)
        for kind in types:
            parts = kind.split("/")
            self.test.assertIn(parts[0], NAMESPACES)
            self.test.assertEqual(len(parts), 3, kind)

    def resources(self, resources):
        self.test.assertTrue(1 <= len(resources) <= 32)
        for resource in resources:
            self.test.assertIn(resource["Type"], RESOURCES)
            self.test.assertLessEqual(length(resource["Id"]), 512)
            self.test.assertLessEqual(length(resource["Region"]), 16)
            self.test.assertIn(resource["Partition"],
                               ("aws", "aws-cn", "aws-us-gov"))
            for kind, details in resource.get("Details", {}).items():
                self.test.assertEqual(kind, resource["Type"])
                if kind == "Other":
                    self.test.assertTrue(all(
                        length(k) < 128 and length(v) < 1024
                        for k, v in details.items()))

    def fields(self, fields):
        self.test.assertLessEqual(len(fields), 50)
        for key, value in fields.items():
            self.test.assertTrue(key.startswith("nephoscope/"))
            self.test.assertLessEqual(length(key), 128)
            self.test.assertLessEqual(length(value), 2048)

    def action(self, action):
        if action is None:
            self.test.assertRegex(self.finding["ProductFields"]
                                  ["nephoscope/type"],
                                  "Kubernetes|^AttackSequence:")
            return
        name = ACTIONS[action["ActionType"]]
        self.test.assertEqual(set(action), {"ActionType", name})
        inner = action[name]
        for key in ("Api", "ServiceName", "Domain"):
            self.test.assertLessEqual(length(inner.get(key, "")), 128)
        if name == "AwsApiCallAction":
            self.test.assertIn(inner["CallerType"], ("remoteip", "domain"))
        if name == "NetworkConnectionAction":
            self.test.assertIn(inner["ConnectionDirection"], ("IN", "OUT"))


# --- the tests ---------------------------------------------------------------
class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folders = []
        names = sorted(p.parent for p in SCENARIOS.glob("*/scenario.py"))
        for folder in names[::3] if harness.SLOW else names:
            logs = fresh("format-" + folder.name)
            world = make_world(str(logs))
            acts = scenario.load(str(folder))
            if not hasattr(acts, "fire"):
                continue  # it finds nothing
            acts.fire(world)
            world.write()
            cls.folders.append(logs)
        cls.folders.append(
            harness.world(days=3 if harness.SLOW else 14)[0])

    def lines(self, form):
        for folder in self.folders:
            yield from backfill(folder, form=form).splitlines()

    def ids(self, form, name):
        return sorted(name(json.loads(line)) for line in self.lines(form))

    def test_each_finding_is_an_ocsf_detection_finding(self):
        count = 0
        for line in self.lines("ocsf"):
            Ocsf(self, json.loads(line)).check()
            count += 1
        self.assertGreater(count, 10)

    def test_each_finding_is_what_security_hub_takes(self):
        count = 0
        for line in self.lines("asff"):
            Asff(self, line).check()
            count += 1
        self.assertGreater(count, 10)

    def test_all_formats_tell_of_the_same_findings(self):
        plain = self.ids("guardduty", lambda f: (f["id"], f["type"]))
        self.assertEqual(plain, self.ids("ocsf", lambda f: (
            f["finding_info"]["uid"], f["finding_info"]["types"][0])))
        self.assertEqual(plain, self.ids("asff", lambda f: (
            f["Id"], f["ProductFields"]["nephoscope/type"])))

    def test_a_file_is_written_as_standard_output_is(self):
        folder = self.folders[0]
        out = fresh("format-out") / "findings.json"
        for form in ("ocsf", "asff"):
            run("backfill", "--format", form, "-o", str(out), str(folder))
            self.assertEqual(out.read_bytes(), backfill(folder, form=form))


if __name__ == "__main__":
    unittest.main()
