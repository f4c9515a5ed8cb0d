"""S3 with SQS (moto), Kafka and a webhook, and logs for each.

Each source has accounts or clusters of its own, so that each has its order:
AWS's logs and EKS's lie in the bucket, `plant-1` posts, `metal-2` is in Kafka.
"""
import gzip
import http.server
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "servers"), str(HERE.parent / "e2e")]

import kafka  # noqa: E402
import s3_servers as servers  # noqa: E402
from serving import BINARY, Client, event_lists, wait_for  # noqa: E402

TOOL = os.environ["KAFKA_TOOL"]
REGION = "eu-west-1"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "not+a/secret"}


def skip(why):
    print(why)
    required = os.environ.get("NEPHOSCOPE_SERVERS") == "require"
    sys.exit(1 if required else 77)


def in_moto(script):
    """Run the script again in moto's environment, for its boto3."""
    if "NEPHOSCOPE_MOTO" in os.environ:
        return
    python, why = servers.ready_moto()
    if python is None:
        skip(why)
    os.environ["NEPHOSCOPE_MOTO"] = str(python)
    os.execv(python, [str(python), "-B", script, *sys.argv[1:]])


def clean_env():
    env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    return {**env, "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true", **KEYS}


def simulate(folder, seed, days):
    subprocess.run([BINARY, "simulate", "--out", str(folder), "--attack",
                    "all", "--seed", str(seed), "--days", str(days)],
                   check=True, stdout=subprocess.DEVNULL, timeout=300)
    return folder


def moment(key):
    """The time in an object's name, as digits."""
    name = re.sub(r"[-:]", "", key.rsplit("/", 1)[-1])
    found = re.search(r"20\d{6}T?\d{4,6}", name)
    return found.group().replace("T", "").ljust(14, "0") if found else ""


class Logs:
    """What is given to each source, in order."""

    def __init__(self, folder, days):
        one = simulate(folder / "one", 1, days)
        two = simulate(folder / "two", 2, days)
        self.objects = []
        for top in ("AWSLogs", "eks-audit"):
            for path in (one / top).rglob("*.gz"):
                if "CloudTrail-Digest" not in str(path):
                    self.objects.append(
                        (str(path.relative_to(one)), path.read_bytes()))
        self.objects.sort(key=lambda o: (moment(o[0]), o[0]))
        self.posts = [
            ("/clusters/plant-1", body)
            for path in sorted((one / "k8s-audit/plant-1").glob("*.gz"))
            for body in event_lists(path)]
        self.lines = [
            line for path in sorted((two / "k8s-audit/plant-1").glob("*.gz"))
            for line in gzip.decompress(path.read_bytes()).splitlines()]

    def parcels(self):
        """How many have a name that is remembered."""
        return len(self.objects) + len(set(self.posts))


class Servers:
    def __init__(self, folder):
        import boto3
        self.folder = folder
        self.moto = servers.start_moto(os.environ["NEPHOSCOPE_MOTO"])
        try:
            self.broker = kafka.Broker("3.9.1", folder / "kafka")
        except kafka.Missing as missing:
            self.moto.close()
            skip(f"no Kafka: {missing}")
        self.broker.start()
        self.proxy = servers.Faults(self.moto.port)
        self.gate = Gate(self.proxy)
        how = {"endpoint_url": self.moto.url, "region_name": REGION,
               "aws_access_key_id": KEYS["AWS_ACCESS_KEY_ID"],
               "aws_secret_access_key": KEYS["AWS_SECRET_ACCESS_KEY"]}
        self.s3 = boto3.client("s3", **how)
        self.sqs = boto3.client("sqs", **how)

    def close(self):
        self.proxy.close()
        self.moto.close()
        self.broker.stop(kill=True)

    def place(self, name):
        """A bucket and a queue of that name: the URL of the queue."""
        self.s3.create_bucket(
            Bucket=name,
            CreateBucketConfiguration={"LocationConstraint": REGION})
        url = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        return url.replace(f":{self.moto.port}/", f":{self.proxy.port}/")

    def sources(self, name, port):
        """The three, for a configuration."""
        return [
            {"name": "bucket", "kind": "s3", "bucket": name,
             "region": REGION, "queue": self.place(name),
             "endpoint": self.proxy.url, "path_style": True,
             "start": "2026-10-01", "verify_digests": False},
            {"name": "hook", "kind": "webhook",
             "listen": f"127.0.0.1:{port}"},
            {"name": "stream", "kind": "kafka", "topic": name,
             "cluster_from": "key", "format": "k8s-audit",
             "properties": {
                 "bootstrap.servers": f"127.0.0.1:{self.broker.plain}",
                 "group.id": name, "group.instance.id": "one",
                 "topic.metadata.refresh.interval.ms": "1000",
                 "reconnect.backoff.max.ms": "500"}}]

    def positions(self, topic):
        """Are all records told to be read?"""
        said = subprocess.run(
            [TOOL, "positions", f"127.0.0.1:{self.broker.plain}", topic,
             topic], check=False, text=True, capture_output=True,
            timeout=60).stdout.split()
        rows = [list(map(int, said[i:i + 3])) for i in range(0, len(said), 3)]
        return (len(rows) == 4 and sum(end for _, _, end in rows) > 0
                and all(at == end or (end == 0 and at < 0)
                        for _, at, end in rows))


