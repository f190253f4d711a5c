"""What an operator is told."""

import msgspec

from roost.eventlog import LogStatistics
from roost.home import FanoutStatistics, MemoryUse
from roost.ingest import EnricherStatistics
from roost.interactions import InteractionStatistics
from roost.links import LinkStatistics
from roost.processors import ProcessorStatistics, SearchStatistics, TrendStatistics
from roost.service.recommendations import RecommendationStatistics
from roost.store import CacheStatistics, StoreStatistics
from roost.telemetry import Percentiles


class Usage(msgspec.Struct, frozen=True):
    """What a server tells everybody about itself."""

    users: int
    tweets: int
    active_month: int
    """Users who read or wrote within the last 30 days."""


class PushCounts(msgspec.Struct):
    """What became of messages of Web Push since the start."""

    sent: int = 0
    refused: int = 0
    given_up: int = 0
    dropped: int = 0
    """For want of room in the queue."""
    ended: int = 0
    """Subscriptions that their push service does not know any more."""


class Statistics(msgspec.Struct, frozen=True):
    version: str
    uptime_s: float
    users: int
    follows: int
    blocks_and_mutes: int
    rings: int
    tweets_in_columns: int
    memory: MemoryUse
    memory_total_bytes: int
    resident_bytes: int
    """What the operating system counts for the whole process."""
    store: StoreStatistics
    log: LogStatistics
    processors: list[ProcessorStatistics]
    enrichers: list[EnricherStatistics]
    links: LinkStatistics
    search: SearchStatistics
    fanout: FanoutStatistics
    visible_after: Percentiles
    """From a tweet's id to its being on its followers' timelines."""
    streamed_after: Percentiles
    """From a tweet's id to its being at the sockets of all who are told, once for each of them."""
    interactions: InteractionStatistics
    interactions_visible_after: Percentiles
    """From a like, say, to its being in the interaction graph."""
    recommendations: RecommendationStatistics
    web_push: PushCounts
    tweet_cache: CacheStatistics
    user_cache: CacheStatistics
    trends: list[TrendStatistics]


class Difference(msgspec.Struct, frozen=True):
    """Something that is not what the tables say."""

    what: str
    found: str
    expected: str


class VerifiedSubject(msgspec.Struct, frozen=True):
    name: str
    unit: str
    """What was compared, in words."""
    processor: str
    """Which one derives it."""
    compared: int
    differing: int
    differences: list[Difference]
    """The first of them."""
    left_open: list[str]
    """What could not be compared, and why."""
    events_meanwhile: int
    """What came on the log while it was looked at; a difference may be due to that."""
    remedy: str
    """What helps where something differs, in words."""


class Verification(msgspec.Struct, frozen=True):
    differing: int
    subjects: list[VerifiedSubject]
