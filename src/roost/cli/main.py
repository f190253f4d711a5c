"""The command line. One file a command; this one gathers them."""

import sys
from typing import Annotated

import typer
from rich.console import Console

import roost
from roost.cli import bench, calibrate, demo, load, processors, serve, staff, stats, trends, user, verify
from roost.errors import RoostError

app = typer.Typer(
    name="roost",
    help="Roost: a self-hosted social timeline server that speaks the Mastodon API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve", epilog=serve.EXAMPLES)(serve.serve)
app.command("stats", epilog=stats.EXAMPLES)(stats.stats)
app.command("verify", epilog=verify.EXAMPLES)(verify.verify)
app.command("calibrate", epilog=calibrate.EXAMPLES)(calibrate.calibrate)
app.command("bench", epilog=bench.EXAMPLES)(bench.bench)
app.command("demo", epilog=demo.EXAMPLES)(demo.demo)
app.add_typer(load.load, name="load")
app.add_typer(processors.processors, name="processors")
app.add_typer(user.users, name="user")
app.add_typer(user.apps, name="app")
app.command("moderate", epilog=staff.MODERATE_EXAMPLES)(staff.moderate)
app.add_typer(staff.announcements, name="announce")
app.add_typer(staff.emojis, name="emoji")
app.add_typer(trends.trends, name="trends")


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"roost {roost.__version__}")
        raise typer.Exit


@app.callback()
def _everywhere(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version


def main() -> None:
    """Run a command; what is wrong is said in a sentence, with exit status 1."""
    try:
        app()
    except RoostError as error:
        Console(stderr=True).print(error.text, style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
