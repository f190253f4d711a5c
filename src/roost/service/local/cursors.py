"""Cursors into lists that are made for somebody: two numbers as text."""

import re

from roost.errors import FieldProblem, Invalid


class PairCursor:
    """An id, a `mark` and a number of at most so many digits. Each kind of list has a mark of its own, and
    refuses what others gave."""

    def __init__(self, mark: str, digits: int, giver: str) -> None:
        self._mark = mark
        self._form = re.compile(rf"([1-9]\d{{0,18}}){re.escape(mark)}(\d{{1,{digits}}})\Z")
        self._complaint = f"is none that {giver} gave"

    def write(self, first: int, second: int) -> str:
        return f"{first}{self._mark}{second}"

    def read(self, cursor: str) -> tuple[int, int]:
        """0 and 0 where it is empty. Raises Invalid."""
        if not cursor:
            return 0, 0
        found = self._form.match(cursor)
        if found is None:
            problem = FieldProblem("ERR_INVALID", self._complaint)
            raise Invalid(f"Validation failed: cursor {self._complaint}", {"cursor": (problem,)})
        return int(found[1]), int(found[2])
