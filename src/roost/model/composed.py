"""What somebody wrote and has not posted: kept for later, or until its time has come."""

import msgspec

from roost.model.quote import QuotePolicy
from roost.model.visibility import Visibility


class ComposedPoll(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A poll before it is asked. It runs for so long from when it is posted."""

    options: tuple[str, ...]
    lasts_s: int
    multiple: bool = False
    hides_totals: bool = False


class Composed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that a tweet can be composed of, unchecked where it is a draft. Ids that do not apply are 0."""

    text: str = ""
    visibility: Visibility = Visibility.PUBLIC
    language: str = ""
    sensitive: bool = False
    spoiler: str = ""
    reply_to_id: int = 0
    quote_of_id: int = 0
    media_ids: tuple[int, ...] = ()
    poll: ComposedPoll | None = None
    app_name: str = ""
    app_website: str = ""
    key: str = ""
    """The idempotency key that it came with."""
    quote_policy: QuotePolicy = QuotePolicy.PUBLIC


class ScheduledTweet(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A tweet that is to be posted at a time."""

    scheduled_id: int
    author_id: int
    at_ms: int
    composed: Composed


class SavedDraft(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a user began to write and keeps."""

    draft_id: int
    author_id: int
    saved_ms: int
    composed: Composed
