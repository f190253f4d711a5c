"""What one request of a bulk ingest has made so far, slice by slice.

A slice is committed whole or not at all. What it made therefore stands for its own lines at once, and for
later slices only once it is durable: a line that leans on an earlier slice waits for that slice's commit, and
where it was refused, finds nothing of it. All other slices are made while the disk works.
"""

import asyncio

from roost.model import Event
from roost.service.bulk_lines import LineResult
from roost.store import Batch

Claim = tuple[str | int, ...]
"""Something that exists once: a user, a name, an author's key, a like, a retweet."""


class Slice:
    """The results of one slice, its events, the rows that go with them, and what they claim."""

    def __init__(self) -> None:
        self.results: list[LineResult] = []
        self.events: list[Event] = []
        self.batch = Batch()
        self.claims: list[Claim] = []
        self.follows: list[tuple[int, list[int]]] = []
        self.commit: asyncio.Task[int] | None = None

    async def finished(self) -> None:
        """Return when it is durable, or was refused. At once where it is already."""
        assert self.commit is not None, "a slice does not wait for itself"
        if not self.commit.done():
            await asyncio.wait({self.commit})

    def refuse(self, text: str) -> None:
        """Nothing of it was done. Lines that were passed over may have leant on its others."""
        refused = LineResult(ok=False, error=text)
        self.results = [refused if result.ok else result for result in self.results]


class Follower:
    """Whom a user follows or cannot follow, by the tables and this request; `follows` counts the former."""

    def __init__(self, followed: set[int], barred: set[int]) -> None:
        self.there = followed | barred
        self.follows = len(followed)
        self.makers: list[Slice] = []

    async def settled(self, current: Slice) -> None:
        """Return when all that earlier slices let this user follow is durable, or taken out again."""
        for made in self.makers:
            if made is not current:
                await made.finished()
        self.makers = [made for made in self.makers if made is current]


class Request:
    """What the slices of a request claim, and whom its followers follow."""

    def __init__(self) -> None:
        self.followers: dict[int, Follower] = {}
        self._claims: dict[Claim, tuple[Slice, int]] = {}

    async def claimed(self, claim: Claim, current: Slice) -> int:
        """The id that this request has made for a claim, or 0; it is the current slice's, or durable."""
        held = self._claims.get(claim)
        if held is not None and held[0] is not current:
            await held[0].finished()
            held = self._claims.get(claim)
        return held[1] if held is not None else 0

    def claim(self, claim: Claim, made: Slice, value: int) -> None:
        self._claims[claim] = made, value
        made.claims.append(claim)

    def follow(self, user_id: int, others: list[int], made: Slice) -> None:
        """Note follows of a user who is among `followers`."""
        follower = self.followers[user_id]
        follower.there.update(others)
        follower.follows += len(others)
        made.follows.append((user_id, others))
        if made not in follower.makers:
            follower.makers.append(made)

    def forget(self, made: Slice) -> None:
        """Take out what a refused slice has claimed."""
        for claim in made.claims:
            del self._claims[claim]
        for user_id, others in made.follows:
            self.followers[user_id].there.difference_update(others)
            self.followers[user_id].follows -= len(others)
