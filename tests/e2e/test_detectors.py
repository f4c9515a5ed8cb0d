"""`detectors list`: its forms, and what it says of logs that were seen."""
import json
import os
import re
import unittest

from harness import fresh, run, world

TECHNIQUE = re.compile(r"^T\d{4}(\.\d{3})?$")


def listed(*args):
    return json.loads(run("detectors", "list", "--format", "json",
                          *args).stdout)


def sight(state, *args):
    return {d["type"]: d for d in listed("--seen", os.fspath(state), *args)}


def learn(folder, files):
    """A state file of logs given as {path: text}."""
    for name, text in files.items():
        path = folder / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    run("backfill", "--state", str(folder / "s.db"), "-o",
        str(folder / "found"), str(folder / "logs"))
    return folder / "s.db"


def flows(columns, row):
    return {"AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/11/11/"
            "111122223333_vpcflowlogs_eu-west-1_fl-1_20261111T0000Z_x.log":
            columns + "\n" + row + "\n"}


FLOW = ("version account-id interface-id srcaddr dstaddr srcport dstport "
        "protocol packets bytes start end action log-status",
        "2 111122223333 eni-1 10.0.0.5 198.51.100.7 40000 443 6 10 5000 "
        "1794355200 1794355260 ACCEPT OK")


def audit(level, verb="create", resource="pods", cluster="red", **more):
    return {f"{cluster}/audit.log": json.dumps({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": level,
        "auditID": f"a-{cluster}-{verb}-{resource}",
        "stage": "ResponseComplete", "verb": verb,
        "requestURI": f"/api/v1/namespaces/x/{resource}",
        "user": {"username": "ann"}, "sourceIPs": ["203.0.113.9"],
        "objectRef": {"resource": resource, "namespace": "x", "name": "n"},
        "responseStatus": {"code": 201},
        "requestReceivedTimestamp": "2026-11-11T00:00:00.000000Z",
        "stageTimestamp": "2026-11-11T00:00:00.000000Z", **more}) + "\n"}


class Forms(unittest.TestCase):
    def test_json_says_all_of_each(self):
        rows = listed()
        self.assertGreater(len(rows), 150)
        self.assertEqual(len({r["type"] for r in rows}), len(rows))
        for r in rows:
            with self.subTest(type=r["type"]):
                self.assertTrue(r["sources"])
                self.assertTrue(r["method"])
                self.assertIn(r["kind"],
                              ("rule", "statistic", "list", "sequence"))
                self.assertIn(r["guardduty"], (None, r["type"]))
                self.assertTrue(r["mitre"])
                for technique in r["mitre"]:
                    self.assertRegex(technique, TECHNIQUE)
        by = {r["type"]: r for r in rows}
        self.assertIn("baseline",
                      by["Discovery:IAMUser/AnomalousBehavior"]["needs"])
        self.assertEqual(by["Stealth:IAMUser/CloudTrailLoggingDisabled"]
                         ["needs"], [])
        self.assertIsNone(by["Backdoor:EC2/Beaconing"]["guardduty"])

    def test_the_table_names_every_type(self):
        table = run("detectors").stdout.decode()
        for r in listed():
            self.assertIn(" " + r["type"], table)

    def test_the_layer_counts_the_detectors_of_each_technique(self):
        layer = json.loads(run("detectors", "list", "--format",
                               "navigator").stdout)
        self.assertEqual(layer["versions"]["layer"], "4.5")
        self.assertEqual(layer["domain"], "enterprise-attack")
        self.assertTrue(layer["name"])
        counts = {}
        for r in listed():
            for technique in r["mitre"]:
                counts[technique] = counts.get(technique, 0) + 1
        self.assertEqual({t["techniqueID"]: t["score"]
                          for t in layer["techniques"]}, counts)
        ids = [t["techniqueID"] for t in layer["techniques"]]
        self.assertEqual(ids, sorted(ids))
        self.assertEqual(layer["gradient"]["maxValue"],
                         max(counts.values()))

    def test_the_page_is_not_made_of_a_state(self):
        state = learn(fresh("page"), flows(*FLOW))
        done = run("detectors", "list", "--format", "markdown", "--seen",
                   str(state), code=64)
        self.assertIn(b"--seen has no markdown", done.stderr)


