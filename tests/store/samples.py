"""Tables of the tests' own, one for each shape of key, and short ways to fill and read them."""

from pathlib import Path
from typing import Any

import msgspec

from roost.store import Batch, Column, KeyKind, KeyValueStore, Table, open_memory

HIGHEST = 2**63 - 1
"""The highest integer that a key column holds."""


class Note(msgspec.Struct, frozen=True, array_like=True):
    shelf: int
    place: int
    text: str = ""


class Word(msgspec.Struct, frozen=True, array_like=True):
    word: str
    value: int = 0


class Blob(msgspec.Struct, frozen=True, array_like=True):
    raw: bytes
    rank: int
    value: int = 0


class Mixed(msgspec.Struct, frozen=True, array_like=True):
    group: int
    word: str
    raw: bytes
    number: int
    value: int = 0


NOTES = Table(240, "notes", Note, [Column("shelf")], [Column("place")])
WORDS = Table(241, "words", Word, [Column("word", KeyKind.TEXT)])
BLOBS = Table(242, "blobs", Blob, [Column("raw", KeyKind.BYTES)], [Column("rank")])
MIXED = Table(
    243,
    "mixed",
    Mixed,
    [Column("group")],
    [Column("word", KeyKind.TEXT), Column("raw", KeyKind.BYTES), Column("number")],
)
LAST = Table(254, "last", Note, [Column("shelf")], [Column("place")])
"""The table whose keys are the highest of all."""

TRICKY_WORDS = [
    "",
    "\x00",
    "\x00\x01",
    "\x01",
    "a",
    "a\x00",
    "a\x00\x01",
    "a\x00ÿ",
    "a\x01",
    "ab",
    "b",
    "é",
    "😀",
]
"""Prefixes of each other, NULs, and what the escaping itself is made of; in ascending order."""

TRICKY_BYTES = [
    b"",
    b"\x00",
    b"\x00\x00",
    b"\x00\x01",
    b"\x00\xff",
    b"\x01",
    b"a",
    b"a\x00",
    b"a\x00\xff",
    b"a\x01",
    b"\xff",
    b"\xff\x00",
    b"\xff\xff",
]
"""The same of bytes; in ascending order."""

EDGE_INTEGERS = [0, 1, 255, 256, 2**31, 2**32 - 1, 2**32, 2**56, HIGHEST - 1, HIGHEST]
"""Integers at which the number of significant bytes changes; in ascending order."""


def memory_store() -> KeyValueStore:
    return KeyValueStore(open_memory(Path()))


def puts(table: Table[Any], *rows: msgspec.Struct) -> Batch:
    batch = Batch()
    for row in rows:
        batch.put(table, row)
    return batch


def put_new(table: Table[Any], row: msgspec.Struct, complaint: str = "taken") -> Batch:
    batch = Batch()
    batch.put_if_absent(table, row, complaint)
    return batch


def deletes(table: Table[Any], *keys: tuple[Any, ...]) -> Batch:
    batch = Batch()
    for key in keys:
        batch.delete(table, key)
    return batch


async def rows_of(store: KeyValueStore, table: Table[Any], chunk: int = 1_000) -> list[Any]:
    """Every row of a table, in key order."""
    rows, after = await store.export(table, b"", chunk)
    while after is not None:
        more, following = await store.export(table, after, chunk)
        assert following is None or following > after, "an export goes forward"
        rows, after = rows + more, following
    return rows
