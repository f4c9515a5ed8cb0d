"""A million principals and ten million names within an hour, in the account
whose key is stolen the night after: is what was usual before still known, is
the theft still found, is the flood told, and what does it cost?

flood.py [PRINCIPALS [NAMES]]
"""
import contextlib
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

BINARY = os.environ["NEPHOSCOPE"]
ACCOUNT, VPC = "210987654321", "vpc-0a1b2c3d4e5f60718"
DAY, HOUR = "2026/11/10", "2026-11-10T13"
FLOODED = "DefenseEvasion:Account/BaselineFlooded"
MEMORY_MIB = 256
OBJECT = 100_000  # records of one object


def moment(i, count):
    second = i * 3600 // count
    return f"{HOUR}:{second // 60:02d}:{second % 60:02d}Z"


def call(i, count):
    """Somebody who was never seen does what many do."""
    role = f"job-{i * 7919 % 9999991:07d}"
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    who = {"type": "AssumedRole", "principalId": f"AROA{i:016d}:s",
           "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/s",
           "accountId": ACCOUNT, "accessKeyId": f"ASIA{i:016d}",
           "sessionContext": {"sessionIssuer": {
               "type": "Role", "principalId": f"AROA{i:016d}", "arn": arn,
               "accountId": ACCOUNT, "userName": role}}}
    return {"eventVersion": "1.11", "userIdentity": who,
            "eventTime": moment(i, count), "eventSource": "s3.amazonaws.com",
            "eventName": "ListBuckets", "awsRegion": "eu-west-1",
            "sourceIPAddress": f"10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}",
            "userAgent": "aws-cli/2.17.2", "eventID": f"flood-{i}",
            "eventType": "AwsApiCall", "eventCategory": "Management",
            "recipientAccountId": ACCOUNT}


def query(i, count):
    return (f'{{"version":"1.100000","account_id":"{ACCOUNT}","region":'
            f'"eu-west-1","vpc_id":"{VPC}","query_timestamp":'
            f'"{moment(i, count)}","query_name":"a{i}.zone{i}.example.",'
            '"query_type":"A","query_class":"IN","rcode":"NOERROR",'
            '"answers":[],"srcaddr":'
            f'"10.20.{i >> 6 & 3}.{1 + (i & 63)}","srcport":"5353",'
            '"transport":"UDP"}\n')


def write(folder, principals, names):
    trail = folder / "AWSLogs" / ACCOUNT / "CloudTrail" / "eu-west-1" / DAY
    dns = folder / "AWSLogs" / ACCOUNT / "vpcdnsquerylogs" / VPC / DAY
    for path in trail, dns:
        path.mkdir(parents=True, exist_ok=True)
    for n, at in enumerate(range(0, principals, OBJECT)):
        upto = min(at + OBJECT, principals)
        name = (f"{ACCOUNT}_CloudTrail_eu-west-1_20261110T1400Z_"
                f"flood{n:011d}.json.gz")
        with gzip.open(trail / name, "wt", 1) as file:
            json.dump({"Records": [call(i, principals)
                                   for i in range(at, upto)]}, file)
    for n, at in enumerate(range(0, names, OBJECT)):
        name = f"{VPC}_vpcdnsquerylogs_{ACCOUNT}_20261110T1300Z_{n:08x}.log.gz"
        with gzip.open(dns / name, "wt", 1) as file:
            file.writelines(query(i, names)
                            for i in range(at, min(at + OBJECT, names)))


def findings(folder):
    """{(type, actor): severity}, seconds, MiB."""
    began = time.monotonic()
    child = subprocess.Popen(
        [BINARY, "backfill", "--format", "guardduty", str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with child.stdout as out:
        found = [json.loads(line) for line in out]
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"backfill ended with {child.returncode}")
    return ({(f["type"], f["nephoscope"]["actor"]["name"]): f["severity"]
             for f in found}, time.monotonic() - began,
            usage.ru_maxrss / 1024)


def main(principals=1_000_000, names=10_000_000):
    with contextlib.ExitStack() as stack:
        top = pathlib.Path(stack.enter_context(
            tempfile.TemporaryDirectory(prefix="nephoscope-flood-")))
        subprocess.run([BINARY, "simulate", "--out", str(top), "--attack",
                        "stolen-key"], check=True, stdout=subprocess.DEVNULL)
        calm, seconds, memory = findings(top)
        print(f"calm: {len(calm)} findings, {seconds:.1f} s, "
              f"{memory:.0f} MiB", flush=True)
        write(top, principals, names)
        flooded, seconds, memory = findings(top)
    print(f"{principals:,} principals and {names:,} names in an hour: "
          f"{len(flooded)} findings, {seconds:.1f} s, {memory:.0f} MiB")
    lost = sorted(set(calm) - set(flooded))
    for one in sorted(set(flooded) - set(calm)):
        print("more:", *one, flooded[one])
    for one in lost:
        print("lost:", *one)
    told = any(kind == FLOODED for kind, _ in flooded)
    print("flood told:", "yes" if told else "NO")
    sys.exit(bool(lost) or not told or memory > MEMORY_MIB)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
