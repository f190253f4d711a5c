"""Writes docs/reference/ from the source: `python docs/make_reference.py`.

A test fails while a page is not what this writes, so that what is said there is always so.
"""

import ast
import inspect
import typing
from pathlib import Path
from typing import Any

import msgspec
from typer.main import get_command

from roost import errors, limits, model
from roost.api import all_routes
from roost.api.mastodon import ABSENT
from roost.api.problems import status_of
from roost.cli import app
from roost.config import describe_settings
from roost.service import Statistics
from roost.store import tables

FOLDER = Path(__file__).parent / "reference"
_MASTODONS = ("/api/", "/oauth/", "/.well-known/", "/nodeinfo/", "/health")
_NOTE = "_Written by `docs/make_reference.py` from the source; change it there._\n"


def pages() -> dict[str, str]:
    """Every page's name and text."""
    return {
        "settings.md": _settings(),
        "http-api.md": _http_api(),
        "mastodon-endpoints.md": _mastodon_endpoints(),
        "commands.md": _commands(),
        "events.md": _events(),
        "tables.md": _tables(),
        "statistics.md": _statistics(),
        "limits.md": _limits(),
        "trend-terms.md": _trend_terms(),
        "errors.md": _errors(),
    }


def _page(title: str, intro: str, rows: list[tuple[str, ...]], head: tuple[str, ...]) -> str:
    lines = [f"# {title}", "", intro, "", _row(head), _row(tuple("---" for _ in head))]
    lines += [_row(row) for row in rows]
    return "\n".join([*lines, "", _NOTE])


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _settings() -> str:
    intro = (
        "From a TOML file (`--config`), then variables named `ROOST_` and the setting in capitals, then "
        "options; later ones win."
    )
    rows = [
        (f"`{name}`", f"`{default!r}`", f"{text} {_one_of(choices)}".rstrip())
        for name, text, default, choices in describe_settings()
    ]
    return _page("Settings", intro, rows, ("setting", "default", "what it does"))


def _one_of(choices: tuple[str, ...]) -> str:
    return f"One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else ""


def _http_api() -> str:
    intro = (
        "Every endpoint. The parameters and answers are in the OpenAPI document that a server gives at "
        "`/roost/v1/openapi.json`. A scope in brackets needs a token that acts for a user."
    )
    rows = [
        (route.method, f"`{route.path}`", _scope(route.scope, route.needs_user), route.summary)
        for route in sorted(all_routes("http://localhost"), key=lambda route: (route.path, route.method))
    ]
    return _page("HTTP API", intro, rows, ("method", "path", "scope", "what it does"))


def _mastodon_endpoints() -> str:
    intro = (
        "Mastodon's client API, and what of it is here. Lists are paged as Mastodon pages them, and errors have "
        "its form; how Roost differs is told in [the Mastodon API here](../mastodon-api.md)."
    )
    there = {
        (route.path, route.method): ("yes", route.summary)
        for route in all_routes("http://localhost")
        if route.path.startswith(_MASTODONS)
    }
    absent = {
        (path, method): ("no", reason)
        for (method, path), reason in ((name.split(" ", 1), reason) for name, reason in ABSENT.items())
    }
    rows = [
        (method, f"`{path}`", is_there, text)
        for (path, method), (is_there, text) in sorted((there | absent).items())
    ]
    return _page("Endpoints of Mastodon", intro, rows, ("method", "path", "here", "what it does, or why not"))


def _scope(scope: str, needs_user: bool) -> str:
    return f"[{scope}]" if scope and needs_user else scope


def _commands() -> str:
    rows = [(f"`{name}`", help_text) for name, help_text in _walk(get_command(app), "roost")]
    return _page("Commands", "`--help` after any of them shows options and examples.", rows, ("command", ""))


def _walk(command: Any, name: str) -> list[tuple[str, str]]:
    inner = getattr(command, "commands", None)
    if not inner:
        return [(name, (command.help or "").strip().splitlines()[0])]
    return [entry for key, child in inner.items() for entry in _walk(child, f"{name} {key}")]


