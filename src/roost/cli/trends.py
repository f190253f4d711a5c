"""`roost trends`: what trends and why, by what that is judged, and what may not trend."""

import enum
import json
from typing import Annotated, Any
from urllib.parse import urlencode

import typer
from rich.console import Console
from rich.table import Table

from roost.cli.connection import Server, run
from roost.cli.options import DataFolder, SettingsFile, settings_of
from roost.errors import Invalid

trends = typer.Typer(help="Show trends, explain and tune them.", no_args_is_help=True)

_LIST_EXAMPLES = """
Examples:

  roost trends list

  roost trends list --kind links --window 1h --language de
"""
_TUNE_EXAMPLES = """
Examples:

  roost trends tune

  roost trends tune users_min=5 momentum_half_life_min=60

  roost trends tune --reset
"""
_BARS = "▁▂▃▄▅▆▇█"


class Kind(enum.StrEnum):
    TAGS = "tags"
    LINKS = "links"
    TWEETS = "tweets"


class Window(enum.StrEnum):
    MINUTE = "1m"
    FIVE = "5m"
    QUARTER = "15m"
    HOUR = "1h"
    SIX = "6h"
    DAY = "24h"


KindOption = Annotated[Kind, typer.Option(help="Hashtags, links or tweets.")]
LanguageOption = Annotated[str, typer.Option(help="Among tweets of this language, as `de`.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")]


@trends.command("list", epilog=_LIST_EXAMPLES)
def list_trends(
    kind: KindOption = Kind.TAGS,
    window: Annotated[Window | None, typer.Option(help="Only by what happened in it.")] = None,
    language: LanguageOption = "",
    config: SettingsFile = None,
    data: DataFolder = None,
    as_json: JsonOption = False,
) -> None:
    """Show what trends now, as anybody sees it."""
    query = {"kind": kind.value, "window": window.value if window else "", "language": language}
    found = _ask("GET", f"/roost/v1/trends?{urlencode(query)}", None, config, data)
    if as_json:
        print(json.dumps(found, indent=2))
        return
    table = Table("", "state", "score", "window", "users", "expected", "last 24 hours")
    for trend in found["trends"]:
        best = trend["best"]
        table.add_row(
            trend["key"],
            trend["state"],
            f"{trend['score']:.1f}",
            best["window"],
            f"{best['users']:,}",
            f"{best['expected']:.1f}",
            _spark(trend["hours"]),
        )
    Console().print(table)


@trends.command()
def explain(
    key: Annotated[str, typer.Argument(help="A hashtag, a link, or the id of a tweet.")],
    kind: KindOption = Kind.TAGS,
    language: LanguageOption = "",
    config: SettingsFile = None,
    data: DataFolder = None,
    as_json: JsonOption = False,
) -> None:
    """Show why something trends, or does not: its series, and the parts of its score."""
    query = urlencode({"key": key, "kind": kind.value, "language": language})
    found = _ask("GET", f"/roost/v1/trends/explain?{query}", None, config, data)
    if as_json:
        print(json.dumps(found, indent=2))
        return
    console = Console()
    exactness = "exactly" if found["one_of_users"] == 1 else f"by one of {found['one_of_users']}"
    console.print(
        f"{found['key']} is {found['state']}: momentum {found['momentum']:.1f}, where it takes a score of "
        f"{found['threshold']:.1f} to trend among {found['topics']:,} topics, and a trend ends below "
        f"{found['ends_below']:.1f}. Users are counted {exactness}."
        + (" It is kept from trending." if found["barred"] else "")
    )
    names = ("users", "users_per_min", "expected", "volume", "velocity", "acceleration", "score", "weight")
    table = Table("window", *(name.replace("_", " ") for name in names))
    for window in found["windows"]:
        table.add_row(window["window"], *(f"{window[name]:,.4g}" for name in names))
    console.print(table)
    console.print(f"last hour, by minutes: {_spark(found['minutes'])}")
    console.print(f"last day, by ten minutes: {_spark(found['ten_minutes'])}")


@trends.command(epilog=_TUNE_EXAMPLES)
def tune(
    changes: Annotated[list[str] | None, typer.Argument(help="Terms as name=value.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Give all others their defaults.")] = False,
    config: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Show by what trends are judged, or change it: at once, and for good."""
    body: dict[str, Any] = {"reset": reset} if reset else {}
    for change in changes or ():
        name, equals, value = change.partition("=")
        if not equals:
            raise Invalid(f"{change!r} is not of the form name=value")
        try:
            body[name] = json.loads(value)
        except ValueError as cause:
            raise Invalid(f"{value!r} is not a number") from cause
    path = "/roost/v1/trends/terms"
    known = _ask("GET", path, None, config, data)
    unknown = [name for name in body if name not in known and name != "reset"]
    if unknown:
        raise Invalid(f"There is no term {unknown[0]}; there are {', '.join(known)}")
    found = _ask("POST", path, body, config, data) if body else known
    table = Table("term", "value", show_header=True)
    for name, value in found.items():
        table.add_row(name, f"{value:g}")
    Console().print(table)


@trends.command()
def bar(
    key: Annotated[str, typer.Argument(help="A hashtag, a link, or the id of a tweet.")],
    kind: KindOption = Kind.TAGS,
    config: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Keep something from trending."""
    _bar(key, kind, True, config, data)


@trends.command()
def allow(
    key: Annotated[str, typer.Argument(help="A hashtag, a link, or the id of a tweet.")],
    kind: KindOption = Kind.TAGS,
    config: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Let something trend again."""
    _bar(key, kind, False, config, data)


@trends.command()
def barred(config: SettingsFile = None, data: DataFolder = None) -> None:
    """Show what is kept from trending."""
    for each in _ask("GET", "/roost/v1/trends/bars", None, config, data):
        print(f"{each['kind']}  {each['key']}")


def _bar(key: str, kind: Kind, is_barred: bool, config: SettingsFile, data: DataFolder) -> None:
    body = {"key": key, "kind": kind.value, "barred": is_barred}
    done = _ask("POST", "/roost/v1/trends/bars", body, config, data)
    Console().print(f"{done['key']} {'may not trend any more' if is_barred else 'may trend'}.")


def _spark(values: list[int]) -> str:
    """Numbers as a row of small bars."""
    top = max(values, default=0) or 1
    return "".join(_BARS[min(7, value * 8 // (top + 1))] for value in values)


def _ask(method: str, path: str, body: dict[str, Any] | None, config: SettingsFile, data: DataFolder) -> Any:
    async def ask(server: Server) -> Any:
        return await server.ask(method, path, body)

    return run(settings_of(config, data), ask)
