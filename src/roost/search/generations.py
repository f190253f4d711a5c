"""The folders of an index that is made anew now and then, by number; the newest whole one serves."""

import logging
import shutil
from pathlib import Path

from roost.errors import Corrupt
from roost.search.index import TextIndex

_log = logging.getLogger("roost.search")


class Generations:
    """`folder` holds them; None where nothing is kept on disk. Not for two threads at once."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._newest = 0

    def open(self) -> TextIndex:
        """The newest that is whole, else the newest that was begun, else a new one; all others go.

        One that cannot be read goes too, with a message.
        """
        if self._folder is None:
            return TextIndex()
        self._folder.mkdir(parents=True, exist_ok=True)
        numbers = sorted(int(path.name) for path in self._folder.iterdir() if path.name.isdigit())
        self._newest = max(numbers, default=0)
        chosen: TextIndex | None = None
        for number in reversed(numbers):
            found = self._read(self._folder / str(number))
            if found is None:
                continue
            if chosen is None:
                chosen = found
            elif found.note.is_whole and not chosen.note.is_whole:
                self.drop(chosen)
                chosen = found
            else:
                self.drop(found)
        return chosen or self.begin()

    def begin(self) -> TextIndex:
        """A new one, with nothing in it."""
        if self._folder is None:
            return TextIndex()
        self._newest += 1
        folder = self._folder / str(self._newest)
        shutil.rmtree(folder, ignore_errors=True)
        return TextIndex(folder)

    def drop(self, index: TextIndex) -> None:
        """Close it, and forget it."""
        index.close()
        if index.folder is not None:
            shutil.rmtree(index.folder, ignore_errors=True)

    def _read(self, folder: Path) -> TextIndex | None:
        try:
            return TextIndex(folder)
        except Corrupt as cause:
            _log.warning("%s (%s); it is made anew", cause.text, cause.__cause__)
            shutil.rmtree(folder, ignore_errors=True)
            return None
