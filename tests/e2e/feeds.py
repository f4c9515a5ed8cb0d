"""What the tests of feeds share: the driver, certificates, its record."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

DRIVE = os.environ["FEED_DRIVE"]
TYPE = "Execution:Kubernetes/ExecInKubeSystemPod"


def folder():
    """A folder for this program's run, removed at its end."""
    made = tempfile.TemporaryDirectory(prefix="nephoscope-feed-")
    unittest.addModuleCleanup(made.cleanup)
    return pathlib.Path(made.name)


def openssl(*args):
    subprocess.run(["openssl", *map(str, args)], check=True,
                   capture_output=True, timeout=60)


def certificates(where, name="localhost"):
    """A CA, and a certificate of it for `name` and 127.0.0.1."""
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=test CA", "-keyout", where / "ca.key",
            "-out", where / "ca.pem")
    issue(where, "server", name)


def issue(where, file, name):
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
            "-keyout", where / f"{file}.key", "-out", where / f"{file}.csr")
    (where / "names").write_text(f"subjectAltName=DNS:{name},IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", where / f"{file}.csr", "-CA",
            where / "ca.pem", "-CAkey", where / "ca.key", "-CAcreateserial",
            "-days", "2", "-extfile", where / "names",
            "-out", where / f"{file}.pem")


class Drive:
    """A running driver; `with` ends it."""

    def __init__(self, config, count, seconds=60, size=300, idle=0,
                 **more):
        self.count = count
        self.log = pathlib.Path(str(config) + ".log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [DRIVE, str(config), str(count), str(seconds), str(size),
                 str(idle)],
                stdin=subprocess.DEVNULL, stderr=log,
                **{"stdout": subprocess.DEVNULL, **more})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def text(self):
        return self.log.read_text(errors="replace")

    def said(self):
        return [line for line in self.text().splitlines()
                if line.startswith("say ")]

    def delivered(self):
        found = re.findall(r"^delivered (\d+)$", self.text(), re.M)
        return int(found[-1]) if found else 0

    def counts(self):
        return dict(part.split("=", 1) for part in re.search(
            "^counts (.*)$", self.text(), re.M).group(1).split(" ", 4))

    def wait(self, code=0):
        got = self.process.wait(timeout=120)
        if got != code:
            raise AssertionError(f"exit {got}, not {code}\n"
                                 + self.text()[-3000:])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.wait(1)

    def until(self, true, seconds=30):
        """Wait until `true()`; the driver is still running."""
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise AssertionError("too late\n" + self.text()[-3000:])
            time.sleep(0.02)


def number_of(body):
    """Of the finding with that text."""
    return int(re.search(rb'"id":"(\d{32})"', body).group(1))
