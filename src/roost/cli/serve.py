"""`roost serve`: run the server."""

import asyncio
import gc
import logging
import signal
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from roost import node
from roost.cli.options import DataFolder, SettingsFile, settings_of
from roost.config import Settings

EXAMPLES = """
Examples:

  roost serve

  roost serve --port 3000 --data /srv/roost

  ROOST_REGISTRATION_OPEN=true roost serve --config roost.toml
"""

_STARTING = "Starting (compiling the kernels takes half a minute the first time)"


def serve(
    config: SettingsFile = None,
    data: DataFolder = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 for any free one.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what goes wrong.")] = False,
) -> None:
    """Run the server until it is interrupted."""
    settings = settings_of(config, data, host=host, port=port)
    set_up_logging()
    uvloop.run(run_until_stopped(settings, Console(stderr=True, quiet=quiet)))


def set_up_logging() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("aiohttp").setLevel(logging.WARNING)


async def run_until_stopped(settings: Settings, console: Console) -> None:
    """Serve until SIGINT or SIGTERM."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    running = await start_with_progress(settings, console)
    where = node.public_url(running.settings)
    console.print(
        f"Roost listens at [bold]{where}[/bold]; data is in {settings.data_folder}.", soft_wrap=True
    )
    console.print("Open this address in a browser, or give it to any Mastodon app. Stop with Ctrl-C.")
    try:
        await stopping.wait()
    finally:
        console.print("Stopping: requests under way are finished, and the home state is written.")
        await running.stop()


async def start_with_progress(settings: Settings, console: Console) -> node.Running:
    """Start, saying what takes long: compiling on the first run, and loading."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(_STARTING)
        if not console.is_terminal:
            console.print(_STARTING)

        def tell(what: str, count: int) -> None:
            progress.update(task, description=f"Loading from the tables: {what}, {count:,}")

        running = await node.serve(settings, tell=tell)
    _leave_alone_what_stays()
    return running


def _leave_alone_what_stays() -> None:
    """What there is after the start, kernels and modules above all, lives as long as the process: the garbage
    collector need not look at it again. Else every full collection stops the server for 100 ms and more."""
    gc.collect()
    gc.freeze()
