"""An engine's state as arrays, and back. What is empty is left out."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.kernels import FREE
from roost.trends.engine import Topic, TrendEngine

_BY_ROW = ("facts", "minutes", "tens", "seen_minutes", "seen_tens")


def capture_engine(engine: TrendEngine) -> dict[str, NDArray[Any]]:
    """Views where that is possible: to be written before the engine changes."""
    topics, high = engine.topics, engine.high
    names = [(topic.language, topic.key) if topic is not None else None for topic in engine.named]
    arrays: dict[str, NDArray[Any]] = {
        "sizes": _sizes_of(engine),
        "clock": topics.clock,
        "keys": topics.keys[:high],
        "free": topics.free[: topics.clock[FREE]],
        "named": np.frombuffer(msgspec.json.encode(names), np.uint8),
        "averages": engine.averages[:, :high],
        "usual": engine.usual[:, :high],
        "profile": engine.profile,
        **{name: getattr(topics, name)[:, :high] for name in _BY_ROW},
        **{name: life[:high] for name, life in engine.lives._asdict().items()},
    }
    for name, array in (("slots", topics.slots), ("tail", topics.tail.counts.reshape(-1))):
        arrays[f"{name}_at"] = np.flatnonzero(array)
        arrays[name] = array[arrays[f"{name}_at"]]
    arrays["pairs_at"] = np.flatnonzero(topics.pair_keys)
    arrays["pair_keys"] = topics.pair_keys[arrays["pairs_at"]]
    arrays["pairs"] = topics.pairs[arrays["pairs_at"]]
    return arrays


def restore_engine(engine: TrendEngine, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Be as another engine of the same sizes was, if this one is new. Raises KeyError, ValueError, IndexError
    or MsgspecError where that is none."""
    if arrays["sizes"].tolist() != _sizes_of(engine).tolist():
        raise ValueError("it is of other sizes")
    topics, high = engine.topics, len(arrays["keys"])
    names = msgspec.json.decode(arrays["named"].tobytes(), type=list[tuple[str, str] | None])
    engine.named = [Topic(name[1], name[0]) if name is not None else None for name in names]
    topics.clock[:] = arrays["clock"]
    topics.keys[:high] = arrays["keys"]
    topics.free[: len(arrays["free"])] = arrays["free"]
    engine.averages[:, :high] = arrays["averages"]
    engine.usual[:, :high] = arrays["usual"]
    engine.profile[:] = arrays["profile"]
    for name in _BY_ROW:
        getattr(topics, name)[:, :high] = arrays[name]
    for name, life in engine.lives._asdict().items():
        life[:high] = arrays[name]
    topics.slots[arrays["slots_at"]] = arrays["slots"]
    topics.tail.counts.reshape(-1)[arrays["tail_at"]] = arrays["tail"]
    topics.pair_keys[arrays["pairs_at"]] = arrays["pair_keys"]
    topics.pairs[arrays["pairs_at"]] = arrays["pairs"]


def _sizes_of(engine: TrendEngine) -> NDArray[np.int64]:
    topics = engine.topics
    shapes = (*topics.keys.shape, *topics.pair_keys.shape, *topics.tail.counts.shape, *engine.averages.shape)
    return np.array(shapes, np.int64)
