"""Records made from the description of their coding, without Roost's own code."""

import struct
from typing import Any

import msgspec
import xxhash


def record_of(events: list[Any], version: int = 1) -> bytes:
    """A record as the description of the coding says, made without Roost's own code."""
    payload = msgspec.msgpack.encode(events)
    checksum = xxhash.xxh3_64_intdigest(payload)
    head = b"RL" + struct.pack("<BBIIQ", version, 0, len(events), len(payload), checksum)
    return head + payload
