"""Rows of reports, announcements and custom emojis."""

from roost.model import (
    AnnouncementDismissed,
    AnnouncementPublished,
    AnnouncementReacted,
    AnnouncementRemoved,
    AnnouncementUnreacted,
    EmojiAdded,
    EmojiRemoved,
    ReportChanged,
    ReportFiled,
)
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules


def _report(event: ReportFiled | ReportChanged, batch: Batch) -> None:
    batch.put(tables.REPORTS, event.report)


def _publish(event: AnnouncementPublished, batch: Batch) -> None:
    batch.put(tables.ANNOUNCEMENTS, event.announcement)


def _remove(event: AnnouncementRemoved, batch: Batch) -> None:
    batch.delete(tables.ANNOUNCEMENTS, (0, event.announcement.announcement_id))


def _react(event: AnnouncementReacted, batch: Batch) -> None:
    batch.put(tables.ANNOUNCEMENT_REACTIONS, event.reaction)


def _unreact(event: AnnouncementUnreacted, batch: Batch) -> None:
    reaction = event.reaction
    key = (reaction.announcement_id, reaction.name, reaction.user_id)
    batch.delete(tables.ANNOUNCEMENT_REACTIONS, key)


def _dismiss(event: AnnouncementDismissed, batch: Batch) -> None:
    batch.put(tables.ANNOUNCEMENT_DISMISSALS, event.dismissal)


def _add_emoji(event: EmojiAdded, batch: Batch) -> None:
    batch.put(tables.EMOJIS, event.emoji)


def _remove_emoji(event: EmojiRemoved, batch: Batch) -> None:
    batch.delete(tables.EMOJIS, (0, event.emoji.shortcode))


RULES: Rules = {
    ReportFiled: _report,
    ReportChanged: _report,
    AnnouncementPublished: _publish,
    AnnouncementRemoved: _remove,
    AnnouncementReacted: _react,
    AnnouncementUnreacted: _unreact,
    AnnouncementDismissed: _dismiss,
    EmojiAdded: _add_emoji,
    EmojiRemoved: _remove_emoji,
}
