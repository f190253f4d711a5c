"""Feeds the shard: the log's events to its writer thread, and its state to a snapshot now and then."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from roost.clock import Clock
from roost.errors import Corrupt, NotFound, Overloaded
from roost.eventlog import EventLog, LogSlice
from roost.home import (
    Progress,
    Shard,
    ShardState,
    ShardWriter,
    Snapshot,
    capture,
    load_from_tables,
    read_arrays,
    restore,
    write_arrays,
)
from roost.ids import unix_ms_of
from roost.model import Event, TweetPosted
from roost.processors.home_rebuild import HomeRebuild
from roost.processors.seam import Rebuild, Source
from roost.store import Batch, Store
from roost.telemetry import Histogram

_log = logging.getLogger("roost.home")
SNAPSHOT_FILE = "home.snapshot"


class HomeProcessor:
    """`folder` is where snapshots go, None where none are kept; `make` makes an empty shard; `tell` hears
    what has been applied."""

    name = "home"

    def __init__(
        self,
        writer: ShardWriter,
        make: Callable[[], Shard],
        log: EventLog,
        folder: Path | None,
        interval_s: float,
        log_keep_events: int,
        clock: Clock,
        tell: Callable[[Sequence[Event]], None] = lambda _events: None,
    ) -> None:
        self.visible_after = Histogram()
        """From a tweet's id to its being on its followers' timelines, in ms."""
        self._clock = clock
        self._tell = tell
        self._writer = writer
        self._make = make
        self._listeners: list[Callable[[ShardState], None]] = []
        self._log_keep_events = log_keep_events
        self._log = log
        self._path = None if folder is None else folder / SNAPSHOT_FILE
        self._interval_s = interval_s
        self._snapshot_at_s = time.monotonic() + interval_s
        self._snapshot_position = 0

    def when_switched(self, listener: Callable[[ShardState], None]) -> None:
        """Have `listener` called, on the event loop, with the state that serves after a rebuild."""
        self._listeners.append(listener)

    async def begin(self) -> int:
        self._snapshot_position = self._writer.shard.state.position
        self._writer.start()
        return self._snapshot_position

    async def apply(self, events: LogSlice) -> None:
        shard = self._writer.shard
        await self._writer.run(lambda: shard.apply(events.first, events.events))
        self._tell(events.events)
        made_ms = [unix_ms_of(e.tweet.tweet_id) for e in events.events if isinstance(e, TweetPosted)]
        if made_ms:
            self.visible_after.record_many_ms(self._clock.now_ms() - np.array(made_ms))
        await self._snapshot_if_due()

    async def rest(self) -> None:
        await self._snapshot_if_due()

    def rebuild(self, source: Source) -> Rebuild:
        served, fresh = self._writer.shard, self._make()
        fresh.use_strategy(served.fanout.strategy.name)
        return HomeRebuild(served.state, source, fresh, self._clock, self._switch)

    async def _switch(self, shard: Shard, also: Batch) -> None:
        """Readers go over to the new shard together with the writer: there is no pause in between."""
        await self._writer.adopt(shard)
        for listener in self._listeners:
            listener(shard.state)
        position = self._snapshot_position if self._path is not None else shard.state.position
        await self._log.commit_cursor(self.name, position, also)
        self._snapshot_at_s = time.monotonic()
        await self._snapshot_if_due()  # so that the next start does not meet what this one may have healed

    async def snapshot(self) -> None:
        """Write the state as it is now. The writer pauses while it is copied, not while it is written."""
        if self._path is None:
            return
        copy = await self._writer.run(lambda: capture(self._writer.shard.state))
        await asyncio.to_thread(_write, self._path, copy)
        self._snapshot_position = copy.position
        await self._log.commit_cursor(self.name, copy.position)
        applied_by_all = min((await self._log.cursors()).values())
        await self._log.forget(min(applied_by_all, self._log.last - self._log_keep_events) + 1)

    async def _snapshot_if_due(self) -> None:
        changed = self._writer.shard.state.position > self._snapshot_position
        if time.monotonic() >= self._snapshot_at_s and changed:
            try:
                await self.snapshot()
            except OSError:  # a full disk, say: timelines go on, and the next start replays more of the log
                _log.exception(
                    "The home state could not be written; the next try is in %.0f s", self._interval_s
                )
            self._snapshot_at_s = time.monotonic() + self._interval_s


async def open_shard(
    make: Callable[[], Shard],
    store: Store,
    log: EventLog,
    folder: Path | None,
    clock: Clock,
    tell: Progress,
) -> Shard:
    """A shard that is as far as the log, or nearly: from the snapshot, or else from the tables.

    A snapshot that is damaged, that does not fit or that the log no longer reaches is set aside with a
    message, and the tables are read instead; they hold all that the log says.
    """
    shard = make()
    if folder is not None:
        try:
            notes, arrays = await asyncio.to_thread(read_arrays, folder / SNAPSHOT_FILE)
            _check_reach(notes, log)
            restore(shard.state, notes, arrays, clock.now_ms())
            shard.warmer.revive()
            return shard
        except NotFound:
            pass
        except (Corrupt, Overloaded) as cause:
            _log.warning("%s. Rebuilding the home state from the tables instead.", cause.text)
            shard.close()
            shard = make()
    if log.last > 0:
        await load_from_tables(shard.state, store, log.last, clock.now_ms(), tell)
    return shard


def _check_reach(notes: dict[str, int], log: EventLog) -> None:
    position = notes.get("position", -1)
    if position > log.last:
        raise Corrupt(f"The snapshot is of log position {position}, but the log ends at {log.last}")
    if position + 1 < log.first:
        raise Corrupt(f"The snapshot is of log position {position}, but the log begins at {log.first}")


def _write(path: Path, copy: Snapshot) -> None:
    began_s = time.monotonic()
    size = write_arrays(path, copy.notes, copy.arrays)
    _log.info("Snapshot of position %d: %d bytes in %.1f s", copy.position, size, time.monotonic() - began_s)