def notice(bucket, key, size):
    """As S3 writes them: the key is form-encoded."""
    from urllib.parse import quote_plus
    return json.dumps({"Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put", "s3": {
            "bucket": {"name": bucket},
            "object": {"key": quote_plus(key, safe="/"), "size": size}}}]})


class Gate:
    """Nothing is put while a service that was started lists its bucket.

    A listing of many folders is no moment: of two objects that come while it
    runs, the later may be seen first, and the order in which an account's logs
    arrive is part of what its findings say.  While the service is down, and
    once it reads its queue, objects come as they like."""

    def __init__(self, proxy):
        self.changed = threading.Condition()
        self.listing = False
        self.rule = None  # of faults; see Faults
        proxy.rule = self.watch

    def set(self, listing):
        with self.changed:
            self.listing = listing
            self.changed.notify_all()

    def watch(self, handler, number):
        """The queue is read only when all that was listed is given."""
        target = handler.headers.get("X-Amz-Target") or ""
        if self.listing and target.endswith("ReceiveMessage"):
            self.set(False)
        return self.rule(handler, number) if self.rule else None

    def __enter__(self):
        self.changed.acquire()
        self.changed.wait_for(lambda: not self.listing)

    def __exit__(self, *_):
        self.changed.release()


class Keys:
    """A container's endpoint for keys, each given for `life_s`; what they say
    of it themselves is as short, or an hour.  As a rule of the gate it
    refuses those that are older."""

    def __init__(self, rng, life_s):
        self.rng, self.life_s = rng, life_s
        self.made, self.count = 0, 0  # count: of requests refused
        self.keys, self.began, self.lock = None, 0, threading.Lock()
        keys = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                body = json.dumps(keys.make()).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def env(self):
        port = self.server.server_address[1]
        return {**{k: v for k, v in clean_env().items() if k not in KEYS},
                "AWS_CONTAINER_CREDENTIALS_FULL_URI":
                    f"http://127.0.0.1:{port}/keys"}

    def make(self):
        with self.lock:
            if time.monotonic() - self.began > self.life_s:
                self.made += 1
                self.began = time.monotonic()
                says_s = self.rng.choice((self.life_s, 3600))
                end = time.gmtime(time.time() + says_s)
                self.keys = {
                    "AccessKeyId": KEYS["AWS_ACCESS_KEY_ID"],
                    "SecretAccessKey": KEYS["AWS_SECRET_ACCESS_KEY"],
                    "Token": f"token-{self.made}", "Expiration":
                        time.strftime("%Y-%m-%dT%H:%M:%SZ", end)}
            return self.keys

    def __call__(self, handler, _number):
        token = handler.headers.get("X-Amz-Security-Token")
        with self.lock:
            if (token == self.keys["Token"]
                    and time.monotonic() - self.began <= self.life_s):
                return None
            self.count += 1
        if handler.headers.get("X-Amz-Target"):
            return ("answer", 403, b'{"__type":"ExpiredTokenException",'
                    b'"message":"The security token is expired"}')
        return ("answer", 403, b"<Error><Code>ExpiredToken</Code><Message>"
                b"The provided token has expired.</Message></Error>")


