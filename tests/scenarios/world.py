"""A world for scenarios: it collects records of all sources and writes them.

Each source is a class of its own in world_SOURCE.py, which a World has as a
base; a new source is added to PARTS.
"""

import importlib

PARTS = (("world_audit", "AuditLogs", "write_audit"),
         ("world_flow", "FlowLogs", "write_flow"),
         ("world_dns", "DnsLogs", "write_dns"),
         ("world_cloudtrail", "CloudTrailLogs", "write_cloudtrail"))


def parts():
    """The classes of the sources there are, and their write methods."""
    for module, name, write in PARTS:
        try:
            yield getattr(importlib.import_module(module), name), write
        except ModuleNotFoundError as error:
            if error.name != module:
                raise


def make_world(directory):
    """An empty world that write() puts below `directory`."""
    found = list(parts())

    def write(self):
        for _, method in found:
            getattr(self, method)(directory)

    return type("World", tuple(part for part, _ in found),
                {"dir": directory, "write": write})()
