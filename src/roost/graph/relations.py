"""What stands between two users, as the tables say: that is, with every accepted write."""

from collections.abc import Sequence
from typing import Any

from roost.model import Relation
from roost.store import Store, rows, tables

_FIELDS = {
    rows.Side.FOLLOWS: "follow",
    rows.Side.REQUESTS: "request",
    rows.Side.BLOCKS: "block",
    rows.Side.MUTES: "mute",
    rows.Side.FOLLOWED_BY: "followed_by",
    rows.Side.REQUESTED_BY: "requested_by",
    rows.Side.BLOCKED_BY: "blocked_by",
}
_SIDES_MAX = 16


async def relation_between(store: Store, user_id: int, other_id: int, now_ms: int) -> Relation:
    """One scan, 20 us. A mute that has ended by `now_ms` is none."""
    found = await store.scan(tables.EDGES, (user_id, other_id), limit=_SIDES_MAX)
    edges: dict[str, Any] = {}
    for row in found:
        field = _FIELDS.get(row.side)
        if field is not None and not 0 < row.edge.until_ms <= now_ms:
            edges[field] = row.edge
    return Relation(user_id, other_id, **edges)


async def relations_with(
    store: Store, user_id: int, other_ids: Sequence[int], now_ms: int
) -> dict[int, Relation]:
    """`relation_between` one user and each of some others; for nobody (0) there are none."""
    if user_id == 0:
        return {}
    return {
        other_id: await relation_between(store, user_id, other_id, now_ms)
        for other_id in dict.fromkeys(other_ids)
        if other_id != user_id
    }
