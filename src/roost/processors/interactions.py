"""Feeds the interaction graph: likes, retweets, replies, quotes and mentions, as they happen.

One thread changes the graph, another seals its segments. The graph is a function of the log's last part; it
is restored from its snapshot and what came after it, or else from as much of the log as is kept."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from roost.clock import Clock
from roost.config import Settings
from roost.errors import Corrupt
from roost.eventlog import EventLog, LogSlice
from roost.interactions import (
    Arrays,
    InteractionCapacity,
    InteractionGraph,
    LiveCapture,
    SealJob,
    Segment,
    capture_live,
    capture_sealed,
    compile_kernels,
)
from roost.limits import INTERACTION_ARCHIVES_WAITING_MAX
from roost.processors.interaction_edges import Added, Cancelled, Change, TweetGone, UserGone, changes_of
from roost.processors.interaction_files import InteractionFiles
from roost.telemetry import Histogram

_log = logging.getLogger("roost.interactions")
T = TypeVar("T")
_Positioned = tuple[int, list[Change]]


class InteractionsProcessor:
    """`folder` is where snapshots go, None where none are kept."""

    name = "interactions"

    def __init__(
        self,
        log: EventLog,
        clock: Clock,
        folder: Path | None,
        capacity: InteractionCapacity,
        interval_s: float,
        archives: bool = False,
    ) -> None:
        self._left: deque[tuple[int, Arrays]] = deque(maxlen=INTERACTION_ARCHIVES_WAITING_MAX)
        """Segments that wait to be archived."""
        self._archives = archives and folder is not None
        self._capacity = capacity
        self.graph = self._new_graph()
        """For queries, in any thread."""
        self.visible_after = Histogram()
        """From a change's time to its being seen by queries, in ms."""
        self._log = log
        self._clock = clock
        self._files = None if folder is None else InteractionFiles(folder)
        self._interval_s = interval_s
        self._snapshot_at_s = time.monotonic() + interval_s
        self._snapshot_position = -1
        self._writing = ThreadPoolExecutor(1, "roost-interactions")
        self._sealing = ThreadPoolExecutor(1, "roost-sealing")
        self._seal_task: asyncio.Task[None] | None = None
        self._has_begun = False

    async def begin(self) -> int:
        if self._has_begun:
            return self.graph.position
        self._has_begun = True
        await self._write(self._restore)
        if self.graph.position + 1 < self._log.first:
            self.graph.position = self._log.first - 1
        self._snapshot_position = self.graph.position
        self._warm = asyncio.get_running_loop().run_in_executor(self._sealing, compile_kernels)
        if self._files is not None:
            await self._log.commit_cursor(self.name, self.graph.position)
        return self.graph.position

    async def apply(self, events: LogSlice) -> None:
        """Events that were applied already are passed over."""
        changes = [
            (events.first + offset, changes_of(event))
            for offset, event in enumerate(events.events)
            if events.first + offset > self.graph.position
        ]
        await self._write(lambda: apply_changes(self.graph, changes, events.last))
        made_ms = [each.when_ms for _, listed in changes for each in listed if isinstance(each, Added)]
        if made_ms:
            self.visible_after.record_many_ms(self._clock.now_ms() - np.array(made_ms))
        self._seal_if_due()
        await self._snapshot_if_due()

    async def rest(self) -> None:
        self._seal_if_due()
        await self._snapshot_if_due()

    async def snapshot(self) -> None:
        """Write the graph as it is now. The writer pauses while what has changed is copied."""
        files = self._files
        if files is None:
            return
        live, segments = await self._write(lambda: self._capture(files))
        await asyncio.to_thread(files.write, live, segments)
        self._snapshot_position = live.position
        await self._log.commit_cursor(self.name, live.position)

    async def close(self) -> None:
        """Finish what was begun, and write a snapshot."""
        if self._seal_task is not None:
            await asyncio.gather(self._seal_task, return_exceptions=True)
        await self._archive()
        await self.snapshot()
        self._writing.shutdown()
        self._sealing.shutdown()

    def _restore(self) -> None:
        if self._files is None:
            return
        try:
            self._files.restore(self.graph)
            if self.graph.position > self._log.last:
                raise Corrupt(f"The snapshot of interactions is of log position {self.graph.position}")
        except Corrupt as cause:
            _log.warning("%s. Interactions are read from the log instead.", cause.text)
            self.graph = self._new_graph()

    def _new_graph(self) -> InteractionGraph:
        if not self._archives:
            return InteractionGraph(self._capacity)
        return InteractionGraph(self._capacity, self._keep)

    def _keep(self, segment: Segment) -> None:
        self._left.append((segment.number, capture_sealed(self.graph, segment)))

    def _capture(self, files: InteractionFiles) -> tuple[LiveCapture, dict[int, Arrays]]:
        live = capture_live(self.graph)
        wanted = set(files.lacks(live.sealed))
        segments = self.graph.view().segments
        return live, {
            each.number: capture_sealed(self.graph, each)
            for each in segments
            if each.is_sealed and each.number in wanted
        }

    def _seal_if_due(self) -> None:
        is_idle = self._seal_task is None or self._seal_task.done()
        if self.graph.job is not None and is_idle:
            self._seal_task = asyncio.create_task(self._seal(), name="roost-seal")

    async def _seal(self) -> None:
        """Beside the writer, until nothing waits for it. What fails is tried again after the next events."""
        try:
            while (job := self.graph.job) is not None:
                await asyncio.get_running_loop().run_in_executor(self._sealing, job.run)
                await self._write(partial(_publish, self.graph, job))
                await self._archive()
        except Exception:
            _log.exception("A segment of the interaction graph could not be sealed or kept")

    async def _archive(self) -> None:
        while self._left and self._files is not None:
            await asyncio.to_thread(self._files.archive, *self._left.popleft())

    async def _snapshot_if_due(self) -> None:
        if time.monotonic() >= self._snapshot_at_s and self.graph.position > self._snapshot_position:
            try:
                await self.snapshot()
            except OSError:  # a full disk, say: queries go on, and the next start replays more of the log
                _log.exception(
                    "Interactions could not be written; the next try is in %.0f s", self._interval_s
                )
            self._snapshot_at_s = time.monotonic() + self._interval_s

    async def _write(self, work: Callable[[], T]) -> T:
        """Do something in the thread that changes the graph, after what was given before."""
        return await asyncio.get_running_loop().run_in_executor(self._writing, work)


