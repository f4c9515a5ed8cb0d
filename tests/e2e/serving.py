"""A `nephoscope serve` for tests: started, asked, killed, started again."""
import contextlib
import gzip
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

from harness import BINARY, run

COMMIT_MS = 20  # often, so that there is much to disturb
READY_S = 60


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, ready, seconds=60, pause=0.02):
    end = time.monotonic() + seconds
    while True:
        got = ready()
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(pause)


def listed(store, *args):
    """All findings of a state file as a byte string of JSON lines."""
    return run("findings", "list", "--state", store, "--format", "guardduty",
               *args).stdout


def info(store):
    """What `state info` says, as numbers where they are."""
    lines = run("state", "info", "--state", store).stdout.decode().split("\n")
    pairs = (line.split(None, 1) for line in lines if line)
    return {k: int(v) if v.isdigit() else v for k, v in pairs}


class Service:
    """One store and configuration; `process` runs over them."""

    def __init__(self, folder, sources, feeds=(), service=None, env=None,
                 **more):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store = self.folder / "store.db"
        self.path = self.folder / "nephoscope.yaml"
        self.log = self.folder / "log"
        self.port = free_port()
        self.env = env
        self.process = None
        self.config = {
            "sources": list(sources), "feeds": list(feeds),
            "store": {"path": str(self.store)},
            "console": {"listen": f"127.0.0.1:{self.port}"},
            "service": {"commit_ms": COMMIT_MS, **(service or {})}, **more}
        self.write()

    def write(self, config=None):
        self.path.write_text(json.dumps(config or self.config))

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()

    def start(self, wait=True, **more):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "-c", str(self.path)], stdout=log,
                stderr=log, stdin=subprocess.DEVNULL,
                env={**os.environ, **(self.env or {})}, **more)
        if wait:
            self.wait_ready()
        return self

    def said(self):
        with contextlib.suppress(FileNotFoundError):
            return self.log.read_text(errors="replace")
        return ""

    def get(self, page):
        """(code, text); (0, "") when nobody answers."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request("GET", page)
            answer = link.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            link.close()

    def wait_ready(self):
        def ready():
            code = self.process.poll()
            if code is not None:
                raise AssertionError(f"exit {code}: {self.said()[-3000:]}")
            return self.get("/readyz")[0] == 200
        wait_for("readiness", ready, READY_S)

    def metrics(self):
        """Every sample: {name and labels: value}."""
        samples = {}
        for line in self.get("/metrics")[1].splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                samples[name] = float(value)
        return samples

    def metric(self, prefix):
        """The sum of all samples whose name and labels begin so."""
        return sum(v for k, v in self.metrics().items()
                   if k.startswith("nephoscope_" + prefix))

    def end(self, number=signal.SIGTERM, seconds=60):
        """Signal it and wait; gives its code and how long it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout=seconds)
        self.process = None
        return code, time.monotonic() - began

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self):
        """End it as asked for; it must end well and in time."""
        code, took = self.end()
        if code != 0 or took > 10:
            raise AssertionError(
                f"exit {code} after {took:.1f} s: {self.said()[-3000:]}")

    def listed(self, *args):
        return listed(self.store, *args)

    def info(self):
        return info(self.store)

    def wait_parcels(self, count, seconds=120):
        """Until so many parcels are committed."""
        def done():
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(
                    f"exit {self.process.returncode}: {self.said()[-3000:]}")
            now = self.info()
            return now["parcels"] >= count and now["kept"] == 0
        wait_for(f"{count} parcels", done, seconds, 0.1)


def post(port, path, body, seconds=30):
    """The status a webhook answers, 0 when there is none."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        link.request("POST", path, body, {"Content-Type": "application/json"})
        answer = link.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        link.close()


class Client(threading.Thread):
    """An API server: posts bodies in order, each again until it is 200."""

    def __init__(self, port, posts, repeats=lambda n: 0, pause=0.0):
        super().__init__(daemon=True)
        self.port, self.posts, self.pause = port, posts, pause
        self.repeats = repeats
        self.sent, self.tries, self.codes = 0, 0, {}
        self.ended = threading.Event()

    def run(self):
        for number, (path, body) in enumerate(self.posts):
            for _ in range(1 + self.repeats(number)):
                if not self.send(path, body):
                    return
            self.sent += 1
            time.sleep(self.pause)

    def send(self, path, body):
        while not self.ended.is_set():
            code = post(self.port, path, body)
            self.tries += 1
            self.codes[code] = self.codes.get(code, 0) + 1
            if code == 200:
                return True
            time.sleep(0.02)
        return False

    def finish(self, seconds=120):
        self.join(seconds)
        if self.is_alive():
            self.ended.set()
            raise AssertionError(f"posted {self.sent} of {len(self.posts)}: "
                                 f"{self.codes}")


def event_lists(path, size=50):
    """The audit events of a file in EventLists of so many."""
    lines = gzip.decompress(path.read_bytes()).splitlines()
    for at in range(0, len(lines), size):
        yield (b'{"kind":"EventList","apiVersion":"audit.k8s.io/v1",'
               b'"metadata":{},"items":[' + b",".join(lines[at:at + size])
               + b"]}")
