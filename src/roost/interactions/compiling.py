"""Compiles every kernel before the first query needs one."""

import numpy as np

from roost.interactions.graph import InteractionGraph
from roost.interactions.proof import top_by_proof
from roost.interactions.segments import InteractionCapacity
from roost.interactions.similarity import similar_tweets
from roost.interactions.snapshot import capture_live
from roost.interactions.walks import Walk, salsa, subgraph_salsa

_TINY = InteractionCapacity(segments=1, segment_edges=8, segment_users=8, segment_tweets=8)


def compile_kernels() -> None:
    """Run a tiny graph through everything. The first time on a machine this takes a quarter of a minute;
    later, less than a second."""
    graph = InteractionGraph(_TINY)
    ids = np.arange(1, 13)
    for _ in range(2):
        graph.add(ids, 2 * ids, (ids % 7).astype(np.uint8), 1_000 * ids)
        graph.cancel(1, 2, 1)
        graph.delete_tweet(6)
        graph.settle()
    capture_live(graph)
    seeds = dict.fromkeys(range(1, 9), 1.0)
    salsa(graph, seeds, 3, Walk(10, 3))
    subgraph_salsa(graph, seeds, 3, Walk(10, 3))
    top_by_proof(graph, seeds, 3)
    similar_tweets(graph, 4, 3)
