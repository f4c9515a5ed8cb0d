"""The syslog feed against a receiver that is killed and started again.

The receiver is a process of its own: this file with `receive`.
"""
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import unittest

MESSAGE = re.compile(
    rb"^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([!-~]{1,255}) "
    rb"nephoscope - ([!-~]{1,32}) (\[finding@32473(?: [a-z]+=\"(?:[^\"\\\]]|"
    rb"\\[\"\\\]])*\")+\]) (.*)$", re.S)


# --- the receiver -------------------------------------------------------------
def frames(connection, room):
    """Messages by octet counting (RFC 5425, 4.3), strictly."""
    while True:
        piece = connection.recv(65536)
        if not piece:
            return
        room += piece
        while True:
            head = re.match(rb"([1-9][0-9]*) ", room)
            if not head:
                if len(room) > 10:
                    raise ValueError("no frame")
                break
            size = int(head.group(1))
            if len(room) < head.end() + size:
                break
            yield bytes(room[head.end():head.end() + size])
            del room[:head.end() + size]


def receive(port, certs, out, slow):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    context = None
    if certs:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certs + "/server.pem", certs + "/server.key")
    print(listener.getsockname()[1], flush=True)
    with open(out, "ab", buffering=0) as file:
        while True:
            connection, _ = listener.accept()
            try:
                if context:
                    connection = context.wrap_socket(connection, True)
                for message in frames(connection, bytearray()):
                    file.write(len(message).to_bytes(4, "big") + message)
                    time.sleep(slow)
            except ValueError as error:
                file.write((1).to_bytes(4, "big") + b"!")
                print(error, file=sys.stderr, flush=True)
            except OSError:
                pass
            connection.close()


