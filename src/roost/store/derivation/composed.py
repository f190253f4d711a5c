"""Rows of what is composed and not posted: scheduled tweets and drafts."""

from roost.model import DraftKept, DraftRemoved, TweetScheduled, TweetUnscheduled
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.media import hold, let_go
from roost.store.derivation.rule import Rules
from roost.store.rows import Holder, ScheduledTimeRow


def _schedule(event: TweetScheduled, batch: Batch) -> None:
    scheduled = event.scheduled
    batch.put(tables.SCHEDULED, scheduled)
    time = ScheduledTimeRow(0, scheduled.at_ms, scheduled.scheduled_id, scheduled.author_id)
    batch.put(tables.SCHEDULED_TIMES, time)
    hold(batch, scheduled.composed.media_ids, scheduled.scheduled_id, Holder.SCHEDULED)


def _unschedule(event: TweetUnscheduled, batch: Batch) -> None:
    scheduled = event.scheduled
    batch.delete(tables.SCHEDULED, (scheduled.author_id, scheduled.scheduled_id))
    batch.delete(tables.SCHEDULED_TIMES, (0, scheduled.at_ms, scheduled.scheduled_id))
    let_go(batch, scheduled.composed.media_ids, scheduled.scheduled_id, scheduled.author_id)


def _keep_draft(event: DraftKept, batch: Batch) -> None:
    draft = event.draft
    batch.put(tables.DRAFTS, draft)
    hold(batch, draft.composed.media_ids, draft.draft_id, Holder.DRAFT)


def _remove_draft(event: DraftRemoved, batch: Batch) -> None:
    draft = event.draft
    batch.delete(tables.DRAFTS, (draft.author_id, draft.draft_id))
    let_go(batch, draft.composed.media_ids, draft.draft_id, draft.author_id)


RULES: Rules = {
    TweetScheduled: _schedule,
    TweetUnscheduled: _unschedule,
    DraftKept: _keep_draft,
    DraftRemoved: _remove_draft,
}
