"""The parts that the local service is built from, made once by the node."""

from dataclasses import dataclass

from roost.assembly import (
    HomeAssembly,
    ListAssembly,
)
from roost.blobs import Blobs
from roost.clock import Clock
from roost.config import Settings
from roost.eventlog import EventLog
from roost.home import ShardReader, ShardWriter
from roost.ids import Snowflakes
from roost.ingest import Committer, Enrichment, LateEnrichment, Pipeline, Pressure
from roost.links import LinkReader
from roost.media import Workshop
from roost.outgoing import Lookup
from roost.processors import (
    Audience,
    ConversationsProcessor,
    CountsProcessor,
    DeadLetters,
    HomeProcessor,
    InteractionsProcessor,
    NotificationsProcessor,
    PollsProcessor,
    ProcessorRunner,
    PushProcessor,
    Rebuilder,
    SearchProcessor,
    TrendsProcessor,
    UsageProcessor,
    WeeksProcessor,
)
from roost.push import Hub
from roost.service.local.filter_matchers import FilterMatchers
from roost.service.local.hydration import Hydration
from roost.service.local.locks import KeyedLocks
from roost.service.local.poll_views import PollViews
from roost.service.local.positions import Positions
from roost.service.local.web_push_keys import WebPushKeys
from roost.service.reports import PushCounts
from roost.store import (
    ChoicesCache,
    MarksCache,
    Store,
    TweetCache,
    UserCache,
)


@dataclass(frozen=True, slots=True)
class Kit:
    settings: Settings
    clock: Clock
    ids: Snowflakes
    store: Store
    log: EventLog
    tweets: TweetCache
    users: UserCache
    committer: Committer
    pipeline: Pipeline
    pressure: Pressure
    enrichment: Enrichment
    late_enrichment: LateEnrichment
    writer: ShardWriter
    reader: ShardReader
    runner: ProcessorRunner
    """Processors that writers wait for."""
    background: ProcessorRunner
    """Processors that no writer waits for: what they derive is for others."""
    indexing: ProcessorRunner
    """Processors that searches wait for, and nobody else: what they derive is looked at when it is read."""
    recommending: ProcessorRunner
    """The interaction graph: recommendations wait for it, a moment, and nobody else does."""
    streaming: ProcessorRunner
    """Apart from the others: it waits for them, and nobody for it."""
    dead_letters: DeadLetters
    enriching: ProcessorRunner
    """Nobody waits for it: what late enrichers find is there when it is there."""
    finder: SearchProcessor
    rebuilder: Rebuilder
    usage: UsageProcessor
    trends: TrendsProcessor
    notices: NotificationsProcessor
    letters: ConversationsProcessor
    push_keys: WebPushKeys
    push_counts: PushCounts
    hub: Hub
    audience: Audience
    push: PushProcessor
    home: HomeProcessor
    counts: CountsProcessor
    tallies: PollsProcessor
    weeks: WeeksProcessor
    interactions: InteractionsProcessor
    polls: PollViews
    assembly: HomeAssembly
    list_assembly: ListAssembly
    choices: ChoicesCache
    hydration: Hydration
    filters: FilterMatchers
    marks: MarksCache
    positions: Positions
    locks: KeyedLocks
    blobs: Blobs
    workshop: Workshop

    @property
    def runners(self) -> tuple[ProcessorRunner, ...]:
        """Of all processors, in the order in which they wait for each other."""
        return (
            self.runner,
            self.background,
            self.indexing,
            self.enriching,
            self.recommending,
            self.streaming,
        )

    lookup: Lookup
    links: LinkReader
