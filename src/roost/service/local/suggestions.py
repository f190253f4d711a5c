"""Whom a user may want to follow: those whom several of their followees follow, then the most followed.

One port of its own: a better source takes this one's place without anybody's notice.
"""

import asyncio

import numpy as np
from numpy.typing import NDArray

from roost.errors import NotFound
from roost.graph import Graph, relation_between
from roost.limits import (
    DISMISSED_SUGGESTIONS_MAX,
    SCAN_ROWS_MAX,
    SUGGESTION_CANDIDATES_MAX,
    SUGGESTION_FOLLOWEES_MAX,
)
from roost.model import SuggestionDismissal, SuggestionDismissed, User
from roost.service.discovery import Suggestion, SuggestionSource
from roost.service.local.census import Census
from roost.service.local.kit import Kit
from roost.service.local.people import is_offered
from roost.store import rows, tables

Ids = NDArray[np.int64]


class LocalSuggestions:
    def __init__(self, kit: Kit, census: Census) -> None:
        self._kit = kit
        self._census = census

    async def of(self, viewer_id: int, limit: int) -> list[Suggestion]:
        """The best first. Never oneself, nor whom one follows, asked to follow, blocks, mutes, is blocked by
        or dismissed, nor who does not want to be found. 5 ms, beside the event loop for the most part.
        """
        barred = await self._barred(viewer_id)
        graph = self._kit.reader.state.graph
        friends = await self._friends(graph, viewer_id)
        near = await asyncio.to_thread(_friends_of_friends, graph, viewer_id, friends)
        sources = [(user_id, SuggestionSource.FRIENDS_OF_FRIENDS) for user_id in near.tolist()]
        if len(sources) < SUGGESTION_CANDIDATES_MAX:
            followed = (await self._census.most_followed())[:SUGGESTION_CANDIDATES_MAX].tolist()
            sources += [(user_id, SuggestionSource.MOST_FOLLOWED) for user_id in followed]
        wanted = {user_id: source for user_id, source in reversed(sources) if user_id not in barred}
        ids = list(dict.fromkeys(user_id for user_id, _ in sources if user_id in wanted))
        users = [user for user in await self._kit.users.get_many(ids) if user is not None]
        chosen = await self._allowed(viewer_id, users, limit)
        views = self._kit.hydration.user_views(chosen)
        return [Suggestion(view, wanted[view.user.user_id]) for view in views]

    async def dismiss(self, viewer_id: int, other_id: int) -> None:
        """Suggest somebody no more. Raises NotFound where there is no such user."""
        if await self._kit.users.get(other_id) is None:
            raise NotFound("Record not found")
        dismissal = SuggestionDismissal(viewer_id, other_id)
        position = await self._kit.committer.commit([SuggestionDismissed(dismissal)])
        self._kit.positions.note(viewer_id, position)

    async def _friends(self, graph: Graph, viewer_id: int) -> Ids:
        """The rows of followees who do not hide whom they follow, those of the oldest accounts."""
        viewer = graph.row_of(viewer_id)
        if viewer < 0:
            return np.empty(0, np.int64)
        rows = np.sort(graph.followees(viewer))[:SUGGESTION_FOLLOWEES_MAX]
        users = await self._kit.users.get_many(graph.user_ids[rows].tolist())
        return rows[[user is not None and not user.is_gone and not user.hides_follows for user in users]]

    async def _allowed(self, viewer_id: int, users: list[User], limit: int) -> list[User]:
        """The first `limit` whom nothing speaks against, as the tables say: they know every write."""
        kit = self._kit
        chosen: list[User] = []
        for user in users:
            if len(chosen) >= limit:
                break
            if not is_offered(user):
                continue
            relation = await relation_between(kit.store, viewer_id, user.user_id, kit.clock.now_ms())
            held = (relation.follow, relation.request, relation.block, relation.mute, relation.blocked_by)
            if not any(held):
                chosen.append(user)
        return chosen

    async def _barred(self, viewer_id: int) -> set[int]:
        """Oneself, whom one has dismissed, and whom one asked to follow."""
        store = self._kit.store
        dismissed = await store.scan(
            tables.DISMISSED_SUGGESTIONS, (viewer_id,), limit=DISMISSED_SUGGESTIONS_MAX
        )
        asked = await store.scan(tables.EDGE_LISTS, (viewer_id, rows.Side.REQUESTS), limit=SCAN_ROWS_MAX)
        return {viewer_id, *(row.other_id for row in dismissed), *(row.other_id for row in asked)}


def _friends_of_friends(graph: Graph, viewer_id: int, friends: Ids) -> Ids:
    """The users whom most of a user's friends follow, most first, without those already followed.

    Of as many followees of each as there may be friends, those of the oldest accounts. 10 ns an edge.
    """
    if not len(friends):
        return np.empty(0, np.int64)
    viewer = graph.row_of(viewer_id)
    followees = graph.followees(viewer)
    lists = [np.sort(graph.followees(int(row)))[:SUGGESTION_FOLLOWEES_MAX] for row in friends]
    candidates, mutuals = np.unique(np.concatenate(lists), return_counts=True)
    new = ~np.isin(candidates, followees) & (candidates != viewer)
    candidates, mutuals = candidates[new], mutuals[new]
    followers = graph.follower_counts()[candidates]
    order = np.lexsort((candidates, followers, mutuals))[::-1][:SUGGESTION_CANDIDATES_MAX]
    found: Ids = graph.user_ids[candidates[order]]
    return found
