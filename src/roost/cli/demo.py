"""`roost demo`: a server with a town on it that lives."""

import asyncio
import math
import signal
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.progress import Progress

from roost import node
from roost.api import operator_tls
from roost.cli.load import bars
from roost.cli.options import settings_of
from roost.cli.serve import set_up_logging, start_with_progress
from roost.config import Settings
from roost.load import (
    GUEST,
    Calls,
    Founder,
    Target,
    Town,
    TownCounts,
    TownRecord,
    make_record,
    open_http,
    read_record,
    write_record,
)

EXAMPLES = """
Examples:

  roost demo

  roost demo --rate 20 --port 3000

  roost demo --data /tmp/town --once
"""
_FOLDER = "data/demo"
_RECORD = "town.json"
_USERS = 2_000
_FOLLOWS_MEAN = 40.0
_SEED = 2_012
_SHOW_S = 1.0


def demo(
    data: Annotated[str, typer.Option("--data", "-d", help="The demonstration's own data folder.")] = _FOLDER,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0 for any free one.")] = None,
    rate: Annotated[float, typer.Option(min=0.001, help="Tweets a second, on the average of a day.")] = 2.0,
    users: Annotated[int, typer.Option(min=1, max=100_000, help="How many people a new town has.")] = _USERS,
    once: Annotated[bool, typer.Option("--once", help="Found the town and exit.")] = False,
) -> None:
    """Start a server with a town of 2,000 people who post all the time, and print how to sign in.

    The town is founded on the first run and goes on with the next one. Stop with Ctrl-C.
    """
    settings = settings_of(
        None,
        data,
        host=host,
        port=port,
        title="Roost demo",
        description="A town of people who do not exist, and post all the time.",
        registration_open=True,
        password_grant=True,
        rate_limits_on_loopback=False,
        tweet_length_max=500,
    )
    set_up_logging()
    path = node.data_folder(settings) / _RECORD
    record = read_record(path) or make_record(_SEED, users, _FOLLOWS_MEAN)
    write_record(path, record)
    uvloop.run(_demonstrate(settings, record, path, rate, once))


async def _demonstrate(settings: Settings, record: TownRecord, path: Path, rate: float, once: bool) -> None:
    console = Console(stderr=True)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    running = await start_with_progress(settings, console)
    try:
        async with open_http(operator_tls(settings.tls_certificate)) as http:
            target = Target(running.url, running.token)
            with bars(console) as progress:
                founder = _founder(Calls(http, lambda: target), record, path, progress)
                founding = asyncio.create_task(founder.found())
                if not await _before(founding, stopping):
                    return
            _introduce(node.public_url(running.settings), record, founder)
            if not once:
                town = Town(Calls(http, lambda: target, math.inf), founder.residents, founder.director, rate)
                town.welcome(founding.result())
                await _live(town, stopping, console)
    finally:
        console.print("Stopping: requests under way are finished, and the home state is written.")
        await running.stop()


def _founder(calls: Calls, record: TownRecord, path: Path, progress: Progress) -> Founder:
    tasks = {name: progress.add_task(name, total=None) for name in ("users", "follows", "history", "guest")}
    for name in record.done:
        progress.update(tasks[name], visible=False)

    def tell(step: str, done: int, total: int) -> None:
        progress.update(tasks[step], completed=done, total=total)

    return Founder(calls, record, lambda: write_record(path, record), tell)


async def _before(founding: asyncio.Task[int], stopping: asyncio.Event) -> bool:
    """Whether the town was founded before somebody stopped it."""
    stopped = asyncio.create_task(stopping.wait())
    await asyncio.wait({founding, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not founding.done():
        founding.cancel()
        await asyncio.gather(founding, return_exceptions=True)
        return False
    founding.result()
    return True


def _introduce(url: str, record: TownRecord, founder: Founder) -> None:
    token = founder.residents.token_of(GUEST)
    print(
        f"\nThe town is at {url}\n\n"
        f"  username  {GUEST}\n"
        f"  password  {record.guest_password}\n"
        f"  token     {token}\n\n"
        "Open it in a browser, or give the address to any Mastodon app; or ask for the home timeline:\n\n"
        f'  curl -H "Authorization: Bearer {token}" "{url}/api/v1/timelines/home?limit=5"\n',
        flush=True,
    )


async def _live(town: Town, stopping: asyncio.Event, console: Console) -> None:
    """Let the town live until somebody stops it, saying once a second what has happened."""
    living = asyncio.create_task(town.live())
    stopped = asyncio.create_task(stopping.wait())
    with console.status("The town wakes up") as status:
        while not living.done() and not stopped.done():
            await asyncio.wait({living, stopped}, timeout=_SHOW_S, return_when=asyncio.FIRST_COMPLETED)
            status.update(f"{_news(town.counts)}. Stop with Ctrl-C.")
    stopped.cancel()
    living.cancel()
    results = await asyncio.gather(living, return_exceptions=True)
    if isinstance(results[0], Exception):
        raise results[0]


def _news(counts: TownCounts) -> str:
    refused = f", {counts.refused:,} refused" if counts.refused else ""
    return (
        f"{counts.tweets:,} tweets, {counts.retweets:,} retweets, {counts.likes:,} likes, "
        f"{counts.follow_changes:,} follows changed{refused}"
    )
