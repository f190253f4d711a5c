"""Rows of notes, endorsements, featured hashtags and dismissed suggestions."""

from roost.model import (
    SuggestionDismissed,
    TagFeatured,
    TagUnfeatured,
    UserEndorsed,
    UserNoted,
    UserUnendorsed,
)
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules


def _note(event: UserNoted, batch: Batch) -> None:
    note = event.note
    if note.text:
        batch.put(tables.USER_NOTES, note)
    else:
        batch.delete(tables.USER_NOTES, (note.user_id, note.other_id))


def _endorse(event: UserEndorsed, batch: Batch) -> None:
    batch.put(tables.ENDORSEMENTS, event.endorsement)


def _unendorse(event: UserUnendorsed, batch: Batch) -> None:
    batch.delete(tables.ENDORSEMENTS, (event.endorsement.user_id, event.endorsement.other_id))


def _feature(event: TagFeatured, batch: Batch) -> None:
    batch.put(tables.FEATURED_TAGS, event.featured)


def _unfeature(event: TagUnfeatured, batch: Batch) -> None:
    batch.delete(tables.FEATURED_TAGS, (event.featured.user_id, event.featured.tag))


def _dismiss(event: SuggestionDismissed, batch: Batch) -> None:
    batch.put(tables.DISMISSED_SUGGESTIONS, event.suggestion)


RULES: Rules = {
    UserNoted: _note,
    UserEndorsed: _endorse,
    UserUnendorsed: _unendorse,
    TagFeatured: _feature,
    TagUnfeatured: _unfeature,
    SuggestionDismissed: _dismiss,
}
