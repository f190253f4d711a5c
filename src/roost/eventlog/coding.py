"""How events are written: a record is one append's events, with a version and a checksum.

    bytes   what
    2       magic "RL"
    1       version of the coding
    1       reserved, 0
    4       number of events, little-endian
    4       length of the payload
    8       xxh3-64 of the payload
    ...     payload

Version 1: the payload is a MessagePack array of events, each an array of its type's number and its fields in
order. Reading is by position with defaults, so a field added at the end of an event needs no new version; a
change that old bytes could not be read under does, and then gets its reader beside the old one in `_READERS`.
"""

import struct
from collections.abc import Callable, Sequence

import msgspec
import xxhash

from roost.errors import Corrupt, TooLarge
from roost.limits import LOG_RECORD_BYTES_MAX
from roost.model import Event

VERSION = 1
_MAGIC = b"RL"
_HEAD = struct.Struct("<2sBBIIQ")

_encode = msgspec.msgpack.Encoder().encode
_READERS: dict[int, Callable[[bytes], list[Event]]] = {
    1: msgspec.msgpack.Decoder(list[Event]).decode,
}


def encode_record(events: Sequence[Event]) -> bytes:
    """About 1 us an event. Raises TooLarge above `LOG_RECORD_BYTES_MAX`."""
    payload = _encode(events)
    if len(payload) > LOG_RECORD_BYTES_MAX:
        raise TooLarge(f"A change of {len(payload)} bytes is too large to be recorded at once")
    head = _HEAD.pack(_MAGIC, VERSION, 0, len(events), len(payload), xxhash.xxh3_64_intdigest(payload))
    return head + payload


def decode_record(record: bytes) -> list[Event]:
    """Raises Corrupt where the record is not what was written, or is of a version from the future."""
    if len(record) < _HEAD.size:
        raise Corrupt("A record of the event log is cut short")
    magic, version, reserved, count, length, checksum = _HEAD.unpack_from(record)
    payload = record[_HEAD.size :]
    if (
        magic != _MAGIC
        or reserved != 0
        or len(payload) != length
        or xxhash.xxh3_64_intdigest(payload) != checksum
    ):
        raise Corrupt("A record of the event log does not match its checksum")
    reader = _READERS.get(version)
    if reader is None:
        raise Corrupt(f"The event log was written by a newer Roost (record version {version})")
    try:
        events = reader(payload)
    except msgspec.MsgspecError as cause:
        raise Corrupt(f"A record of the event log cannot be read: {cause}") from cause
    if len(events) != count:
        raise Corrupt("A record of the event log holds another number of events than it says")
    return events
