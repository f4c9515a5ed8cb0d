"""Databases of places and AWS's ranges, made for a test.

write_mmdb() writes the MaxMind DB format, version 2.0, as its specification
has it: a binary tree over the bits of addresses, sixteen zero bytes, the
values, and the metadata behind a marker.
"""

import ipaddress
import json
import os
import struct

MARKER = b"\xab\xcd\xefMaxMind.com"


class Uint16(int):
    """Written as type 5."""


class Uint64(int):
    """Written as type 9."""


def _control(kind, size):
    head = kind << 5 if kind <= 7 else 0
    more = b"" if kind <= 7 else bytes([kind - 7])
    if size < 29:
        return bytes([head | size]) + more
    if size < 285:
        return bytes([head | 29]) + more + bytes([size - 29])
    if size < 65821:
        return bytes([head | 30]) + more + struct.pack(">H", size - 285)
    return bytes([head | 31]) + more + (size - 65821).to_bytes(3, "big")


def _unsigned(kind, number):
    body = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return _control(kind, len(body)) + body


def encode(value):
    """A value as bytes, without pointers."""
    if isinstance(value, bool):
        return _control(14, int(value))
    if isinstance(value, str):
        body = value.encode()
        return _control(2, len(body)) + body
    if isinstance(value, float):
        return _control(3, 8) + struct.pack(">d", value)
    if isinstance(value, Uint16):
        return _unsigned(5, int(value))
    if isinstance(value, Uint64):
        return _unsigned(9, int(value))
    if isinstance(value, int):
        return _unsigned(6, value)
    if isinstance(value, dict):
        return _control(7, len(value)) + b"".join(
            encode(k) + encode(v) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return _control(11, len(value)) + b"".join(map(encode, value))
    if isinstance(value, bytes):
        return value  # as it is: for values that are wrong
    raise TypeError(type(value))


def pointer(offset):
    """A pointer of four bytes."""
    return b"\x38" + struct.pack(">I", offset)


def _bits(network):
    address = int(network.network_address)
    if network.version == 4:
        bits, length = address, 96 + network.prefixlen
    else:
        bits, length = address, network.prefixlen
    return [bits >> (127 - i) & 1 for i in range(length)]


class _Tree:
    def __init__(self):
        self.nodes = [[None, None]]

    def add(self, bits, leaf):
        at = 0
        for bit in bits[:-1]:
            below = self.nodes[at][bit]
            if not isinstance(below, int):
                # What a wider network says holds for its parts.
                self.nodes.append([below, below])
                below = self.nodes[at][bit] = len(self.nodes) - 1
            at = below
        self.nodes[at][bits[-1]] = leaf

    def records(self):
        count = len(self.nodes)
        for pair in self.nodes:
            yield [count if r is None else r if isinstance(r, int)
                   else count + 16 + r[0] for r in pair]


def _pack(pair, size):
    left, right = pair
    if size == 28:
        return (left & 0xffffff).to_bytes(3, "big") + bytes(
            [left >> 24 << 4 | right >> 24]) + \
            (right & 0xffffff).to_bytes(3, "big")
    return b"".join(r.to_bytes(size // 8, "big") for r in pair)


def mmdb(entries, kind="Test", record_size=24, claims=None):
    """[(network, value)] as the bytes of a database; `claims` is metadata
    that says otherwise."""
    tree, data, offsets = _Tree(), b"", {}
    order = sorted(((ipaddress.ip_network(n), v) for n, v in entries),
                   key=lambda e: len(_bits(e[0])))
    for network, value in order:
        body = encode(value)
        if body not in offsets:
            offsets[body] = len(data)
            data += body
        tree.add(_bits(network), (offsets[body],))
    about = {
        "binary_format_major_version": Uint16(2),
        "binary_format_minor_version": Uint16(0),
        "build_epoch": Uint64(1794355200),
        "database_type": kind,
        "description": {"en": "made for a test"},
        "ip_version": Uint16(6),
        "languages": ["en"],
        "node_count": len(tree.nodes),
        "record_size": Uint16(record_size),
        **(claims or {}),
    }
    return (b"".join(_pack(p, record_size) for p in tree.records()) +
            bytes(16) + data + MARKER + encode(about))


def country(code, name):
    return {"country": {"iso_code": code, "names": {"en": name}}}


def city(code, name, town, latitude, longitude, radius=20):
    return {**country(code, name), "city": {"names": {"en": town}},
            "location": {"latitude": float(latitude),
                         "longitude": float(longitude),
                         "accuracy_radius": Uint16(radius)}}


def network(number, name):
    return {"autonomous_system_number": number,
            "autonomous_system_organization": name}


def ranges(prefixes):
    """[(prefix, region, service)] as AWS's ip-ranges.json."""
    v4 = [{"ip_prefix": p, "region": r, "service": s,
           "network_border_group": r} for p, r, s in prefixes if ":" not in p]
    v6 = [{"ipv6_prefix": p, "region": r, "service": s,
           "network_border_group": r} for p, r, s in prefixes if ":" in p]
    return json.dumps({"syncToken": "1794355200",
                       "createDate": "2026-11-11-00-00-00",
                       "prefixes": v4, "ipv6_prefixes": v6}, indent=1)


def write_geo(folder, **files):
    """{country|city|asn: entries, aws_ranges: prefixes} -> path of a
    configuration."""
    root = folder + "-config"
    os.makedirs(root, exist_ok=True)
    lines = ["geo:"]
    for key, entries in files.items():
        path = os.path.join(root, key)
        body = ranges(entries).encode() if key == "aws_ranges" else \
            mmdb(entries, kind=key)
        with open(path, "wb") as file:
            file.write(body)
        lines.append("  %s: \"%s\"" % (key, path))
    config = os.path.join(root, "config.yaml")
    with open(config, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return config
