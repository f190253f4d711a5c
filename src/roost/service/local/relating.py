"""What stands between two users, with what one of them says about the other."""

import msgspec

from roost.graph import relation_between
from roost.model import Relation
from roost.service.local.kit import Kit
from roost.store import tables


async def full_relation(kit: Kit, user_id: int, other_id: int) -> Relation:
    """`relation_between`, with the note and the endorsement. 30 us."""
    relation = await relation_between(kit.store, user_id, other_id, kit.clock.now_ms())
    note = await kit.store.get(tables.USER_NOTES, (user_id, other_id))
    held = await kit.store.get(tables.ENDORSEMENTS, (user_id, other_id))
    if note is None and held is None:
        return relation
    follow = relation.follow
    endorsed = held is not None and follow is not None and follow.edge_id == held.follow_id
    return msgspec.structs.replace(relation, note=note.text if note else "", endorsed=endorsed)
