"""What gives identities on AWS, on a free port of loopback.

STS (AssumeRole, AssumeRoleWithWebIdentity, GetCallerIdentity, signatures
verified), the instance metadata service (version 2 alone), the endpoints of
ECS and EKS Pod Identity, and the portal of SSO.  The standard library only.

    stub = IdentityStub()           IdentityStub(tls=(cert, key)) for https
    stub.url            "http://127.0.0.1:PORT"
    stub.requests       (method, path, headers, body) of each request
    stub.odd["sts"]     a function(handler) that answers in place of a part:
                        sts, imds_token, imds_role, imds_keys, container, sso
    stub.close()
"""
import datetime
import hashlib
import hmac
import http.server
import json
import secrets
import ssl
import threading
import urllib.parse

ACCOUNT = "111122223333"


def iso(seconds):
    """So many seconds from now, as AWS writes times."""
    when = datetime.datetime.now(datetime.timezone.utc)
    when += datetime.timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Identity:
    """Keys and who they belong to."""

    def __init__(self, kind, arn, token=True):
        self.id = kind + secrets.token_hex(8).upper()
        self.secret = secrets.token_hex(20)
        self.token = secrets.token_hex(120) if token else ""
        self.arn = arn


class Refused(Exception):
    def __init__(self, code, message, status=403):
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def log_message(self, *args):
        pass

    def send(self, status, body=b"", kind="text/plain"):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_json(self, value, status=200):
        self.send(status, json.dumps(value), "application/json")

    def handle_any(self):
        size = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(size)
        stub = self.server.stub
        stub.requests.append((self.command, self.path,
                              {k.lower(): v for k, v in
                               self.headers.items()}, self.body))
        path, _, query = self.path.partition("?")
        part, answer = stub.part_of(self.command, path)
        try:
            if part in stub.odd:
                stub.odd[part](self)
            elif answer is None:
                self.send(404, "no such place")
            else:
                answer(self, path, urllib.parse.parse_qs(query))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_PUT = do_POST = handle_any


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class IdentityStub:
    def __init__(self, tls=None):
        self.requests, self.odd, self.known = [], {}, {}
        self.roles, self.external_ids = {}, {}
        self.web_tokens, self.container_tokens, self.sso_tokens = {}, {}, {}
        self.imds_tokens = set()
        self.instance_role = "node-role"
        self.secrets = set()
        self.lifetime_s = 3600
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.stub = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True,
                do_handshake_on_connect=False)
            self.url = self.url.replace("http:", "https:")
        self.thread = threading.Thread(target=self.server.serve_forever,
                                       kwargs={"poll_interval": 0.05})
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    # --- what the tests put in -------------------------------------------

    def identity(self, arn, kind="ASIA", token=True):
        """New keys that STS knows."""
        one = Identity(kind, arn, token)
        self.known[one.id] = one
        self.secrets |= {one.secret}
        if one.token:
            self.secrets.add(one.token)
        return one

    def user(self, name):
        return self.identity(f"arn:aws:iam::{ACCOUNT}:user/{name}", "AKIA",
                             token=False)

    def token(self):
        """A secret that is no key."""
        text = secrets.token_hex(40)
        self.secrets.add(text)
        return text

    # --- who answers what --------------------------------------------------

    def part_of(self, method, path):
        if method == "POST" and path == "/":
            return "sts", self.sts
        if method == "PUT" and path == "/latest/api/token":
            return "imds_token", self.imds_token
        if path == "/latest/meta-data/iam/security-credentials/":
            return "imds_role", self.imds_role
        if path.startswith("/latest/meta-data/iam/security-credentials/"):
            return "imds_keys", self.imds_keys
        if path.startswith("/v1/credentials"):
            return "container", self.container
        if path == "/federation/credentials":
            return "sso", self.sso
        return "", None

    def fields(self, one, token="Token"):
        return {"AccessKeyId": one.id, "SecretAccessKey": one.secret,
                token: one.token, "Expiration": iso(self.lifetime_s)}

    # --- STS ----------------------------------------------------------------

    def signer(self, h):
        """Whose valid signature the request bears."""
        auth = h.headers.get("Authorization", "")
        if not auth.startswith("AWS4-HMAC-SHA256 "):
            raise Refused("MissingAuthenticationToken", "none")
        parts = dict(p.strip().split("=", 1)
                     for p in auth.split(" ", 1)[1].split(","))
        key, day, region, service, _ = parts["Credential"].split("/")
        who = self.known.get(key)
        if who is None or h.headers.get("X-Amz-Security-Token",
                                        "") != who.token:
            raise Refused("InvalidClientTokenId", "The security token "
                          "included in the request is invalid.")
        names = parts["SignedHeaders"].split(";")
        if "host" not in names or "x-amz-date" not in names:
            raise Refused("SignatureDoesNotMatch", "host is not signed")
        canonical = "\n".join(
            [h.command, "/", ""] +
            [f"{n}:{' '.join(h.headers[n].split())}" for n in names] +
            ["", ";".join(names), hashlib.sha256(h.body).hexdigest()])
        scope = "/".join((day, region, service, "aws4_request"))
        text = "\n".join(("AWS4-HMAC-SHA256", h.headers["X-Amz-Date"], scope,
                          hashlib.sha256(canonical.encode()).hexdigest()))
        k = ("AWS4" + who.secret).encode()
        for piece in (day, region, service, "aws4_request"):
            k = digest(k, piece)
        if digest(k, text).hex() != parts["Signature"]:
            raise Refused("SignatureDoesNotMatch", "the canonical request "
                          "should have been: " + canonical)
        return who, region

    def sts(self, h, _path, _query):
        form = {k: v[0] for k, v in
                urllib.parse.parse_qs(h.body.decode()).items()}
        try:
            action = getattr(self, "sts_" + form["Action"])
            if form["Version"] != "2011-06-15":
                raise Refused("NoSuchVersion", "no", 400)
            result = action(h, form)
        except Refused as r:
            h.send(r.status, f"""<ErrorResponse xmlns="https://sts.amazonaws\
.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{r.code}</Code>\
<Message>{r.message}</Message></Error><RequestId>x</RequestId>\
</ErrorResponse>""", "text/xml")
            return
        name = form["Action"]
        h.send(200, f"""<{name}Response xmlns="https://sts.amazonaws.com/doc\
/2011-06-15/">\n  <{name}Result>\n{result}  </{name}Result>
  <ResponseMetadata><RequestId>x</RequestId></ResponseMetadata>
</{name}Response>\n""", "text/xml")

    def session(self, form):
        role = form["RoleArn"].split("/")[-1]
        return self.identity(f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/"
                             f"{form['RoleSessionName']}")

    def keys_of(self, one):
        return f"""    <Credentials>
      <AccessKeyId>{one.id}</AccessKeyId>
      <SecretAccessKey>{one.secret}</SecretAccessKey>
      <SessionToken>{one.token}</SessionToken>
      <Expiration>{iso(self.lifetime_s)}</Expiration>
    </Credentials>
"""

    def sts_GetCallerIdentity(self, h, _form):
        who, _region = self.signer(h)
        return (f"    <Arn>{who.arn}</Arn>\n    <UserId>x</UserId>\n"
                f"    <Account>{ACCOUNT}</Account>\n")

    def sts_AssumeRole(self, h, form):
        who, _region = self.signer(h)
        allowed = self.roles.get(form["RoleArn"], ())
        if (who.arn not in allowed or self.external_ids.get(form["RoleArn"])
                != form.get("ExternalId")):
            raise Refused(
                "AccessDenied", f"User: {who.arn} is not authorized to "
                f"perform: sts:AssumeRole on resource: {form['RoleArn']}")
        return self.keys_of(self.session(form))

    def sts_AssumeRoleWithWebIdentity(self, h, form):
        if "Authorization" in h.headers:
            raise Refused("Signed", "this one is not to be signed")
        if self.web_tokens.get(form["WebIdentityToken"]) != form["RoleArn"]:
            raise Refused("InvalidIdentityToken", "No OpenIDConnect provider "
                          "found in your account for that", 400)
        return self.keys_of(self.session(form))

    # --- the instance metadata service --------------------------------------

    def imds_token(self, h, _path, _query):
        if (h.headers.get("X-aws-ec2-metadata-token-ttl-seconds") != "21600"
                or "X-Forwarded-For" in h.headers):
            h.send(400)
            return
        token = self.token()
        self.imds_tokens.add(token)
        h.send(200, token)

    def imds_allows(self, h):
        if h.headers.get("X-aws-ec2-metadata-token") in self.imds_tokens:
            return True
        h.send(401)
        return False

    def imds_role(self, h, _path, _query):
        if self.imds_allows(h):
            if self.instance_role:
                h.send(200, self.instance_role + "\n")
            else:
                h.send(404)

    def imds_keys(self, h, path, _query):
        if not self.imds_allows(h):
            return
        if path.rsplit("/", 1)[1] != self.instance_role:
            h.send(404)
            return
        one = self.identity(f"arn:aws:sts::{ACCOUNT}:assumed-role/"
                            f"{self.instance_role}/i-0abc")
        h.send_json({"Code": "Success", "Type": "AWS-HMAC",
                     "LastUpdated": iso(0), **self.fields(one)})

    # --- containers and SSO ---------------------------------------------------

    def container(self, h, _path, _query):
        arn = self.container_tokens.get(h.headers.get("Authorization", ""))
        if arn is None:
            h.send_json({"code": "AccessDenied", "message": "no"}, 401)
            return
        h.send_json({"RoleArn": arn, "AccountId": ACCOUNT,
                     **self.fields(self.identity(arn))})

    def sso(self, h, _path, query):
        arn = self.sso_tokens.get(h.headers.get("x-amz-sso_bearer_token"))
        if arn is None:
            h.send_json({"message": "Session token not found or invalid"},
                        401)
            return
        if query != {"role_name": ["Reader"], "account_id": [ACCOUNT]}:
            h.send_json({"message": "No access"}, 403)
            return
        one = self.identity(arn)
        when = datetime.datetime.now(datetime.timezone.utc).timestamp()
        h.send_json({"roleCredentials": {
            "accessKeyId": one.id, "secretAccessKey": one.secret,
            "sessionToken": one.token,
            "expiration": int((when + self.lifetime_s) * 1000)}})
