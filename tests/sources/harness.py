"""What the tests of sources share: the driver, certificates, folders."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

DRIVER = os.environ["SOURCE_DRIVER"]
SLOW = bool(os.environ.get("NEPHOSCOPE_SLOW"))  # built with sanitizers


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Driver:
    """A source that runs; its journal outlives it."""

    def __init__(self, folder, config, commit_ms=0):
        self.folder = pathlib.Path(folder)
        self.config = self.folder / "config.yaml"
        self.journal = self.folder / "journal"
        self.config.write_text(json.dumps({"sources": [config]}))
        self.commit_ms = commit_ms
        self.said = []
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [DRIVER, str(self.config), str(self.journal),
             str(self.commit_ms)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            bufsize=1)
        line = self.process.stdout.readline().rstrip("\n")
        if line != "ready":
            self.process.wait(10)
            self.process.stdin.close()
            self.process.stdout.close()
            self.process = None
            raise RuntimeError(line)
        return self

    def command(self, text, timeout=10):
        """Send one; gives the lines printed until it was obeyed."""
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        lines, end = [], time.monotonic() + timeout
        while time.monotonic() < end:
            line = self.process.stdout.readline()
            if not line or line == f"did {text}\n":
                break
            lines.append(line.rstrip("\n"))
        self.said += lines
        return lines

    def counts(self):
        for line in self.command("counts"):
            if line.startswith("counts "):
                return dict(f.split("=", 1) for f in
                            line[7:].split(" ", 7))
        return {}

    def kill(self):
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.reap()

    def stop(self):
        if self.process is None:
            return 0
        self.process.stdin.write("quit\n")
        self.process.stdin.close()
        code = self.process.wait(20)
        self.process.stdout.close()
        self.process = None
        return code

    def reap(self):
        self.process.wait(20)
        self.process.stdin.close()
        self.process.stdout.close()
        self.process = None

    def records(self):
        """(head, body) of all that was committed; a torn end is not."""
        raw, at, found = self.journal.read_bytes(), 0, []
        while at < len(raw):
            end = raw.find(b"\n", at)
            if end < 0:
                break
            head = json.loads(raw[at:end])
            body = raw[end + 1:end + 1 + head["len"]]
            if len(body) < head["len"]:
                break
            found.append((head, body))
            at = end + 1 + head["len"]
        return found


def wait_until(what, timeout=20.0):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


class Authority:
    """A CA that signs what tests need, by the openssl program."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder)
        self.cert = self.folder / f"{name}-ca.pem"
        self.key = self.folder / f"{name}-ca.key"
        self.run("req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                 "-subj", f"/CN={name} CA", "-keyout", self.key,
                 "-out", self.cert)

    @staticmethod
    def run(*args):
        subprocess.run(["openssl", *map(str, args)], check=True,
                       capture_output=True, timeout=60)

    def sign(self, name, usage="clientAuth", days="2"):
        """Certificate and key of a caller or a server."""
        cert = self.folder / f"{name}.pem"
        key = self.folder / f"{name}.key"
        request = self.folder / f"{name}.csr"
        more = self.folder / f"{name}.ext"
        self.run("req", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-nodes", "-subj",
                 f"/CN={name}", "-keyout", key, "-out", request)
        more.write_text(f"extendedKeyUsage={usage}\n"
                        "subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        self.run("x509", "-req", "-in", request, "-CA", self.cert,
                 "-CAkey", self.key, "-CAcreateserial", "-days", days,
                 "-extfile", more, "-out", cert)
        return cert, key
