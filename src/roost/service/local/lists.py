"""Lists of users and hashtags: make, change, and who and what is on them."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

import msgspec

from roost.errors import FieldProblem, Forbidden, Invalid, NotFound
from roost.ingest import clean_text
from roost.limits import (
    LIST_CHANGES_AT_ONCE_MAX,
    LIST_MEMBERS_MAX,
    LIST_TAGS_MAX,
    LIST_TITLE_CHARACTERS_MAX,
    LISTS_MAX,
)
from roost.model import (
    FOR_YOU_ID,
    TAG_CHARACTERS_MAX,
    Event,
    ListDeleted,
    ListMember,
    ListMemberAdded,
    ListMemberRemoved,
    ListSaved,
    ListTag,
    ListTagAdded,
    ListTagRemoved,
    Page,
    PageRequest,
    UserList,
    fold_tag,
)
from roost.service.local.kit import Kit
from roost.service.local.paging import scan_page
from roost.service.views import ListTerms, UserView
from roost.store import rows, tables
from roost.text import validate_hashtag

_READ_ONLY = "This list is made by the server: it cannot be changed, and nobody can be put on it"


class LocalLists:
    """A list is its owner's alone: for everybody else it is not there."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def all(self, owner_id: int) -> list[UserList]:
        """Oldest first; before them "For you", where the settings have it."""
        found = await self._kit.store.scan(tables.LISTS, (owner_id,), limit=LISTS_MAX)
        return [_for_you(owner_id), *found] if self._kit.settings.for_you_list else found

    async def get(self, owner_id: int, list_id: int) -> UserList:
        """Raises NotFound, for others' lists too."""
        if list_id == FOR_YOU_ID:
            return _for_you(owner_id)
        found = await self._kit.store.get(tables.LISTS, (owner_id, list_id))
        if found is None:
            raise NotFound
        return found

    async def create(self, owner_id: int, terms: ListTerms) -> UserList:
        """Raises Invalid without a title, and above the limit."""
        made = _with_terms(UserList(self._kit.ids.next_id(), owner_id, ""), terms)
        async with self._changing(owner_id):
            held = await self._kit.store.scan(tables.LISTS, (owner_id,), limit=LISTS_MAX)
            if len(held) >= LISTS_MAX:
                raise Invalid(f"Validation failed: You have {LISTS_MAX} lists, which is the limit")
            await self._commit(owner_id, [ListSaved(made)])
        return made

    async def edit(self, owner_id: int, list_id: int, terms: ListTerms) -> UserList:
        """Raises Forbidden for what the server made, NotFound, Invalid."""
        async with self._changing(owner_id):
            held = await self._own(owner_id, list_id)
            edited = _with_terms(held, terms)
            if edited != held:
                await self._commit(owner_id, [ListSaved(edited)])
        return edited

    async def delete(self, owner_id: int, list_id: int) -> None:
        """Some members at a time, and the list itself last. Raises Forbidden, NotFound."""
        async with self._changing(owner_id):
            held = await self._own(owner_id, list_id)
            while members := await self._kit.store.scan(
                tables.LIST_MEMBERS, (list_id,), limit=LIST_CHANGES_AT_ONCE_MAX
            ):
                await self._kit.committer.commit([ListMemberRemoved(member) for member in members])
            tags = await self._kit.store.scan(tables.LIST_TAGS, (list_id,), limit=LIST_TAGS_MAX)
            await self._commit(owner_id, [*(ListTagRemoved(tag) for tag in tags), ListDeleted(held)])

    async def members(self, owner_id: int, list_id: int, page: PageRequest) -> Page[UserView]:
        """Who is on a list, newest first. Its cursors are internal ids. Raises NotFound."""
        await self.get(owner_id, list_id)
        found = await scan_page(
            self._kit.store, tables.LIST_MEMBERS, (list_id,), page, lambda member: member.member_id
        )
        if not found:
            return Page(())
        users = await self._kit.hydration.users([member.user_id for member in found])
        items = tuple(view for view in users if view is not None and not view.user.is_gone)
        return Page(items, found[0].member_id, found[-1].member_id, len(found) == page.limit)

    async def add(self, owner_id: int, list_id: int, user_ids: Sequence[int]) -> None:
        """Put users on a list: all of them, or nobody.

        Raises Forbidden, NotFound where one of them is not followed (oneself apart), Invalid where one is
        there already or above the limit.
        """
        _check_count(user_ids)
        async with self._changing(owner_id):
            await self._own(owner_id, list_id)
            await self._check_followed(owner_id, user_ids)
            held = await self._memberships(owner_id, list_id, user_ids)
            if any(member is not None for member in held) or len(set(user_ids)) < len(user_ids):
                raise _invalid("account_ids", "ERR_TAKEN", "Account has already been taken")
            contents = await self._kit.choices.list_contents(list_id)
            if len(contents.member_ids) + len(user_ids) > LIST_MEMBERS_MAX:
                raise Invalid(f"Validation failed: A list has room for {LIST_MEMBERS_MAX} accounts")
            ids = self._kit.ids.next_ids(len(user_ids))
            pairs = zip(user_ids, ids, strict=True)
            events = [ListMemberAdded(ListMember(list_id, owner_id, *pair)) for pair in pairs]
            await self._commit(owner_id, events)

    async def remove(self, owner_id: int, list_id: int, user_ids: Sequence[int]) -> None:
        """Take users off a list; those who are not on it are passed over. Raises Forbidden, NotFound."""
        _check_count(user_ids)
        async with self._changing(owner_id):
            await self._own(owner_id, list_id)
            held = await self._memberships(owner_id, list_id, list(dict.fromkeys(user_ids)))
            await self._commit(owner_id, [ListMemberRemoved(member) for member in held if member is not None])

    async def of_member(self, owner_id: int, user_id: int) -> list[UserList]:
        """Those of the owner's lists that a user is on. Raises NotFound for nobody's id."""
        if await self._kit.users.get(user_id) is None:
            raise NotFound
        store = self._kit.store
        found = await store.scan(tables.LISTS_OF_MEMBER, (user_id, owner_id), limit=LISTS_MAX)
        lists = await store.get_many(tables.LISTS, [(owner_id, member.list_id) for member in found])
        return [userlist for userlist in lists if userlist is not None]

    async def tags(self, owner_id: int, list_id: int) -> list[str]:
        """The hashtags of a list, in order. Raises NotFound."""
        await self.get(owner_id, list_id)
        found = await self._kit.store.scan(tables.LIST_TAGS, (list_id,), limit=LIST_TAGS_MAX)
        return [row.tag for row in found]

    async def add_tags(self, owner_id: int, list_id: int, tags: Sequence[str]) -> list[str]:
        """Answers all of the list's hashtags. Raises Forbidden, NotFound, Invalid."""
        wanted = _folded(tags)
        async with self._changing(owner_id):
            await self._own(owner_id, list_id)
            held = await self.tags(owner_id, list_id)
            fresh = [tag for tag in wanted if tag not in held]
            if len(held) + len(fresh) > LIST_TAGS_MAX:
                raise Invalid(f"Validation failed: A list has room for {LIST_TAGS_MAX} hashtags")
            await self._commit(owner_id, [ListTagAdded(ListTag(list_id, owner_id, tag)) for tag in fresh])
            return sorted([*held, *fresh])

    async def remove_tags(self, owner_id: int, list_id: int, tags: Sequence[str]) -> list[str]:
        """Answers the hashtags that are left. Raises Forbidden, NotFound, Invalid."""
        gone = _folded(tags)
        async with self._changing(owner_id):
            await self._own(owner_id, list_id)
            held = await self.tags(owner_id, list_id)
            events = [ListTagRemoved(ListTag(list_id, owner_id, tag)) for tag in held if tag in gone]
            await self._commit(owner_id, events)
            return [tag for tag in held if tag not in gone]

    def _changing(self, owner_id: int) -> AbstractAsyncContextManager[None]:
        return self._kit.locks.hold("lists", owner_id)

    async def _own(self, owner_id: int, list_id: int) -> UserList:
        if list_id == FOR_YOU_ID:
            raise Forbidden(_READ_ONLY)
        return await self.get(owner_id, list_id)

    async def _check_followed(self, owner_id: int, user_ids: Sequence[int]) -> None:
        others = [user_id for user_id in user_ids if user_id != owner_id]
        keys = [(owner_id, user_id, rows.Side.FOLLOWS) for user_id in others]
        if None in await self._kit.store.get_many(tables.EDGES, keys):
            raise NotFound

    async def _memberships(
        self, owner_id: int, list_id: int, user_ids: Sequence[int]
    ) -> list[ListMember | None]:
        keys = [(user_id, owner_id, list_id) for user_id in user_ids]
        return await self._kit.store.get_many(tables.LISTS_OF_MEMBER, keys)

    async def _commit(self, owner_id: int, events: Sequence[Event]) -> None:
        if events:
            position = await self._kit.committer.commit(events)
            await self._kit.positions.settle(owner_id, position)


