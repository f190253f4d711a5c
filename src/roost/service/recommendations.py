"""What the service answers where somebody wants tweets or people recommended, and why each is."""

import enum
from typing import Protocol

import msgspec

from roost.service.views import Because, TweetView


class RecommendedBy(enum.Enum):
    INTERACTIONS = "interactions"
    """What the reader, and those whom they follow, did lately leads to it."""
    TREND = "trend"
    """It trends: for who did too little for anything else."""
    SIMILARITY = "similarity"
    """The same people interacted with it as with another one."""


class RecommendedTweet(msgspec.Struct, frozen=True):
    tweet: TweetView
    source: RecommendedBy
    score: float
    """Of one list, comparable among each other."""
    because: Because


class RecommendationPage(msgspec.Struct, frozen=True):
    items: tuple[RecommendedTweet, ...]
    cursor: str
    """What the next page is asked for with; empty where there is none."""


class RecommendationStatistics(msgspec.Struct, frozen=True):
    """Counts since the start, and of now."""

    readers: int
    """Whose recommendations are kept."""
    made: int
    refreshed: int
    """Of these, because their reader had done enough since."""
    put_off: int
    """Refreshes that had no place in the queue; they are made when their reader asks."""


class Recommendations(Protocol):
    """Everything is checked when it is read: what was deleted, hidden or blocked is not recommended."""

    async def tweets(self, viewer_id: int, cursor: str, limit: int, language: str = "") -> RecommendationPage:
        """Raises Invalid for a cursor that this never gave."""
        ...

    async def similar(self, viewer_id: int, tweet_id: int, cursor: str, limit: int) -> RecommendationPage:
        """The tweets most like one. Raises NotFound, and Invalid for a cursor that this never gave."""
        ...

    async def click(self, viewer_id: int, tweet_id: int) -> None:
        """Note that the viewer opened a tweet; once, and none of their own. Raises NotFound."""
        ...