class Receiver:
    def __init__(self, out, certs="", port=0, slow=0.0):
        self.process = subprocess.Popen(
            [sys.executable, "-B", __file__, "receive", str(port), certs,
             str(out), str(slow)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        unittest.addModuleCleanup(self.kill)
        self.port = int(self.process.stdout.readline())

    def kill(self):
        if self.process.returncode is not None:
            return
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


def messages(out):
    """What a receiver wrote down; one it was writing when killed is not."""
    room, found, at = out.read_bytes(), [], 0
    while len(room) >= at + 4:
        end = at + 4 + int.from_bytes(room[at:at + 4], "big")
        if len(room) >= end:
            found.append(room[at + 4:end])
        at = end
    return found


def numbers(found):
    return [feeds.number_of(message) for message in found]


if __name__ != "__main__" or sys.argv[1:2] != ["receive"]:
    import feeds
    from feeds import Drive, certificates, folder, issue


# --- the tests ----------------------------------------------------------------
class Syslog(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.certs = folder()
        certificates(cls.certs)
        issue(cls.certs, "client", "client")
        cls.wrong = folder()
        certificates(cls.wrong, "other.example")

    def setUp(self):
        self.dir = folder()
        self.out = self.dir / "received"
        self.out.touch()
        self.config = self.dir / "c.yaml"

    def write(self, port, transport="tls", host="localhost", more=""):
        tls = f", tls: {{ca: {self.certs}/ca.pem}}" \
            if transport == "tls" else ""
        self.config.write_text(
            f"feeds: [{{name: siem, kind: syslog, address: '{host}:{port}', "
            f"transport: {transport}{tls}{more}}}]\n")

    def check_message(self, message):
        self.assertFalse(message.startswith(b"\xef\xbb\xbf"))
        found = MESSAGE.match(message)
        self.assertIsNotNone(found, message[:300])
        pri, stamp, _, msgid, data, text = found.groups()
        number = int(json.loads(text)["id"])
        severity = number % 10 + 0.5
        level = 2 if severity >= 9 else 3 if severity >= 7 else \
            4 if severity >= 4 else 5
        self.assertEqual(int(pri), 16 * 8 + level)
        self.assertEqual(stamp, b"2026-11-22T14:03:41.000Z")
        self.assertEqual(msgid.decode(), feeds.TYPE[:32])
        self.assertIn(f'id="{number:032}" revision="{number % 3}" '
                      f'severity="{severity}" type="{feeds.TYPE}"',
                      data.decode())

    def test_messages_over_each_transport(self):
        for transport in ("tls", "tcp"):
            with self.subTest(transport=transport), Receiver(
                    self.out, str(self.certs)
                    if transport == "tls" else "") as receiver:
                self.write(receiver.port, transport)
                with Drive(self.config, 300, size=3000) as d:
                    d.wait()
                    self.assertEqual(d.said(), [])
                found = messages(self.out)
                for message in found:
                    self.check_message(message)
                self.assertEqual(numbers(found), list(range(1, 301)))
                self.out.write_bytes(b"")

    def test_a_receiver_that_is_killed_again_and_again(self):
        for transport, size in (("tls", 2000), ("tcp", 60000)):
            with self.subTest(transport=transport):
                self.killed(transport, size)

    def killed(self, transport, size):
        certs = str(self.certs) if transport == "tls" else ""
        self.out.write_bytes(b"")
        receiver = Receiver(self.out, certs, slow=0.001)
        port, count = receiver.port, 6000 if size < 5000 else 1000
        self.write(port, transport)
        with Drive(self.config, count, seconds=100, size=size) as d:
            for _ in range(5):
                before = d.delivered()
                d.until(lambda: d.delivered() > before)
                receiver.kill()
                time.sleep(0.1)
                told, seen = d.delivered(), set(numbers(messages(self.out)))
                missing = [n for n in range(1, told + 1) if n not in seen]
                self.assertEqual(missing, [])
                receiver = Receiver(self.out, certs, port, slow=0.0002)
            with receiver:
                d.wait()
                self.assertGreater(int(d.counts()["failures"]), 0)
                self.assertEqual(d.counts()["healthy"], "1")
        found = numbers(messages(self.out))
        self.assertEqual(set(found), set(range(1, count + 1)))
        # In order, but for what begins again.
        first = list(dict.fromkeys(found))
        self.assertEqual(first, sorted(first))

    def test_an_idle_connection_that_is_closed_is_no_trouble(self):
        receiver = Receiver(self.out, str(self.certs))
        self.write(receiver.port)
        with Drive(self.config, 32, idle=4) as d:
            d.until(lambda: d.delivered() == 16)
            receiver.kill()
            time.sleep(0.2)
            with Receiver(self.out, str(self.certs), receiver.port):
                d.wait()
            self.assertEqual(d.said(), [])
            self.assertEqual(d.counts()["failures"], "0")
        self.assertEqual(numbers(messages(self.out)), list(range(1, 33)))

    def test_a_receiver_that_is_stopped_is_not_told_of(self):
        with Receiver(self.out, "") as receiver:
            self.write(receiver.port, "tcp")
            receiver.process.send_signal(signal.SIGSTOP)
            with Drive(self.config, 2000, seconds=4, size=60000) as d:
                d.wait(1)
                told = d.delivered()
            receiver.process.send_signal(signal.SIGCONT)
            # What its system took it gets when it goes on.
            end = time.monotonic() + 20
            while len(set(numbers(messages(self.out)))) < told and \
                    time.monotonic() < end:
                time.sleep(0.05)
            self.assertGreaterEqual(len(set(numbers(messages(self.out)))),
                                    told)
            self.assertLess(told, 500)

    def test_the_servers_name_and_ca_are_checked(self):
        for certs, host, words in (
                (self.wrong, "localhost", "self-signed|unable to get"),
                (None, "localhost", "mismatch")):
            if certs is None:
                certs = folder()
                for name in ("ca.pem", "ca.key"):
                    (certs / name).write_bytes(
                        (self.certs / name).read_bytes())
                issue(certs, "server", "other.example")
            with self.subTest(words=words), \
                    Receiver(self.out, str(certs)) as receiver:
                self.write(receiver.port, host=host)
                with Drive(self.config, 1, seconds=2) as d:
                    d.wait(1)
                    self.assertEqual(len(d.said()), 1, d.said())
                    self.assertRegex(d.said()[0], words)
        self.assertEqual(messages(self.out), [])

    def test_an_address_in_the_certificate_is_enough(self):
        with Receiver(self.out, str(self.certs)) as receiver:
            self.write(receiver.port, host="127.0.0.1")
            with Drive(self.config, 2) as d:
                d.wait()

    def test_a_server_that_says_nothing_is_given_up(self):
        """Silence in the handshake: other feeds' thread goes on."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            self.write(listener.getsockname()[1])
            with Drive(self.config, 1, seconds=12) as d:
                d.wait(1)
                self.assertIn("no answer in time", d.text())

    def test_datagrams(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
            receiver.bind(("127.0.0.1", 0))
            receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
            receiver.settimeout(5)
            self.write(receiver.getsockname()[1], "udp", "127.0.0.1")
            with Drive(self.config, 40) as d:
                found = [receiver.recv(65536) for _ in range(40)]
                d.wait()
            for message in found:
                self.check_message(message)
            self.assertEqual(numbers(found), list(range(1, 41)))
            # What does not fit is told in short, not cut in the middle.
            with Drive(self.config, 1, size=9000) as d:
                message = receiver.recv(65536)
                d.wait()
            found = MESSAGE.match(message)
            self.assertIn(b'cut="true"', found.group(5))
            self.assertEqual(found.group(6), b'A title "of" a finding')

    def test_a_port_without_a_listener_is_seen_over_udp(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        self.write(port, "udp", "127.0.0.1")
        with Drive(self.config, 3, seconds=3) as d:
            d.wait(1)
            self.assertEqual(d.delivered(), 0)
            self.assertIn("refused", d.text())

    def test_what_is_wrong_in_the_configuration_is_named(self):
        for more, words in ((", tls: {ca: /none}", "/none cannot be used"),
                            (f", tls: {{cert: {self.certs}/ca.pem}}",
                             "cert and key"),
                            (f", tls: {{cert: {self.certs}/server.pem, key: "
                             f"{self.certs}/client.key}}", "mismatch")):
            self.config.write_text(
                "feeds: [{name: siem, kind: syslog, "
                f"address: 'localhost:6514'{more}}}]\n")
            with self.subTest(more=more), Drive(self.config, 1) as d:
                d.wait(78)
                self.assertRegex(d.text(), "feed siem: .*" + words)
        self.config.write_text("feeds: [{name: siem, kind: syslog}]\n")
        with Drive(self.config, 1) as d:
            d.wait(78)
            self.assertIn("needs address", d.text())

    def test_a_name_that_is_none_is_trouble_not_an_end(self):
        self.write(6514, host="no-such-host.invalid")
        with Drive(self.config, 1, seconds=2) as d:
            d.wait(1)
            self.assertIn("looking up the name", d.text())


if __name__ == "__main__":
    if sys.argv[1:2] == ["receive"]:
        os.umask(0o077)
        receive(int(sys.argv[2]), sys.argv[3], sys.argv[4],
                float(sys.argv[5]))
    unittest.main()
