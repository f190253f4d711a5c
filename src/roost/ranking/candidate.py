"""What a ranker is given, and what it answers: the seam that every ranker fits."""

from collections.abc import Callable, Sequence

import msgspec

from roost.model import TweetCounts


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A tweet that may be shown to a reader."""

    tweet_id: int
    shown_id: int
    """The tweet whose content is seen: the original of a retweet, else the tweet itself."""
    age_s: float
    """Since it came to the timeline."""
    counts: TweetCounts
    """Those of what is seen."""
    is_recommended: bool = False
    """By an author whom the reader does not follow."""


Ranker = Callable[[Sequence[Candidate]], list[int]]
"""The tweet ids of candidates, the best first: some or all of them, each once."""
