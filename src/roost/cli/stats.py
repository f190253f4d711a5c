"""`roost stats`: what a server is doing, and its memory to the byte."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from roost.cli.connection import Server, run
from roost.cli.options import DataFolder, SettingsFile, settings_of

EXAMPLES = """
Examples:

  roost stats

  roost stats --json | jq .memory
"""


def stats(
    config: SettingsFile = None,
    data: DataFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
) -> None:
    """Show counts, lags, latencies and memory of the server of a data folder."""

    async def ask(server: Server) -> Any:
        return await server.get("/roost/v1/stats")

    found = run(settings_of(config, data), ask)
    if as_json:
        print(json.dumps(found, indent=2))
        return
    console = Console()
    console.print(_memory(found))
    console.print(_counts(found))
    console.print(_enrichers(found))
    console.print("p50 and p99 are of the last ten minutes, counters since the start.")


def _memory(found: dict[str, Any]) -> Table:
    table = Table(title="Memory in use", title_justify="left")
    table.add_column("structure")
    table.add_column("bytes", justify="right")
    for name, size in found["memory"].items():
        table.add_row(name.replace("_", " "), f"{size:,}")
    table.add_section()
    table.add_row("home state in all", f"{found['memory_total_bytes']:,}")
    table.add_row("store, in memory", f"{found['store']['bytes_in_memory']:,}")
    table.add_row("whole process, resident", f"{found['resident_bytes']:,}")
    return table


def _counts(found: dict[str, Any]) -> Table:
    table = Table(title="Server", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    visible, streamed = found["visible_after"], found["streamed_after"]
    rows = [
        ("version", found["version"]),
        ("uptime", f"{found['uptime_s']:,.0f} s"),
        ("accounts", f"{found['users']:,}"),
        ("follows", f"{found['follows']:,}"),
        ("home timelines in memory", f"{found['rings']:,}"),
        ("tweets in memory", f"{found['tweets_in_columns']:,}"),
        ("strategy", found["fanout"]["strategy"]),
        ("timeline writes", f"{found['fanout']['pushes']:,}"),
        ("large deliveries waiting", f"{found['fanout']['large_waiting']:,}"),
        ("log position", f"{found['log']['last']:,}"),
        ("tweets visible after, p50", _ms(visible, "p50_ms")),
        ("tweets visible after, p99", _ms(visible, "p99_ms")),
        ("streamed after, p50", _ms(streamed, "p50_ms")),
        ("streamed after, p99", _ms(streamed, "p99_ms")),
        ("interactions in the graph after, p99", _ms(found["interactions_visible_after"], "p99_ms")),
        ("readers with recommendations", f"{found['recommendations']['readers']:,}"),
        ("bytes on disk", f"{found['store']['bytes_on_disk']:,}"),
    ]
    for name, value in rows:
        table.add_row(name, str(value))
    for processor in found["processors"]:
        lag = f"{processor['lag_events']:,} events, {processor['lag_s']:,.1f} s"
        table.add_row(f"lag of {processor['name']}", lag)
    return table


def _ms(percentiles: dict[str, Any], name: str) -> str:
    return f"{percentiles[name]:,} ms" if percentiles["count"] else "none lately"


def _enrichers(found: dict[str, Any]) -> Table:
    table = Table(title="Enrichers", title_justify="left")
    table.add_column("name")
    for column in ("tweets", "failed", "too long", "left out", "p50 ms", "p99 ms"):
        table.add_column(column, justify="right")
    for enricher in found["enrichers"]:
        numbers = (enricher[name] for name in ("tweets", "failures", "over_budget", "left_out"))
        times = (enricher["time"][name] for name in ("p50_ms", "p99_ms"))
        table.add_row(enricher["name"], *(f"{number:,}" for number in (*numbers, *times)))
    return table
