"""Whether what an event says still stands: asked when it is applied late."""

from roost.model import EdgeAdded, Event, PollVoted, TweetEdited, TweetEnriched, TweetLiked, TweetPosted
from roost.store import SIDES, Store, rows, tables


async def stands(store: Store, event: Event) -> bool:
    """False where the tables say that it was taken back: a tweet deleted, a like or a follow withdrawn. True
    for whatever takes something back, or says how something is from now on."""
    match event:
        case TweetPosted(tweet):
            return await _has_tweet(store, tweet.tweet_id)
        case TweetEdited(edit):
            return await _has_tweet(store, edit.tweet.tweet_id)
        case TweetEnriched(enriched):
            return await _has_tweet(store, enriched.tweet.tweet_id)
        case TweetLiked(like):
            mark = await store.get(tables.MARKS, (like.user_id, like.tweet_id, rows.Mark.LIKED))
            return mark is not None and mark.mark_id == like.like_id
        case EdgeAdded(edge):
            side = SIDES[edge.kind][0]
            row = await store.get(tables.EDGES, (edge.source_id, edge.target_id, side))
            return row is not None and row.edge.edge_id == edge.edge_id
        case PollVoted(vote):
            key = vote.tweet_id, vote.edition, vote.user_id
            return await store.get(tables.VOTES, key) is not None
        case _:
            return True


async def _has_tweet(store: Store, tweet_id: int) -> bool:
    return await store.get(tables.TWEETS, (tables.hour_of(tweet_id), tweet_id)) is not None
