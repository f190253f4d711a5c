"""One subject of a verification, and what it finds."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import numpy as np

from roost.limits import VERIFY_DIFFERENCES_MAX, VERIFY_SHOWN_CHARACTERS
from roost.service.local.kit import Kit
from roost.service.reports import Difference


class Sample(msgspec.Struct, frozen=True):
    """How many of what is too much to look at whole, and which."""

    size: int
    seed: int

    def of(self, ids: list[int]) -> list[int]:
        """All where they are few."""
        if len(ids) <= self.size:
            return ids
        chosen = np.random.default_rng(self.seed).choice(len(ids), self.size, replace=False)
        return [ids[place] for place in chosen.tolist()]


class Tally:
    """Counts what was compared and what differs; the first of it is named."""

    def __init__(self) -> None:
        self.compared = 0
        self.differing = 0
        self.differences: list[Difference] = []
        self.left_open: list[str] = []

    def leave_open(self, what: str) -> None:
        """Something is not compared, and why: a sentence's part."""
        self.left_open.append(what)

    def differs(self, what: str, found: object, expected: object) -> None:
        """`what` names one thing; `found` is what Roost has derived of it, `expected` what the tables say."""
        self.differing += 1
        if len(self.differences) < VERIFY_DIFFERENCES_MAX:
            self.differences.append(Difference(what, _shown(found), _shown(expected)))

    def compare(self, what: str, found: object, expected: object) -> None:
        """For what is compared a few times; elsewhere the name is made only when it is needed."""
        self.compared += 1
        if found != expected:
            self.differs(what, found, expected)


class Subject(msgspec.Struct, frozen=True):
    name: str
    unit: str
    """What is compared, in words."""
    processor: str
    """Which one derives it."""
    check: Callable[[Kit, Sample, Tally], Awaitable[None]]
    """Reads in slices, and gives the event loop away between them."""
    remedy: str = ""
    """What helps where something differs; empty for a rebuild of the processor."""


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= VERIFY_SHOWN_CHARACTERS else text[:VERIFY_SHOWN_CHARACTERS] + " …"
