"""Whom a user may want to follow: by follows and interactions, then the most followed."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.errors import NotFound
from roost.graph import Graph, near_users, relation_between, walked_users
from roost.home import ShardState, worth_showing
from roost.interactions import InteractionGraph, InteractionKind, Weighing, interactions_of
from roost.limits import (
    DISMISSED_SUGGESTIONS_MAX,
    SCAN_ROWS_MAX,
    SUGGESTION_ACTS_MAX,
    SUGGESTION_CANDIDATES_MAX,
    SUGGESTION_FOLLOWEES_MAX,
    SUGGESTION_FRIENDS_SHOWN_MAX,
    SUGGESTION_READERS_MAX,
)
from roost.model import SuggestionDismissal, SuggestionDismissed, User
from roost.service.discovery import Suggestion, SuggestionPage, SuggestionSource
from roost.service.local.census import Census
from roost.service.local.cursors import PairCursor
from roost.service.local.kit import Kit
from roost.service.local.people import LocalPeople, is_offered
from roost.store import rows, tables

Rows = NDArray[np.int64]
_CURSOR = PairCursor("-", 5, "suggestions")
_ACTS = Weighing(
    {
        InteractionKind.LIKE: 1.0,
        InteractionKind.RETWEET: 2.0,
        InteractionKind.REPLY: 2.0,
        InteractionKind.QUOTE: 2.0,
    }
)
_ACT_WEIGHT = 0.25
"""What one act towards somebody's tweet counts; somebody who follows the user counts 1."""
_ACTS_COUNTED_MAX = 4


class _Candidate(msgspec.Struct, frozen=True):
    user_id: int
    source: SuggestionSource
    score: float = 0.0


class _List(msgspec.Struct, frozen=True):
    number: int
    candidates: Sequence[_Candidate]


class LocalSuggestions:
    def __init__(self, kit: Kit, census: Census, people: LocalPeople) -> None:
        self._kit = kit
        self._census = census
        self._people = people
        self._lists: OrderedDict[int, _List] = OrderedDict()

    async def of(self, viewer_id: int, limit: int) -> list[Suggestion]:
        """The best first. Never oneself, nor whom one follows, asked to follow, blocks, mutes, is blocked by
        or dismissed, nor who is protected or does not want to be found. 5 ms, beside the event loop for the
        most part."""
        found, _ = await self._some_of(viewer_id, await self._candidates(viewer_id), 0, limit)
        return found

    async def page(self, viewer_id: int, cursor: str, limit: int) -> SuggestionPage:
        """A first page is made anew; the pages after it are of the same list, while that is kept."""
        number, offset = _CURSOR.read(cursor)
        held = self._lists.get(viewer_id)
        if held is None or held.number != number:
            held = _List(self._kit.ids.next_id(), await self._candidates(viewer_id))
            self._lists[viewer_id] = held
            if len(self._lists) > SUGGESTION_READERS_MAX:
                self._lists.popitem(last=False)
        self._lists.move_to_end(viewer_id)
        found, offset = await self._some_of(viewer_id, held.candidates, offset, limit)
        following = _CURSOR.write(held.number, offset) if offset < len(held.candidates) else ""
        return SuggestionPage(tuple(await self._with_friends(viewer_id, found)), following)

    async def dismiss(self, viewer_id: int, other_id: int) -> None:
        """Suggest somebody no more. Raises NotFound where there is no such user."""
        if await self._kit.users.get(other_id) is None:
            raise NotFound("Record not found")
        dismissal = SuggestionDismissal(viewer_id, other_id)
        position = await self._kit.committer.commit([SuggestionDismissed(dismissal)])
        self._kit.positions.note(viewer_id, position)

    # -- who comes into question

    async def _candidates(self, viewer_id: int) -> list[_Candidate]:
        """Each once, the best first; whether they may be suggested is not looked at yet."""
        state = self._kit.reader.state
        interactions = self._kit.interactions.graph
        found = await asyncio.to_thread(_near, state, interactions, viewer_id, self._kit.clock.now_ms())
        if len(found) < SUGGESTION_CANDIDATES_MAX:
            followed = (await self._census.most_followed())[:SUGGESTION_CANDIDATES_MAX].tolist()
            found += [_Candidate(user_id, SuggestionSource.MOST_FOLLOWED) for user_id in followed]
        first: dict[int, _Candidate] = {}
        for candidate in found:
            first.setdefault(candidate.user_id, candidate)
        return list(first.values())

    # -- who may be suggested

    async def _some_of(
        self, viewer_id: int, candidates: Sequence[_Candidate], offset: int, limit: int
    ) -> tuple[list[Suggestion], int]:
        """The next whom nothing speaks against, as the tables say, for they know every write; and where to go
        on."""
        barred = await self._barred(viewer_id)
        kit = self._kit
        chosen: list[tuple[_Candidate, User, bool]] = []
        while len(chosen) < limit and offset < len(candidates):
            part = candidates[offset : offset + limit]
            users = await kit.users.get_many([each.user_id for each in part])
            for candidate, user in zip(part, users, strict=True):
                if len(chosen) == limit:
                    break
                offset += 1
                if user is None or user.user_id in barred or not _is_suggested(user):
                    continue
                relation = await relation_between(kit.store, viewer_id, user.user_id, kit.clock.now_ms())
                held = (relation.follow, relation.request, relation.block, relation.mute, relation.blocked_by)
                if not any(held):
                    chosen.append((candidate, user, relation.followed_by is not None))
            await asyncio.sleep(0)
        views = kit.hydration.user_views([user for _, user, _ in chosen])
        return [
            Suggestion(view, candidate.source, candidate.score, follows)
            for view, (candidate, _, follows) in zip(views, chosen, strict=True)
        ], offset

    async def _barred(self, viewer_id: int) -> set[int]:
        """Oneself, whom one has dismissed, and whom one asked to follow."""
        store = self._kit.store
        dismissed = await store.scan(
            tables.DISMISSED_SUGGESTIONS, (viewer_id,), limit=DISMISSED_SUGGESTIONS_MAX
        )
        asked = await store.scan(tables.EDGE_LISTS, (viewer_id, rows.Side.REQUESTS), limit=SCAN_ROWS_MAX)
        return {viewer_id, *(row.other_id for row in dismissed), *(row.other_id for row in asked)}

    async def _with_friends(self, viewer_id: int, found: Sequence[Suggestion]) -> list[Suggestion]:
        familiar = await self._people.familiar(viewer_id, [each.user.user.user_id for each in found])
        shown = SUGGESTION_FRIENDS_SHOWN_MAX
        return [
            msgspec.structs.replace(
                each, friends=friends.followers[:shown], others=max(0, len(friends.followers) - shown)
            )
            for each, friends in zip(found, familiar, strict=True)
        ]


