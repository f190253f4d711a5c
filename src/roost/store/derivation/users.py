"""Rows of users."""

from collections.abc import Iterable
from typing import Any

from roost.model import ModerationAction, Role, User, UserCreated, UserErased, UserModerated, UserUpdated
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules
from roost.store.keys import after_prefix
from roost.store.rows import PurgeRow, StaffRow, UserIdRow, UsernameRow
from roost.store.table import Table

_OWN = (
    tables.MARKS,
    tables.MARKERS,
    tables.DISMISSED_SUGGESTIONS,
    tables.ANNOUNCEMENT_DISMISSALS,
    tables.ACCEPTED_SENDERS,
    tables.NOTIFICATION_POLICIES,
    tables.CONVERSATION_MARKS,
)
"""Tables whose partitions are a user's alone: they go whole."""


def _create(event: UserCreated, batch: Batch) -> None:
    user = event.user
    batch.put(tables.USERNAMES, UsernameRow(user.username.lower(), user.user_id))
    batch.put(tables.USERS, user)
    batch.put(tables.USER_IDS, UserIdRow(user.user_id))
    if user.role is not Role.USER:
        batch.put(tables.STAFF, StaffRow(user.user_id, user.role))


def _update(event: UserUpdated, batch: Batch) -> None:
    user = event.user
    batch.put(tables.USERS, user)
    if user.role is Role.USER:
        batch.delete(tables.STAFF, (0, user.user_id))
    else:
        batch.put(tables.STAFF, StaffRow(user.user_id, user.role))


def _moderate(event: UserModerated, batch: Batch) -> None:
    strike = event.strike
    batch.put(tables.STRIKES, strike)
    if strike.action is ModerationAction.DELETE:
        batch.put(tables.PURGES, PurgeRow(strike.user_id))


def _erase(event: UserErased, batch: Batch) -> None:
    forget_partitions(event.user_id, _OWN, batch)


def forget_partitions(user_id: int, of: Iterable[Table[Any]], batch: Batch) -> None:
    """Delete all rows of a user, in tables whose partition column is a user's id alone."""
    for table in of:
        partition = table.encode_key((user_id,))
        batch.forget_raw(partition, after_prefix(partition))


def claim_names(user: User, batch: Batch) -> None:
    """Make `batch` fail with Conflict where the user's name or id is taken when its turn comes."""
    name = UsernameRow(user.username.lower(), user.user_id)
    batch.put_if_absent(tables.USERNAMES, name, "Username has already been taken")
    batch.put_if_absent(tables.USERS, user, "The account id is in use")


RULES: Rules = {UserCreated: _create, UserUpdated: _update, UserModerated: _moderate, UserErased: _erase}
