"""Rows of what tweets are found by: their hashtags and links."""

import msgspec

from roost.model import Entities, Span, Tweet, Visibility
from roost.store import tables
from roost.store.batch import Batch
from roost.store.rows import AuthorTagRow, LinkedRow, TaggedRow, TagRow


def index_tags(tweet: Tweet, batch: Batch) -> None:
    """The rows of a new tweet."""
    visibility = tweet.visibility
    for tag in tweet.hashtags():
        batch.put(tables.TAGGED, TaggedRow(tag, tweet.tweet_id, tweet.author_id, visibility))
        batch.put(tables.AUTHOR_TAGS, AuthorTagRow(tweet.author_id, tag, tweet.tweet_id, visibility))
        if visibility is Visibility.PUBLIC:
            batch.put(tables.TAGS, TagRow(tag[0], tag))
    for link in tweet.links():
        batch.put(tables.LINKED, LinkedRow(link, tweet.tweet_id, tweet.author_id, visibility))


def unindex_tags(tweet: Tweet, batch: Batch) -> None:
    """Those of a tweet that is gone. That a hashtag was once used stays."""
    for tag in tweet.hashtags():
        batch.delete(tables.TAGGED, (tag, tweet.tweet_id))
        batch.delete(tables.AUTHOR_TAGS, (tweet.author_id, tag, tweet.tweet_id))
    for link in tweet.links():
        batch.delete(tables.LINKED, (link, tweet.tweet_id))


def only_tags(tweet: Tweet) -> Tweet:
    """A tweet whose text is its hashtags and links: all that these rows are found by."""
    words: list[str] = []
    spans: dict[bool, list[Span]] = {True: [], False: []}
    length = 0
    for is_tag, found in ((True, tweet.hashtags()), (False, tweet.links())):
        for word in found:
            written = f"#{word}" if is_tag else word
            spans[is_tag].append(Span(length, length + len(written)))
            words.append(written)
            length += len(written) + 1
    entities = Entities(hashtags=tuple(spans[True]), urls=tuple(spans[False]))
    return msgspec.structs.replace(tweet, text=" ".join(words), entities=entities)
