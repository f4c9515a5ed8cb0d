"""`aws whoami` and `aws policy`: each provider wins when it should, says what
is wrong when it cannot, and no secret appears in any output."""
import hashlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import unittest

import harness
from harness import fresh, run

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "servers"))
from aws_identity_stub import ACCOUNT, IdentityStub, iso  # noqa: E402

ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
OTHER = f"arn:aws:iam::{ACCOUNT}:role/hub"
NODE = "node-role"


class Identity(unittest.TestCase):
    def setUp(self):
        self.stub = IdentityStub()
        self.addCleanup(self.stub.close)
        self.home = fresh("home")
        (self.home / ".aws" / "sso" / "cache").mkdir(parents=True)
        self.env = {
            "HOME": str(self.home), "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL_STS": self.stub.url,
            "AWS_ENDPOINT_URL_SSO": self.stub.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_REGION": "eu-west-1",
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
                     "GCOV_PREFIX"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def whoami(self, *args, code=0, **env):
        begun = time.monotonic()
        done = run("aws", "whoami", *args, code=code,
                   env={**self.env, **env})
        self.took = time.monotonic() - begun
        text = (done.stdout + done.stderr).decode()
        for secret in self.stub.secrets:
            self.assertNotIn(secret, text)
        return text

    def config(self, text, name="config"):
        (self.home / ".aws" / name).write_text(text)

    def static(self, user, **more):
        self.config("[default]\n" + self.keys(user) + "".join(
            f"{k} = {v}\n" for k, v in more.items()), "credentials")

    @staticmethod
    def keys(user):
        return (f"aws_access_key_id = {user.id}\n"
                f"aws_secret_access_key = {user.secret}\n")

    def instance(self):
        """Variables that point at the metadata service."""
        return {"AWS_EC2_METADATA_DISABLED": "",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.stub.url}

    def lines(self, text):
        """provider -> (won, text)"""
        found = {}
        for name in ("environment", "web identity", "profile", "container",
                     "instance metadata", "role"):
            for line in text.splitlines():
                for word in ("yes", " no"):
                    lead = f"  {word} {name:18} "
                    if line.startswith(lead):
                        found[name] = (word == "yes", line[len(lead):])
        return found

    # --- each provider --------------------------------------------------

    def test_environment(self):
        user = self.stub.user("ann")
        text = self.whoami(AWS_ACCESS_KEY_ID=user.id,
                           AWS_SECRET_ACCESS_KEY=user.secret)
        self.assertIn(user.arn, text)
        self.assertIn(f"account  {ACCOUNT}", text)
        self.assertIn("region   eu-west-1\n", text)
        self.assertIn("expires  never", text)
        self.assertTrue(self.lines(text)["environment"][0])
        self.assertIn("another", self.lines(text)["profile"][1])
        self.assertNotIn(user.id, text)

    def test_environment_with_a_session(self):
        one = self.stub.identity(
            f"arn:aws:sts::{ACCOUNT}:assumed-role/x/y")
        self.assertIn(one.arn, self.whoami(
            AWS_ACCESS_KEY_ID=one.id, AWS_SECRET_ACCESS_KEY=one.secret,
            AWS_SESSION_TOKEN=one.token))

    def test_environment_by_half(self):
        user = self.stub.user("ann")
        self.static(user)
        text = self.whoami(AWS_ACCESS_KEY_ID=user.id, code=69)
        self.assertIn("AWS_SECRET_ACCESS_KEY is not", text)

    def web(self):
        token = self.stub.token()
        self.stub.web_tokens[token] = ROLE
        path = self.home / "token"
        path.write_text(token + "\n")
        return {"AWS_WEB_IDENTITY_TOKEN_FILE": str(path),
                "AWS_ROLE_ARN": ROLE}

    def test_web_identity(self):
        self.static(self.stub.user("hidden"))
        text = self.whoami(**self.web())
        self.assertIn("assumed-role/reader/nephoscope", text)
        self.assertTrue(self.lines(text)["web identity"][0])
        self.assertFalse(self.lines(text)["profile"][0])
        text = self.whoami(**self.web(), AWS_ROLE_SESSION_NAME="pod-7")
        self.assertIn("assumed-role/reader/pod-7", text)

    def test_web_identity_refused(self):
        env = self.web()
        (self.home / "token").write_text(self.stub.token())
        text = self.whoami(**env, code=69)
        self.assertIn("InvalidIdentityToken: No OpenIDConnect", text)
        (self.home / "token").unlink()
        self.assertIn("token: not found", self.whoami(**env, code=69))
        self.assertIn("ARN", self.whoami(
            **{**env, "AWS_ROLE_ARN": "reader"}, code=69))

    def test_shared_credentials(self):
        user, other = self.stub.user("ann"), self.stub.user("bob")
        self.static(user)
        self.config(f"[default]\n{self.keys(other)}region = us-west-2\n"
                    f"[profile bob]\n{self.keys(other)}")
        self.env["AWS_REGION"] = ""
        text = self.whoami()
        self.assertIn("user/ann", text)
        self.assertIn("us-west-2", text)
        self.assertIn("user/bob", self.whoami(AWS_PROFILE="bob"))
        text = self.whoami(AWS_PROFILE="eve", code=69)
        self.assertIn('profile "eve" is not in the shared files', text)

    def test_files_elsewhere(self):
        user = self.stub.user("ann")
        (self.home / "elsewhere").write_text("[default]\n" + self.keys(user))
        self.assertIn("user/ann", self.whoami(
            AWS_SHARED_CREDENTIALS_FILE=str(self.home / "elsewhere")))

    def test_a_role_of_a_role(self):
        user = self.stub.user("ann")
        self.stub.roles = {
            OTHER: (user.arn,),
            ROLE: (f"arn:aws:sts::{ACCOUNT}:assumed-role/hub/nephoscope",)}
        self.stub.external_ids = {ROLE: "ex-42"}
        self.static(user)
        self.config(
            f"[profile hub]\nrole_arn = {OTHER}\nsource_profile = default\n"
            f"[profile reader]\nrole_arn = {ROLE}\nsource_profile = hub\n"
            "external_id = ex-42\nrole_session_name = me@home\n"
            "duration_seconds = 1800\n")
        text = self.whoami(AWS_PROFILE="reader")
        self.assertIn("assumed-role/reader/me@home", text)
        self.assertIn(b"DurationSeconds=1800", self.stub.requests[1][3])

    def test_roles_in_a_circle(self):
        self.config(
            f"[profile a]\nrole_arn = {ROLE}\nsource_profile = b\n"
            f"[profile b]\nrole_arn = {OTHER}\nsource_profile = a\n")
        text = self.whoami(AWS_PROFILE="a", code=69)
        self.assertIn("circle", text)
        self.assertEqual(self.stub.requests, [])

    def test_role_denied(self):
        user = self.stub.user("ann")
        self.static(user)
        self.config(f"[profile r]\nrole_arn = {ROLE}\n"
                    "source_profile = default\n")
        text = self.whoami(AWS_PROFILE="r", code=69)
        self.assertIn("AccessDenied: User: " + user.arn, text)

    def test_role_of_a_credential_source(self):
        user = self.stub.user("ann")
        node = f"arn:aws:sts::{ACCOUNT}:assumed-role/{NODE}/i-0abc"
        self.stub.roles = {ROLE: (user.arn, node)}
        for source, env in (
                ("Environment", {}),
                ("Ec2InstanceMetadata", self.instance())):
            self.config(f"[profile r]\nrole_arn = {ROLE}\n"
                        f"credential_source = {source}\n")
            # The environment would win; the profile is the source's own.
            file = self.home / "n.yaml"
            file.write_text("sources:\n  - {name: t, kind: s3, bucket: b, "
                            "profile: r, region: eu-west-1}\n")
            text = self.whoami("-c", str(file),
                               AWS_ACCESS_KEY_ID=user.id,
                               AWS_SECRET_ACCESS_KEY=user.secret, **env)
            self.assertIn("assumed-role/reader/nephoscope", text)
            self.assertIn(source, text)
            self.assertIn("a profile is configured",
                          self.lines(text)["environment"][1])

    def test_mfa_cannot_be_typed(self):
        self.static(self.stub.user("ann"))
        self.config(f"[profile r]\nrole_arn = {ROLE}\nmfa_serial = x\n"
                    "source_profile = default\n")
        self.assertIn("mfa_serial", self.whoami(AWS_PROFILE="r", code=69))

    def process(self, answer, exit_code=0):
        (self.home / "answer.json").write_text(answer)
        script = self.home / "my helper"
        script.write_text(
            "#!/bin/sh\n"
            'test "$#" = 2 && test "$1" = "a b" && test "$2" = \'$x;\' || '
            "exit 9\n"
            f"cat '{self.home}/answer.json'\n"
            f"cat '{self.home}/answer.json' >&2\nexit {exit_code}\n")
        script.chmod(0o700)
        self.config("[default]\ncredential_process = "
                    f"\"{script}\" 'a b' \\$x\\;\n")

    def test_process(self):
        one = self.stub.identity(
            f"arn:aws:sts::{ACCOUNT}:assumed-role/x/proc")
        good = {"Version": 1, **self.stub.fields(one, "SessionToken")}
        self.process(json.dumps(good))
        text = self.whoami()
        self.assertIn("assumed-role/x/proc", text)
        self.assertIn("59 minutes", text)
        self.process(json.dumps(good), exit_code=3)
        self.assertIn("exited with 3", self.whoami(code=69))
        self.process(json.dumps({**good, "Version": 2}))
        self.assertIn("Version", self.whoami(code=69))
        self.process(json.dumps({**good, "Expiration": iso(-5)}))
        self.assertIn("expired", self.whoami(code=69))
        self.process(one.secret + "\x1b[31m")
        self.assertIn("no JSON", self.whoami(code=69))
        self.process("x" * 100000)
        self.assertIn("too much", self.whoami(code=69))
        self.config("[default]\ncredential_process = /nowhere/x\n")
        self.assertIn("cannot be run", self.whoami(code=69))
        self.config("[default]\ncredential_process = 'open\n")
        self.assertIn("quote", self.whoami(code=69))

    def pods(self):
        token = self.stub.token()
        self.stub.container_tokens[token] = \
            f"arn:aws:sts::{ACCOUNT}:assumed-role/pod/x"
        (self.home / "pod-token").write_text(token)
        return {"AWS_CONTAINER_CREDENTIALS_FULL_URI":
                self.stub.url + "/v1/credentials",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE":
                str(self.home / "pod-token")}

    def test_pod_identity(self):
        text = self.whoami(**self.pods())
        self.assertIn("assumed-role/pod/x", text)
        self.assertTrue(self.lines(text)["container"][0])

    def test_ecs_with_a_token(self):
        env = self.pods()
        path = env.pop("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = \
            pathlib.Path(path).read_text()
        env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] += "/a?id=1"
        self.assertIn("assumed-role/pod/x", self.whoami(**env))
        self.assertEqual(self.stub.requests[0][1], "/v1/credentials/a?id=1")
        env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = self.stub.token()
        self.assertIn("401", self.whoami(code=69, **env))

    def test_container_elsewhere(self):
        text = self.whoami(
            **{**self.pods(), "AWS_CONTAINER_CREDENTIALS_FULL_URI":
               "http://10.0.0.1/v1/credentials"}, code=69)
        self.assertIn("plain http", text)
        self.assertLess(self.took, 20)

    def test_instance_metadata(self):
        text = self.whoami(**self.instance())
        self.assertIn(f"assumed-role/{NODE}/i-0abc", text)
        self.assertIn(f"role {NODE}", self.lines(text)[
            "instance metadata"][1])
        self.assertEqual([r[0] for r in self.stub.requests],
                         ["PUT", "GET", "GET", "POST"])

    def test_metadata_is_never_asked_by_a_proxy(self):
        self.assertIn(NODE, self.whoami(
            **self.instance(), NO_PROXY="",
            AWS_ENDPOINT_URL_STS="http://sts.invalid",
            http_proxy="http://127.0.0.1:9", code=69))
        self.assertEqual(len(self.stub.requests), 3)

    def test_instance_metadata_in_trouble(self):
        self.stub.instance_role = None
        text = self.whoami(**self.instance(), code=69)
        self.assertIn("the instance has no role", text)
        self.stub.instance_role = "../../x"
        self.assertIn("the role is none",
                      self.whoami(**self.instance(), code=69))
        self.stub.instance_role = NODE
        self.stub.lifetime_s = -60
        self.assertIn("expired", self.whoami(**self.instance(), code=69))
        self.stub.lifetime_s = 3600
        odd = self.stub.odd
        odd["imds_token"] = lambda h: h.send(403)
        self.assertIn("switched off", self.whoami(**self.instance(), code=69))
        # Version 1 would answer now; it is not asked.
        self.assertEqual(self.stub.requests[-1][0], "PUT")
        odd["imds_token"] = lambda h: h.send(200, "a\x01b")
        self.assertIn("is none", self.whoami(**self.instance(), code=69))
        del odd["imds_token"]
        for body in ("{", "[]", "{}", '{"Code": "AssumeRoleUnauthorized'
                     'Access"}', '{"AccessKeyId": "\\u0001", "Secret'
                     'AccessKey": "x", "Expiration": "' + iso(60) + '"}'):
            odd["imds_keys"] = lambda h, b=body: h.send(200, b)
            text = self.whoami(**self.instance(), code=69)
            self.assertFalse(self.lines(text)["instance metadata"][0])
            self.assertIn("the answer", text)
        odd["imds_keys"] = lambda h: h.send(200, b"x" * (1 << 20))
        self.assertIn("too large", self.whoami(**self.instance(), code=69))

    def test_nobody_is_there(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            text = self.whoami(**{
                **self.instance(), "AWS_EC2_METADATA_SERVICE_ENDPOINT":
                f"http://127.0.0.1:{port}"}, code=69)
        self.assertIn("no answer", text)
        self.assertLess(self.took, 20)

    def sso(self, legacy=False, expires=None):
        token = self.stub.token()
        self.stub.sso_tokens[token] = f"arn:aws:sts::{ACCOUNT}:assumed-role" \
            "/AWSReservedSSO_Reader/ann"
        start = "https://acme.awsapps.com/start"
        key = start if legacy else "acme"
        name = hashlib.sha1(key.encode()).hexdigest() + ".json"
        (self.home / ".aws/sso/cache" / name).write_text(json.dumps({
            "startUrl": start, "region": "eu-west-1", "accessToken": token,
            "expiresAt": expires or iso(600)}))
        place = f"sso_start_url = {start}\nsso_region = eu-west-1\n"
        self.config(
            "[default]\nsso_account_id = " + ACCOUNT +
            "\nsso_role_name = Reader\n" +
            (place if legacy else
             "sso_session = acme\n[sso-session acme]\n" + place))
        return token

    def test_sso(self):
        for legacy in (False, True):
            self.sso(legacy)
            self.assertIn("AWSReservedSSO_Reader/ann", self.whoami())

    def test_sso_in_trouble(self):
        self.sso(expires="2020-01-01T00:00:00UTC")
        text = self.whoami(code=69)
        self.assertIn("expired at 2020-01-01T00:00:00Z", text)
        self.assertIn("aws sso login", text)
        self.assertEqual(self.stub.requests, [])
        token = self.sso()
        del self.stub.sso_tokens[token]
        self.assertIn("refused (401)", self.whoami(code=69))
        for file in (self.home / ".aws/sso/cache").iterdir():
            file.unlink()
        self.assertIn("nobody has logged in", self.whoami(code=69))

    def test_the_order(self):
        user, ann = self.stub.user("env"), self.stub.user("ann")
        self.static(ann)
        env = {"AWS_ACCESS_KEY_ID": user.id,
               "AWS_SECRET_ACCESS_KEY": user.secret,
               **self.web(), **self.pods(), **self.instance()}
        self.assertIn("user/env", self.whoami(**env))
        env["AWS_ACCESS_KEY_ID"] = env["AWS_SECRET_ACCESS_KEY"] = ""
        self.assertIn("assumed-role/reader", self.whoami(**env))
        del env["AWS_WEB_IDENTITY_TOKEN_FILE"]
        self.assertIn("user/ann", self.whoami(**env))
        (self.home / ".aws/credentials").unlink()
        self.assertIn("assumed-role/pod", self.whoami(**env))
        del env["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        text = self.whoami(**env)
        self.assertIn(NODE, text)
        found = self.lines(text)
        self.assertEqual([won for won, _ in found.values()],
                         [False] * 4 + [True])
        self.assertIn("not set", found["container"][1])

    # --- the configured role -----------------------------------------------

    def test_role_of_the_source(self):
        user = self.stub.user("ann")
        self.static(user)
        self.stub.roles = {ROLE: (user.arn,)}
        self.stub.external_ids = {ROLE: "ex-1"}
        file = self.home / "n.yaml"
        file.write_text(f"""sources:
  - {{name: plain, kind: s3, bucket: b, region: us-east-2}}
  - {{name: roled, kind: s3, bucket: b, region: eu-west-3, role_arn: "{ROLE}",
     external_id: ex-1}}
  - {{name: denied, kind: s3, bucket: b, region: eu-west-3,
     role_arn: "{ROLE}"}}
""")
        text = self.whoami("-c", str(file), code=69)
        self.assertIn("source plain: " + user.arn, text)
        self.assertIn(f"source roled: arn:aws:sts::{ACCOUNT}:assumed-role/"
                      "reader/nephoscope", text)
        self.assertIn("source denied: no identity: role", text)
        text = self.whoami("-c", str(file), "--source", "roled")
        self.assertNotIn("plain", text)
        self.assertTrue(self.lines(text)["role"][0])
        self.assertIn("eu-west-3", self.stub.requests[-1][2]["authorization"])
        done = run("aws", "whoami", "-c", str(file), "--source", "rolled",
                   code=64, env=self.env)
        self.assertIn(b"did you mean roled?", done.stderr)

    # --- STS in trouble ------------------------------------------------------

    def test_sts_in_trouble(self):
        user = self.stub.user("ann")
        self.static(user)
        odd = self.stub.odd
        for body in (b"", b"<a>", b"<!DOCTYPE a><a/>", b"\x00\xff" * 400,
                     b"<GetCallerIdentityResponse/>"):
            odd["sts"] = lambda h, b=body: h.send(200, b)
            self.assertIn("names no identity", self.whoami(code=69))
        odd["sts"] = lambda h: h.send(503)
        self.assertIn("status 503", self.whoami(code=69))
        self.assertGreaterEqual(len(self.stub.requests), 8)
        echo = ("<ErrorResponse><Error><Code>{}</Code><Message>{}\x1b[31m"
                "</Message></Error></ErrorResponse>")
        for code in ("AccessDenied", "SignatureDoesNotMatch"):
            odd["sts"] = lambda h, c=code: h.send(
                403, echo.format(c, "no: " + user.secret))
            self.assertIn(code, self.whoami(code=69))
        odd["sts"] = lambda h: h.send(403, echo.format("AccessDenied", "no"))
        self.assertNotIn("\x1b", self.whoami(code=69))

    def test_wrong_secret(self):
        user = self.stub.user("ann")
        text = self.whoami(AWS_ACCESS_KEY_ID=user.id,
                           AWS_SECRET_ACCESS_KEY=self.stub.token(), code=69)
        self.assertIn("SignatureDoesNotMatch", text)

    def test_redirects_are_not_followed(self):
        self.static(self.stub.user("ann"))

        def away(h):
            h.send_response(307)
            h.send_header("Location", self.stub.url + "/elsewhere")
            h.send_header("Content-Length", "0")
            h.end_headers()
        self.stub.odd["sts"] = away
        self.assertIn("status 307", self.whoami(code=69))
        self.assertEqual(len(self.stub.requests), 1)

    # --- the way there ---------------------------------------------------------

    def test_by_a_proxy(self):
        self.static(self.stub.user("ann"))
        env = {"AWS_ENDPOINT_URL_STS": "http://sts.invalid"}
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            self.assertIn("404", self.whoami(
                **env, **{name: self.stub.url}, code=69))
            self.assertEqual(self.stub.requests.pop()[1],
                             "http://sts.invalid/")
        self.assertIn("resolve", self.whoami(
            **env, HTTP_PROXY=self.stub.url, NO_PROXY=".invalid", code=69))
        self.assertEqual(self.stub.requests, [])

    def test_trust(self):
        cert, key = self.home / "cert.pem", self.home / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
             "/CN=stub", "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", str(key), "-out", str(cert)],
            check=True, capture_output=True)
        stub = IdentityStub(tls=(cert, key))
        self.addCleanup(stub.close)
        user = stub.user("ann")
        self.static(user)
        env = {"AWS_ENDPOINT_URL_STS": stub.url}
        text = self.whoami(**env, code=69)
        self.assertIn("certificate", text)
        self.assertEqual(stub.requests, [])
        for name in ("AWS_CA_BUNDLE", "SSL_CERT_FILE"):
            self.assertIn("user/ann", self.whoami(
                **env, **{name: str(cert)}))
        self.config(f"[default]\nca_bundle = {cert}\n")
        self.assertIn("user/ann", self.whoami(**env))
        # Another name than the certificate's.
        self.assertIn("certificate", self.whoami(**{
            **env, "AWS_ENDPOINT_URL_STS":
            stub.url.replace("127.0.0.1", "localhost")}, code=69))

    # --- files in trouble ------------------------------------------------------

    def test_broken_files(self):
        user = self.stub.user("ann")
        self.config(f"[default]\n{self.keys(user)}\nno equals here "
                    f"{user.secret}\n", "credentials")
        text = self.whoami(code=69)
        self.assertIn("credentials:5: not a section", text)
        self.config("[default]\naws_access_key_id = AKIA\n", "credentials")
        self.assertIn("not both there", self.whoami(code=69))


class Policy(unittest.TestCase):
    def policy(self, text, *args):
        file = fresh("policy") / "n.yaml"
        file.write_text(text)
        done = run("aws", "policy", "-c", str(file), *args)
        self.assertIn(b"kms:Decrypt", done.stderr)
        return json.loads(done.stdout)

    def test_one_identity(self):
        got = self.policy("""sources:
  - {name: t, kind: s3, bucket: acme, prefix: "AWS*Logs/", region: eu-west-1,
     queue: "https://sqs.eu-west-1.amazonaws.com/111122223333/q"}
  - {name: f, kind: files, path: /x}
""")
        allowed = {a: s for s in got["Statement"] for a in s["Action"]}
        self.assertEqual(
            set(allowed), {
                "s3:GetObject", "s3:ListBucket", "sqs:ReceiveMessage",
                "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
                "cloudtrail:ListPublicKeys"})
        self.assertEqual(allowed["s3:GetObject"]["Resource"],
                         "arn:aws:s3:::acme/AWS${*}Logs/*")
        self.assertEqual(allowed["s3:ListBucket"]["Condition"],
                         {"StringLike": {"s3:prefix": "AWS${*}Logs/*"}})
        self.assertEqual(allowed["sqs:DeleteMessage"]["Resource"],
                         "arn:aws:sqs:eu-west-1:111122223333:q")

    def test_roles(self):
        text = f"""sources:
  - {{name: a, kind: s3, bucket: a, region: cn-north-1, role_arn: "{ROLE}",
     verify_digests: false}}
  - {{name: b, kind: s3, bucket: b, region: eu-west-1, role_arn: "{ROLE}"}}
  - {{name: c, kind: s3, bucket: c, region: eu-west-1}}
"""
        got = self.policy(text)
        self.assertEqual(set(got), {"keys", ROLE})
        self.assertEqual(
            [s["Resource"] for s in got["keys"]["Statement"]
             if s["Action"] == ["sts:AssumeRole"]], [ROLE])
        self.assertIn("arn:aws-cn:s3:::a/*",
                      [s["Resource"] for s in got[ROLE]["Statement"]])
        got = self.policy(text, "--source", "c")
        self.assertIn("arn:aws:s3:::c",
                      [s["Resource"] for s in got["Statement"]])

    def test_nothing_to_say(self):
        file = fresh("policy") / "n.yaml"
        file.write_text("sources: [{name: f, kind: files, path: /x}]\n")
        run("aws", "policy", "-c", str(file), code=64)
        run("aws", "policy", code=64)


if __name__ == "__main__":
    unittest.main()
