#!/usr/bin/env python3
"""The aws part of commands.txt, from botocore's service models.

    aws_commands.py RENDER >aws.txt

Needs botocore (pip install botocore==1.43.11; moto's environment of the
tests in tests/servers has one). For each aws command that a playbook uses,
a line with the options that the service's model gives it. Whoever adds a
command runs it and puts the lines in place of those of commands.txt.
"""

import json
import shutil
import subprocess
import sys
import tempfile

import botocore.session
from botocore import xform_name

import check

SERVICES = {"s3api": "s3", "configservice": "config", "deploy": "codedeploy"}
# What the command line adds to or puts in place of the model's members.
CUSTOM = {
    ("ec2", "revoke-security-group-ingress"): ["--protocol", "--port",
                                               "--cidr"],
    ("ec2", "authorize-security-group-ingress"): ["--protocol", "--port",
                                                  "--cidr"],
}
PAGES = ["--max-items", "--page-size", "--starting-token"]


def option(name):
    return "--" + xform_name(name, "-")


def options_of(session, service, operation):
    client = session.create_client(
        SERVICES.get(service, service), region_name="eu-west-1",
        aws_access_key_id="x", aws_secret_access_key="x")
    for method, api in client.meta.method_to_api_mapping.items():
        if xform_name(api, "-") != operation:
            continue
        model = client.meta.service_model.operation_model(api)
        members = model.input_shape.members if model.input_shape else {}
        names = []
        for name, shape in members.items():
            names.append(option(name))
            if shape.type_name == "boolean":
                # The command line calls --no-egress so.
                names.append("--ingress" if name == "Egress" else
                             "--no-" + option(name)[2:])
        if client.can_paginate(method):
            names += PAGES
        return sorted(names + CUSTOM.get((service, operation), []))
    return None


def used(render):
    """(service, operation) of every call that the stubs saw."""
    run = subprocess.run([render, "-"], stdout=subprocess.PIPE, check=True)
    rows = check.unique([json.loads(r) for r in run.stdout.splitlines()])
    folder = tempfile.mkdtemp()
    tools = check.make_world(folder)
    found = set()
    for row in rows:
        for command in check.commands_of(row):
            calls, _, _, _ = check.run_command(command, folder, tools)
            for call in calls:
                words = [w for w in call[1:] if not w.startswith("-")]
                if call[0] == "aws" and words[0] != "s3":
                    found.add(tuple(words[:2]))
    shutil.rmtree(folder)
    return sorted(found)


def main():
    session = botocore.session.get_session()
    for service, operation in used(sys.argv[1]):
        names = options_of(session, service, operation)
        if names is None:
            sys.exit("aws has no %s %s" % (service, operation))
        print("aws %s %s: %s" % (service, operation, " ".join(names)))


if __name__ == "__main__":
    main()
