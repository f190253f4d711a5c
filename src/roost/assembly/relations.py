"""The relations of a home timeline's owner: from the hot graph, or from the tables where that lags behind."""

from roost.graph import Graph
from roost.kernels import QUIET, follow_flags
from roost.limits import SCAN_ROWS_MAX
from roost.model import Edge, EdgeKind
from roost.store import Store, rows, tables


class HotRelations:
    """Answers from the shard's graph, as it is at each question."""

    def __init__(
        self,
        graph: Graph,
        viewer_id: int,
        viewer: int,
        now_ms: int,
        left_out: frozenset[int] = frozenset(),
    ) -> None:
        self.viewer_id = viewer_id
        self.left_out = left_out
        self._graph = graph
        self.viewer = viewer
        self._hidden = frozenset(graph.hidden.rows(viewer, now_ms).tolist())

    def followee_ids(self) -> list[int]:
        followees: list[int] = self._graph.user_ids[self._graph.followees(self.viewer)].tolist()
        return followees

    def follows(self, user_id: int) -> bool:
        row = self._graph.row_of(user_id)
        return row >= 0 and self._graph.follows(self.viewer, row)

    def shows_retweets_of(self, user_id: int) -> bool:
        row = self._graph.row_of(user_id)
        flags = int(follow_flags(self._graph.following, self.viewer, row)) if row >= 0 else -1
        return flags >= 0 and flags & QUIET == 0

    def hides(self, user_id: int) -> bool:
        return self._graph.row_of(user_id) in self._hidden

    def leaves_out(self, user_id: int) -> bool:
        return user_id in self.left_out


class StoredRelations:
    """Answers from the tables, read once: they hold every write that was ever answered with success."""

    def __init__(
        self, viewer_id: int, edges: list[Edge], now_ms: int, left_out: frozenset[int] = frozenset()
    ) -> None:
        self.viewer_id = viewer_id
        self.left_out = left_out
        self._follows: dict[int, Edge] = {}
        self._hidden: set[int] = set()
        for edge in edges:
            other_id = edge.target_id if edge.source_id == viewer_id else edge.source_id
            if edge.kind is EdgeKind.FOLLOW:
                self._follows[other_id] = edge
            elif not 0 < edge.until_ms <= now_ms:
                self._hidden.add(other_id)

    def followee_ids(self) -> list[int]:
        return list(self._follows)

    def follows(self, user_id: int) -> bool:
        return user_id in self._follows

    def shows_retweets_of(self, user_id: int) -> bool:
        edge = self._follows.get(user_id)
        return edge is not None and edge.shows_retweets

    def hides(self, user_id: int) -> bool:
        return user_id in self._hidden

    def leaves_out(self, user_id: int) -> bool:
        return user_id in self.left_out


_SIDES = (rows.Side.FOLLOWS, rows.Side.BLOCKS, rows.Side.MUTES, rows.Side.BLOCKED_BY)


async def load_relations(
    store: Store, viewer_id: int, now_ms: int, left_out: frozenset[int] = frozenset()
) -> StoredRelations:
    """20 us and 8 us a followee. `left_out` are the members of exclusive lists."""
    edges: list[Edge] = []
    for side in _SIDES:
        last = 0
        while True:
            page = await store.scan(tables.EDGE_LISTS, (viewer_id, side), above=(last,), limit=SCAN_ROWS_MAX)
            found = await store.get_many(tables.EDGES, [(viewer_id, entry.other_id, side) for entry in page])
            edges.extend(row.edge for row in found if row is not None)
            if len(page) < SCAN_ROWS_MAX:
                break
            last = page[-1].edge_id
    return StoredRelations(viewer_id, edges, now_ms, left_out)