def _is_suggested(user: User) -> bool:
    return is_offered(user) and not user.protected


def _near(state: ShardState, interactions: InteractionGraph, viewer_id: int, now_ms: int) -> list[_Candidate]:
    """By the follow graph and by interactions, together. Beside the event loop."""
    graph = state.graph
    row = graph.row_of(viewer_id)
    if row < 0:
        return []
    sources = _around(graph, row)
    closed = graph.closed_to(row, now_ms)  # after the sources, so that all of them have a place there
    near = near_users(graph, row, sources, SUGGESTION_CANDIDATES_MAX, closed)
    scores = dict(zip(graph.user_ids[near.rows].tolist(), near.scores.tolist(), strict=True))
    acts = _acts_towards(state, interactions, viewer_id)
    for user_id, count in acts.items():
        scores[user_id] = scores.get(user_id, 0.0) + _ACT_WEIGHT * min(count, _ACTS_COUNTED_MAX)
    ranked = sorted(scores.items(), key=lambda entry: -entry[1])
    is_near = set(graph.user_ids[near.rows].tolist())
    found = [
        _Candidate(
            user_id,
            SuggestionSource.FRIENDS_OF_FRIENDS if user_id in is_near else SuggestionSource.INTERACTIONS,
            round(score, 6),
        )
        for user_id, score in ranked
    ]
    if len(found) < SUGGESTION_CANDIDATES_MAX:
        walked = walked_users(graph, row, sources, SUGGESTION_CANDIDATES_MAX, closed, viewer_id)
        source = SuggestionSource.FRIENDS_OF_FRIENDS
        found += [_Candidate(user_id, source) for user_id in graph.user_ids[walked.rows].tolist()]
    return found[:SUGGESTION_CANDIDATES_MAX]


def _around(graph: Graph, row: int) -> Rows:
    """The rows of followees and followers; of many, those of the oldest accounts."""
    followees = np.sort(graph.followees(row))[:SUGGESTION_FOLLOWEES_MAX]
    followers = np.sort(graph.follower_rows(row))[:SUGGESTION_FOLLOWEES_MAX]
    return np.union1d(followees, followers)


def _acts_towards(state: ShardState, interactions: InteractionGraph, viewer_id: int) -> Counter[int]:
    """How often a user did something lately to the tweets of each author whom they do not follow."""
    acts = interactions_of(interactions, viewer_id, SUGGESTION_ACTS_MAX, _ACTS)
    if not acts:
        return Counter()
    authors, _, _ = worth_showing(state, np.array([act.tweet_id for act in acts], np.int64))
    followees = state.graph.user_ids[state.graph.followees(state.graph.row_of(viewer_id))]
    known = {0, viewer_id, *followees.tolist()}
    return Counter(author for author in authors.tolist() if author not in known)
