"""What users chose for their home timelines beyond whom they follow: exclusive lists, and hashtags."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import msgspec

from roost.limits import (
    CHOICES_CACHE_ENTRIES,
    LIST_MEMBERS_MAX,
    LIST_TAGS_MAX,
    LISTS_CACHE_ENTRIES,
    LISTS_MAX,
    TAGS_FOLLOWED_MAX,
)
from roost.model import (
    Event,
    ListDeleted,
    ListMemberAdded,
    ListMemberRemoved,
    ListSaved,
    ListTagAdded,
    ListTagRemoved,
    TagFollowed,
    TagUnfollowed,
)
from roost.store import tables
from roost.store.seam import Store

T = TypeVar("T")


class Choices(msgspec.Struct, frozen=True, gc=False):
    """Of one user."""

    left_out: frozenset[int] = frozenset()
    """Members of exclusive lists: what they tweet and retweet stays away from the home timeline."""
    tags: tuple[str, ...] = ()
    """Hashtags whose public tweets enter it."""


NO_CHOICES = Choices()


class ListContents(msgspec.Struct, frozen=True, gc=False):
    """Whose tweets a list shows."""

    member_ids: frozenset[int]
    tags: tuple[str, ...]


async def load_list(store: Store, list_id: int) -> ListContents:
    """From the tables. Two scans, and 3 us a member."""
    members = await store.scan(tables.LIST_MEMBERS, (list_id,), limit=LIST_MEMBERS_MAX)
    tags = await store.scan(tables.LIST_TAGS, (list_id,), limit=LIST_TAGS_MAX)
    return ListContents(frozenset(member.user_id for member in members), tuple(row.tag for row in tags))


async def load_choices(store: Store, user_id: int) -> Choices:
    """From the tables. Two scans, and one for each exclusive list."""
    left_out: set[int] = set()
    for userlist in await store.scan(tables.LISTS, (user_id,), limit=LISTS_MAX):
        if userlist.exclusive:
            left_out.update((await load_list(store, userlist.list_id)).member_ids)
    follows = await store.scan(tables.FOLLOWED_TAGS, (user_id,), limit=TAGS_FOLLOWED_MAX)
    tags = tuple(follow.tag for follow in follows)
    return Choices(frozenset(left_out), tags) if left_out or tags else NO_CHOICES


class ChoicesCache:
    """The choices of users, and the contents of lists, that were read lately; forgotten when they change."""

    def __init__(self, store: Store) -> None:
        self._choices = _Known(lambda user_id: load_choices(store, user_id), CHOICES_CACHE_ENTRIES)
        self._lists = _Known(lambda list_id: load_list(store, list_id), LISTS_CACHE_ENTRIES)

    async def of(self, user_id: int) -> Choices:
        """0.2 us where they are known."""
        return await self._choices.get(user_id)

    async def list_contents(self, list_id: int) -> ListContents:
        """0.2 us where they are known."""
        return await self._lists.get(list_id)

    def note(self, event: Event) -> None:
        """An event is durable."""
        chooser_id = chooser_of(event)
        if chooser_id:
            self._choices.forget(chooser_id)
        match event:
            case ListMemberAdded(member) | ListMemberRemoved(member):
                self._lists.forget(member.list_id)
            case ListTagAdded(tag) | ListTagRemoved(tag):
                self._lists.forget(tag.list_id)


class _Known(Generic[T]):
    """What was loaded lately, by id; what was read while anything was forgotten is not kept."""

    def __init__(self, load: Callable[[int], Awaitable[T]], entries_max: int) -> None:
        self._load = load
        self._entries_max = entries_max
        self._entries: OrderedDict[int, T] = OrderedDict()
        self._changes = 0

    async def get(self, key: int) -> T:
        known = self._entries.get(key)
        if known is not None:
            self._entries.move_to_end(key)
            return known
        changes = self._changes
        found = await self._load(key)
        if changes == self._changes:
            self._entries[key] = found
            if len(self._entries) > self._entries_max:
                self._entries.popitem(last=False)
        return found

    def forget(self, key: int) -> None:
        self._changes += 1
        self._entries.pop(key, None)


def chooser_of(event: Event) -> int:
    """The user whose choices an event changes, or 0."""
    match event:
        case TagFollowed(follow) | TagUnfollowed(follow):
            return follow.user_id
        case ListSaved(userlist) | ListDeleted(userlist):
            return userlist.owner_id
        case ListMemberAdded(member) | ListMemberRemoved(member):
            return member.owner_id
        case _:
            return 0
