"""What memory knows of users: how many tweets, followers and followees, whom they follow and do not see."""

from roost.model import UserCounts
from roost.service.local.kit import Kit
from roost.service.local.verification.reading import count_below, slices_below, slices_of
from roost.service.local.verification.seam import Sample, Tally
from roost.store import rows, tables

_HIDING = (rows.Side.BLOCKS, rows.Side.BLOCKED_BY, rows.Side.MUTES)


async def check_people(kit: Kit, sample: Sample, tally: Tally) -> None:
    """Numbers of all users; whom they follow and hide, of a sample. Reads every edge, and each tweet's row
    in its author's index."""
    ids: list[int] = []
    async for users in slices_of(kit.store, tables.USER_IDS):
        for row in users:
            ids.append(row.user_id)
            await _check_counts(kit, row.user_id, tally)
    for user_id in sample.of(ids):
        await _check_relations(kit, user_id, tally)


async def _check_counts(kit: Kit, user_id: int, tally: Tally) -> None:
    expected = (
        await count_below(kit.store, tables.TWEETS_BY_AUTHOR, (user_id,)),
        await count_below(kit.store, tables.EDGE_LISTS, (user_id, rows.Side.FOLLOWED_BY)),
        await count_below(kit.store, tables.EDGE_LISTS, (user_id, rows.Side.FOLLOWS)),
    )
    found: UserCounts = kit.reader.user_counts([user_id])[0]
    counted = found.tweets, found.followers, found.following
    if counted != expected:
        tally.differs(f"tweets, followers and followees of user {user_id}", counted, expected)
    tally.compared += 1


async def _check_relations(kit: Kit, user_id: int, tally: Tally) -> None:
    graph, now_ms = kit.reader.state.graph, kit.clock.now_ms()
    row = graph.row_of(user_id)
    followees = set(graph.user_ids[graph.followees(row)].tolist())
    hidden = set(graph.user_ids[graph.hidden.rows(row, now_ms)].tolist())
    tally.compare(f"whom user {user_id} follows", followees, await _others(kit, user_id, rows.Side.FOLLOWS))
    expected = {other for side in _HIDING for other in await _others(kit, user_id, side)}
    tally.compare(f"whom user {user_id} does not see", hidden, expected)


async def _others(kit: Kit, user_id: int, side: rows.Side) -> set[int]:
    """Those on the other end of edges that have not run out."""
    found: set[int] = set()
    async for entries in slices_below(kit.store, tables.EDGE_LISTS, (user_id, side)):
        keys = [(user_id, entry.other_id, side) for entry in entries]
        for row in await kit.store.get_many(tables.EDGES, keys):
            if row is not None and not 0 < row.edge.until_ms <= kit.clock.now_ms():
                found.add(row.other_id)
    return found
