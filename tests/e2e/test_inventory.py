"""What other records tell of an address, a session, a controller's act."""
import json
import os
import pathlib
import sys
import unittest

import harness
from harness import backfill, findings, fresh, run

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "scenarios"))

import world_audit  # noqa: E402
from world import make_world  # noqa: E402
from world_audit import (CLUSTER, KCM, START, container, pod,  # noqa: E402
                         pod_spec, workload)
from world_flow import ACCOUNT  # noqa: E402

HOUR = 3600
POD_IP = "10.1.1.77"
POOL = "xmr-eu1.nanopool.org"
IMAGE = "docker.io/kubecache/worker:2"
DIGEST = "sha256:" + "5d" * 32
NODE = "ip-10-1-1-7.eu-west-1.compute.internal"
MAKER = "mallory@example.org"


def facts(finding):
    return json.loads(finding["service"]["additionalInfo"]["value"])


def config(folder):
    """The cluster is the account's, so that the records meet."""
    path = folder / "n.yaml"
    path.write_text(
        "accounts:\n"
        f"  - {{id: \"{ACCOUNT}\", name: prod, owner: "
        "{name: Platform, contact: platform@example.org}}\n"
        "clusters:\n"
        f"  - {{name: {CLUSTER}, account: \"{ACCOUNT}\"}}\n")
    return path


def status(name, address, image=IMAGE, **more):
    return {"metadata": {"uid": "u-" + name}, "status": dict({
        "hostIP": "10.1.1.7", "podIP": address, "phase": "Running",
        "podIPs": [{"ip": address}], "containerStatuses": [
            {"name": "app", "image": image,
             "imageID": image.split(":")[0] + "@" + DIGEST}]}, **more)}


def miner(w, time, name="node-cache-6c9d7bff5d-x7k2p", address=POD_IP):
    """Somebody's Deployment, and the pod that controllers make of it."""
    spec = pod_spec(container(image=IMAGE), serviceAccountName="cache")
    deployment = workload("node-cache", "data", spec=spec)
    deployment["metadata"]["labels"] = {
        "team": "warehouse", "example.org/contact": "#warehouse"}
    w.deploy(time, deployment, user=MAKER, agent=world_audit.KUBECTL,
             remote="198.51.100.99")
    made = pod(name, "data", spec, owner=("ReplicaSet",
                                          name.rsplit("-", 1)[0]))
    w.deploy(time + 2, made, agent=KCM, remote="10.1.0.4",
             user="system:serviceaccount:kube-system:replicaset-controller")
    w.audit(time + 3, "system:node:" + NODE, "patch", "pods", ns="data",
            name=name, sub="status", agent="kubelet/v1.30.1",
            remote="10.1.1.7", request_object=status(name, address))


