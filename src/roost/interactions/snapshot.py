"""The graph as arrays, to be written to disk: each sealed segment by itself, as it changes only by
cancelling."""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.errors import Corrupt
from roost.interactions.graph import InteractionGraph
from roost.interactions.sealing import clear_sealed
from roost.interactions.segments import Segment
from roost.kernels import (
    BUCKETS,
    DATA,
    DIRECTORY_WORDS,
    EDGES,
    SLOTS,
    TABLE,
    ids_of_edges,
)

Arrays = dict[str, NDArray[Any]]
_SIDES = ("users", "tweets")


class LiveCapture(msgspec.Struct):
    """What is not sealed, as the edges that made it; with which sealed segments it belongs together."""

    position: int
    arrays: Arrays
    sealed: list[tuple[int, int]]
    """The number and the changes of each sealed segment, in order."""


def capture_live(graph: InteractionGraph) -> LiveCapture:
    """Copy the live segments, between two batches, in the writer's thread. 5 ns an edge."""
    segments = graph.view().segments
    arrays: Arrays = {}
    live = [segment for segment in segments if not segment.is_sealed]
    for place, segment in enumerate(reversed(live)):
        row = int(segment.words[DATA])
        edges = graph.arrays.edges[row, : graph.arrays.facts[row, EDGES]]
        ids = np.empty((len(edges), 2), np.int64)
        users, tweets = (
            side.table[segment.words[TABLE]] for side in (graph.arrays.users, graph.arrays.tweets)
        )
        ids_of_edges(edges, users, tweets, ids)
        arrays[f"live{place}_ids"], arrays[f"live{place}_words"] = ids, edges[:, 1].copy()
    sealed = [(segment.number, segment.changes) for segment in segments if segment.is_sealed]
    return LiveCapture(graph.position, arrays, sealed)


def capture_sealed(graph: InteractionGraph, segment: Segment) -> Arrays:
    """Copy a sealed segment, between two batches. As many bytes as it has."""
    words = segment.words
    row, table = int(words[DATA]), int(words[TABLE])
    arrays: Arrays = {"words": words.copy(), "number": np.array([segment.number], np.int64)}
    for at, name in enumerate(_SIDES):
        side = getattr(graph.arrays, name)
        arrays[f"{name}_table"] = side.table[table, : 2 * words[SLOTS + at]].copy()
        arrays[f"{name}_pilots"] = side.pilots[row, : words[BUCKETS + at]].copy()
        arrays[f"{name}_lists"] = side.lists[row].view(np.uint8)[: segment.list_bytes[at]].copy()
    return arrays


def restore_sealed(graph: InteractionGraph, arrays: Arrays) -> None:
    """Add a captured segment to a new graph, before its live ones; oldest first. Raises Corrupt."""
    try:
        row, table, rows = graph.new_sealed_row()
        words = arrays["words"].copy()
        if words.shape != (DIRECTORY_WORDS,):
            raise Corrupt("A segment of interactions is of another version")
        words[DATA], words[TABLE] = row, table
        segment = Segment(int(arrays["number"][0]), words, rows, is_sealed=True)
        for at, name in enumerate(_SIDES):
            side = getattr(graph.arrays, name)
            clear_sealed(side, row, table)
            _put(side.table[table], arrays[f"{name}_table"], 2 * int(words[SLOTS + at]))
            _put(side.pilots[row], arrays[f"{name}_pilots"], int(words[BUCKETS + at]))
            lists = arrays[f"{name}_lists"]
            _put(side.lists[row].view(np.uint8), lists, len(lists))
        segment.list_bytes = (len(arrays["users_lists"]), len(arrays["tweets_lists"]))
    except KeyError as cause:
        raise Corrupt(f"A segment of interactions lacks the part {cause.args[0]!r}") from cause
    graph.adopt(segment)


def restore_live(graph: InteractionGraph, position: int, arrays: Arrays) -> None:
    """Add the captured live edges, and seal the segment that was waiting for it."""
    for place in (1, 0):
        ids, words = arrays.get(f"live{place}_ids"), arrays.get(f"live{place}_words")
        if ids is None or words is None:
            continue
        if len(ids) != len(words) or len(ids) > graph.capacity.segment_edges:
            raise Corrupt("The snapshot of interactions does not fit the settings")
        graph.refill(ids, words)
        if place:
            graph.rotate()
            graph.settle()
    graph.position = position


def _put(target: NDArray[Any], source: NDArray[Any], length: int) -> None:
    if len(source) != length or length > len(target):
        raise Corrupt("A segment of interactions does not fit the settings")
    target[:length] = source
