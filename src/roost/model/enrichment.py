"""What is found out about a tweet beyond what its author said of it."""

import enum

import msgspec

from roost.model.card import Card


class Signal(enum.IntFlag):
    """Two verdicts, and the reasons for them. Stored as their numbers.

    Whoever counts what people say leaves out what has either verdict: see `Tweet.is_noise`.
    """

    NONE = 0
    SPAM = 1
    """Its score is high enough to leave it out of trends and the like; its readers still get it."""
    DUPLICATE = 2
    """Nearly the same was said a short while ago, by its author or by others."""
    LINKS = 16
    """Much of it is web addresses."""
    MENTIONS = 32
    """It calls many users."""
    HASHTAGS = 64
    """Much of it is hashtags or cashtags."""
    REPEATED = 128
    """Its author said nearly the same a short while ago."""
    COPIED = 256
    """Other authors said nearly the same a short while ago."""
    REPETITIVE = 512
    """It says the same within itself over and over."""
    HASTY = 1024
    """Its author is new here and posts fast."""


class Findings(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one or more enrichers found. What is at its default was not found: nothing is ever taken away by
    findings, so that they can be added in any order, and more than once."""

    language: str = ""
    """A guess, which counts where the author said none."""
    sentiment: int | None = None
    """From -100 (negative) to 100 (positive)."""
    signals: Signal = Signal.NONE
    spam_percent: int = 0
    card: Card | None = None
    finished: bool = False
    """Whether nothing more is to come of what was left out when the tweet was accepted."""

    @property
    def is_shown(self) -> bool:
        """Whether who has the tweet on a screen is told. Not of a language alone: languages come late when
        there is much to do, and streams would then have twice as much to send."""
        return self.card is not None


NO_FINDINGS = Findings()