def make_interactions(settings: Settings, log: EventLog, clock: Clock) -> InteractionsProcessor:
    """As the settings want it; with a folder where anything is kept."""
    edges = settings.interaction_segment_edges
    capacity = InteractionCapacity(
        segments=settings.interaction_segments,
        segment_edges=edges,
        segment_users=edges // 4,
        segment_tweets=edges // 2,
        segment_span_ms=int(settings.interaction_segment_hours * 3_600_000),
    )
    return InteractionsProcessor(
        log,
        clock,
        None if settings.store == "memory" else Path(settings.data_folder) / "interactions",
        capacity,
        settings.snapshot_interval_s,
        settings.interaction_archive,
    )


def apply_changes(graph: InteractionGraph, changes: Iterable[_Positioned], last: int) -> None:
    """Make the changes in order, edges as many at once as stand together; `graph.position` follows, up to
    `last`."""
    waiting: list[Added] = []
    for position, listed in changes:
        for change in listed:
            if isinstance(change, Added):
                waiting.append(change)
                continue
            if waiting:  # of events before this one: none adds edges and takes back others
                _add(graph, waiting, position - 1)
                waiting = []
            match change:
                case Cancelled(user_id, tweet_id, kind):
                    graph.cancel(user_id, tweet_id, kind)
                case TweetGone(tweet_id):
                    graph.delete_tweet(tweet_id)
                case UserGone(user_id):
                    graph.delete_user(user_id)
    _add(graph, waiting, last)


def _add(graph: InteractionGraph, edges: list[Added], position: int) -> None:
    if edges:
        columns = np.array(edges, np.int64).T.copy()
        graph.add(columns[0], columns[1], columns[2].astype(np.uint8), columns[3])
    graph.position = max(graph.position, position)


def _publish(graph: InteractionGraph, job: SealJob) -> None:
    """Unless the writer, who had to wait for it, has done so."""
    if graph.job is job:
        job.done.wait()
        graph.publish()
