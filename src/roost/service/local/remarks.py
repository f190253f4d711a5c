"""What users note about others, and whom they recommend on their profiles."""

from roost.errors import FieldProblem, Forbidden, Invalid, NotFound
from roost.graph import relation_between
from roost.ingest import clean_text
from roost.limits import ENDORSEMENTS_MAX, USER_NOTE_CHARACTERS_MAX
from roost.model import (
    Endorsement,
    Event,
    Page,
    PageRequest,
    Relation,
    UserEndorsed,
    UserNote,
    UserNoted,
    UserUnendorsed,
)
from roost.service.local.kit import Kit
from roost.service.local.relating import full_relation
from roost.service.views import UserView
from roost.store import tables


class LocalRemarks:
    """Each change answers the relation as it is afterwards."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def note(self, user_id: int, other_id: int, text: str) -> Relation:
        """Note something about another, for oneself; empty text takes it back. Raises NotFound, Invalid."""
        cleaned = clean_text(text).strip()
        if len(cleaned) > USER_NOTE_CHARACTERS_MAX:
            problem = FieldProblem(
                "ERR_TOO_LONG", f"is too long (maximum is {USER_NOTE_CHARACTERS_MAX} characters)"
            )
            raise Invalid(f"Validation failed: Comment {problem.text}", {"comment": (problem,)})
        await self._check_other(user_id, other_id)
        return await self._commit(user_id, other_id, UserNoted(UserNote(user_id, other_id, cleaned)))

    async def endorse(self, user_id: int, other_id: int) -> Relation:
        """Recommend somebody whom one follows. Raises NotFound, and Invalid where one does not follow."""
        await self._check_other(user_id, other_id)
        async with self._kit.locks.hold("endorse", user_id):
            relation = await full_relation(self._kit, user_id, other_id)
            if relation.endorsed:
                return relation
            if relation.follow is None:
                raise Invalid(
                    "Validation failed: You must be already following the person you want to endorse"
                )
            if len(await self._standing(user_id)) >= ENDORSEMENTS_MAX:
                raise Invalid(f"Validation failed: You already endorse {ENDORSEMENTS_MAX} accounts")
            made = Endorsement(user_id, other_id, self._kit.ids.next_id(), relation.follow.edge_id)
            return await self._commit(user_id, other_id, UserEndorsed(made))

    async def unendorse(self, user_id: int, other_id: int) -> Relation:
        """Raises NotFound where there is no such user."""
        await self._check_other(user_id, other_id)
        held = await self._kit.store.get(tables.ENDORSEMENTS, (user_id, other_id))
        if held is None:
            return await full_relation(self._kit, user_id, other_id)
        return await self._commit(user_id, other_id, UserUnendorsed(held))

    async def endorsed(self, viewer_id: int, user_id: int, page: PageRequest) -> Page[UserView]:
        """Whom a user recommends, newest first. Raises NotFound where there is no such user."""
        kit = self._kit
        owner = await kit.users.get(user_id)
        if owner is None or owner.is_gone:
            raise NotFound("Record not found")
        if viewer_id and viewer_id != user_id:
            between = await relation_between(kit.store, viewer_id, user_id, kit.clock.now_ms())
            if between.blocked_by is not None:
                return Page(())
        found = [
            item for item in await self._standing(user_id) if page.low < item.endorsement_id < page.max_id
        ]
        found.sort(key=lambda item: item.endorsement_id, reverse=not page.ascending)
        shown = sorted(found[: page.limit], key=lambda item: item.endorsement_id, reverse=True)
        if not shown:
            return Page(())
        views = await kit.hydration.users([item.other_id for item in shown])
        items = tuple(view for view in views if view is not None and not view.user.is_gone)
        newest, oldest = shown[0].endorsement_id, shown[-1].endorsement_id
        return Page(items, newest, oldest, len(shown) == page.limit)

    async def _standing(self, user_id: int) -> list[Endorsement]:
        """A user's endorsements of those whom they still follow."""
        store = self._kit.store
        found = await store.scan(tables.ENDORSEMENTS, (user_id,), limit=10 * ENDORSEMENTS_MAX)
        now_ms = self._kit.clock.now_ms()
        relations = [await relation_between(store, user_id, item.other_id, now_ms) for item in found]
        return [
            item
            for item, relation in zip(found, relations, strict=True)
            if relation.follow is not None and relation.follow.edge_id == item.follow_id
        ]

    async def _check_other(self, user_id: int, other_id: int) -> None:
        if user_id == other_id:
            raise Forbidden("This action is not allowed")
        other = await self._kit.users.get(other_id)
        if other is None or other.is_gone:
            raise NotFound("Record not found")

    async def _commit(self, user_id: int, other_id: int, event: Event) -> Relation:
        position = await self._kit.committer.commit([event])
        self._kit.positions.note(user_id, position)
        return await full_relation(self._kit, user_id, other_id)
