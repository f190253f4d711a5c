"""Files of follows and of activity, as the Stanford network collection (SNAP) has them.

Both are texts of numbers in lines, separated by tabs or blanks, compressed with gzip or not. Empty lines,
lines that begin with `#`, and a header are passed over; any other line that is not as it should be is an
error that names the file and the line.
"""

import gzip
import zlib
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.errors import Invalid
from roost.ids import ID_MAX

RETWEET, MENTION, REPLY = range(3)
ACTIVITY_KINDS = {b"RT": RETWEET, b"MT": MENTION, b"RE": REPLY}

_FOLLOW_FORM = "`follower followee`, two numbers with a blank or tab between them"
_ACTIVITY_FORM = "`user user time kind`, three numbers and RT, MT or RE, with blanks or tabs between them"
_GZIP_BEGINNING = b"\x1f"
"""No text begins with this control character; and one byte is all that a pipe is sure to show at first."""
_DIGITS_MAX = 18
"""Every number with so many digits is below `ID_MAX`."""

assert 10**_DIGITS_MAX <= ID_MAX


class Follows(msgspec.Struct, frozen=True):
    """`followers[i]` follows `followees[i]`; each pair once, nobody themselves; sorted. Both int64."""

    followers: NDArray[np.int64]
    followees: NDArray[np.int64]
    left_out: int
    """Lines of the file that were a pair's second, or somebody following themselves."""


class Activity(msgspec.Struct, frozen=True):
    """`actors[i]` acts on `objects[i]` at `times_s[i]` (s since the Unix epoch), in the order of time."""

    actors: NDArray[np.int64]
    objects: NDArray[np.int64]
    times_s: NDArray[np.int64]
    kinds: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.actors)

    def part(self, start: int, stop: int) -> "Activity":
        """Some of the rows, without a copy."""
        cut = slice(start, stop)
        return Activity(self.actors[cut], self.objects[cut], self.times_s[cut], self.kinds[cut])


def read_follows(path: Path, offset: int = 0) -> Follows:
    """Read lines `follower followee`; `offset` is added to every number. About 1 us a line.

    Raises Invalid, naming the line, where one is not two numbers, or gives a user an id that cannot be.
    """
    followers, followees = array("q"), array("q")
    for number, (follower, followee) in _rows(path, 2, _FOLLOW_FORM):
        try:
            followers.append(_user(follower, offset))
            followees.append(_user(followee, offset))
        except ValueError as cause:
            raise _bad(path, number, f"has to be {_FOLLOW_FORM}: {cause}") from None
    if not followers:
        raise Invalid(f"{path} has no follows")
    sources, targets = np.array(followers, np.int64), np.array(followees, np.int64)
    order = np.lexsort((targets, sources))
    sources, targets = sources[order], targets[order]
    fresh = (np.diff(sources, prepend=-1) != 0) | (np.diff(targets, prepend=-1) != 0)
    kept = fresh & (sources != targets)
    return Follows(sources[kept], targets[kept], int(len(kept) - kept.sum()))


def read_activity(path: Path, offset: int = 0, limit: int = 0) -> Activity:
    """Read lines `actor object time kind`, the kind RT, MT or RE; the first `limit` of them, or all for 0.

    Raises Invalid, naming the line.
    """
    actors, objects, times_s, kinds = array("q"), array("q"), array("q"), array("b")
    for number, (actor, other, time_s, kind) in _rows(path, 4, _ACTIVITY_FORM):
        try:
            actors.append(_user(actor, offset))
            objects.append(_user(other, offset))
            times_s.append(_number(time_s))
            kinds.append(ACTIVITY_KINDS[kind])
        except KeyError:
            raise _bad(path, number, "has to end with RT, MT or RE") from None
        except ValueError as cause:
            raise _bad(path, number, f"has to be {_ACTIVITY_FORM}: {cause}") from None
        if len(actors) == limit:
            break
    if not actors:
        raise Invalid(f"{path} has no activity")
    found = Activity(
        np.array(actors, np.int64),
        np.array(objects, np.int64),
        np.array(times_s, np.int64),
        np.array(kinds, np.int8),
    )
    order = np.argsort(found.times_s, kind="stable")
    return Activity(found.actors[order], found.objects[order], found.times_s[order], found.kinds[order])


def _rows(path: Path, columns: int, form: str) -> Iterator[tuple[int, list[bytes]]]:
    """The fields of every line that has some, with its number from 1; without a header.

    Raises Invalid, naming the line, for one that has not as many as there are columns.
    """
    first = True
    for number, line in _numbered_lines(path):
        fields = line.split()
        if not fields or fields[0].startswith(b"#"):
            continue
        if len(fields) != columns:
            found = "1 field was found" if len(fields) == 1 else f"{len(fields)} fields were found"
            raise _bad(path, number, f"has to be {form}: {found}")
        is_header = first and not any(field.isdigit() for field in fields)
        first = False
        if not is_header:
            yield number, fields


def _numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with _opened(path) as file:
            yield from enumerate(file, 1)
    except (OSError, EOFError, zlib.error) as cause:
        raise Invalid(f"{path} cannot be read: {getattr(cause, 'strerror', None) or cause}") from cause


@contextmanager
def _opened(path: Path) -> Iterator[Iterable[bytes]]:
    """The lines of a file; whether it is compressed is seen from its beginning, not from its name.

    It is opened once, so that it may be a pipe.
    """
    with path.open("rb") as file:
        if file.peek(1)[:1] == _GZIP_BEGINNING:
            with gzip.GzipFile(fileobj=file) as content:
                yield content
        else:
            yield file


def _user(field: bytes, offset: int) -> int:
    user_id = _number(field) + offset
    if not 0 < user_id <= ID_MAX:
        hint = "; try --offset 1" if user_id == 0 else ""
        raise ValueError(f"{field.decode()} with an offset of {offset} is no id; ids begin with 1{hint}")
    return user_id


def _number(field: bytes) -> int:
    if not field.isdigit() or len(field) > _DIGITS_MAX:
        raise ValueError(f"{field[:40].decode(errors='replace')!r} is no number")
    return int(field)


def _bad(path: Path, number: int, problem: str) -> Invalid:
    return Invalid(f"{path}, line {number:,}: {problem}")
