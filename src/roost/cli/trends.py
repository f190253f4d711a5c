"""`roost trends`: what trends and why, by what that is judged, and what may not trend."""

import enum
import json
from typing import Annotated, Any
from urllib.parse import urlencode

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from roost.cli.compact import add_whole, compact
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
_NUMBERS = ("score", "users", "expected")
_DAY_BARS = 12
"""A day's graph: two hours a bar, so that a window of 80 columns has room for the rest."""
_PARTS = (
    "users",
    "users_per_min",
    "expected",
    "volume",
    "velocity",
    "acceleration",
    "score",
    "weight",
)


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
    if not found["trends"]:
        Console().print("Nothing trends.")
        return
    table = compact()
    table.add_column("", overflow="fold")
    shown = [_shown(trend) for trend in found["trends"]]
    names = ("state", "score", "window", "users", "expected", "last day")
    for name, values in zip(names, zip(*shown, strict=True), strict=True):
        add_whole(table, name, list(values), is_number=name in _NUMBERS)
    for trend, values in zip(found["trends"], shown, strict=True):
        table.add_row(escape(trend["key"]), *values)
    Console().print(table)


def _shown(trend: dict[str, Any]) -> tuple[str, ...]:
    """All but its key."""
    best = trend["best"]
    numbers = best["window"], f"{best['users']:,}", f"{best['expected']:,.1f}"
    return trend["state"], f"{trend['score']:,.1f}", *numbers, _spark(trend["hours"], _DAY_BARS)


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
    table = compact()
    add_whole(table, "window", [_part(name) for name in _PARTS])
    for window in found["windows"]:
        add_whole(table, window["window"], [_number(window[name]) for name in _PARTS], is_number=True)
    for name in _PARTS:
        table.add_row(_part(name), *(_number(window[name]) for window in found["windows"]))
    console.print(table)
    for what, series in (("last hour", found["minutes"]), ("last day", found["ten_minutes"])):
        console.print(f"{what}, the newest at the right:\n{_spark(series, console.width)}")


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
    found = _ask("GET", "/roost/v1/trends/bars", None, config, data)
    if not found:
        print("Nothing is kept from trending.")
    for each in found:
        print(f"{each['kind']}  {each['key']}")


def _bar(key: str, kind: Kind, is_barred: bool, config: SettingsFile, data: DataFolder) -> None:
    body = {"key": key, "kind": kind.value, "barred": is_barred}
    done = _ask("POST", "/roost/v1/trends/bars", body, config, data)
    Console().print(f"{done['key']} {'may not trend any more' if is_barred else 'may trend'}.")


def _spark(values: list[int], bars_max: int) -> str:
    """Numbers as a row of small bars, the newest last; neighbours are added until there is room for all."""
    together = max(1, -(-len(values) // bars_max))
    sums = [sum(values[max(0, end - together) : end]) for end in range(len(values), 0, -together)][::-1]
    top = max(sums, default=0) or 1
    return "".join(_BARS[min(7, value * 8 // (top + 1))] for value in sums)


def _part(name: str) -> str:
    return "a minute" if name == "users_per_min" else name


def _number(value: float) -> str:
    """Three digits at least, nine characters at most up to ten million."""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def _ask(method: str, path: str, body: dict[str, Any] | None, config: SettingsFile, data: DataFolder) -> Any:
    async def ask(server: Server) -> Any:
        return await server.ask(method, path, body)

    return run(settings_of(config, data), ask)
