"""What a town has to keep to be the same town again, in a file that its owner alone can read."""

import os
import secrets
from pathlib import Path

import msgspec

from roost.errors import Invalid

GUEST = "guest"
_PASSWORD_BYTES = 9


class TownRecord(msgspec.Struct, kw_only=True):
    """`done` names the steps of founding that need not be made again."""

    seed: int
    users: int
    follows_mean: float
    secret: str
    """Everybody's token is made from it."""
    guest_password: str
    done: list[str] = []


def make_record(seed: int, users: int, follows_mean: float) -> TownRecord:
    """A new town's record, with secrets of its own."""
    return TownRecord(
        seed=seed,
        users=users,
        follows_mean=follows_mean,
        secret=secrets.token_hex(32),
        guest_password=secrets.token_urlsafe(_PASSWORD_BYTES),
    )


def read_record(path: Path) -> TownRecord | None:
    """None where there is none. Raises Invalid where it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=TownRecord)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as cause:
        raise Invalid(f"{path} cannot be read: {cause}; remove the folder to begin anew") from cause


def write_record(path: Path, record: TownRecord) -> None:
    """Replace the file at once: it is the old one or the new one at any time. Mode 0600."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(record), indent=2))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
