"""Rows of what users do to their conversations."""

from roost.model import ConversationMarked
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules


def _mark(event: ConversationMarked, batch: Batch) -> None:
    batch.put(tables.CONVERSATION_MARKS, event.mark)


RULES: Rules = {ConversationMarked: _mark}
