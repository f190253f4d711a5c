"""What names a deleted account in rows that nothing leads to from its id: each table is read once, whole.

A row costs 3 to 5 us to look at. Votes are no events here: the numbers keep them, as a result that has been
told does not change, and who voted for what is forgotten.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

import msgspec

from roost.model import AnnouncementUnreacted, Event, ReportChanged, UserNote, UserNoted, UserUnendorsed
from roost.store import KeyValue, Row, Table, tables


@dataclass(frozen=True, slots=True)
class Sweep(Generic[Row]):
    """`users` are those with whom a row goes; `event` takes it back, or else the row is deleted."""

    table: Table[Row]
    users: Callable[[Row], Sequence[int]]
    event: Callable[[Row], Event] | None = None

    def key(self, row: Row) -> Sequence[KeyValue]:
        columns: Sequence[Any] = (*self.table.partition, *self.table.clustering)
        return [column.of(row) if column.of is not None else getattr(row, column.name) for column in columns]


SWEEPS: tuple[Sweep[Any], ...] = (
    Sweep(tables.CODES, lambda row: (row.user_id,)),
    Sweep(tables.VOTES, lambda row: (row.user_id, row.author_id)),
    Sweep(tables.DISMISSED_SUGGESTIONS, lambda row: (row.other_id,)),
    Sweep(tables.ACCEPTED_SENDERS, lambda row: (row.sender_id,)),
    Sweep(
        tables.USER_NOTES,
        lambda row: (row.other_id,),
        lambda row: UserNoted(UserNote(row.user_id, row.other_id)),
    ),
    Sweep(tables.ENDORSEMENTS, lambda row: (row.other_id,), UserUnendorsed),
    Sweep(tables.ANNOUNCEMENT_REACTIONS, lambda row: (row.user_id,), AnnouncementUnreacted),
    Sweep(
        tables.REPORTS,
        lambda row: (row.reporter_id,) if row.comment else (),
        lambda row: ReportChanged(msgspec.structs.replace(row, comment="")),
    ),
)
