"""What the service answers about trends."""

from typing import Generic, TypeVar

import msgspec

from roost.model import TrendKind
from roost.trends import TrendState

V = TypeVar("V")


class TrendsPage(msgspec.Struct, Generic[V], frozen=True):
    """What trends, best first. A later page of the same `ranking` goes on where this one ends."""

    items: tuple[V, ...]
    ranking: int = 0


class TrendQuery(msgspec.Struct, frozen=True):
    """Which trends."""

    kind: TrendKind = TrendKind.TAG
    window: str = ""
    """Only by what happened in it (`trends.WINDOW_NAMES`); empty for what trends by any, and for a while."""
    language: str = ""
    """A language's subtag, as `de`; empty for everything together."""
    offset: int = 0
    limit: int = 20
    ranking: int = 0
    """Of an earlier page; 0, or one that is not kept any more, for the newest."""


class TrendWindowView(msgspec.Struct, frozen=True):
    """What made up a topic's score in one window. Parts are in standard deviations."""

    window: str
    users: int
    users_per_min: float
    """In its newer half."""
    expected: float
    volume: float
    velocity: float
    acceleration: float
    score: float
    weight: float
    """How much of that score counts: less in long windows."""


class TrendView(msgspec.Struct, frozen=True):
    kind: TrendKind
    key: str
    """A hashtag without its sign, a link, or a tweet's id."""
    language: str
    state: TrendState
    since_ms: int
    """When that state began; 0 where it has just begun."""
    score: float
    """By which it ranks."""
    best: TrendWindowView
    """The window that was asked for, or the one with the highest score."""
    hours: tuple[int, ...]
    """Users in each of the last 24 hours, newest last: the sum of those in each ten minutes."""


class TrendExplanation(msgspec.Struct, frozen=True):
    """All that is known of a topic."""

    kind: TrendKind
    key: str
    language: str
    state: TrendState
    since_ms: int
    momentum: float
    threshold: float
    """The score that it takes to trend."""
    ends_below: float
    """The momentum below which a trend ends."""
    topics: int
    """In use in the last day; the more, the higher is the threshold."""
    counted_since_ms: int
    one_of_users: int
    """1 where users are counted exactly, else so many stand for each that is held."""
    barred: bool
    windows: tuple[TrendWindowView, ...]
    minutes: tuple[int, ...]
    """Users in each of the last 60 minutes, newest last."""
    ten_minutes: tuple[int, ...]
    """Users in each ten minutes of the last day, newest last."""