class Upload(threading.Thread):
    """Puts objects in order and sends a notice of each."""

    def __init__(self, rig, name, objects, pace, duplicates=0.0,
                 reorder=False, seed=0):
        super().__init__(daemon=True)
        self.rig, self.name_, self.objects, self.pace = \
            rig, name, objects, pace
        self.duplicates, self.reorder = duplicates, reorder
        self.rng = random.Random(seed)
        self.failed = None

    def run(self):
        try:
            self.put_all()
        except Exception as failure:  # told by finish()
            self.failed = failure

    def tell(self, notices):
        url = self.rig.sqs.get_queue_url(QueueName=self.name_)["QueueUrl"]
        if self.reorder:
            self.rng.shuffle(notices)
        for at in range(0, len(notices), 10):
            self.rig.sqs.send_message_batch(QueueUrl=url, Entries=[
                {"Id": str(i), "MessageBody": body}
                for i, body in enumerate(notices[at:at + 10])])

    def put_all(self):
        sent, waiting = [], []
        for key, body in self.objects:
            with self.rig.gate:
                self.rig.s3.put_object(Bucket=self.name_, Key=key, Body=body)
                sent.append(notice(self.name_, key, len(body)))
                waiting.append(sent[-1])
                if self.rng.random() < self.duplicates:
                    waiting.append(self.rng.choice(sent))
                if len(waiting) >= (8 if self.reorder else 1):
                    self.tell(waiting)
                    waiting = []
            time.sleep(self.pace)
        self.tell(waiting)

    def finish(self, seconds=300):
        self.join(seconds)
        if self.failed is not None or self.is_alive():
            raise AssertionError(f"upload: {self.failed or 'too slow'}")


class Produce:
    """Lines to Kafka, in order, with the cluster as key."""

    def __init__(self, rig, topic, lines, rate):
        self.input = rig.folder / f"{topic}.lines"
        self.input.write_bytes(b"\n".join(lines) + b"\n")
        with open(self.input, "rb") as text:
            self.process = subprocess.Popen(
                [TOOL, "send", f"127.0.0.1:{rig.broker.plain}", topic,
                 "metal-2", str(max(1, int(rate)))], stdin=text)

    def finish(self, seconds=300):
        if self.process.wait(seconds) != 0:
            raise AssertionError("Kafka did not take all")


class Feeding:
    """All three at once, spread over `seconds`; objects of `held` keys come
    when they are released."""

    def __init__(self, rig, logs, service, name, seconds, duplicates=0.0,
                 reorder=False, seed=0, held=()):
        rng = random.Random(seed)
        self.rig, self.service, self.name = rig, service, name
        self.held = [o for o in logs.objects if o[0] in held]
        self.parcels = logs.parcels() - len(self.held)
        self.how = duplicates, reorder, seed
        port = int(service.config["sources"][1]["listen"].split(":")[1])
        self.upload = Upload(rig, name, [o for o in logs.objects
                                         if o[0] not in held],
                             seconds / len(logs.objects), *self.how)
        self.client = Client(
            port, logs.posts, lambda _: rng.random() < duplicates,
            seconds / len(logs.posts))
        self.produce = Produce(rig, name, logs.lines,
                               len(logs.lines) / max(seconds, 0.1))
        self.upload.start()
        self.client.start()

    def release(self, seconds):
        """The objects that were held back are put, over so long."""
        self.upload = Upload(self.rig, self.name, self.held,
                             seconds / len(self.held), *self.how)
        self.parcels += len(self.held)
        self.upload.start()

    def finish(self, seconds=300):
        self.upload.finish(seconds)
        self.client.finish(seconds)
        self.produce.finish(seconds)
        self.service.wait_parcels(self.parcels, seconds)
        wait_for("Kafka's positions",
                 lambda: self.rig.positions(self.name), seconds, 0.3)
