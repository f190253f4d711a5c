"""The state of trends as a file, so that a restart need not read days of the log."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.errors import Corrupt, NotFound
from roost.home import read_arrays, write_arrays
from roost.model import TrendKind
from roost.trends import TrendEngine, capture_engine, restore_engine

_log = logging.getLogger("roost.trends")


def write_engines(path: Path, engines: Mapping[TrendKind, TrendEngine], position: int) -> None:
    """All of it, or nothing. Blocks; the engines are not changed meanwhile."""
    arrays: dict[str, NDArray[Any]] = {}
    for kind, engine in engines.items():
        for name, array in capture_engine(engine).items():
            arrays[f"{kind.name}.{name}"] = np.ascontiguousarray(array)
    write_arrays(path, {"position": position}, arrays)


def read_engines(path: Path, engines: Mapping[TrendKind, TrendEngine], newest: int) -> int:
    """Fill new engines; the position of the log that they are at. 0 where there is nothing to be used, with a
    message where there should be: the engines are then not to be used either."""
    try:
        notes, arrays = read_arrays(path)
        position = notes["position"]
        if position > newest:
            raise Corrupt(f"{path} is of log position {position}, but the log ends at {newest}")
        for kind, engine in engines.items():
            prefix = f"{kind.name}."
            own = {
                name.removeprefix(prefix): each for name, each in arrays.items() if name.startswith(prefix)
            }
            restore_engine(engine, own)
        return position
    except NotFound:
        return 0
    except (Corrupt, KeyError, ValueError, IndexError, msgspec.MsgspecError) as cause:
        _log.warning("The state of trends cannot be read (%s); they are counted anew from the log.", cause)
        return 0
