"""The queue of a source of kind s3, against moto's SQS."""
import datetime
import json
import tempfile
import time
import unittest

import s3_servers as servers
from s3_case import (MOTO, NOW, REGION, Case, Drive, clean_env, drive, log_body,
                     notice, trail_key)

import boto3


class Queue(Case):
    def run_queue(self, messages, put=(), count=None, args=(), **attributes):
        url = self.queue(**attributes)
        for key in put:
            self.put(key)
        self.send(url, *messages)
        run = drive({**self.source, "queue": url}, *args, "--objects",
                    str(len(put) if count is None else count),
                    "--seconds", "15")
        return run, url

    def test_every_form(self):
        """Whatever wraps a notice, its object is read and it is deleted."""
        keys = [trail_key(NOW - datetime.timedelta(days=9), name=f"n{n}")
                for n in range(4)]
        odd = f"odd/a b+c \u00fc {NOW:%Y%m%dT%H%M}Z.json"
        coded = odd.replace("+", "%2B").replace(" ", "+").replace(
            "\u00fc", "%C3%BC")
        self.source["start"] = f"{NOW - datetime.timedelta(days=10):%Y-%m-%d}"
        old = self.faulty(  # listings see nothing: the queue alone tells
            lambda h, n: ("answer", 200,
                          b"<ListBucketResult></ListBucketResult>")
            if "list-type" in h.path else None)
        wrapped = {"Type": "Notification",
                   "Message": json.dumps(notice(self.bucket, keys[2]))}
        bridge = {"source": "aws.s3", "detail-type": "Object Created",
                  "detail": {"bucket": {"name": self.bucket},
                             "object": {"key": odd + ".2", "size": 1}}}
        messages = [
            notice(self.bucket, keys[0], keys[1]), wrapped,
            notice(self.bucket, coded), bridge,
            notice(self.bucket, "plain+key%41.json"),
            {"Event": "s3:TestEvent", "Service": "Amazon S3"},
            notice(self.bucket, "x", event="ObjectRemoved:Delete"),
            {"s3Bucket": self.bucket, "s3ObjectKey": [keys[3]]}]
        put = [*keys, odd, odd + ".2", "plain+key%41.json"]
        run, url = self.run_queue(messages, put)
        self.assertEqual(sorted(run.given), sorted(put))
        self.assertEqual(self.left(url), 0)
        self.assertTrue(old.seen)

    def test_seen_objects_are_acknowledged(self):
        """The listing gave it first; the notice is deleted all the same."""
        key = trail_key(NOW)
        run, url = self.run_queue(
            [notice(self.bucket, key), notice(self.bucket, key)], [key])
        self.assertEqual(run.given, [key])
        self.assertEqual(self.left(url), 0)

    def test_nothing_is_deleted_that_is_not_safe(self):
        key = trail_key(NOW)
        run, url = self.run_queue(
            [notice(self.bucket, "gone"), notice(self.bucket, key)], [key],
            args=("--no-safe",))
        self.assertEqual(run.given, [key])
        # What is gone is acknowledged, what is not safe is not.
        self.assertEqual(self.left(url), 1)

    def test_poison_is_named_once_and_left(self):
        key = trail_key(NOW)
        run, url = self.run_queue(["nonsense", notice(self.bucket, key)],
                                  [key])
        self.assertEqual(run.given, [key])
        self.assertEqual(self.left(url), 1)
        named = [e for e in run.of("say") if "message" in e
                 and "left in the queue" in e["message"]]
        self.assertEqual(len(named), 1)

    def test_without_listing(self):
        """Who may not list is told so, and the queue is read all the same."""
        self.faulty(lambda h, n: ("answer", 403, b"<Error><Code>AccessDenied"
                                  b"</Code></Error>")
                    if "list-type" in h.path else None)
        key = trail_key(NOW - datetime.timedelta(days=60))
        run, url = self.run_queue([notice(self.bucket, key)], [key])
        self.assertEqual(run.given, [key])
        self.assertEqual(self.left(url), 0)
        self.assertIn("s3:ListBucket", run.counts["trouble"])

    def test_kills(self):
        """Killed again and again, every object is given, none is lost, and
        the order of what was not safe stays that of a plan."""
        keys = [trail_key(NOW - datetime.timedelta(minutes=5 * n),
                          name=f"n{n:03}") for n in range(60)]
        url = self.queue()
        for key in keys:
            self.put(key)
            self.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(
                notice(self.bucket, key)))
        given = []
        with tempfile.NamedTemporaryFile() as store:
            for n in range(4):
                run = Drive({**self.source, "queue": url},
                            ("--store", store.name, "--seconds", "30",
                             "--room", "2000"))
                for line in run.process.stdout:
                    e = json.loads(line)
                    if e["event"] == "give":
                        given.append(e["place"])
                    if len(given) >= 12 * (n + 1):
                        break
                run.process.kill()
                # What it said before it died counts, but for half a line.
                for line in run.process.stdout.read().splitlines(True):
                    if not line.endswith(b"\n"):
                        continue
                    e = json.loads(line)
                    if e["event"] == "give":
                        given.append(e["place"])
                run.process.communicate()
                run.folder.cleanup()
            last = drive({**self.source, "queue": url}, "--store",
                         store.name, "--seconds", "6")
        given += last.given
        self.assertEqual(sorted(set(given)), sorted(keys))
        # Only what was given and not yet safe comes twice.
        self.assertLess(len(given), len(keys) + 5 * 10)
        seen = []
        for key in given:
            if key not in seen:
                seen.append(key)
        self.assertEqual(seen, sorted(keys, key=lambda k: k.rsplit("_", 2)[1]))
        # What the killed ones had received is hidden for a time yet.
        got = self.sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        self.assertEqual(
            got["Attributes"]["ApproximateNumberOfMessages"], "0")

    def test_query_protocol(self):
        """A server that knows the query protocol alone."""
        key = trail_key(NOW)
        url = self.queue()
        self.put(key)
        self.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(
            notice(self.bucket, key)))
        proxy = servers.Faults(
            self.moto.port,
            lambda h, n: ("answer", 404, b"<ErrorResponse/>")
            if "X-Amz-Target" in h.headers else None)
        self.addCleanup(proxy.close)
        run = drive({**self.source, "queue": proxy.url + url[url.index(
            "/", 8):]}, "--objects", "1", "--seconds", "15")
        self.assertEqual(run.given, [key])
        self.assertEqual(self.left(url), 0)


