"""People that a viewer may want to find: the directory, and familiar followers."""

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from roost.graph import Graph
from roost.limits import ACCOUNT_PAGE_MAX, FAMILIAR_FOLLOWERS_MAX
from roost.model import User
from roost.service.discovery import Familiar, PeopleOrder
from roost.service.local.census import Census
from roost.service.local.kit import Kit
from roost.service.views import UserView

Ids = NDArray[np.int64]


class LocalPeople:
    def __init__(self, kit: Kit, census: Census) -> None:
        self._kit = kit
        self._census = census

    async def directory(self, viewer_id: int, order: PeopleOrder, offset: int, limit: int) -> list[UserView]:
        """Everybody who wants to be found, but whom the viewer blocks, mutes, or is blocked by."""
        found = await (self._census.active() if order is PeopleOrder.ACTIVE else self._census.newest())
        ids = without_hidden(self._kit, viewer_id, found)
        users: list[User] = []
        for start in range(0, len(ids), ACCOUNT_PAGE_MAX):
            chunk = await self._kit.users.get_many(ids[start : start + ACCOUNT_PAGE_MAX].tolist())
            users.extend(user for user in chunk if user is not None and is_offered(user))
            if len(users) >= offset + limit:
                break
            await asyncio.sleep(0)  # others get their turn
        return self._kit.hydration.user_views(users[offset : offset + limit])

    async def familiar(self, viewer_id: int, user_ids: Sequence[int]) -> list[Familiar]:
        """For each of some users, those of their followers whom the viewer follows, oldest account first.

        Not those who hide whom they follow, and none of a user who hides who follows them.
        """
        graph = self._kit.reader.state.graph
        found = await asyncio.to_thread(_familiar_rows, graph, viewer_id, list(user_ids))
        familiar = []
        users = await self._kit.users.get_many(user_ids)
        for user_id, user, rows in zip(user_ids, users, found, strict=True):
            if user is None or user.is_gone or user.hides_follows:
                familiar.append(Familiar(user_id, ()))
                continue
            ids = without_hidden(self._kit, viewer_id, graph.user_ids[rows])
            views = await self._kit.hydration.users(ids[:FAMILIAR_FOLLOWERS_MAX].tolist())
            shown = tuple(
                view
                for view in views
                if view is not None and not view.user.is_gone and not view.user.hides_follows
            )
            familiar.append(Familiar(user_id, shown))
        return familiar


def is_offered(user: User) -> bool:
    """Whether an account may be shown to whoever did not ask for it."""
    return user.discoverable and not user.is_gone and not user.standing.silenced


def without_hidden(kit: Kit, viewer_id: int, user_ids: Ids) -> Ids:
    """Some users but those whom the viewer blocks, mutes or is blocked by; in order."""
    graph = kit.reader.state.graph
    viewer = graph.row_of(viewer_id) if viewer_id else -1
    if viewer < 0:
        return user_ids
    hidden = graph.hidden.rows(viewer, kit.clock.now_ms())
    if not len(hidden):
        return user_ids
    return user_ids[~np.isin(user_ids, graph.user_ids[hidden])]


def _familiar_rows(graph: Graph, viewer_id: int, user_ids: list[int]) -> list[Ids]:
    """Beside the event loop: 10 ns a follower of each user."""
    viewer = graph.row_of(viewer_id)
    followees = np.sort(graph.followees(viewer)) if viewer >= 0 else np.empty(0, np.int64)
    nobody = np.empty(0, np.int64)
    found: list[Ids] = []
    for user_id in user_ids:
        row = graph.row_of(user_id)
        if row < 0 or not len(followees):
            found.append(nobody)
            continue
        followers = graph.follower_rows(row)
        found.append(followees[np.isin(followees, followers)])
    return found
