"""The webhook feed against an HTTPS receiver that misbehaves."""
import collections
import hashlib
import hmac
import http.server
import pathlib
import random
import re
import socket
import ssl
import struct
import threading
import time
import unittest

import feeds
from feeds import Drive, certificates, folder, issue, number_of

KEY = b"a key of the receiver"
DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "feeds.md"


def documented():
    """is_ours() as docs/feeds.md gives it to receivers."""
    names = {}
    exec(re.search("```python\n(.*?)```", DOCS.read_text(), re.S).group(1),
         names)
    return names["is_ours"]


IS_OURS = documented()


class Receiver(http.server.ThreadingHTTPServer):
    """Takes findings; `plan(number, attempt)` says how each request goes."""
    daemon_threads = True

    def __init__(self, plan, context=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.plan = plan
        self.lock = threading.Lock()
        self.taken = collections.Counter()   # by number
        self.keys = collections.defaultdict(set)
        self.attempts = collections.Counter()
        self.wrong = []
        self.headers = {}
        self.busy = self.most_busy = 0
        self.times = []
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.thread.join()
        self.server_close()

    def handle_error(self, request, client_address):
        """Resets are part of the test."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20

    def log_message(self, *_):
        pass

    def check(self, body):
        """What is wrong with the request's headers."""
        stamp, mac = (part.split("=", 1)[1] for part in
                      self.headers["X-Nephoscope-Signature"].split(","))
        wanted = hmac.new(KEY, stamp.encode() + b"." + body,
                          hashlib.sha256).hexdigest()
        if not hmac.compare_digest(mac, wanted):
            yield "signature"
        if not IS_OURS(KEY, self.headers["X-Nephoscope-Signature"], body) \
                or IS_OURS(KEY + b"x",
                           self.headers["X-Nephoscope-Signature"], body):
            yield "documentation"
        if abs(time.time() - int(stamp)) > 60:
            yield "time"
        if self.headers["Authorization"] != "Bearer secret-token":
            yield "token"
        if self.headers["Content-Type"] != "application/json":
            yield "type"
        number = number_of(body)
        if self.headers["Idempotency-Key"] != f"{number:032}-{number % 3}":
            yield "key"

    def do_POST(self):
        server = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        number = number_of(body)
        with server.lock:
            server.wrong += self.check(body)
            server.headers = dict(self.headers.items())
            server.attempts[number] += 1
            server.times.append(time.monotonic())
            attempt = server.attempts[number]
            server.busy += 1
            server.most_busy = max(server.most_busy, server.busy)
        try:
            self.act(server.plan(number, attempt), number)
        finally:
            with server.lock:
                server.busy -= 1

    def act(self, what, number):
        if what == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                       struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        if what == "slow":
            time.sleep(0.2)
            what = 200
        more = {}
        if isinstance(what, tuple):
            what, more = what
        if what == "taken, then reset":
            with self.server.lock:
                self.server.taken[number] += 1
            return self.act("reset", number)
        if 200 <= what < 300:
            with self.server.lock:
                self.server.taken[number] += 1
        self.send_response(what)
        for name, value in more.items():
            self.send_header(name, value)
        answer = b"x" * 200000 if what == 202 else b""
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


class Webhook(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.certs = folder()
        certificates(cls.certs)
        issue(cls.certs, "client", "client")
        issue(cls.certs, "other", "other.example")

    def setUp(self):
        self.dir = folder()
        self.config = self.dir / "c.yaml"
        (self.dir / "key").write_bytes(KEY + b"\n")
        (self.dir / "token").write_text("secret-token\n")

    def context(self, file="server", client=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certs / f"{file}.pem",
                                self.certs / f"{file}.key")
        if client:
            context.load_verify_locations(self.certs / "ca.pem")
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def write(self, url, more=""):
        self.config.write_text(
            f"feeds: [{{name: hook, kind: webhook, url: '{url}', "
            f"secret_file: {self.dir}/key, token_file: {self.dir}/token"
            f"{more}}}]\n")

    def secure(self, receiver, more=""):
        self.write(f"https://localhost:{receiver.server_port}/in",
                   f", tls: {{ca: {self.certs}/ca.pem{more}}}, "
                   "properties: {X-Tenant: acme}")

    def all_told_was_taken(self, receiver, drive):
        """And no line of the log holds a secret."""
        told = drive.delivered()
        missing = [n for n in range(1, told + 1) if not receiver.taken[n]]
        self.assertEqual(missing, [])
        self.assertEqual(receiver.wrong, [])
        for secret in (KEY.decode(), "secret-token"):
            self.assertNotIn(secret, drive.text())

    def test_signed_requests_several_at_once_each_taken_once(self):
        with Receiver(lambda *_: "slow", self.context()) as receiver:
            self.secure(receiver)
            with Drive(self.config, 60) as d:
                d.wait()
                self.all_told_was_taken(receiver, d)
            self.assertEqual(set(receiver.taken.values()), {1})
            self.assertEqual(len(receiver.taken), 60)
            self.assertTrue(3 <= receiver.most_busy <= 8,
                            receiver.most_busy)
            self.assertEqual(receiver.headers["X-Tenant"], "acme")

    def test_faults_lose_nothing(self):
        chance = random.Random(7)
        faults = [503, 500, 502, 408, 425, "reset", "taken, then reset",
                  "slow", (429, {"Retry-After": "1"}), 501]

        def plan(_, attempt):
            if attempt > 2 or chance.random() > 0.04:
                return 202
            return chance.choice(faults)

        with Receiver(plan, self.context()) as receiver:
            self.secure(receiver)
            with Drive(self.config, 150, seconds=100) as d:
                d.wait()
                self.all_told_was_taken(receiver, d)
                self.assertGreater(int(d.counts()["failures"]), 0)
                self.assertEqual(d.counts()["healthy"], "1")

    def test_told_in_order_though_the_first_is_slow(self):
        plan = {1: "slow"}
        with Receiver(lambda n, _: plan.get(n, 200),
                      self.context()) as receiver:
            self.secure(receiver)
            with Drive(self.config, 20) as d:
                d.wait()
                lines = [x for x in d.text().splitlines()
                         if x.startswith("delivered")]
                self.assertGreaterEqual(int(lines[0].split()[1]), 5)

    def test_what_is_refused_waits_is_named_once_and_holds_the_rest(self):
        with Receiver(lambda n, _: 422 if n == 3 else 200,
                      self.context()) as receiver:
            self.secure(receiver)
            with Drive(self.config, 30, seconds=3) as d:
                d.wait(1)
                self.assertEqual(d.delivered(), 2)
                self.assertEqual(len(d.said()), 1, d.said())
                self.assertIn("422", d.said()[0])
                self.assertEqual(d.counts()["healthy"], "0")
            # The others got through meanwhile, and will be told later.
            self.assertEqual(len(receiver.taken), 29)
            self.assertLessEqual(receiver.attempts[3], 3)

    def test_retry_after_is_kept(self):
        with Receiver(lambda _, a: (429, {"Retry-After": "2"}) if a == 1
                      else 200, self.context()) as receiver:
            self.secure(receiver)
            with Drive(self.config, 1) as d:
                d.wait()
            self.assertGreater(receiver.times[-1] - receiver.times[0], 1.9)

    def test_a_receiver_that_is_away_is_asked_with_pauses(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            self.write(f"https://localhost:{unused.getsockname()[1]}/")
            with Drive(self.config, 5, seconds=5) as d:
                d.wait(1)
                self.assertEqual(len(d.said()), 1, d.said())
                self.assertLess(int(d.counts()["failures"]), 30)

    def test_certificates_are_checked_both_ways(self):
        for server, client, code in (("server", "client", 0),
                                     ("server", None, 1),
                                     ("other", "client", 1)):
            with self.subTest(server=server, client=client), Receiver(
                    lambda *_: 200, self.context(server, True)) as receiver:
                self.secure(receiver, f", cert: {self.certs}/client.pem, "
                            f"key: {self.certs}/client.key"
                            if client else "")
                with Drive(self.config, 1, seconds=3 if code else 30) as d:
                    d.wait(code)
                self.assertEqual(len(receiver.taken), 0 if code else 1)

    def test_a_changed_secret_is_used_at_once(self):
        with Receiver(lambda *_: 200, self.context()) as receiver:
            self.secure(receiver)
            (self.dir / "token").write_text("old")
            with Drive(self.config, 100000, size=1000) as d:
                d.until(lambda: d.delivered() > 10)
                (self.dir / "token").write_text("secret-token")
                time.sleep(0.5)
                with receiver.lock:
                    self.assertIn("token", receiver.wrong)
                    receiver.wrong.clear()
                before = d.delivered()
                d.until(lambda: d.delivered() > before + 20)
                d.process.kill()
            self.assertEqual(receiver.wrong, [])

    def test_what_is_wrong_in_the_configuration_is_named(self):
        for url, more, words in (
                ("http://siem.example/in", "", "must begin with https://"),
                ("https://user:pw@siem.example/", "", "token_file"),
                ("ftp://siem.example/", "", "must begin with https://"),
                ("https://siem.example/a b", "", "%XX"),
                ("https://siem.example/", ", properties: "
                 "{Authorization: x}", "token_file"),
                ("https://siem.example/", ", properties: {'a b': x}",
                 "header"),
                ("https://siem.example/", ", tls: {cert: /etc/passwd}",
                 "cert and key"),
                ("https://siem.example/", ", tls: {ca: /none}", "PEM")):
            with self.subTest(url=url, more=more):
                self.write(url, more)
                with Drive(self.config, 1) as d:
                    d.wait(78)
                    self.assertIn("feed hook: ", d.text())
                    self.assertIn(words, d.text())
        (self.dir / "key").write_text("\n")
        self.write("https://siem.example/")
        with Drive(self.config, 1) as d:
            d.wait(78)
            self.assertIn("key: empty", d.text())

    def test_plain_http_to_this_host_is_fine(self):
        with Receiver(lambda *_: 200) as receiver:
            self.write(f"http://127.0.0.1:{receiver.server_port}/in")
            with Drive(self.config, 5) as d:
                d.wait()
                self.all_told_was_taken(receiver, d)


if __name__ == "__main__":
    unittest.main()
