"""`roost verify`: compare what is derived with what the tables say."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from roost.cli.connection import Server, run
from roost.cli.options import DataFolder, SettingsFile, settings_of
from roost.errors import Invalid
from roost.service.local import SUBJECTS

EXAMPLES = """
Examples:

  roost verify

  roost verify --all

  roost verify search counts --users 1000 --seed 7
"""
_SHOWN = 10
_NAMES = [subject.name for subject in SUBJECTS]
_USUAL = ["home"]


def verify(
    subjects: Annotated[
        list[str] | None, typer.Argument(help=f"Of {', '.join(_NAMES)}; home timelines if none is named.")
    ] = None,
    config: SettingsFile = None,
    data: DataFolder = None,
    everything: Annotated[bool, typer.Option("--all", help="All subjects.")] = False,
    users: Annotated[
        int, typer.Option(min=1, help="Of how many users, and lists, timelines are read.")
    ] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Which users.")] = 0,
) -> None:
    """Compare timelines, counts, searches, notifications and so on with what the tables alone say.

    Exits with 1 where something differs, and says what, and what to rebuild.
    """
    if everything and subjects:
        raise Invalid("Name subjects, or say --all; not both")
    wanted = _NAMES if everything else subjects or _USUAL
    console = Console()

    async def ask(server: Server) -> list[dict[str, Any]]:
        return [await _one(server, console, name, users, seed) for name in wanted]

    found = run(settings_of(config, data), ask)
    differing = [subject for subject in found if subject["differing"]]
    for subject in differing:
        _show(console, subject)
    if differing:
        raise typer.Exit(1)


async def _one(server: Server, console: Console, name: str, users: int, seed: int) -> dict[str, Any]:
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        progress.add_task(name, total=None)
        body = {"users": users, "seed": seed, "subjects": [name]}
        (subject,) = (await server.post("/roost/v1/verify", body))["subjects"]
    found: dict[str, Any] = subject
    compared, differing = f"{found['compared']:,} {found['unit']}", found["differing"]
    if differing:
        console.print(f"{name}: {compared} compared, [red]{differing:,} not as the tables say[/red]")
    else:
        console.print(f"{name}: {compared}, as the tables say")
    for reason in found["left_open"]:
        console.print(f"  [dim]not compared: {escape(reason)}[/dim]")
    return found


def _show(console: Console, subject: dict[str, Any]) -> None:
    console.print(f"\n[bold]{subject['name']}[/bold]")
    shown = subject["differences"][:_SHOWN]
    for each in shown:
        console.print(f"  {escape(each['what'])}\n    found     {escape(each['found'])}")
        console.print(f"    expected  {escape(each['expected'])}")
    if subject["differing"] > len(shown):
        console.print(f"  and {subject['differing'] - len(shown):,} more")
    if subject["events_meanwhile"]:
        console.print(
            f"  {subject['events_meanwhile']:,} events came meanwhile: look again when the server is quiet"
        )
    else:
        console.print(f"  {escape(subject['remedy'])}")
