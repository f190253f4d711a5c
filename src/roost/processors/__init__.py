"""Everything that reads the log and derives something from it."""

from roost.processors.audience import Audience
from roost.processors.conversations import ConversationsProcessor
from roost.processors.counts import CountsProcessor
from roost.processors.dead_letters import DeadLetters
from roost.processors.home import SNAPSHOT_FILE, HomeProcessor, open_shard
from roost.processors.interactions import InteractionsProcessor, make_interactions
from roost.processors.newest import newest_ms
from roost.processors.notification_causes import Cause, of_edge, of_like, of_tweet
from roost.processors.notification_judge import FROM_NOBODY, NotificationJudge, is_barred
from roost.processors.notification_ledger import PACKED, Told
from roost.processors.notification_packs import GroupId
from roost.processors.notification_pages import (
    get_notification,
    scan_group,
    scan_notifications,
    scan_packed,
    scan_streamed,
)
from roost.processors.notifications import NotificationsProcessor
from roost.processors.polls import PollsProcessor
from roost.processors.push import PushProcessor, Telling
from roost.processors.rebuilding import Rebuilder
from roost.processors.runner import ProcessorRunner, drop_cursors
from roost.processors.running import ProcessorState, ProcessorStatistics, RebuildPhase, RebuildStatistics
from roost.processors.seam import Passing, Processor, Progress, Rebuild, Rebuildable, Source
from roost.processors.search import SearchProcessor, SearchStatistics
from roost.processors.shadow import TableRebuild, chunks_of
from roost.processors.sources import OpenSource, sources_of
from roost.processors.standing import stands
from roost.processors.trends import TrendsProcessor, TrendStatistics, topics_of
from roost.processors.usage import MS_PER_DAY, UsageProcessor
from roost.processors.weeks import Week, WeeksProcessor, week_of

__all__ = [
    "FROM_NOBODY",
    "MS_PER_DAY",
    "PACKED",
    "SNAPSHOT_FILE",
    "Audience",
    "Cause",
    "ConversationsProcessor",
    "CountsProcessor",
    "DeadLetters",
    "GroupId",
    "HomeProcessor",
    "InteractionsProcessor",
    "NotificationJudge",
    "NotificationsProcessor",
    "OpenSource",
    "Passing",
    "PollsProcessor",
    "Processor",
    "ProcessorRunner",
    "ProcessorState",
    "ProcessorStatistics",
    "Progress",
    "PushProcessor",
    "Rebuild",
    "RebuildPhase",
    "RebuildStatistics",
    "Rebuildable",
    "Rebuilder",
    "SearchProcessor",
    "SearchStatistics",
    "Source",
    "TableRebuild",
    "Telling",
    "Told",
    "TrendStatistics",
    "TrendsProcessor",
    "UsageProcessor",
    "Week",
    "WeeksProcessor",
    "chunks_of",
    "drop_cursors",
    "get_notification",
    "is_barred",
    "make_interactions",
    "newest_ms",
    "of_edge",
    "of_like",
    "of_tweet",
    "open_shard",
    "scan_group",
    "scan_notifications",
    "scan_packed",
    "scan_streamed",
    "sources_of",
    "stands",
    "topics_of",
    "week_of",
]
