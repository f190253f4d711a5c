"""The interaction graph on disk.

    interactions.snapshot     the edges that are not sealed, the position, and which segment files belong here
    segment-NUMBER-POSITION   a sealed segment as it was at that position of the log
    archive/segment-NUMBER    a segment that has left the window

A snapshot is whole once `interactions.snapshot` is renamed into place; files that it does not name are left
over."""

from pathlib import Path

import numpy as np

from roost.errors import Corrupt, NotFound
from roost.home import read_arrays, write_arrays
from roost.interactions import Arrays, InteractionGraph, LiveCapture, restore_live, restore_sealed
from roost.limits import INTERACTION_ARCHIVES_MAX

_MAIN = "interactions.snapshot"
_ARCHIVE = "archive"


class InteractionFiles:
    """All of it blocks: for a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: dict[int, tuple[int, int]] = {}
        """A segment's number -> its changes, and the position in the name of its file."""

    def lacks(self, sealed: list[tuple[int, int]]) -> list[int]:
        """The numbers of segments, of (number, changes), whose files are not as they are now."""
        return [number for number, changes in sealed if self._written.get(number, (-1, 0))[0] != changes]

    def write(self, live: LiveCapture, segments: dict[int, Arrays]) -> None:
        """Write a snapshot: `segments` are those that `lacks` named."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        changes = dict(live.sealed)
        for number, arrays in segments.items():
            write_arrays(self._segment(number, live.position), {}, arrays)
            self._written[number] = (changes[number], live.position)
        files = [(number, self._written[number][1]) for number, _ in live.sealed]
        table = np.array(files, np.int64).reshape(-1, 2)
        write_arrays(self._folder / _MAIN, {"position": live.position}, {**live.arrays, "files": table})
        self._sweep(files)

    def restore(self, graph: InteractionGraph) -> bool:
        """Fill a new graph; False where there is no snapshot. Of segments, the newest that the graph has room
        for. Raises Corrupt; the graph is not to be used then."""
        try:
            notes, arrays = read_arrays(self._folder / _MAIN)
        except NotFound:
            return False
        files: list[tuple[int, int]] = [tuple(line) for line in arrays.get("files", np.empty(0)).tolist()]
        files = files[-graph.capacity.segments :]
        try:
            for number, position in files:
                restore_sealed(graph, read_arrays(self._segment(number, position))[1])
        except NotFound as cause:
            raise Corrupt(f"A segment of the snapshot is missing: {cause.text}") from cause
        restore_live(graph, notes.get("position", 0), arrays)
        self._written = {number: (0, position) for number, position in files}
        return True

    def archive(self, number: int, arrays: Arrays) -> None:
        """Keep a segment that has left the window; of all of these, the newest few."""
        folder = self._folder / _ARCHIVE
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_arrays(folder / f"segment-{number:08d}", {"number": number}, arrays)
        for old in sorted(folder.glob("segment-*"))[:-INTERACTION_ARCHIVES_MAX]:
            old.unlink()

    def _segment(self, number: int, position: int) -> Path:
        return self._folder / f"segment-{number}-{position}"

    def _sweep(self, files: list[tuple[int, int]]) -> None:
        kept = {self._segment(*each) for each in files}
        for path in self._folder.glob("segment-*"):
            if path not in kept:
                path.unlink()
        self._written = {number: self._written[number] for number, _ in files}
