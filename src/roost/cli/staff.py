"""`roost moderate`, `roost announce` and `roost emoji`: the staff at the command line."""

import base64
import enum
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from roost.cli.connection import Server, run
from roost.cli.options import DataFolder, SettingsFile, settings_of
from roost.errors import Invalid

emojis = typer.Typer(help="Add and remove custom emojis.", no_args_is_help=True)
announcements = typer.Typer(help="Make, list and take back announcements.", no_args_is_help=True)

MODERATE_EXAMPLES = """
Examples:

  roost moderate mallory suspend --reason "Spam"

  roost moderate mallory unsuspend

  roost moderate troll silence --reason "Be kind, or stay among your followers"

  roost moderate gone delete
"""
_ANNOUNCE_EXAMPLES = """
Examples:

  roost announce add "The server moves on Sunday morning."

  roost announce add "Holidays" --until 2026-12-31T23:59
"""
_EMOJI_EXAMPLES = """
Examples:

  roost emoji add parrot parrot.png

  roost emoji add wave wave.gif --category Hands
"""


class Action(enum.StrEnum):
    WARN = "warn"
    MARK_SENSITIVE = "mark_sensitive"
    UNMARK_SENSITIVE = "unmark_sensitive"
    SILENCE = "silence"
    UNSILENCE = "unsilence"
    DISABLE = "disable"
    ENABLE = "enable"
    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    APPROVE = "approve"
    DELETE = "delete"


def moderate(
    username: str,
    action: Action,
    reason: Annotated[str, typer.Option(help="What the account's owner is told.")] = "",
    config: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Act on an account: warn, silence, disable, suspend, or delete it once it is suspended."""
    body = {"username": username, "action": action.value, "reason": reason}
    _ask("POST", "/roost/v1/admin/moderate", body, config, data)
    Console().print(f"@{username}: {action.value} is done.")


@announcements.command("add", epilog=_ANNOUNCE_EXAMPLES)
def announce(
    text: str,
    until: Annotated[
        datetime | None, typer.Option(help="Until when it is shown (UTC); for good if absent.")
    ] = None,
    config: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Announce something to every user."""
    ends_ms = int(until.replace(tzinfo=UTC).timestamp() * 1000) if until is not None else 0
    body = {"text": text, "ends_ms": ends_ms}
    print(_ask("POST", "/roost/v1/admin/announcements", body, config, data)["id"])


@announcements.command("list")
def list_announcements(config: SettingsFile = None, data: DataFolder = None) -> None:
    """Show the announcements that are shown now."""
    found = _ask("GET", "/roost/v1/admin/announcements", None, config, data)
    if not found:
        print("There are no announcements.")
    for each in found:
        print(f"{each['id']}  {each['text']}")


@announcements.command("remove")
def withdraw(announcement_id: str, config: SettingsFile = None, data: DataFolder = None) -> None:
    """Take an announcement back."""
    _ask("DELETE", f"/roost/v1/admin/announcements/{announcement_id}", None, config, data)


@emojis.command("add", epilog=_EMOJI_EXAMPLES)
def add_emoji(
    shortcode: str,
    picture: Annotated[Path, typer.Argument(help="A small PNG, GIF, JPEG or WebP.")],
    category: Annotated[str, typer.Option(help="Under which pickers show it.")] = "",
    config: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Add a custom emoji, or replace its picture."""
    try:
        image = base64.b64encode(picture.read_bytes()).decode()
    except OSError as cause:
        raise Invalid(f"The picture {picture} cannot be read: {cause.strerror}") from cause
    body = {"shortcode": shortcode, "image": image, "category": category}
    _ask("POST", "/roost/v1/admin/emojis", body, config, data)
    Console().print(f":{shortcode}: is there now.")


@emojis.command("remove")
def remove_emoji(shortcode: str, config: SettingsFile = None, data: DataFolder = None) -> None:
    """Remove a custom emoji."""
    _ask("DELETE", f"/roost/v1/admin/emojis/{shortcode}", None, config, data)


def _ask(method: str, path: str, body: dict[str, Any] | None, config: Path | None, data: str | None) -> Any:
    async def ask(server: Server) -> Any:
        return await server.ask(method, path, body)

    return run(settings_of(config, data), ask)