class Hidden(Case):
    """How long others do not see a message, and where poison goes."""

    def test_extended_while_working(self):
        """Under way for longer than it is hidden, a message comes to nobody
        a second time."""
        key, proxy = trail_key(NOW), self.refuse_listings()
        url = self.queue()
        self.put(key)
        self.send(url, notice(self.bucket, key))
        run = Drive({**self.source, "queue": proxy.url + url[url.index(
            "/", 8):]}, ("--hidden", "2", "--no-safe", "--seconds", "6"))
        for line in run.process.stdout:
            if b'"give"' in line:
                break
        end = time.monotonic() + 4.5
        while time.monotonic() < end:
            self.assertNotIn("Messages",
                             self.sqs.receive_message(QueueUrl=url))
            time.sleep(0.2)
        run.end()
        self.assertEqual(run.counts["duplicates"], 0)
        self.assertEqual(self.left(url), 1)
        asked = [h["X-Amz-Target"].split(".")[1] for _, _, h in proxy.seen
                 if "X-Amz-Target" in h]
        # Every second, as half of the two have passed.
        extended = asked.count("ChangeMessageVisibilityBatch")
        self.assertGreaterEqual(extended, 3)
        self.assertLessEqual(extended, 8)

    def test_not_extended_when_safe(self):
        key, proxy = trail_key(NOW), self.refuse_listings()
        url = self.queue()
        self.put(key)
        self.send(url, notice(self.bucket, key))
        drive({**self.source, "queue": proxy.url + url[url.index("/", 8):]},
              "--hidden", "1", "--seconds", "3")
        asked = [h["X-Amz-Target"].split(".")[1] for _, _, h in proxy.seen
                 if "X-Amz-Target" in h]
        self.assertEqual(asked.count("DeleteMessageBatch"), 1)
        self.assertNotIn("ChangeMessageVisibilityBatch", asked)
        self.assertEqual(self.left(url), 0)

    def test_dead_letters(self):
        """Poison, and what cannot be read, moves away; the good does not."""
        dead = self.queue("-dead")
        url = self.queue(RedrivePolicy=json.dumps({
            "deadLetterTargetArn": self.arn(dead), "maxReceiveCount": "2"}))
        good = [trail_key(NOW, name=f"n{n}") for n in range(12)]
        refused = trail_key(NOW, name="refused")
        for key in [*good, refused]:
            self.put(key)
        self.refuse_listings(
            lambda h, n: ("answer", 403, b"<Error><Code>AccessDenied</Code>"
                          b"</Error>") if "refused" in h.path else None)
        poison = ["nonsense", json.dumps(notice("elsewhere", "k")),
                  json.dumps(notice(self.bucket, refused))]
        self.send(url, *poison, *(notice(self.bucket, k) for k in good))
        run = drive({**self.source, "queue": url}, "--hidden", "1",
                    "--seconds", "5")
        self.assertEqual(sorted(run.given), sorted(good))
        self.assertEqual(self.left(url), 0)
        got = self.sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10)
        self.assertEqual(sorted(m["Body"] for m in got["Messages"]),
                         sorted(poison))


