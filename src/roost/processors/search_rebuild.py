"""Making a search index from the tables: one that serves meanwhile, or one beside it."""

from collections.abc import Callable
from typing import Protocol

from roost.eventlog import LogSlice
from roost.limits import SEARCH_BATCH_MAX, SEARCH_REBUILD_ROWS
from roost.processors.seam import Progress, Source
from roost.processors.search_intake import Intake
from roost.store import Batch, Store, tables, tweets_below


class Serving(Protocol):
    """What a rebuild needs of the processor whose place it is to take."""

    name: str

    @property
    def newest_id(self) -> int:
        """Above that of any tweet that there is."""
        ...

    async def begin_another(self, position: int) -> Intake:
        """An intake of an index beside the one that serves, with nothing in it yet."""
        ...

    async def serve_another(self, intake: Intake) -> None:
        """From now on searches are answered by its index, which is whole; the other one goes."""
        ...

    async def give_up(self, intake: Intake) -> None:
        """Forget an index."""
        ...


async def fill(intake: Intake, store: Store, newest_id: int, tell: Callable[[int], None]) -> None:
    """Bring an index all users and tweets of the tables, from where its note says that it was left."""
    while not intake.note.has_users:
        users, following = await store.export(tables.USERS, intake.note.users_after, SEARCH_REBUILD_ROWS)
        intake.add(user_ids=[user.user_id for user in users])
        intake.mark(has_users=following is None, users_after=following or b"")
        tell(len(users))
        await intake.room(SEARCH_BATCH_MAX)
    async for tweets in tweets_below(store, intake.note.tweets_above or newest_id, SEARCH_REBUILD_ROWS):
        intake.add([tweet.tweet_id for tweet in tweets if not tweet.is_retweet])
        intake.mark(tweets_above=tweets[-1].tweet_id)
        tell(len(tweets))
        await intake.room(SEARCH_BATCH_MAX)


class SearchRebuild:
    """An index that is made from the tables beside the one that serves. See `Rebuild`."""

    def __init__(self, serving: Serving, source: Source) -> None:
        self._serving = serving
        self._source = source
        self._intake: Intake | None = None
        self._rows = 0

    @property
    def intake(self) -> Intake:
        assert self._intake is not None, "not loaded"
        return self._intake

    async def load(self, tell: Progress) -> int:
        self._intake = await self._serving.begin_another(self._source.position)

        def note(rows: int) -> None:
            self._rows += rows
            tell("users and tweets", self._rows)

        await fill(self._intake, self._source.store, self._serving.newest_id, note)
        return self._source.position

    async def apply(self, events: LogSlice) -> None:
        self.intake.take(events)
        await self.intake.room()

    async def pass_over(self, position: int) -> None:
        self.intake.reach(position)

    async def take_place(self, position: int, also: Batch) -> None:
        """A crash before the write leaves the former index, one after it the new one."""
        self.intake.reach(position)
        self.intake.mark(is_whole=True)
        await self.intake.write()
        await self._serving.serve_another(self.intake)
        self._intake = None
        await self._source.log.commit_cursor(self._serving.name, position, also)

    async def close(self) -> None:
        if self._intake is not None:
            await self._serving.give_up(self._intake)
