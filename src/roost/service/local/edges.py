"""Follow, block, mute: the edges between users, and the lists of them."""

from collections.abc import Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
)

import msgspec

from roost.errors import Forbidden, Invalid, NotFound
from roost.limits import (
    FOLLOWEES_MAX,
    LISTS_MAX,
)
from roost.model import (
    Edge,
    EdgeAdded,
    EdgeKind,
    EdgeRemoved,
    Event,
    ListMemberRemoved,
    Page,
    PageRequest,
    Relation,
    User,
)
from roost.service.local.kit import Kit
from roost.service.local.paging import scan_page
from roost.service.local.relating import full_relation
from roost.service.views import UserView
from roost.store import rows, tables


class LocalEdges:
    """Every change answers the relation as it is afterwards, and is in force when it returns."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def relations(self, viewer_id: int, other_ids: Sequence[int]) -> list[Relation]:
        """One an id, in order; ids of nobody are left out."""
        users = await self._kit.users.get_many(other_ids)
        return [await self._relation(viewer_id, user.user_id) for user in users if user is not None]

    async def follow(
        self,
        viewer_id: int,
        other_id: int,
        shows_retweets: bool | None = None,
        tells: bool | None = None,
    ) -> Relation:
        """Follow, or ask to where the account is protected; terms that are None are left as they are.

        Raises Forbidden for oneself and where one of the two blocks the other, Invalid at the limit.
        """
        async with self._pair(viewer_id, other_id):
            other = await self._other(viewer_id, other_id)
            if other.is_gone:
                raise NotFound("Record not found")
            relation = await self._relation(viewer_id, other_id)
            if relation.is_barred:
                raise Forbidden("This action is not allowed")
            held = relation.follow or relation.request
            terms = _follow_terms(held, shows_retweets, tells)
            if held is not None:
                changed = msgspec.structs.replace(held, **terms)
                if changed == held:
                    return relation
                return await self._commit(viewer_id, other_id, [EdgeAdded(changed)])
            self._check_followees(viewer_id)
            kind = EdgeKind.FOLLOW_REQUEST if other.is_locked else EdgeKind.FOLLOW
            edge = Edge(kind, viewer_id, other_id, self._kit.ids.next_id(), **terms)
            return await self._commit(viewer_id, other_id, [EdgeAdded(edge)])

    async def unfollow(self, viewer_id: int, other_id: int) -> Relation:
        """Also takes a request to follow back."""
        async with self._pair(viewer_id, other_id):
            await self._other(viewer_id, other_id)
            relation = await self._relation(viewer_id, other_id)
            return await self._remove(viewer_id, other_id, [relation.follow, relation.request])

    async def remove_follower(self, viewer_id: int, other_id: int) -> Relation:
        async with self._pair(viewer_id, other_id):
            await self._other(viewer_id, other_id)
            relation = await self._relation(viewer_id, other_id)
            return await self._remove(viewer_id, other_id, [relation.followed_by])

    async def block(self, viewer_id: int, other_id: int) -> Relation:
        """Ends follows and requests both ways."""
        async with self._pair(viewer_id, other_id):
            await self._other(viewer_id, other_id)
            relation = await self._relation(viewer_id, other_id)
            if relation.block is not None:
                return relation
            ended = (relation.follow, relation.request, relation.followed_by, relation.requested_by)
            events: list[Event] = [EdgeRemoved(edge) for edge in ended if edge is not None]
            edge = Edge(EdgeKind.BLOCK, viewer_id, other_id, self._kit.ids.next_id())
            return await self._commit(viewer_id, other_id, [*events, EdgeAdded(edge)])

    async def unblock(self, viewer_id: int, other_id: int) -> Relation:
        async with self._pair(viewer_id, other_id):
            await self._other(viewer_id, other_id)
            relation = await self._relation(viewer_id, other_id)
            return await self._remove(viewer_id, other_id, [relation.block])

    async def mute(
        self, viewer_id: int, other_id: int, hides_notifications: bool = True, duration_s: int = 0
    ) -> Relation:
        """`duration_s` 0 mutes for good. Muting again replaces the mute's terms."""
        async with self._pair(viewer_id, other_id):
            await self._other(viewer_id, other_id)
            # One that has ended is there still, and on the list of mutes in its old place.
            held = await self._kit.store.get(tables.EDGES, (viewer_id, other_id, rows.Side.MUTES))
            edge_id = held.edge.edge_id if held is not None else self._kit.ids.next_id()
            until_ms = self._kit.clock.now_ms() + 1000 * duration_s if duration_s > 0 else 0
            edge = Edge(
                EdgeKind.MUTE,
                viewer_id,
                other_id,
                edge_id,
                hides_notifications=hides_notifications,
                until_ms=until_ms,
            )
            return await self._commit(viewer_id, other_id, [EdgeAdded(edge)])

    async def unmute(self, viewer_id: int, other_id: int) -> Relation:
        async with self._pair(viewer_id, other_id):
            await self._other(viewer_id, other_id)
            relation = await self._relation(viewer_id, other_id)
            return await self._remove(viewer_id, other_id, [relation.mute])

    async def answer_request(self, viewer_id: int, requester_id: int, accept: bool) -> Relation:
        """Accept or reject a request to follow `viewer_id`. Raises NotFound where there is none."""
        async with self._pair(viewer_id, requester_id):
            await self._other(viewer_id, requester_id)
            relation = await self._relation(viewer_id, requester_id)
            request = relation.requested_by
            if request is None:
                raise NotFound("Record not found")
            events: list[Event] = [EdgeRemoved(request)]
            if accept:
                edge_id = self._kit.ids.next_id()
                follow = msgspec.structs.replace(request, kind=EdgeKind.FOLLOW, edge_id=edge_id)
                events.append(EdgeAdded(follow))
            return await self._commit(viewer_id, requester_id, events)

    async def followers(self, viewer_id: int, user_id: int, page: PageRequest) -> Page[UserView]:
        """A page of those who follow a user, newest follow first; none where the user keeps that to
        themselves. Its cursors are edge ids."""
        if await self._hides_follows(viewer_id, user_id):
            return Page(())
        return await self._on_side(user_id, rows.Side.FOLLOWED_BY, page)

    async def following(self, viewer_id: int, user_id: int, page: PageRequest) -> Page[UserView]:
        if await self._hides_follows(viewer_id, user_id):
            return Page(())
        return await self._on_side(user_id, rows.Side.FOLLOWS, page)

    async def requesters(self, user_id: int, page: PageRequest) -> Page[UserView]:
        """Those who ask to follow a user."""
        return await self._on_side(user_id, rows.Side.REQUESTED_BY, page)

    async def blocked(self, user_id: int, page: PageRequest) -> Page[UserView]:
        return await self._on_side(user_id, rows.Side.BLOCKS, page)

    async def muted(self, user_id: int, page: PageRequest) -> Page[UserView]:
        """Those whom a user mutes; mutes that have ended are left out."""
        return await self._on_side(user_id, rows.Side.MUTES, page)

    async def _hides_follows(self, viewer_id: int, user_id: int) -> bool:
        user = await self._kit.users.get(user_id)
        return user is not None and user.hides_follows and viewer_id != user_id

    async def _on_side(self, user_id: int, side: rows.Side, page: PageRequest) -> Page[UserView]:
        store = self._kit.store
        found = await scan_page(store, tables.EDGE_LISTS, (user_id, side), page, lambda row: row.edge_id)
        if not found:
            return Page(())
        edges = await store.get_many(tables.EDGES, [(user_id, row.other_id, side) for row in found])
        now_ms = self._kit.clock.now_ms()
        lasting = [row.other_id for row in edges if row is not None and not 0 < row.edge.until_ms <= now_ms]
        users = await self._kit.hydration.users(lasting)
        items = tuple(view for view in users if view is not None and not view.user.is_gone)
        return Page(items, found[0].edge_id, found[-1].edge_id, len(found) == page.limit)

    def _pair(self, one_id: int, other_id: int) -> AbstractAsyncContextManager[None]:
        return self._kit.locks.hold("edge", min(one_id, other_id), max(one_id, other_id))

    async def _relation(self, viewer_id: int, other_id: int) -> Relation:
        return await full_relation(self._kit, viewer_id, other_id)

    async def _other(self, viewer_id: int, other_id: int) -> User:
        if viewer_id == other_id:
            raise Forbidden("This action is not allowed")
        other = await self._kit.users.get(other_id)
        if other is None:
            raise NotFound("Record not found")
        return other

    def _check_followees(self, viewer_id: int) -> None:
        graph = self._kit.reader.state.graph
        row = graph.row_of(viewer_id)
        if row >= 0 and graph.followee_count(row) >= FOLLOWEES_MAX:
            raise Invalid(
                f"Validation failed: You already follow {FOLLOWEES_MAX} accounts, which is the limit"
            )

    async def _remove(self, viewer_id: int, other_id: int, edges: Sequence[Edge | None]) -> Relation:
        events: list[Event] = [EdgeRemoved(edge) for edge in edges if edge is not None]
        return await self._commit(viewer_id, other_id, events)

    async def _commit(self, viewer_id: int, other_id: int, events: Sequence[Event]) -> Relation:
        """Commit changes between two users; who is not followed any more goes from the follower's lists."""
        if events:
            kit = self._kit
            async with AsyncExitStack() as held:
                for owner_id in sorted(edge.source_id for edge in _ended_follows(events)):
                    await held.enter_async_context(kit.locks.hold("lists", owner_id))
                removed = await self._ended_memberships(events)
                position = await kit.committer.commit([*events, *removed])
            await kit.positions.settle(viewer_id, position)
        return await self._relation(viewer_id, other_id)

    async def _ended_memberships(self, events: Sequence[Event]) -> list[Event]:
        removed: list[Event] = []
        for edge in _ended_follows(events):
            key = (edge.target_id, edge.source_id)
            found = await self._kit.store.scan(tables.LISTS_OF_MEMBER, key, limit=LISTS_MAX)
            removed.extend(ListMemberRemoved(member) for member in found)
        return removed


def _ended_follows(events: Sequence[Event]) -> list[Edge]:
    removed = (event.edge for event in events if isinstance(event, EdgeRemoved))
    return [edge for edge in removed if edge.kind is EdgeKind.FOLLOW]


def _follow_terms(held: Edge | None, shows_retweets: bool | None, tells: bool | None) -> dict[str, bool]:
    """What a follow says besides that it is one: as wanted, else as it stands, else as it is usual."""
    usual = held or Edge(EdgeKind.FOLLOW, 0, 0, 0)
    return {
        "shows_retweets": usual.shows_retweets if shows_retweets is None else shows_retweets,
        "tells": usual.tells if tells is None else tells,
    }
