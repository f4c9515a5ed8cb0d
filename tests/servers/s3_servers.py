"""Servers that speak S3, SQS, STS and IAM, for tests on loopback.

moto from PyPI and versitygw from the Go module proxy are installed below the
build folder when a test needs them first; a machine that cannot is told
apart by what ready_moto() and ready_versity() give.  Everything started here
is ended by its process id.
"""
import fcntl
import http.client
import http.server
import os
import pathlib
import re
import shutil
import socket
import socketserver
import subprocess
import sys
import threading
import time

MOTO = "moto[server,s3,sqs,sts,iam,sns]==5.2.5"
VERSITY = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
GO_LEAST = (1, 24)


def cache():
    """Where installed servers stay."""
    folder = pathlib.Path(os.environ["SERVERS_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Lock:
    """One installs, the others wait."""

    def __init__(self, name="s3"):
        self.name = name

    def __enter__(self):
        self.file = open(cache() / f"{self.name}.lock", "w", encoding="ascii")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_):
        self.file.close()


def ready_moto():
    """(python of the environment, "") or (None, why not)."""
    home = cache() / "moto"
    python = home / "bin" / "python"
    with Lock():
        if (home / "done").exists():
            return python, ""
        shutil.rmtree(home, ignore_errors=True)
        for step in ([sys.executable, "-m", "venv", str(home)],
                     [str(python), "-m", "pip", "install", "-q", MOTO]):
            done = subprocess.run(step, capture_output=True, text=True,
                                  check=False, timeout=400)
            if done.returncode != 0:
                return None, f"moto cannot be installed: {done.stderr[-300:]}"
        (home / "done").touch()
    return python, ""


def ready_go():
    """(path of go, "") or (None, why not)."""
    go = shutil.which("go")
    if go is None:
        return None, "no go here"
    said = subprocess.run([go, "version"], capture_output=True, text=True,
                          check=False).stdout
    found = re.search(r"go(\d+)\.(\d+)", said)
    if not found or tuple(map(int, found.groups())) < GO_LEAST:
        return None, f"{said.strip()} is too old"
    return go, ""


def ready_versity():
    """(path of versitygw, "") or (None, why not)."""
    binary = cache() / "versitygw"
    if binary.exists():
        return binary, ""
    go, why = ready_go()
    if go is None:
        return None, f"versitygw is skipped: {why}"
    with Lock():
        if binary.exists():
            return binary, ""
        done = subprocess.run(
            [go, "install", VERSITY], capture_output=True, text=True,
            check=False, timeout=550,
            env={**os.environ, "GOBIN": str(cache()), "GOTOOLCHAIN": "local",
                 "GOFLAGS": "-p=2"})
        if done.returncode != 0:
            return None, f"versitygw is skipped: {done.stderr[-300:]}"
    return binary, ""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for_port(port, process, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"server ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("server does not listen")


class Server:
    """A child process that listens on a loopback port."""

    def __init__(self, command, env=None, log=None, port=None):
        self.port = port
        self.log = open(log or os.devnull, "wb")
        self.process = subprocess.Popen(
            command, stdout=self.log, stderr=self.log,
            stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})})
        wait_for_port(self.port, self.process)
        self.url = f"http://127.0.0.1:{self.port}"

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def start_moto(python, log=None, open_calls=None):
    """moto; with `open_calls` it verifies signatures and policies after so
    many calls."""
    port = free_port()
    env = {"MOTO_PORT": str(port)}
    if open_calls is not None:
        env["INITIAL_NO_AUTH_ACTION_COUNT"] = str(open_calls)
    return Server([str(python), "-m", "moto.server", "-H", "127.0.0.1",
                   "-p", str(port)], env, log, port)


def start_versity(binary, folder, key, secret, log=None):
    port = free_port()
    return Server([str(binary), "--port", f"127.0.0.1:{port}",
                   "--access", key, "--secret", secret,
                   "--region", "eu-west-1", "posix", str(folder)],
                  None, log, port)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def _serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.path = self.requestline.split(" ")[1]  # with each slash of it
        faults = self.server.faults
        with faults.lock:
            faults.seen.append((self.command, self.path,
                                self.headers))
            act = faults.rule(self, len(faults.seen)) if faults.rule else None
        if act and act[0] == "reset":
            self._reset()
            return
        if act and act[0] == "answer":
            self._answer(act[1], act[2], act[3] if len(act) > 3 else {})
            return
        status, headers, answer = self._forward(body)
        if act and act[0] == "edit":
            answer = act[1](answer)
            headers = [(k, v) for k, v in headers
                       if k.lower() != "content-length"]
            headers.append(("Content-Length", str(len(answer))))
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if act and act[0] == "cut":
            self.wfile.write(answer[:act[1]])
            self.wfile.flush()
            self._reset()
            return
        self.wfile.write(answer)

    def _reset(self):
        self.close_connection = True
        try:
            self.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            self.connection.close()
        except OSError:
            pass

    def _answer(self, status, body, headers):
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def finish(self):
        super().finish()
        if self.connection is not self.request:
            self.connection.close()

    def do_CONNECT(self):
        """A tunnel that ends here: what comes through is served like the
        rest, whatever name it is meant for."""
        faults = self.server.faults
        with faults.lock:
            faults.tunnels.append(self.path)
        self.send_response_only(200)
        self.end_headers()
        self.connection = faults.tls.wrap_socket(self.connection,
                                                 server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)
        self.close_connection = False

    def _forward(self, body):
        link = http.client.HTTPConnection(
            "127.0.0.1", self.server.faults.backend, timeout=60)
        path = re.sub("^http://[^/]*", "", self.path)  # as to a proxy
        link.putrequest(self.command, path, skip_host=True,
                        skip_accept_encoding=True)
        for name, value in self.headers.items():
            link.putheader(name, value)
        link.endheaders(body)
        answer = link.getresponse()
        content = answer.read()
        headers = [(k, v) for k, v in answer.getheaders()
                   if k.lower() not in ("transfer-encoding", "connection",
                                        "content-length")]
        headers.append(("Content-Length", str(len(content))))
        link.close()
        return answer.status, headers, content

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _serve


class _Listener(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class Faults:
    """A proxy before a server that does wrong as `rule` says.

    rule(handler, number) gives None, ("reset",), ("cut", bytes),
    ("answer", status, body[, headers]) or ("edit", function of the body).
    `seen` lists (method, path, headers) of all requests.  With `tls`, a
    context, it is an HTTPS proxy too; `tunnels` lists HOST:PORT of those."""

    def __init__(self, backend, rule=None, tls=None):
        self.backend, self.rule, self.tls = backend, rule, tls
        self.seen, self.tunnels, self.lock = [], [], threading.Lock()
        self.server = _Listener(("127.0.0.1", 0), _Handler)
        self.server.faults = self
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