def _for_you(owner_id: int) -> UserList:
    return UserList(FOR_YOU_ID, owner_id, "For you")


def _with_terms(userlist: UserList, terms: ListTerms) -> UserList:
    """The list with what is given. Raises Invalid."""
    given = {name: value for name, value in msgspec.structs.asdict(terms).items() if value is not None}
    if terms.title is not None:
        given["title"] = clean_text(terms.title).strip()
    edited = msgspec.structs.replace(userlist, **given)
    if not edited.title:
        raise _invalid("title", "ERR_BLANK", "Title can't be blank")
    if len(edited.title) > LIST_TITLE_CHARACTERS_MAX:
        too_long = f"Title is too long (maximum is {LIST_TITLE_CHARACTERS_MAX} characters)"
        raise _invalid("title", "ERR_TOO_LONG", too_long)
    return edited


def _check_count(user_ids: Sequence[int]) -> None:
    if len(user_ids) > LIST_CHANGES_AT_ONCE_MAX:
        raise Invalid(f"Validation failed: {LIST_CHANGES_AT_ONCE_MAX} accounts can be named at once")


def _folded(tags: Sequence[str]) -> list[str]:
    """Hashtags in the form that they are found by. Raises Invalid for what is none."""
    words = [tag.strip().removeprefix("#") for tag in tags]
    if not all(len(word) <= TAG_CHARACTERS_MAX and validate_hashtag(f"#{word}") for word in words):
        raise _invalid("tags", "ERR_INVALID", "Tag is not a hashtag")
    return list(dict.fromkeys(fold_tag(word) for word in words))


def _invalid(field: str, code: str, text: str) -> Invalid:
    return Invalid(f"Validation failed: {text}", {field: (FieldProblem(code, text),)})
