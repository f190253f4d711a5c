"""When the newest id was made, so that none is made twice."""

from roost.eventlog import EventLog
from roost.home import Shard
from roost.ids import unix_ms_of
from roost.model import (
    DraftKept,
    EdgeAdded,
    MediaKept,
    PollVoted,
    TweetBookmarked,
    TweetLiked,
    TweetPinned,
    TweetPosted,
    TweetScheduled,
)

_NEWEST_EVENTS = 1_000


async def newest_ms(log: EventLog, shard: Shard) -> int:
    """When the newest id that is known of was made: no lower one may be made again. -1 for none."""
    newest = shard.state.highest_id
    for event in (await log.read(max(log.first - 1, log.last - _NEWEST_EVENTS), _NEWEST_EVENTS)).events:
        match event:
            case TweetPosted(tweet):
                newest = max(newest, tweet.tweet_id)
            case EdgeAdded(edge):
                newest = max(newest, edge.edge_id)
            case TweetLiked(like):
                newest = max(newest, like.like_id)
            case TweetBookmarked(bookmark):
                newest = max(newest, bookmark.bookmark_id)
            case TweetPinned(pin):
                newest = max(newest, pin.pin_id)
            case MediaKept(upload):
                newest = max(newest, upload.media_id)
            case PollVoted(vote):
                newest = max(newest, vote.vote_id)
            case TweetScheduled(scheduled):
                newest = max(newest, scheduled.scheduled_id)
            case DraftKept(kept):
                newest = max(newest, kept.draft_id)
    return unix_ms_of(newest) if newest else -1
