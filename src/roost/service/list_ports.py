"""Lists, and hashtags that are followed: a part of `ports`."""

from collections.abc import Sequence
from typing import Protocol

from roost.model import Page, PageRequest, UserList
from roost.service.views import (
    CatchUp,
    ListTerms,
    RankedPage,
    RankedRequest,
    TagView,
    UserView,
)


class Lists(Protocol):
    """Lists of users and hashtags."""

    async def all(self, owner_id: int) -> list[UserList]: ...

    async def get(self, owner_id: int, list_id: int) -> UserList: ...

    async def create(self, owner_id: int, terms: ListTerms) -> UserList: ...

    async def edit(self, owner_id: int, list_id: int, terms: ListTerms) -> UserList: ...

    async def delete(self, owner_id: int, list_id: int) -> None: ...

    async def members(self, owner_id: int, list_id: int, page: PageRequest) -> Page[UserView]: ...

    async def add(self, owner_id: int, list_id: int, user_ids: Sequence[int]) -> None: ...

    async def remove(self, owner_id: int, list_id: int, user_ids: Sequence[int]) -> None: ...

    async def of_member(self, owner_id: int, user_id: int) -> list[UserList]: ...

    async def tags(self, owner_id: int, list_id: int) -> list[str]: ...

    async def add_tags(self, owner_id: int, list_id: int, tags: Sequence[str]) -> list[str]: ...

    async def remove_tags(self, owner_id: int, list_id: int, tags: Sequence[str]) -> list[str]: ...


class FollowedTags(Protocol):
    """Hashtags whose public tweets enter the home timeline."""

    async def follow(self, user_id: int, tag: str) -> TagView: ...

    async def unfollow(self, user_id: int, tag: str) -> TagView: ...

    async def page(self, user_id: int, page: PageRequest) -> Page[TagView]: ...


class ForYou(Protocol):
    """The home timeline in another order than that of time."""

    async def page(self, viewer_id: int, request: RankedRequest) -> RankedPage: ...

    async def best_since(self, viewer_id: int, request: RankedRequest) -> CatchUp: ...

    async def oldest_unread(self, viewer_id: int, limit: int, after_id: int = 0) -> CatchUp: ...