class Notified(Case):
    """Notices that moto writes when an object is put, not we."""

    def check(self, url, least=3):
        keys = [trail_key(NOW), "odd/a b+c=d%20e \u00fc.json",
                "plain/x.json.gz"]
        self.refuse_listings()
        for key in keys:
            self.put(key)
        self.assertGreaterEqual(self.left(url), least)
        run = drive({**self.source, "queue": url}, "--objects",
                    str(len(keys)), "--seconds", "10")
        self.assertEqual(sorted(run.given), sorted(keys))
        self.assertEqual(self.left(url), 0)

    def notify(self, **configuration):
        self.s3.put_bucket_notification_configuration(
            Bucket=self.bucket, NotificationConfiguration=configuration)

    def test_direct(self):
        url = self.queue()
        self.notify(QueueConfigurations=[{
            "QueueArn": self.arn(url), "Events": ["s3:ObjectCreated:*"]}])
        self.check(url, 4)  # the first is s3:TestEvent

    def by_topic(self, **attributes):
        url = self.queue()
        topic = self.sns.create_topic(Name=self.bucket)["TopicArn"]
        self.sns.subscribe(TopicArn=topic, Protocol="sqs",
                           Endpoint=self.arn(url), Attributes=attributes)
        self.notify(TopicConfigurations=[{
            "TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}])
        return url

    def last_body(self, url):
        """The message as it stands there, left for others at once."""
        got = self.sqs.receive_message(QueueUrl=url, VisibilityTimeout=0,
                                       MaxNumberOfMessages=10)
        return json.loads(got["Messages"][-1]["Body"])

    def test_by_topic(self):
        url = self.by_topic()
        self.put("probe.json")
        self.assertEqual(self.last_body(url)["Type"], "Notification")
        self.s3.delete_object(Bucket=self.bucket, Key="probe.json")
        self.check(url, 4)

    def test_by_topic_raw(self):
        url = self.by_topic(RawMessageDelivery="true")
        self.put("probe.json")
        self.assertIn("Records", self.last_body(url))
        self.s3.delete_object(Bucket=self.bucket, Key="probe.json")
        self.check(url, 4)

    def test_by_event_bridge(self):
        url = self.queue()
        self.notify(EventBridgeConfiguration={})
        self.events.put_rule(
            Name=self.bucket, EventPattern=json.dumps({"source": ["aws.s3"]}))
        self.events.put_targets(Rule=self.bucket, Targets=[
            {"Id": "q", "Arn": self.arn(url)}])
        self.check(url)


class Signed(unittest.TestCase):
    """SQS, S3 and STS that verify signatures and policies."""

    @classmethod
    def setUpClass(cls):
        moto = servers.start_moto(MOTO, open_calls=3)
        cls.addClassCleanup(moto.close)
        cls.how = {"endpoint_url": moto.url, "region_name": REGION}
        iam = cls.client("iam", {"AccessKeyId": "x", "SecretAccessKey": "y"})
        iam.create_user(UserName="root")
        root = iam.create_access_key(UserName="root")["AccessKey"]
        cls.allow(iam.put_user_policy, "*", UserName="root")
        cls.iam, cls.sqs, cls.s3 = (
            cls.client(name, root) for name in ("iam", "sqs", "s3"))

    def setUp(self):
        name = self.id().rsplit(".", 1)[1].replace("_", "-")
        self.url = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={
            "LocationConstraint": REGION})
        self.key = trail_key(NOW)
        self.s3.put_object(Bucket=name, Key=self.key, Body=log_body())
        self.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps(
            notice(name, self.key)))
        self.source = {"bucket": name, "endpoint": self.how["endpoint_url"],
                       "queue": self.url}

    @classmethod
    def client(cls, service, key):
        return boto3.client(
            service, **cls.how, aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"])

    @staticmethod
    def allow(put, *actions, **who):
        put(PolicyName="it", PolicyDocument=json.dumps({
            "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Action": actions, "Resource": "*"}]}),
            **who)

    def user(self, name, *actions):
        self.iam.create_user(UserName=name)
        self.allow(self.iam.put_user_policy, *actions, UserName=name)
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    def left(self):
        return Case.left(self, self.url)

    def test_queue(self):
        """What is sent to the queue is signed as SQS has it."""
        good = self.user("reader", "s3:*", "sqs:*")
        bad = {**good, "AWS_SECRET_ACCESS_KEY": "wrong"}
        # Refused by the queue alone: the listing is another's business.
        run = drive(self.source, "--seconds", "1", env=clean_env(**bad))
        self.assertEqual((run.given, self.left()), ([], 1))
        self.assertIn("SignatureDoesNotMatch", run.counts["trouble"])
        run = drive(self.source, "--objects", "1", env=clean_env(**good))
        self.assertEqual((run.given, self.left()), ([self.key], 0))

    def test_queue_is_denied(self):
        user = self.user("lister", "s3:*")
        run = drive(self.source, "--seconds", "1", env=clean_env(**user))
        self.assertEqual((run.given, self.left()), ([self.key], 1))
        self.assertIn("needs sqs:ReceiveMessage", run.counts["trouble"])

    def test_role(self):
        """STS gives the role's keys; the user's own may do nothing else."""
        user = self.user("hub", "sts:AssumeRole")
        run = drive(self.source, "--seconds", "1", env=clean_env(**user))
        self.assertEqual((run.given, self.left()), ([], 1))
        role = self.iam.create_role(
            RoleName="reader", AssumeRolePolicyDocument=json.dumps({
                "Version": "2012-10-17", "Statement": [{
                    "Effect": "Allow", "Action": "sts:AssumeRole",
                    "Principal": {"AWS": "*"}}]}))["Role"]["Arn"]
        self.allow(self.iam.put_role_policy, "s3:*", "sqs:*",
                   RoleName="reader")
        run = drive({**self.source, "role_arn": role}, "--objects", "1",
                    env=clean_env(
                        AWS_ENDPOINT_URL_STS=self.how["endpoint_url"], **user))
        self.assertEqual((run.given, self.left()), ([self.key], 0))


