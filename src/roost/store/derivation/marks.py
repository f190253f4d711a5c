"""Rows of what users do with tweets for themselves: bookmarks, pins, muted conversations."""

from roost.model import (
    ConversationMuted,
    ConversationUnmuted,
    TweetBookmarked,
    TweetClicked,
    TweetPinned,
    TweetUnbookmarked,
    TweetUnpinned,
)
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules
from roost.store.rows import Mark, MarkRow


def _bookmark(event: TweetBookmarked, batch: Batch) -> None:
    mark = event.bookmark
    batch.put(tables.BOOKMARKS, mark)
    batch.put(tables.MARKS, MarkRow(mark.user_id, mark.tweet_id, Mark.BOOKMARKED, mark.bookmark_id))


def _unbookmark(event: TweetUnbookmarked, batch: Batch) -> None:
    mark = event.bookmark
    batch.delete(tables.BOOKMARKS, (mark.user_id, mark.bookmark_id))
    batch.delete(tables.MARKS, (mark.user_id, mark.tweet_id, Mark.BOOKMARKED))


def _pin(event: TweetPinned, batch: Batch) -> None:
    pin = event.pin
    batch.put(tables.PINS, pin)
    batch.put(tables.MARKS, MarkRow(pin.user_id, pin.tweet_id, Mark.PINNED, pin.pin_id))


def _unpin(event: TweetUnpinned, batch: Batch) -> None:
    pin = event.pin
    batch.delete(tables.PINS, (pin.user_id, pin.pin_id))
    batch.delete(tables.MARKS, (pin.user_id, pin.tweet_id, Mark.PINNED))


def _mute(event: ConversationMuted, batch: Batch) -> None:
    mute = event.silence
    batch.put(tables.MARKS, MarkRow(mute.user_id, mute.conversation_id, Mark.MUTED, mute.mute_id))


def _unmute(event: ConversationUnmuted, batch: Batch) -> None:
    mute = event.silence
    batch.delete(tables.MARKS, (mute.user_id, mute.conversation_id, Mark.MUTED))


def _nothing(event: TweetClicked, batch: Batch) -> None:
    """The event is there for the interaction graph."""


RULES: Rules = {
    TweetClicked: _nothing,
    TweetBookmarked: _bookmark,
    TweetUnbookmarked: _unbookmark,
    TweetPinned: _pin,
    TweetUnpinned: _unpin,
    ConversationMuted: _mute,
    ConversationUnmuted: _unmute,
}
