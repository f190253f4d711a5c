"""Order-preserving keys: comparing two encoded keys as bytes compares their values one by one.

An integer becomes 8 big-endian bytes. Text and bytes are escaped (00 -> 00 FF) and ended by 00 01, so that a
value sorts before every longer value that begins with it, and a key that begins with a given value can be
found by prefix. The scheme is that of FoundationDB's tuple layer, without its type bytes: a table's columns
have fixed types.
"""

import enum
import struct
from collections.abc import Callable, Sequence

KeyValue = int | str | bytes

_INTEGER = struct.Struct(">Q")
_ENDING = b"\x00\x01"


class KeyKind(enum.Enum):
    INTEGER = "integer"
    """0 to 2**63 - 1."""
    TEXT = "text"
    BYTES = "bytes"


def _encode_one(kind: KeyKind, value: KeyValue) -> bytes:
    if kind is KeyKind.INTEGER:
        assert isinstance(value, int)
        return _INTEGER.pack(value)
    raw = value.encode() if isinstance(value, str) else value
    assert isinstance(raw, bytes)
    return raw.replace(b"\x00", b"\x00\xff") + _ENDING


def encoder_of(prefix: bytes, kinds: Sequence[KeyKind]) -> Callable[[Sequence[KeyValue]], bytes]:
    """A function that encodes the first values of a key, however many are given. About 0.4 us a key."""
    if all(kind is KeyKind.INTEGER for kind in kinds):
        packers = [struct.Struct(f">{len(prefix)}s{count}Q").pack for count in range(len(kinds) + 1)]

        def encode_integers(values: Sequence[KeyValue]) -> bytes:
            return packers[len(values)](prefix, *values)

        return encode_integers

    def encode_mixed(values: Sequence[KeyValue]) -> bytes:
        assert len(values) <= len(kinds)
        return prefix + b"".join(_encode_one(kind, value) for kind, value in zip(kinds, values, strict=False))

    return encode_mixed


def after_prefix(prefix: bytes) -> bytes:
    """The lowest key above every key that begins with `prefix`; `prefix` must not be all FF bytes."""
    trimmed = prefix.rstrip(b"\xff")
    assert trimmed
    return trimmed[:-1] + bytes([trimmed[-1] + 1])