class Elsewhere(Case):
    """Endpoints of the environment; the source names none."""

    def setUp(self):
        super().setUp()
        del self.source["endpoint"]
        self.key = trail_key(NOW)
        self.put(self.key)
        self.url = self.queue()
        self.send(self.url, notice(self.bucket, self.key))
        self.source["queue"] = (f"https://sqs.{REGION}.amazonaws.com/"
                                f"123456789012/{self.bucket}")

    def proxy(self):
        proxy = servers.Faults(self.moto.port)
        self.addCleanup(proxy.close)
        return proxy

    def check(self, **env):
        run = drive(self.source, "--objects", "1", "--seconds", "10",
                    env=clean_env(HTTPS_PROXY="http://127.0.0.1:9", **env))
        self.assertEqual(run.given, [self.key])
        self.assertEqual(self.left(self.url), 0)

    @staticmethod
    def services(proxy):
        return {h["Authorization"].split("/")[3] for _, _, h in proxy.seen}

    def test_one_for_all(self):
        proxy = self.proxy()
        self.check(AWS_ENDPOINT_URL=proxy.url)
        self.assertEqual(self.services(proxy), {"s3", "sqs"})

    def test_one_each(self):
        """That of a service comes before that of all."""
        s3, sqs = self.proxy(), self.proxy()
        self.check(AWS_ENDPOINT_URL_S3=s3.url, AWS_ENDPOINT_URL_SQS=sqs.url,
                   AWS_ENDPOINT_URL="http://127.0.0.1:9")
        self.assertEqual(self.services(s3), {"s3"})
        self.assertEqual(self.services(sqs), {"sqs"})
        # The queue goes by its own URL all the same.
        self.assertTrue(all(p == "/" for _, p, _ in sqs.seen))


if __name__ == "__main__":
    unittest.main()
