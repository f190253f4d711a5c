"""The model of py3langid (Barbaresi; after langid.py by Lui and Baldwin) as arrays that kernels read.

It comes compressed, and takes a second of computing and 100 MB to unpack. So it is unpacked once, into a
file beside this one or in the user's cache, which later is mapped into memory: that takes a few ms,
processes share it, and only what is looked at is in memory."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.kernels import LanguageModel, LanguageScratch
from roost.limits import LANGUAGE_TEXT_BYTES_MAX

NO_LANGUAGE = "zxx"
"""What the model calls numbers, names of files and the like."""
_SHOWN_AS = {
    "arz": "ar",
    "ary": "ar",
    "wuu": "zh",
    "gug": "gn",
    "kik": "ki",
    "fuv": "ff",
    "uzs": "uz",
    "sdh": "ku",
}
"""Languages that apps know by a wider name: ISO 639-1 where there is one."""
_ARRAYS = ("steps", "rows", "features", "weights", "priors")


class Languages(msgspec.Struct, frozen=True):
    names: tuple[str, ...]
    """ISO 639 codes, in the order of the model's groups."""
    model: LanguageModel

    def scratch(self) -> LanguageScratch:
        features, classes = self.model.weights.shape
        return LanguageScratch(
            np.zeros(features, np.int32),
            np.zeros(LANGUAGE_TEXT_BYTES_MAX, np.int32),
            np.zeros(classes, np.float32),
            np.zeros(len(self.names), np.float64),
        )


@cache
def languages() -> Languages:
    """The model, once for the process. A few ms, or some seconds where it was never unpacked before."""
    name = f"languages-{version('py3langid')}"
    for folder in _folders():
        found = _mapped(folder / name)
        if found is not None:
            return found
    arrays, classes = _unpacked()
    for folder in _folders():
        with contextlib.suppress(OSError):
            _keep(folder / name, arrays, classes)
            found = _mapped(folder / name)
            if found is not None:
                return found
    return _assembled(arrays, classes)


def _folders() -> Iterator[Path]:
    """Where it may be kept, as machine code is: beside the source, else in the user's cache."""
    yield Path(__file__).parent / "__pycache__"
    cache_folder = os.environ.get("XDG_CACHE_HOME") or (Path.home() / ".cache")
    yield Path(cache_folder) / "roost"


def _unpacked() -> tuple[dict[str, NDArray[np.generic]], list[str]]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE)
    arrays: dict[str, NDArray[np.generic]] = {
        "steps": np.asarray(found.tk_nextmove, np.uint32),
        "rows": np.asarray(found.tk_row, np.uint32),
        "features": np.asarray(found.tk_output, np.int32),
        "weights": np.ascontiguousarray(found.nb_ptc, np.float32),
        "priors": np.asarray(found.nb_pc, np.float32),
    }
    return arrays, list(found.nb_classes)


def _keep(folder: Path, arrays: dict[str, NDArray[np.generic]], classes: list[str]) -> None:
    """Write a folder as a whole: another process that does the same finds it or makes it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        for name, array in arrays.items():
            np.save(Path(made) / name, array)
        (Path(made) / "classes.json").write_bytes(msgspec.json.encode(classes))
        whole = Path(made) / "whole"
        whole.mkdir()
        for path in [*Path(made).glob("*.npy"), Path(made) / "classes.json"]:
            path.rename(whole / path.name)
        whole.rename(folder)


def _mapped(folder: Path) -> Languages | None:
    """What was kept; None where nothing was, or not all of it can be read."""
    try:
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS}
        classes = msgspec.json.decode((folder / "classes.json").read_bytes(), type=list[str])
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    return _assembled(arrays, classes)


def _assembled(arrays: dict[str, NDArray[np.generic]], classes: list[str]) -> Languages:
    shown = [_SHOWN_AS.get(name, name) for name in classes]
    names = tuple(dict.fromkeys(shown))
    groups = np.array([names.index(name) for name in shown], np.int64)
    views = {name: _read_only(array) for name, array in arrays.items()}
    return Languages(names, LanguageModel(groups=groups, **views))  # type: ignore[arg-type]


def _read_only(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Of one type, whether it is mapped or not: kernels are compiled once."""
    plain = np.asarray(array)
    plain.flags.writeable = False
    return plain
