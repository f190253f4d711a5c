"""`roost processors`: how far each one is, its dead letters, and having it rebuilt."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from roost.cli.compact import add_whole, compact
from roost.cli.connection import Server, run
from roost.cli.options import DataFolder, SettingsFile, settings_of
from roost.errors import Invalid, Overloaded

processors = typer.Typer(help="How far each processor of the log is; dead letters, rebuilds.")
_PATH = "/roost/v1/processors"
_LOOK_S = 0.2
_EXAMPLES = """
Examples:

  roost processors

  roost processors --json | jq '.[] | {name, lag_s}'
"""
_RETRY_EXAMPLES = """
Examples:

  roost processors retry notifications 1201 1377

  roost processors retry counts --all
"""
_COLOURS = {"running": "green", "retrying": "yellow", "stopped": "bold red"}

AsJson = Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")]
Name = Annotated[str, typer.Argument(help="A processor, as `roost processors` names it.")]
Positions = Annotated[
    list[int] | None, typer.Argument(help="Positions, as `roost processors dead` shows them.")
]
All = Annotated[bool, typer.Option("--all", help="All dead letters that the processor has.")]


@processors.callback(invoke_without_command=True, epilog=_EXAMPLES)
def show(
    context: typer.Context, config: SettingsFile = None, data: DataFolder = None, as_json: AsJson = False
) -> None:
    """Show how far each processor is. Exits with 1 where one has stopped."""
    if context.invoked_subcommand is not None:
        return
    found = run(settings_of(config, data), lambda server: server.get(_PATH))
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        _show(Console(), found)
    if any(each["state"] == "stopped" for each in found):
        raise typer.Exit(1)


@processors.command("dead")
def dead(
    name: Annotated[str, typer.Argument(help="Those of this processor alone.")] = "",
    above: Annotated[int, typer.Option(min=0, help="Those of later positions alone.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 100,
    config: SettingsFile = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """List the events that processors could not apply."""

    async def ask(server: Server) -> Any:
        query = f"processor={name}&above={above}&limit={limit}"
        return await server.get(f"{_PATH}/dead_letters?{query}")

    found = run(settings_of(config, data), ask)
    if as_json:
        print(json.dumps(found, indent=2))
    elif not found:
        Console().print("There are no dead letters.")
    else:
        _show_dead(Console(), found)


@processors.command("retry", epilog=_RETRY_EXAMPLES)
def retry(
    name: Name,
    positions: Positions = None,
    everything: All = False,
    config: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Apply dead letters' events again. Exits with 1 where one fails again."""
    body = _chosen(positions, everything)
    found = run(settings_of(config, data), lambda server: server.post(f"{_PATH}/{name}/retry", body))
    console = Console()
    console.print(f"{len(found['applied'])} applied, {len(found['failed'])} failed again.")
    if found["failed"]:
        _show_dead(console, found["failed"])
        raise typer.Exit(1)


@processors.command("drop")
def drop(
    name: Name,
    positions: Positions = None,
    everything: All = False,
    config: SettingsFile = None,
    data: DataFolder = None,
) -> None:
    """Forget dead letters, for good: what their events say stays left out, until a rebuild."""
    body = _chosen(positions, everything)
    found = run(settings_of(config, data), lambda server: server.post(f"{_PATH}/{name}/drop", body))
    Console().print(f"{len(found['positions'])} dropped.")


@processors.command("rebuild")
def rebuild(name: Name, config: SettingsFile = None, data: DataFolder = None) -> None:
    """Derive a processor's state anew, while the server serves what it has; shows how far that is.

    Stopping the command does not stop the rebuild.
    """
    found = run(settings_of(config, data), lambda server: _rebuilt(server, name))
    if found["error"]:
        raise Overloaded(f"The rebuild of {name} failed: {found['error']}. It serves what it had.")
    Console().print(f"{name} is rebuilt.")


async def _rebuilt(server: Server, name: str) -> dict[str, Any]:
    """How the rebuild ended."""
    await server.post(f"{_PATH}/{name}/rebuild")
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=None)
        while True:
            (found,) = (each for each in await server.get(_PATH) if each["name"] == name)
            report: dict[str, Any] = found["rebuild"]
            if report["phase"] in ("done", "failed"):
                return report
            progress.update(task, description=_progress(name, report))
            if report["total"]:
                progress.update(task, completed=report["done"], total=report["total"])
            await asyncio.sleep(_LOOK_S)


def _progress(name: str, report: dict[str, Any]) -> str:
    match report["phase"]:
        case "tables":
            return f"{name}: reading {report['what'] or 'tables'}: {report['done']:,}"
        case "log":
            return f"{name}: events up to {report['done']:,} of {report['total']:,}"
        case "switching":
            return f"{name}: taking its place"
        case _:
            return f"{name}: waiting for another rebuild"


def _chosen(positions: list[int] | None, everything: bool) -> dict[str, Any]:
    if everything == bool(positions):
        raise Invalid("Name the positions of dead letters, or say --all; not both")
    return {"positions": positions or [], "all": everything}


def _show(console: Console, found: list[dict[str, Any]]) -> None:
    """What is rare, errors and rebuilds, has lines of its own."""
    columns = {
        "name": [each["name"] for each in found],
        "state": [each["state"] for each in found],
        "position": [f"{each['position']:,}" for each in found],
        "events behind": [f"{each['lag_events']:,}" for each in found],
        "seconds behind": [f"{each['lag_s']:,.{0 if each['lag_s'] >= 100 else 1}f}" for each in found],
        "failures": [f"{each['failures']:,}" for each in found],
        "dead letters": [f"{each['dead_letters']:,}" for each in found],
    }
    table = compact("Processors")
    for name, values in columns.items():
        add_whole(table, name, values, is_number=name not in ("name", "state"))
    for name, state, *numbers in zip(*columns.values(), strict=True):
        table.add_row(name, f"[{_COLOURS[state]}]{state}[/]", *numbers)
    console.print(table)
    for each in found:
        if each["error"]:
            console.print(f"{each['name']}: {escape(each['error'])}", style=_COLOURS[each["state"]])
        if each["rebuild"]["phase"] != "never":
            console.print(f"{each['name']}, last rebuild: {each['rebuild']['phase']}")


def _show_dead(console: Console, found: list[dict[str, Any]]) -> None:
    table = compact("Dead letters")
    for name in ("processor", "position"):
        add_whole(table, name, [str(each[name]) for each in found])
    table.add_column("event", overflow="fold")
    table.add_column("tries", justify="right")
    table.add_column("last at (UTC)", min_width=10)
    table.add_column("error", overflow="fold")
    for each in found:
        failed = datetime.fromtimestamp(each["failed_ms"] / 1000, UTC)
        table.add_row(
            each["processor"],
            str(each["position"]),
            each["event"],
            str(each["attempts"]),
            f"{failed:%Y-%m-%d %H:%M:%S}",
            escape(each["error"]),
        )
    console.print(table)
