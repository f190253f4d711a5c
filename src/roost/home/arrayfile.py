"""Named arrays in one file that is there whole or not at all.

    8 bytes   magic "ROOSTARR"
    4         version
    4         length of the head
    8         xxh3-64 of the head
    ...       head: JSON; what the writer noted, and each array's name, type, shape, place and xxh3-64
    ...       the arrays, each beginning at a multiple of 4,096

A file is written beside its name, synced, and then renamed. It is synced piece by piece: a sync of the log,
which a client waits for, would else wait for all that is written here.
"""

import os
import struct
from collections.abc import Mapping
from io import FileIO
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import xxhash
from numpy.typing import NDArray

from roost.errors import Corrupt, NotFound
from roost.limits import ARRAY_FILE_SYNC_BYTES

VERSION = 1
_MAGIC = b"ROOSTARR"
_FRONT = struct.Struct("<8sIIQ")
_ALIGNMENT = 4096
_HEAD_BYTES_MAX = 1 << 20

Arrays = dict[str, NDArray[Any]]


class _Section(msgspec.Struct, frozen=True):
    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int
    checksum: int


class _Head(msgspec.Struct, frozen=True):
    notes: dict[str, int]
    sections: tuple[_Section, ...]


def digest_of(arrays: Mapping[str, NDArray[Any]]) -> str:
    """A hash of names and contents."""
    whole = xxhash.xxh3_128()
    for name, array in sorted(arrays.items()):
        whole.update(name.encode())
        whole.update(_bytes_of(array))
    return str(whole.hexdigest())


def write_arrays(path: Path, notes: dict[str, int], arrays: Mapping[str, NDArray[Any]]) -> int:
    """Write all of it to `path`, or leave what is there; answers the file's bytes."""
    sections: list[_Section] = []
    offset = 0
    for name, array in arrays.items():
        checksum = xxhash.xxh3_64_intdigest(_bytes_of(array))
        sections.append(_Section(name, array.dtype.str, array.shape, offset, checksum))
        offset += _aligned(array.nbytes)
    head = msgspec.json.encode(_Head(notes, tuple(sections)))
    begin = _aligned(_FRONT.size + len(head))
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as file:
        file.write(_FRONT.pack(_MAGIC, VERSION, len(head), xxhash.xxh3_64_intdigest(head)) + head)
        for section, array in zip(sections, arrays.values(), strict=True):
            file.seek(begin + section.offset)
            raw = _bytes_of(array)
            for at in range(0, len(raw), ARRAY_FILE_SYNC_BYTES):
                file.write(raw[at : at + ARRAY_FILE_SYNC_BYTES])
                file.flush()
                os.fdatasync(file.fileno())
        file.truncate(begin + offset)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return begin + offset


def read_arrays(path: Path) -> tuple[dict[str, int], Arrays]:
    """What was written. Raises NotFound where there is no file, Corrupt where it is not what was written."""
    try:
        file = path.open("rb", buffering=0)
    except FileNotFoundError as cause:
        raise NotFound(f"There is no file {path}") from cause
    with file:
        head, begin = _read_head(file, path)
        return head.notes, {
            section.name: _read_section(file, begin, section, path) for section in head.sections
        }


def _read_head(file: FileIO, path: Path) -> tuple[_Head, int]:
    front = file.read(_FRONT.size)
    if len(front) < _FRONT.size:
        raise Corrupt(f"{path} is cut short")
    magic, version, length, checksum = _FRONT.unpack(front)
    if magic != _MAGIC:
        raise Corrupt(f"{path} is not a snapshot")
    if version != VERSION:
        raise Corrupt(f"{path} is of version {version}; this Roost reads version {VERSION}")
    raw = file.read(min(length, _HEAD_BYTES_MAX))
    if xxhash.xxh3_64_intdigest(raw) != checksum:
        raise Corrupt(f"The head of {path} does not match its checksum")
    try:
        return msgspec.json.decode(raw, type=_Head), _aligned(_FRONT.size + length)
    except msgspec.MsgspecError as cause:
        raise Corrupt(f"The head of {path} cannot be read: {cause}") from cause


def _read_section(file: FileIO, begin: int, section: _Section, path: Path) -> NDArray[Any]:
    array: NDArray[Any] = np.empty(section.shape, np.dtype(section.dtype))
    target = _bytes_of(array)
    file.seek(begin + section.offset)
    at = 0
    while at < len(target):
        got = file.readinto(target[at:])
        if not got:
            raise Corrupt(f"{path} is cut short")
        at += got
    if xxhash.xxh3_64_intdigest(target) != section.checksum:
        raise Corrupt(f"The part {section.name!r} of {path} does not match its checksum")
    return array


def _bytes_of(array: NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT
