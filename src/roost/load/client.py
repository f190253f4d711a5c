"""The bulk client: lines into batches, batches to the server, results back to the lines.

A batch that got no answer is sent again as it is. That is safe: a tweet carries a key, a follow or like that
stands is passed over by the server, and a user whom the server has already is looked up and counts as there
if id and name are those of the line. What the server refuses is counted with the number of its line, and
hinders no other line.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, islice
from urllib.parse import urlencode

import msgspec

from roost.errors import Invalid
from roost.limits import INGEST_BODY_BYTES_MAX, INGEST_LINES_MAX, STATUSES_BY_ID_MAX
from roost.load.calls import Calls
from roost.load.lines import FollowLine, Line, LineResult, UserLine, with_keys
from roost.load.report import Recorder

BATCH_LINES = 2_000
"""Enough to keep the server busy; few enough that a batch is answered within a second."""
BATCH_BYTES = 1 << 20
BATCH_CHANGES = 5_000
"""A line of follows is as many changes as it has followees; one line alone may be more."""
BATCHES_AT_ONCE = 2
"""One is worked on while the next one is on its way."""

_PATH = "/roost/v1/ingest"
_KIND = "application/x-ndjson"
_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(LineResult)

Tell = Callable[[int], None]
"""Told of every batch how many lines it had."""

assert BATCH_LINES <= INGEST_LINES_MAX
assert BATCH_BYTES <= INGEST_BODY_BYTES_MAX


class _Account(msgspec.Struct):
    id: str
    username: str


class Batch(msgspec.Struct):
    """Lines of one request, and their bytes; `first_number` is the first one's number in the run."""

    first_number: int
    lines: list[Line]
    encoded: list[bytes]

    @property
    def body(self) -> bytes:
        return b"\n".join(self.encoded)


def changes_of(line: Line) -> int:
    return len(line.followees) if isinstance(line, FollowLine) else 1


def batches(
    lines: Iterable[Line],
    first_number: int = 1,
    lines_max: int = BATCH_LINES,
    bytes_max: int = BATCH_BYTES,
    changes_max: int = BATCH_CHANGES,
) -> Iterator[Batch]:
    """Cut lines into batches that keep to the limits. Raises Invalid for a line that fits no batch."""
    number = first_number
    batch, size, changes = Batch(number, [], []), 0, 0
    for line in lines:
        encoded = _encode(line)
        if len(encoded) > bytes_max:
            raise Invalid(f"Line {number:,} has {len(encoded):,} bytes; a batch may have {bytes_max:,}")
        size += len(encoded) + 1
        changes += changes_of(line)
        if batch.lines and (len(batch.lines) >= lines_max or size > bytes_max or changes > changes_max):
            yield batch
            batch, size, changes = Batch(number, [], []), len(encoded) + 1, changes_of(line)
        batch.lines.append(line)
        batch.encoded.append(encoded)
        number += 1
    if batch.lines:
        yield batch


class BulkClient:
    """Sends lines to one server, and counts in `recorder`."""

    def __init__(
        self, calls: Calls, recorder: Recorder, lines_max: int = BATCH_LINES, bytes_max: int = BATCH_BYTES
    ) -> None:
        self.calls = calls
        self.recorder = recorder
        self._lines_max = lines_max
        self._bytes_max = bytes_max
        self._sent = 0
        prefix = secrets.token_hex(6)
        self._keys = (f"{prefix}-{number}" for number in count())

    async def send(self, lines: Iterable[Line], tell: Tell | None = None) -> list[LineResult]:
        """Send lines in order, one batch after the other; a result a line, in order."""
        found: list[LineResult] = []
        for batch in self._cut(lines):
            found += await self.send_batch(batch)
            if tell is not None:
                tell(len(batch.lines))
        return found

    async def send_many(self, lines: Iterable[Line], tell: Tell | None = None) -> None:
        """Send lines that do not depend on each other, `BATCHES_AT_ONCE` batches at a time.

        Memory is that of the batches under way, however many lines there are. Raises what `Calls.ask` raises.
        """
        waiting = self._cut(lines)

        async def work() -> None:
            for batch in waiting:
                await self.send_batch(batch)
                if tell is not None:
                    tell(len(batch.lines))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(BATCHES_AT_ONCE):
                    group.create_task(work())
        except ExceptionGroup as several:
            raise several.exceptions[0] from None

    async def send_batch(self, batch: Batch) -> list[LineResult]:
        """Send one batch until it is answered; a result a line, in order."""
        answer = await self.calls.ask("POST", _PATH, batch.body, kind=_KIND)
        results = _decoder.decode_lines(answer.body)
        if len(results) != len(batch.lines):
            raise Invalid(f"The server answered {len(results)} results to {len(batch.lines)} lines")
        self.recorder.answered(answer.took_ms, answer.attempts)
        results = await self._forgive_users(batch.lines, results)
        self._count(batch, results)
        return results

    def _cut(self, lines: Iterable[Line]) -> Iterator[Batch]:
        keyed = with_keys(lines, self._keys)
        for batch in batches(keyed, self._sent + 1, self._lines_max, self._bytes_max):
            self._sent += len(batch.lines)
            yield batch

    async def _forgive_users(self, lines: Sequence[Line], results: Sequence[LineResult]) -> list[LineResult]:
        """Results where a refused user who is there as the line wants counts as there already."""
        refused = [
            line
            for line, result in zip(lines, results, strict=True)
            if not result.ok and isinstance(line, UserLine) and line.id
        ]
        there = await self._there(refused) if refused else set()
        return [
            LineResult(ok=True)
            if not result.ok and isinstance(line, UserLine) and (line.id, line.username) in there
            else result
            for line, result in zip(lines, results, strict=True)
        ]

    async def _there(self, users: Sequence[UserLine]) -> set[tuple[int, str]]:
        found: set[tuple[int, str]] = set()
        rest = iter(users)
        while some := list(islice(rest, STATUSES_BY_ID_MAX)):
            query = urlencode([("id[]", line.id) for line in some])
            answer = await self.calls.ask("GET", f"/api/v1/accounts?{query}")
            accounts = msgspec.json.decode(answer.body, type=list[_Account])
            found.update((int(account.id), account.username) for account in accounts)
        return found

    def _count(self, batch: Batch, results: Sequence[LineResult]) -> None:
        recorder = self.recorder
        recorder.lines += len(results)
        for index, result in enumerate(results):
            recorder.edges += result.added
            if not result.ok:
                recorder.refuse(batch.first_number + index, batch.encoded[index], result.error)
            elif not result.id and not result.added:
                recorder.passed_over += 1
