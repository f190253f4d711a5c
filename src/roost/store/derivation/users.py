"""Rows of users."""

from roost.model import ModerationAction, Role, User, UserCreated, UserModerated, UserUpdated
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules
from roost.store.rows import PurgeRow, StaffRow, UserIdRow, UsernameRow


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


def claim_names(user: User, batch: Batch) -> None:
    """Make `batch` fail with Conflict where the user's name or id is taken when its turn comes."""
    name = UsernameRow(user.username.lower(), user.user_id)
    batch.put_if_absent(tables.USERNAMES, name, "Username has already been taken")
    batch.put_if_absent(tables.USERS, user, "The account id is in use")


RULES: Rules = {UserCreated: _create, UserUpdated: _update, UserModerated: _moderate}