def _events() -> str:
    intro = (
        "Everything that can happen, in the order of its number. An event is written as an array: its "
        "number, then its fields. See `eventlog/coding.py` for what surrounds it."
    )
    kinds = sorted(typing.get_args(model.Event), key=lambda kind: kind.__struct_config__.tag)
    rows = [
        (str(kind.__struct_config__.tag), f"`{kind.__name__}`", ", ".join(kind.__struct_fields__), _doc(kind))
        for kind in kinds
    ]
    return _page("Events", intro, rows, ("number", "event", "fields", ""))


def _tables() -> str:
    rows = [
        (
            str(table.number),
            f"`{table.name}`",
            ", ".join(column.name for column in table.partition),
            ", ".join(column.name for column in table.clustering),
            f"`{table.row.__name__}`: {', '.join(table.row.__struct_fields__)}",
        )
        for table in tables.TABLES.values()
    ]
    intro = "Rows with the same partition columns live together, in the order of their clustering columns."
    return _page("Tables", intro, rows, ("number", "table", "partition", "clustering", "row"))


def _statistics() -> str:
    rows = _fields(Statistics, "")
    intro = (
        "What `roost stats` and `GET /roost/v1/stats` answer. Names end with their unit. Percentiles (`p50_ms`, "
        "`p99_ms`, `p999_ms`), with `max_ms` and the `count` beside them, are of the last ten minutes, and 0 where "
        "nothing was measured in them. Other counters, such as `fanout.pushes`, are since the start of "
        "the process."
    )
    return _page("Statistics", intro, rows, ("name", "type"))


def _fields(kind: type[msgspec.Struct], prefix: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for field in msgspec.structs.fields(kind):
        name, inner = f"{prefix}{field.name}", field.type
        if typing.get_origin(inner) is list:
            name, inner = f"{name}[]", typing.get_args(inner)[0]
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            rows += _fields(inner, f"{name}.")
        else:
            rows.append((f"`{name}`", getattr(inner, "__name__", str(inner))))
    return rows


def _limits() -> str:
    rows: list[tuple[str, ...]] = []
    body = ast.parse(inspect.getsource(limits)).body
    for node, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            text = ""
            if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
                text = inspect.cleandoc(str(following.value.value))
            rows.append((f"`{name}`", f"{getattr(limits, name):,}", text))
    return _page("Limits", "Every bound, from `limits.py`.", rows, ("limit", "value", ""))


def _trend_terms() -> str:
    intro = (
        "By what [trends](../trends.md) are judged: `roost trends tune NAME=VALUE ...`, at once and for good."
    )
    rows: list[tuple[str, ...]] = []
    for field in msgspec.structs.fields(model.TrendTerms):
        said = _meta(field.type)
        bounds = [
            f"{words} {value:g}"
            for name, words in (("ge", "at least"), ("gt", "above"), ("le", "at most"))
            if (value := said.get(name)) is not None
        ]
        rows.append((f"`{field.name}`", f"{field.default:g}", ", ".join(bounds), said["description"]))
    return _page("Terms of trends", intro, rows, ("term", "default", "bounds", ""))


def _meta(kind: Any) -> dict[str, Any]:
    """What all annotations of a type say together."""
    said: dict[str, Any] = {}
    for each in kind.__metadata__:
        names = ("ge", "gt", "le", "description")
        said |= {name: getattr(each, name) for name in names if getattr(each, name) is not None}
    return said


def _errors() -> str:
    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.RoostError) and kind is not errors.RoostError
    ]
    rows = [
        (str(_status(kind)), f"`{kind.__name__}`")
        for kind in sorted(kinds, key=lambda k: (_status(k), k.__name__))
    ]
    intro = (
        'Every error has the body `{"error": "a sentence", "details": {"field": [{"error": "ERR_CODE", '
        '"description": "..."}]}}`; `details` is there where fields are to blame. At the OAuth endpoints '
        "`error` is a code of RFC 6749, and `error_description` the sentence. 429 and 503 come with "
        "`Retry-After`, in seconds. An address that takes other methods answers 405, and names them in `Allow`."
    )
    return _page("Errors", intro, rows, ("status", "error"))


def _status(kind: type[errors.RoostError]) -> int:
    return status_of(kind.__new__(kind))


def _doc(kind: Any) -> str:
    own = kind.__dict__.get("__doc__")
    return inspect.cleandoc(own).splitlines()[0] if own else ""


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text)
