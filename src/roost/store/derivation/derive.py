"""The rule of an event's type, applied."""

from roost.model import Event
from roost.store.batch import Batch
from roost.store.derivation import (
    composed,
    conversations,
    edges,
    edits,
    filters,
    lists,
    marks,
    media,
    notifications,
    polls,
    remarks,
    staff,
    trends,
    tweets,
    users,
)
from roost.store.derivation.rule import Rules

_SUBJECTS = (
    users,
    tweets,
    edits,
    marks,
    filters,
    edges,
    media,
    polls,
    composed,
    lists,
    staff,
    notifications,
    conversations,
    remarks,
    trends,
)
RULES: Rules = {kind: rule for subject in _SUBJECTS for kind, rule in subject.RULES.items()}


def derive(event: Event, batch: Batch) -> None:
    """Add to `batch` the rows that `event` puts and deletes. 2 to 12 us."""
    RULES[type(event)](event, batch)
