"""Rows of edges: both sides of each."""

from roost.model import EdgeAdded, EdgeKind, EdgeRemoved
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules
from roost.store.rows import EdgeListRow, EdgeRow, Side, TweetAlertRow

SIDES: dict[EdgeKind, tuple[Side, Side]] = {
    EdgeKind.FOLLOW: (Side.FOLLOWS, Side.FOLLOWED_BY),
    EdgeKind.FOLLOW_REQUEST: (Side.REQUESTS, Side.REQUESTED_BY),
    EdgeKind.BLOCK: (Side.BLOCKS, Side.BLOCKED_BY),
    EdgeKind.MUTE: (Side.MUTES, Side.MUTED_BY),
}
"""The two sides of each kind of edge: its source's and its target's."""


def _add_edge(event: EdgeAdded, batch: Batch) -> None:
    edge = event.edge
    near, far = SIDES[edge.kind]
    batch.put(tables.EDGES, EdgeRow(edge.source_id, edge.target_id, near, edge))
    batch.put(tables.EDGES, EdgeRow(edge.target_id, edge.source_id, far, edge))
    batch.put(tables.EDGE_LISTS, EdgeListRow(edge.source_id, near, edge.edge_id, edge.target_id))
    batch.put(tables.EDGE_LISTS, EdgeListRow(edge.target_id, far, edge.edge_id, edge.source_id))
    if edge.kind is EdgeKind.FOLLOW:
        if edge.tells:
            batch.put(tables.TWEET_ALERTS, TweetAlertRow(edge.target_id, edge.edge_id, edge.source_id))
        else:
            batch.delete(tables.TWEET_ALERTS, (edge.target_id, edge.edge_id))


def _remove_edge(event: EdgeRemoved, batch: Batch) -> None:
    edge = event.edge
    near, far = SIDES[edge.kind]
    batch.delete(tables.EDGES, (edge.source_id, edge.target_id, near))
    batch.delete(tables.EDGES, (edge.target_id, edge.source_id, far))
    batch.delete(tables.EDGE_LISTS, (edge.source_id, near, edge.edge_id))
    batch.delete(tables.EDGE_LISTS, (edge.target_id, far, edge.edge_id))
    if edge.kind is EdgeKind.FOLLOW:
        batch.delete(tables.TWEET_ALERTS, (edge.target_id, edge.edge_id))


RULES: Rules = {EdgeAdded: _add_edge, EdgeRemoved: _remove_edge}