class Sight(unittest.TestCase):
    def test_what_was_not_seen_is_named(self):
        seen = sight(learn(fresh("unseen"), flows(*FLOW)))
        blind = seen["Trojan:EC2/DGADomainRequest.B"]
        self.assertEqual(blind["sight"], "blind")
        self.assertEqual(blind["why"], "no dns log was seen")
        self.assertIn("no cloudtrail log was seen",
                      seen["Policy:IAMUser/RootCredentialUsage"]["why"])

    def test_a_format_without_flags_is_weak(self):
        scan = "Recon:EC2/Portscan"
        seen = sight(learn(fresh("plain"), flows(*FLOW)))[scan]
        self.assertEqual(seen["sight"], "weak")
        self.assertIn("no tcp-flags", seen["why"])
        self.assertIn("no pkt-srcaddr", seen["why"])
        full = (FLOW[0] + " tcp-flags pkt-srcaddr pkt-dstaddr",
                FLOW[1] + " 2 10.0.0.5 198.51.100.7")
        seen = sight(learn(fresh("full"), flows(*full)))[scan]
        self.assertEqual(seen["sight"], "sees")
        self.assertNotIn("why", seen)

    def test_a_format_without_counts_is_blind_to_volume(self):
        bare = ("account-id srcaddr dstaddr start end action",
                "111122223333 10.0.0.5 198.51.100.7 1794355200 1794355260 "
                "ACCEPT")
        seen = sight(learn(fresh("bare"), flows(*bare)))
        row = seen["Behavior:EC2/TrafficVolumeUnusual"]
        self.assertEqual(row["sight"], "blind")
        self.assertIn("no packets and bytes", row["why"])

    def test_an_audit_policy_at_metadata_is_blind_to_objects(self):
        seen = sight(learn(fresh("meta"), audit("Metadata")))
        row = seen["Policy:Kubernetes/WorkloadPosture"]
        self.assertEqual(row["sight"], "blind")
        self.assertIn("level Metadata", row["why"])
        seen = sight(learn(fresh("request"), audit(
            "Request", requestObject={"kind": "Pod", "spec": {}})))
        self.assertEqual(seen["Policy:Kubernetes/WorkloadPosture"]["sight"],
                         "sees")
        # ConfigMaps were not among what that policy kept.
        self.assertEqual(seen["Policy:Kubernetes/CredentialInConfigMap"]
                         ["sight"], "blind")

    def test_one_cluster_of_two_is_named(self):
        seen = sight(learn(fresh("two"), {
            **audit("Metadata", cluster="red"),
            **audit("Request", cluster="blue",
                    requestObject={"kind": "Pod", "spec": {}})}))
        row = seen["Policy:Kubernetes/WorkloadPosture"]
        self.assertEqual(row["sight"], "partly")
        self.assertIn("(in red)", row["why"])

    def test_lists_and_switches_are_the_configurations(self):
        folder = fresh("lists")
        state = learn(folder, flows(*FLOW))
        tor = "UnauthorizedAccess:EC2/TorClient"
        self.assertIn("no threat list of kind ip is configured",
                      sight(state)[tor]["why"])
        (folder / "tor.txt").write_text("198.51.100.9\n")
        (folder / "c.yaml").write_text(
            "lists:\n  - {name: tor, kind: ip, trust: threat, category: tor,"
            f" path: {folder}/tor.txt}}\n"
            "detectors:\n  \"Recon:EC2/Portscan\": {enabled: false}\n")
        seen = sight(state, "-c", str(folder / "c.yaml"))
        self.assertEqual(seen[tor]["sight"], "weak")  # no tcp-flags
        self.assertEqual(seen["Recon:EC2/Portscan"]["sight"], "off")

    def test_a_whole_world_sees(self):
        folder, _ = world(attack="none", days=2)
        state = fresh("world") / "s.db"
        run("backfill", "--state", str(state), "-o", "/dev/null",
            str(folder))
        seen = sight(state)
        for row in seen.values():
            with self.subTest(type=row["type"]):
                if "list" in row.get("why", ""):
                    continue
                if row["sources"] == ["notice"]:
                    continue
                # EKS keeps ConfigMaps at level Metadata.
                if row["type"] == "Policy:Kubernetes/CredentialInConfigMap":
                    self.assertEqual(row["sight"], "blind")
                    continue
                self.assertIn(row["sight"],
                              ("sees", "weak", "partly", "off"),
                              row.get("why"))
        text = run("detectors", "list", "--seen", str(state)).stdout.decode()
        self.assertIn("STATE    TYPE, AND WHY", text)
        self.assertRegex(text, rf"{len(seen)} detectors: \d+ blind")

    def test_a_state_that_is_none_is_an_error(self):
        run("detectors", "list", "--seen", "/nonexistent/s.db", code=66)


if __name__ == "__main__":
    unittest.main()
