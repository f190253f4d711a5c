"""A page asked for, and a page answered."""

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")

_ID_MAX = (1 << 63) - 1


class PageRequest(msgspec.Struct, frozen=True):
    """Which part of a list, ordered by id, newest first, is wanted. All bounds are exclusive.

    With `min_id` the page is the one immediately above it; with `since_id` it is the newest page that
    stays above it; both are still answered newest first.
    """

    limit: int
    max_id: int = _ID_MAX
    since_id: int = 0
    min_id: int = 0

    @property
    def ascending(self) -> bool:
        return self.min_id > 0

    @property
    def low(self) -> int:
        """Only ids above this one are wanted."""
        return max(self.since_id, self.min_id)


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A page's items, newest first, and the cursors of its two ends; `full` says that more may follow."""

    items: tuple[T, ...]
    newest_id: int = 0
    oldest_id: int = 0
    full: bool = False
