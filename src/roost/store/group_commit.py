"""Group commit: many writers, one sync.

While one group is being synced in a worker thread, the next one gathers; when the sync returns, everybody in
the group is answered together. Measured on 2 slow cores with 200 writers of 5 rows: 16,000 to 29,000 durable
commits/s, where one sync a commit gives about 1,900.

A failed sync is final. After it nobody knows what reached the disk (the kernel may have dropped the dirty
pages), so every later commit is refused until the process is started again and the log is replayed.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from roost.errors import Conflict, Overloaded
from roost.limits import COMMIT_GROUP_ROWS_MAX, COMMITS_WAITING_MAX
from roost.store.batch import Batch
from roost.store.engines.keyspace import Keyspace

AtTurn = Callable[[Batch], Callable[[], None]]
"""Called when a batch's turn comes, may add to it; returns what to call once the batch is durable."""


class GroupCommit:
    """Commits batches in the order in which `commit` was called."""

    def __init__(self, keyspace: Keyspace) -> None:
        self._keyspace = keyspace
        self._waiting: deque[tuple[Batch, AtTurn | None, asyncio.Future[None]]] = deque()
        self._runner: asyncio.Task[None] | None = None
        self._syncer = ThreadPoolExecutor(1, thread_name_prefix="roost-sync")
        self._broken: BaseException | None = None
        self._under_way: list[asyncio.Future[None]] = []
        self.syncs = 0
        self.batches = 0

    async def commit(self, batch: Batch, at_turn: AtTurn | None = None) -> None:
        """Return when the batch is durable. Raises Conflict or Overloaded; nothing is changed then."""
        if self._broken is not None:
            raise Overloaded("The store failed and takes no writes until it is restarted") from self._broken
        if len(self._waiting) >= COMMITS_WAITING_MAX:
            raise Overloaded("Too many writes are waiting for the disk")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((batch, at_turn, future))
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run())
        await future

    async def close(self) -> None:
        """Finish what waits. What failed has been said to those who waited for it."""
        if self._runner is not None:
            await asyncio.gather(self._runner, return_exceptions=True)
        self._syncer.shutdown()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            try:
                members = self._apply_next_group()
                await loop.run_in_executor(self._syncer, self._keyspace.sync)
            except BaseException as cause:
                self._break(cause)
                raise
            self.syncs += 1
            for when_durable, future in members:
                if when_durable is not None:
                    when_durable()
                if not future.done():  # the writer may have gone away; its write has not
                    future.set_result(None)

    def _apply_next_group(self) -> list[tuple[Callable[[], None] | None, asyncio.Future[None]]]:
        changes: dict[bytes, bytes | None] = {}
        members: list[tuple[Callable[[], None] | None, asyncio.Future[None]]] = []
        self._under_way = []
        while self._waiting and len(changes) < COMMIT_GROUP_ROWS_MAX:
            batch, at_turn, future = self._waiting.popleft()
            self._under_way.append(future)
            complaint = self._complaint(batch, changes)
            if complaint is not None:
                if not future.done():
                    future.set_exception(Conflict(complaint))
                continue
            when_durable = at_turn(batch) if at_turn is not None else None
            members.append((when_durable, future))
            if batch.forgotten:
                self._keyspace.apply(changes)
                changes = {}
                for start, stop in batch.forgotten:
                    self._keyspace.delete_range(start, stop)
            changes.update(batch.changes)
        if changes:
            self._keyspace.apply(changes)
        self.batches += len(members)
        return members

    def _complaint(self, batch: Batch, changes: dict[bytes, bytes | None]) -> str | None:
        """The first unmet condition of a batch, seen after the earlier batches of its group."""
        for key, complaint in batch.absent.items():
            exists = changes[key] is not None if key in changes else self._keyspace.get(key) is not None
            if exists:
                return complaint
        return None

    def _break(self, cause: BaseException) -> None:
        self._broken = cause
        refused = self._under_way + [future for _, _, future in self._waiting]
        self._waiting.clear()
        for future in refused:
            if not future.done():
                future.set_exception(Overloaded("The store failed to write"))
