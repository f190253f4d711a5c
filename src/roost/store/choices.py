"""What users chose for their home timelines beyond whom they follow: exclusive lists, and hashtags."""

from collections import OrderedDict

import msgspec

from roost.limits import CHOICES_CACHE_ENTRIES, LIST_MEMBERS_MAX, LISTS_MAX, TAGS_FOLLOWED_MAX
from roost.model import (
    Event,
    ListDeleted,
    ListMemberAdded,
    ListMemberRemoved,
    ListSaved,
    TagFollowed,
    TagUnfollowed,
)
from roost.store import tables
from roost.store.seam import Store


class Choices(msgspec.Struct, frozen=True, gc=False):
    """Of one user."""

    left_out: frozenset[int] = frozenset()
    """Members of exclusive lists: what they tweet and retweet stays away from the home timeline."""
    tags: tuple[str, ...] = ()
    """Hashtags whose public tweets enter it."""


NO_CHOICES = Choices()


async def load_choices(store: Store, user_id: int) -> Choices:
    """From the tables. Two scans, and one for each exclusive list."""
    left_out: set[int] = set()
    for userlist in await store.scan(tables.LISTS, (user_id,), limit=LISTS_MAX):
        if userlist.exclusive:
            members = await store.scan(tables.LIST_MEMBERS, (userlist.list_id,), limit=LIST_MEMBERS_MAX)
            left_out.update(member.user_id for member in members)
    follows = await store.scan(tables.FOLLOWED_TAGS, (user_id,), limit=TAGS_FOLLOWED_MAX)
    tags = tuple(follow.tag for follow in follows)
    return Choices(frozenset(left_out), tags) if left_out or tags else NO_CHOICES


class ChoicesCache:
    """The choices of users who read lately; forgotten when one of them changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[int, Choices] = OrderedDict()
        self._changes = 0

    async def of(self, user_id: int) -> Choices:
        """0.2 us where they are known."""
        known = self._known.get(user_id)
        if known is not None:
            self._known.move_to_end(user_id)
            return known
        changes = self._changes
        found = await load_choices(self._store, user_id)
        if changes == self._changes:  # else what was read may be what was there before
            self._known[user_id] = found
            if len(self._known) > CHOICES_CACHE_ENTRIES:
                self._known.popitem(last=False)
        return found

    def note(self, event: Event) -> None:
        """An event is durable."""
        chooser_id = chooser_of(event)
        if chooser_id:
            self._changes += 1
            self._known.pop(chooser_id, None)


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