class Inventory(unittest.TestCase):
    def logs(self, name, act):
        folder = fresh(name)
        world = make_world(str(folder / "logs"))
        act(world)
        world.write()
        return folder / "logs", config(folder)

    def found(self, name, act, *types):
        logs, conf = self.logs(name, act)
        rows = findings("-c", conf, logs)
        return [f for f in rows if f["type"] in types]

    def test_a_mining_pod_is_named_with_image_and_person(self):
        def act(w):
            miner(w, START + HOUR)
            w.dns(START + HOUR + 30, POD_IP, POOL)

        row, = self.found("miner", act,
                          "CryptoCurrency:EC2/BitcoinTool.B!DNS")
        told = facts(row)
        self.assertEqual(
            [told.get(k) for k in (
                "pod", "workload", "image", "image_digest", "node",
                "deployer", "pod_account", "cluster", "known_sure")],
            ["data/node-cache-6c9d7bff5d-x7k2p",
             "data/Deployment/node-cache", IMAGE, DIGEST, NODE, MAKER,
             "data/cache", CLUSTER, "said by the log"])
        details = row["resource"]["kubernetesDetails"]
        self.assertEqual(details["kubernetesWorkloadDetails"]["name"],
                         "node-cache-6c9d7bff5d-x7k2p")
        self.assertIn("last changed by " + MAKER, row["description"])
        self.assertEqual(row["nephoscope"]["owner"],
                         {"name": "warehouse", "contact": "#warehouse",
                          "source": "labels of the workload"})
        self.assertEqual(row["nephoscope"]["cluster"], CLUSTER)
        names = {(e["kind"], e["name"])
                 for e in row["nephoscope"]["entities"]}
        self.assertIn(("pod", told["pod"]), names)
        self.assertIn(("image", IMAGE), names)
        self.assertIn(("principal", MAKER), names)

    def test_an_address_is_the_pods_that_had_it_then(self):
        def act(w):
            miner(w, START + HOUR)
            for user, t in (("system:node:" + NODE, 2 * HOUR),):
                w.audit(START + t, user, "delete", "pods", ns="data",
                        name="node-cache-6c9d7bff5d-x7k2p",
                        agent="kubelet/v1.30.1")
            w.deploy(START + 3 * HOUR, pod("web-0", "shop", owner=(
                "StatefulSet", "web")), agent=KCM)
            w.audit(START + 3 * HOUR, "system:node:" + NODE, "patch", "pods",
                    ns="shop", name="web-0", sub="status",
                    request_object=status("web-0", POD_IP))
            w.dns(START + HOUR + 60, POD_IP, POOL)
            w.dns(START + 2 * HOUR + 1800, POD_IP, "pool.hashvault.pro")
            w.dns(START + 3 * HOUR + 60, POD_IP, "eu.zergpool.com")

        rows = self.found("reuse", act,
                          "CryptoCurrency:EC2/BitcoinTool.B!DNS")
        self.assertEqual(
            {facts(f)["domain"]: facts(f).get("pod") for f in rows},
            {POOL: "data/node-cache-6c9d7bff5d-x7k2p",
             "pool.hashvault.pro": None, "eu.zergpool.com": "shop/web-0"})

    def test_clusters_of_other_accounts_are_apart(self):
        """Without the config nobody knows whose the cluster is."""
        def act(w):
            miner(w, START + HOUR)
            w.dns(START + HOUR + 30, POD_IP, POOL)

        logs, _ = self.logs("apart", act)
        row, = [f for f in findings(logs) if "BitcoinTool" in f["type"]]
        self.assertNotIn("pod", facts(row))
        self.assertNotIn("kubernetesDetails", row["resource"])

    def test_what_controllers_do_is_a_persons(self):
        """The Deployment's body is not logged, that of its pod is."""
        spec = pod_spec(container(securityContext={"privileged": True}))

        def act(w):
            w.cluster_life(START, 5)
            at = START + 5 * 24 * HOUR
            w.audit(at, MAKER, "create", "deployments", ns="shop",
                    name="tool")
            w.cascade(at + 2, "tool", spec=spec)

        row, = self.found("cascade", act,
                          "PrivilegeEscalation:Kubernetes/AnomalousBehavior."
                          "WorkloadDeployed!PrivilegedContainer")
        told = facts(row)
        self.assertEqual(told["actor"], "system:serviceaccount:kube-system:"
                         "replicaset-controller")
        self.assertEqual(told["started_by"], MAKER)
        self.assertEqual(told["workload"], "shop/Deployment/tool")
        self.assertIn("changed by " + MAKER, row["description"])

    def test_a_session_of_a_service_account_names_it(self):
        role = f"arn:aws:iam::{ACCOUNT}:role/exports"

        def act(w):
            account = {"kind": "ServiceAccount", "metadata": {
                "name": "exporter", "namespace": "data", "annotations": {
                    "eks.amazonaws.com/role-arn": role}}}
            w.audit(START, MAKER, "create", "serviceaccounts", ns="data",
                    name="exporter", request_object=account,
                    response_object=account)

        logs, conf = self.logs("session", act)
        trail = logs / "AWSLogs" / ACCOUNT / "CloudTrail" / "eu-west-1"
        trail.mkdir(parents=True)
        (trail / "x.json").write_text(json.dumps({"Records": [{
            "eventVersion": "1.11", "eventTime": "2026-11-02T01:00:00Z",
            "eventSource": "cloudtrail.amazonaws.com",
            "eventName": "StopLogging", "awsRegion": "eu-west-1",
            "sourceIPAddress": "198.51.100.9", "userAgent": "aws-cli/2.15",
            "requestParameters": {"name": "main"}, "responseElements": None,
            "readOnly": False, "eventID": "e-1", "eventType": "AwsApiCall",
            "managementEvent": True, "recipientAccountId": ACCOUNT,
            "eventCategory": "Management", "userIdentity": {
                "type": "AssumedRole", "principalId": "AROA1:s",
                "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/exports/s",
                "accountId": ACCOUNT, "accessKeyId": "ASIAEXPORTS",
                "sessionContext": {"sessionIssuer": {
                    "type": "Role", "principalId": "AROA1", "arn": role,
                    "accountId": ACCOUNT, "userName": "exports"}}}}]}))
        rows = [f for f in findings("-c", conf, logs)
                if "CloudTrail" in f["type"]]
        self.assertTrue(rows)
        self.assertEqual(
            [facts(rows[0]).get(k) for k in (
                "service_account_namespace", "service_account", "cluster")],
            ["data", "exporter", CLUSTER])

    def test_jobs_change_nothing_and_the_miner_is_told(self):
        folder, _ = harness.world(attack="cryptominer", days=10)
        one = backfill("--jobs", "1", folder)
        for jobs in ("2", "4"):
            self.assertEqual(backfill("--jobs", jobs, folder), one)
        rows = [json.loads(line) for line in one.splitlines()]
        miners = [f for f in rows if "BitcoinTool" in f["type"] or
                  "PortUnusual" in f["type"]]
        self.assertTrue(miners)
        for row in miners:
            told = facts(row)
            self.assertTrue(told["pod"].startswith("data/node-cache-"))
            self.assertEqual(told["image"],
                             "docker.io/kubecache/worker:latest")
            self.assertEqual(told["deployer"],
                             "system:serviceaccount:data:etl")

    def test_what_was_learned_lasts(self):
        """The pod in one run, its query in the next."""
        def first(w):
            miner(w, START + HOUR)

        def then(w):
            w.dns(START + 2 * HOUR, POD_IP, POOL)

        logs, conf = self.logs("lasting-1", first)
        later, _ = self.logs("lasting-2", then)
        state = pathlib.Path(fresh("lasting")) / "n.db"
        backfill("-c", conf, "--state", state, logs)
        rows = findings("-c", conf, "--state", state, later)
        row, = [f for f in rows if "BitcoinTool" in f["type"]]
        self.assertEqual(facts(row)["deployer"], MAKER)
        for what in (row["id"][:12], POD_IP, "node-cache-6c9d7bff5d-x7k2p",
                     MAKER):
            out = run("investigate", "--state", state, what).stdout.decode()
            self.assertIn("data/Deployment/node-cache", out)
            self.assertIn(MAKER, out)
        out = run("investigate", "--state", state, POD_IP).stdout.decode()
        self.assertIn(row["id"][:8], out)
        run("investigate", "--state", state, "nobody-at-all", code=66)


if __name__ == "__main__":
    unittest.main()
