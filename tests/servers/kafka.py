"""Apache Kafka in KRaft mode, one broker on the loopback, from Maven Central.

Three listeners: PLAIN (no security), SASL (TLS with PLAIN, SCRAM-SHA-256 and
OAUTHBEARER) and MTLS (a client certificate).  The jars go to
SERVERS_DIR/kafka-VERSION and stay there; everything else is in a folder of the
test's own.  A broker is ended by its process id.
"""
import fcntl
import os
import pathlib
import shutil
import socket
import subprocess
import time

SERVERS = pathlib.Path(os.environ.get("SERVERS_DIR", "build/servers"))
USER, PASSWORD = "watcher", "correct-horse-battery"
CLUSTER_ID = "bmVwaG9zY29wZS10ZXN0cw"
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>test</groupId>
<artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency><groupId>org.apache.kafka</groupId>
<artifactId>kafka_2.13</artifactId><version>{version}</version>
</dependency></dependencies></project>
"""
PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=CONTROLLER://127.0.0.1:{controller},PLAIN://127.0.0.1:{plain},\
SASL://127.0.0.1:{sasl},MTLS://127.0.0.1:{mtls}
advertised.listeners=PLAIN://127.0.0.1:{plain},SASL://127.0.0.1:{sasl},\
MTLS://127.0.0.1:{mtls}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAIN:PLAINTEXT,\
SASL:SASL_SSL,MTLS:SSL
inter.broker.listener.name=PLAIN
log.dirs={folder}/log
num.partitions=4
auto.create.topics.enable=true
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
ssl.keystore.type=PEM
ssl.keystore.location={folder}/server.pem
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.crt
listener.name.mtls.ssl.client.auth=required
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,OAUTHBEARER
listener.name.sasl.plain.sasl.jaas.config=\
org.apache.kafka.common.security.plain.PlainLoginModule required \
user_{user}="{password}";
listener.name.sasl.scram-sha-256.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.sasl.oauthbearer.sasl.jaas.config=\
org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \
unsecuredLoginStringClaim_sub="broker";
"""


class Missing(Exception):
    """What the machine has not, for the skip to name."""


def fetch(version):
    """The folder of the jars."""
    for tool, package in (("java", "default-jre-headless"), ("mvn", "maven"),
                          ("openssl", "openssl")):
        if shutil.which(tool) is None:
            raise Missing(f"{tool} (package {package})")
    folder = SERVERS / f"kafka-{version}"
    SERVERS.mkdir(parents=True, exist_ok=True)
    with open(SERVERS / "kafka.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            pom = SERVERS / f"kafka-{version}.xml"
            pom.write_text(POM.format(version=version))
            done = subprocess.run(
                ["mvn", "-q", "-B", "-f", str(pom),
                 "dependency:copy-dependencies", "-DincludeScope=runtime",
                 f"-DoutputDirectory={folder.resolve()}"],
                capture_output=True, text=True, timeout=400, check=False,
                stdin=subprocess.DEVNULL)
            if done.returncode != 0:
                raise Missing(f"Apache Kafka {version} from Maven Central: "
                              + done.stdout[-300:])
            (folder / "complete").touch()
    return folder


def free_ports(count):
    """Ports nobody listens on; held together, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def openssl(folder, *args):
    subprocess.run(["openssl", *args], cwd=folder, check=True,
                   capture_output=True, timeout=60)


def certificates(folder):
    """A CA; a server's and a client's key and certificate."""
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
            "2", "-subj", "/CN=test CA", "-keyout", "ca.key", "-out",
            "ca.crt")
    for name in ("server", "client"):
        openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj",
                f"/CN={name}", "-keyout", f"{name}.key", "-out",
                f"{name}.csr")
        (folder / "san").write_text("subjectAltName=IP:127.0.0.1\n")
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt",
                "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", "san", "-out", f"{name}.crt")
        (folder / f"{name}.pem").write_text(
            (folder / f"{name}.key").read_text()
            + (folder / f"{name}.crt").read_text())
    openssl(folder, "rsa", "-aes256", "-passout", "pass:" + PASSWORD, "-in",
            "client.key", "-out", "client.locked.key")


class Broker:
    def __init__(self, version, folder):
        self.version = version
        self.folder = pathlib.Path(folder)
        jars = fetch(version)
        self.folder.mkdir(parents=True)
        certificates(self.folder)
        ports = free_ports(4)
        self.controller, self.plain, self.sasl, self.mtls = ports
        self.java = ["java", "-Xmx512m", "-Xms256m", "-XX:+UseSerialGC",
                     "-XX:TieredStopAtLevel=1", "-cp", f"{jars.resolve()}/*"]
        (self.folder / "properties").write_text(PROPERTIES.format(
            folder=self.folder.resolve(), controller=self.controller,
            plain=self.plain, sasl=self.sasl, mtls=self.mtls, user=USER,
            password=PASSWORD))
        self.process = None
        subprocess.run(
            self.java + ["kafka.tools.StorageTool", "format", "-t",
                         CLUSTER_ID, "-c", str(self.folder / "properties"),
                         "--add-scram",
                         f"SCRAM-SHA-256=[name={USER},password={PASSWORD}]"],
            check=True, capture_output=True, timeout=120,
            stdin=subprocess.DEVNULL)

    def start(self):
        with open(self.folder / "output", "ab") as output:
            self.process = subprocess.Popen(
                self.java + ["kafka.Kafka", str(self.folder / "properties")],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        deadline = time.monotonic() + 90
        for port in (self.plain, self.sasl, self.mtls):
            while not self.listens(port):
                if self.process.poll() is not None:
                    raise AssertionError("Kafka ended: " + self.output())
                if time.monotonic() > deadline:
                    raise AssertionError("Kafka is slow: " + self.output())
                time.sleep(0.2)

    def output(self):
        return (self.folder / "output").read_text(errors="replace")[-3000:]

    @staticmethod
    def listens(port):
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def stop(self, kill=False):
        if self.process is None:
            return
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=30)
        self.process = None
