"""Search for people, by any part of their username and display name."""

import numpy as np

from roost.graph import may_list, relations_with
from roost.limits import (
    SEARCH_GRAMS_MAX,
    SEARCH_PEOPLE_NAMES_MAX,
    SEARCH_QUERY_CHARACTERS_MAX,
    USERNAME_CHARACTERS_MAX,
)
from roost.model import Relation, User
from roost.service.local.indexing import searchable
from roost.service.local.kit import Kit
from roost.service.views import UserView
from roost.store import tables
from roost.text import GRAM_CHARACTERS, search_form, wanted_grams

_EXACT, _BEGINS, _HAS = range(3)


class PeopleSearch:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def find(
        self, viewer_id: int, text: str, following: bool, offset: int, limit: int
    ) -> list[UserView]:
        """Who is called so comes first, then whose username begins so, then the most followed.

        Each word of `text` has to be in the username or the display name; one of less than three characters
        at the beginning of a word. Looks at the `SEARCH_PEOPLE_NAMES_MAX` most followed of the
        `SEARCH_PEOPLE_MAX` newest accounts with such a name. With `following` only whom the viewer follows.
        """
        words = search_form(text[:SEARCH_QUERY_CHARACTERS_MAX]).removeprefix("@").split()
        if not words:
            return []
        await searchable(self._kit)
        exact_id = await self._called(words)
        ids = await (self._followees(viewer_id) if following else self._candidates(words))
        ranked = self._most_followed([*ids, *([exact_id] if exact_id and not following else [])])
        users = [user for user in await self._kit.users.get_many(ranked) if user is not None]
        fitting = [user for user in users if _fits(user, words)]
        shown = await self._shown(viewer_id, fitting, exact_id)
        order = {user.user_id: (_rank(user, words), place) for place, user in enumerate(shown)}
        shown.sort(key=lambda user: order[user.user_id])
        return self._kit.hydration.user_views(shown[offset : offset + limit])

    async def _called(self, words: list[str]) -> int:
        """The id of whose username this is, or 0."""
        if len(words) > 1 or len(words[0]) > USERNAME_CHARACTERS_MAX:
            return 0
        row = await self._kit.store.get(tables.USERNAMES, (words[0],))
        return row.user_id if row is not None else 0

    async def _candidates(self, words: list[str]) -> list[int]:
        return await self._kit.finder.users_with(wanted_grams(" ".join(words))[:SEARCH_GRAMS_MAX])

    async def _followees(self, viewer_id: int) -> list[int]:
        graph = self._kit.reader.state.graph
        row = graph.row_of(viewer_id) if viewer_id else -1
        if row < 0:
            return []
        followees: list[int] = graph.user_ids[graph.followees(row)].tolist()
        return followees

    def _most_followed(self, user_ids: list[int]) -> list[int]:
        """Each once, most followed first, then the newest; `SEARCH_PEOPLE_NAMES_MAX` at most, and always the
        last one given. 50 us for 5,000."""
        if not user_ids:
            return []
        graph = self._kit.reader.state.graph
        ids = np.unique(np.array(user_ids, np.int64))
        rows = graph.rows_of(ids)
        counts = graph.follower_counts()
        followers = np.where(rows >= 0, counts[np.maximum(rows, 0)] if len(counts) else 0, 0)
        order = np.lexsort((ids, followers))[::-1][:SEARCH_PEOPLE_NAMES_MAX]
        return list(dict.fromkeys([*ids[order].tolist(), user_ids[-1]]))

    async def _shown(self, viewer_id: int, users: list[User], exact_id: int) -> list[User]:
        """Without those who are gone or have blocked the viewer, and whom they block, mute, or moderators
        silenced, unless they were asked for by name."""
        kit = self._kit
        ids = [user.user_id for user in users]
        relations = await relations_with(kit.store, viewer_id, ids, kit.clock.now_ms())
        return [
            user
            for user in users
            if _may_be_shown(user, viewer_id, relations.get(user.user_id), user.user_id == exact_id)
        ]


def _may_be_shown(user: User, viewer_id: int, relation: Relation | None, asked_for: bool) -> bool:
    if user.is_gone or (relation is not None and relation.blocked_by is not None):
        return False
    if asked_for:
        return True
    if relation is not None and (relation.block is not None or relation.mute is not None):
        return False
    return may_list(user, viewer_id, relation)


def _fits(user: User, words: list[str]) -> bool:
    name = f"{user.username.lower()} {search_form(user.display_name)}"
    spaced = f" {name}"
    return all(word in name if len(word) >= GRAM_CHARACTERS else f" {word}" in spaced for word in words)


def _rank(user: User, words: list[str]) -> int:
    username = user.username.lower()
    if [username] == words:
        return _EXACT
    return _BEGINS if username.startswith(words[0]) else _HAS
