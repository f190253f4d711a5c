"""`roost bench`: measure the figures that Roost states."""

import importlib
import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

import roost
from roost.errors import Invalid

NAMES = (
    "fanout",
    "celebrity",
    "deliver",
    "graph",
    "home",
    "lists",
    "notifications",
    "rebuild",
    "restart",
    "sockets",
    "search",
    "enrich",
    "trends",
    "who_to_follow",
    "recommend",
    "soak",
)

EXAMPLES = """
Examples:

  roost bench fanout --small

  roost bench all --json
"""


def bench(
    name: Annotated[str, typer.Argument(help=f"Which one: all, {', '.join(NAMES)}.")],
    small: Annotated[bool, typer.Option("--small", help="A small size, to see that it works.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a benchmark.")] = False,
) -> None:
    """Run a benchmark: its figures beside their goals, and its peers' from the same run.

    At full size some need 20 GiB of memory and some minutes. Exits with 0 whether goals are met or not.
    """
    wanted = NAMES if name == "all" else (name,)
    if not set(wanted) <= set(NAMES):
        raise Invalid(f"There is no benchmark {name}; there are all, {', '.join(NAMES)}")
    console = Console(stderr=True)
    for each in wanted:
        benchmark = _load(each)
        with console.status(f"{each}: {benchmark.summary}") as status:
            report = benchmark.run(small, lambda text, each=each: status.update(f"{each}: {text}"))
        if as_json:
            print(msgspec.json.encode(report).decode())
        else:
            _show(report)


def _load(name: str) -> Any:
    """Benchmarks lie beside the source, not in the package: they are for those who have the repository."""
    root = Path(roost.__file__).resolve().parents[2]
    if not (root / "benchmarks").is_dir():
        raise Invalid("The benchmarks are in Roost's repository; run this from a checkout of it")
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return importlib.import_module(f"benchmarks.{name}").BENCHMARK


def _show(report: Any) -> None:
    console = Console()
    table = Table(title=f"{report.bench}: {report.size}", title_justify="left", caption=report.machine)
    table.add_column("")
    for column in ("median", "spread", "goal"):
        table.add_column(column, justify="right")
    for goal in report.goals:
        mark = "[green]met[/green]" if goal.met else "[red]not met[/red]"
        wanted = f"{'at most' if goal.less_is_better else 'at least'} {goal.goal:g}, {mark}"
        table.add_row(goal.name, f"{goal.value:g} {goal.unit}", _spread(goal), wanted)
    table.add_section()
    for peer in report.peers:
        table.add_row(peer.name, f"{peer.value:g} {peer.unit}", _spread(peer), "")
    console.print(table)
    for note in report.notes:
        console.print(f"  {note}")
    console.print(f"  {report.hash} is the hash of the result: the same work gives the same on any machine")


def _spread(figure: Any) -> str:
    return f"{figure.lowest:g} to {figure.highest:g}" if figure.runs > 1 else ""
