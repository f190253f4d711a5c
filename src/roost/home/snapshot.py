"""Snapshots: what of a shard's state is a function of the log, as arrays, so that a restart is quick.

Rings are left out. They are a cache, by far the largest part, and each is built anew in some 40 us at its
owner's next read.
"""

from collections.abc import Iterable

import msgspec
import numpy as np

from roost.errors import Corrupt, Overloaded
from roost.home.arrayfile import Arrays, digest_of
from roost.home.state import ShardState
from roost.kernels import WORDS, EdgeLists, dump_lists, edge_count, load_lines, load_lists

_LIVE_MASK = 0xFFFFFFFF


class Snapshot(msgspec.Struct):
    """A consistent copy of a state. Writing it out needs the state no more."""

    position: int
    highest_id: int
    arrays: Arrays

    @property
    def notes(self) -> dict[str, int]:
        return {"position": self.position, "highest_id": self.highest_id}

    def digest(self) -> str:
        """The same log gives the same digest."""
        return digest_of(self.arrays)


def capture(state: ShardState) -> Snapshot:
    """Copy the state, between two batches. In the writer's thread: 0.5 s for 100 million follows."""
    users = state.graph.users
    bounds = state.authors.bounds[:users].copy()
    bounds[:, 1] = 0  # the ids withheld from rings, which a restored state has none of
    arrays: Arrays = {
        "user_ids": state.graph.user_ids[:users].copy(),
        "account_flags": state.graph.flags[:users].copy(),
        "tallies": state.tallies[:users].copy(),
        "paces": state.paces[:users].copy(),
        "author_rings": state.authors.recent[:users].copy(),
        "author_bounds": bounds,
        "columns": state.columns.lines[: state.tweets_in_columns * WORDS].copy(),
        "columns_added": state.columns.added.copy(),
        "blocks": _table(state.graph.hidden.blocks(), 2),
        "mutes": _table(state.graph.hidden.mutes(), 3),
    }
    for name, lists in _both(state):
        entries = np.empty(edge_count(lists), np.uint32)
        dump_lists(lists, 0, users, entries)
        arrays[f"{name}_counts"] = (lists.heads[:users, 2] & _LIVE_MASK).astype(np.uint32)
        arrays[f"{name}_entries"] = entries
    return Snapshot(state.position, state.highest_id, arrays)


def restore(state: ShardState, notes: dict[str, int], arrays: Arrays, now_ms: int) -> None:
    """Fill a new state. Raises Overloaded where it is too small, Corrupt where a part is missing.

    After an error the state is not to be used.
    """
    try:
        _restore(state, notes, arrays, now_ms)
    except KeyError as cause:
        raise Corrupt(f"The snapshot lacks the part {cause.args[0]!r}") from cause


def _restore(state: ShardState, notes: dict[str, int], arrays: Arrays, now_ms: int) -> None:
    users = len(arrays["user_ids"])
    state.graph.restore_users(arrays["user_ids"], arrays["account_flags"])
    for name, lists in _both(state):
        if not load_lists(lists, arrays[f"{name}_counts"], arrays[f"{name}_entries"]):
            raise Overloaded("The snapshot holds more follows than the setting capacity_follows allows")
    state.tallies[:users] = arrays["tallies"]
    state.paces[:users] = arrays["paces"]
    state.authors.recent[:users] = arrays["author_rings"]
    state.authors.bounds[:users] = arrays["author_bounds"]
    load_lines(state.columns, arrays["columns"], int(arrays["columns_added"][0]))
    for source, target in arrays["blocks"].tolist():
        state.graph.hidden.block(source, target, now_ms)
    for source, target, until_ms in arrays["mutes"].tolist():
        state.graph.hidden.mute(source, target, until_ms, now_ms)
    state.position = notes["position"]
    state.highest_id = notes["highest_id"]


def _both(state: ShardState) -> tuple[tuple[str, EdgeLists], tuple[str, EdgeLists]]:
    return ("followers", state.graph.followers), ("following", state.graph.following)


def _table(rows: Iterable[tuple[int, ...]], width: int) -> "np.typing.NDArray[np.int64]":
    return np.array(list(rows), np.int64).reshape(-1, width)
