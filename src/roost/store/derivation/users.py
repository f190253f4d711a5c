"""Rows of users."""

from roost.model import User, UserCreated, UserUpdated
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules
from roost.store.rows import UsernameRow


def _create(event: UserCreated, batch: Batch) -> None:
    user = event.user
    batch.put(tables.USERNAMES, UsernameRow(user.username.lower(), user.user_id))
    batch.put(tables.USERS, user)


def _update(event: UserUpdated, batch: Batch) -> None:
    batch.put(tables.USERS, event.user)


def claim_names(user: User, batch: Batch) -> None:
    """Make `batch` fail with Conflict where the user's name or id is taken when its turn comes."""
    name = UsernameRow(user.username.lower(), user.user_id)
    batch.put_if_absent(tables.USERNAMES, name, "Username has already been taken")
    batch.put_if_absent(tables.USERS, user, "The account id is in use")


RULES: Rules = {UserCreated: _create, UserUpdated: _update}
