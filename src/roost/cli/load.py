"""`roost load`: fill a running server with a synthetic population, or with recorded activity."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from roost import node
from roost.api import operator_tls
from roost.cli.options import DataFolder, SettingsFile, settings_of
from roost.config import Settings
from roost.errors import Invalid
from roost.limits import FOLLOWEES_MAX
from roost.load import (
    Activity,
    BulkClient,
    Calls,
    Follows,
    Population,
    Reach,
    Recorder,
    Replay,
    Report,
    Target,
    as_json,
    lines_of_follows,
    open_http,
    population_follows,
    population_lines,
    population_tweets,
    post_paced,
    read_activity,
    read_follows,
    show,
    user_ids,
    user_lines,
)

load = typer.Typer(
    help="Fill a running server: with a synthetic population, or with recorded activity.",
    no_args_is_help=True,
)

_GENERATE_EXAMPLES = """
Examples:

  roost load generate --users 10000 --follows-mean 50 --seed 1

  roost load generate --users 1000000 --follows-mean 100 --tweets 100000

  roost load generate --users 1000 --tweets 6000 --rate 100 --url https://roost.example --token "$TOKEN"
"""
_REPLAY_EXAMPLES = """
Examples:

  roost load replay --follows follows.tsv.gz

  roost load replay --activity activity.txt.gz --speed 3600

  roost load replay --follows follows.txt --activity activity.txt --limit 100000 --json
"""

Url = Annotated[str, typer.Option(help="The server's address, instead of finding it by its data folder.")]
Token = Annotated[
    str, typer.Option(help="A token for --url, with the scope ingest.", envvar="ROOST_LOAD_TOKEN")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
Steps = Callable[[Calls, Progress], AsyncIterator[Report]]

_TAKEN = ("Username has already been taken", "The account id is in use")
_OTHERS_THERE = "the server already has other users of these names or ids: use a new data folder"
_OTHERS_THERE_GENERATE = (
    f"{_OTHERS_THERE}, or the --users, --seed and --first-id that they were made with. A server holds one "
    "population: the names of another would repeat its names"
)


@load.command("generate", epilog=_GENERATE_EXAMPLES)
def generate(
    config: SettingsFile = None,
    data: DataFolder = None,
    url: Url = "",
    token: Token = "",
    users: Annotated[int, typer.Option(min=1, help="How many users.")] = 1_000,
    follows_mean: Annotated[
        float, typer.Option(min=0, max=FOLLOWEES_MAX, help="How many others each follows on average.")
    ] = 50.0,
    seed: Annotated[int, typer.Option(min=0, help="Which population of so many users.")] = 0,
    first_id: Annotated[int, typer.Option(min=1, help="The first user's id; the others follow on.")] = 1,
    tweets: Annotated[int, typer.Option(min=0, help="How many tweets they post.")] = 0,
    rate: Annotated[
        float, typer.Option(min=0, help="Tweets a second; 0 for as fast as the server takes them.")
    ] = 0.0,
    json: AsJson = False,
) -> None:
    """Make users, whom they follow, and tweets. Users and follows that are there are passed over.

    In-degrees are heavy-tailed with communities, followees log-normal, languages eight; see docs/load.md.
    """
    population = Population(users, follows_mean, seed, first_id)

    async def steps(calls: Calls, progress: Progress) -> AsyncIterator[Report]:
        with _step(calls, progress, "users", users) as (client, tell):
            await client.send_many(population_lines(population), tell)
        yield client.recorder.report()
        with _step(calls, progress, "follows", int((population.followee_counts > 0).sum())) as (client, tell):
            await client.send_many(population_follows(population), tell)
        yield client.recorder.report()
        if tweets:
            with _step(calls, progress, "tweets", tweets) as (client, tell):
                await post_paced(client, population_tweets(population, tweets, seed), rate, tell)
            yield client.recorder.report()

    _run(settings_of(config, data), url, token, steps, json, _OTHERS_THERE_GENERATE)


@load.command("replay", epilog=_REPLAY_EXAMPLES)
def replay(
    config: SettingsFile = None,
    data: DataFolder = None,
    url: Url = "",
    token: Token = "",
    follows: Annotated[
        Path | None, typer.Option(help="Lines `follower followee`; may be compressed with gzip.")
    ] = None,
    activity: Annotated[
        Path | None, typer.Option(help="Lines `user user time RT|MT|RE`; may be compressed with gzip.")
    ] = None,
    speed: Annotated[
        float, typer.Option(min=0, help="How many times faster than it was; 0 for as fast as possible.")
    ] = 0.0,
    limit: Annotated[int, typer.Option(min=0, help="Play only so many lines of activity; 0 for all.")] = 0,
    offset: Annotated[
        int, typer.Option(min=0, help="Added to the files' numbers to make user ids, which begin with 1.")
    ] = 0,
    json: AsJson = False,
) -> None:
    """Make the users and follows of one file, and play the retweets, replies and mentions of another.

    The user of number 7 is called u7. What each kind of activity becomes is in docs/load.md.
    """
    if follows is None and activity is None:
        raise Invalid("Nothing to replay: give --follows, --activity, or both")
    graph = read_follows(follows, offset) if follows is not None else None
    played = read_activity(activity, offset, limit) if activity is not None else None
    steps = _replay_steps(graph, played, speed, offset)
    _run(settings_of(config, data), url, token, steps, json, _OTHERS_THERE)


def _replay_steps(graph: Follows | None, played: Activity | None, speed: float, offset: int) -> Steps:
    async def steps(calls: Calls, progress: Progress) -> AsyncIterator[Report]:
        ids = user_ids(graph, played)
        with _step(calls, progress, "users", len(ids)) as (client, tell):
            await client.send_many(user_lines(ids, offset), tell)
        yield client.recorder.report()
        if graph is not None:
            lines = list(lines_of_follows(graph))
            with _step(calls, progress, "follows", len(lines)) as (client, tell):
                client.recorder.left_out = graph.left_out
                await client.send_many(lines, tell)
            yield client.recorder.report()
        if played is not None:
            with _step(calls, progress, "activity", len(played)) as (client, tell):
                await Replay(client, played, speed, offset).run(tell)
            yield client.recorder.report()

    return steps


@contextmanager
def _step(
    calls: Calls, progress: Progress, name: str, total: int
) -> Iterator[tuple[BulkClient, Callable[[int], None]]]:
    """A client with a recorder of its own, and a progress bar to tell."""
    task = progress.add_task(name, total=total)
    yield BulkClient(calls, Recorder(name)), lambda count: progress.advance(task, count)


def reach_of(settings: Settings, url: str, token: str) -> Reach:
    """Where the server is: as the options say, or as its data folder says each time anew. Raises Invalid."""
    if bool(url) != bool(token):
        raise Invalid("--url and --token go together")
    if url:
        target = _target(url, token)
        return lambda: target
    found = node.read_operator_file(settings)
    if found is None:
        raise Invalid(
            f"No server runs on the data folder {settings.data_folder}: start one with `roost serve`, name "
            "another folder with --data (that of `roost demo` is data/demo), or give --url and --token"
        )
    known = found

    def reach() -> Target:
        """A server that was started anew is found again; while it is away, the last place is as good."""
        nonlocal known
        known = node.read_operator_file(settings) or known
        return Target(known.url, known.token)

    return reach


def _target(url: str, token: str) -> Target:
    """What is given on the command line. Raises Invalid where a request could not even be written."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or parts.query or parts.fragment or not url.isprintable() or " " in url:
        raise Invalid(f"--url {url!r} is no address of a server, such as http://127.0.0.1:8080")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise Invalid("The token has a blank, a line break or another character that no token has")
    return Target(url.rstrip("/"), token)


def bars(console: Console) -> Progress:
    """Progress bars that count."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def _run(settings: Settings, url: str, token: str, steps: Steps, json: bool, others_there: str) -> None:
    """Do every step, and report. Exits with 1 where a line was refused; no step follows on users refused.

    `others_there` is said where users were refused because the server has others in their place.
    """
    reach = reach_of(settings, url, token)
    found = None if url else node.read_operator_file(settings)
    tls = operator_tls(found.certificate if found else "")
    reports: list[Report] = []
    errors = Console(stderr=True)

    def say(text: str) -> None:
        errors.print(text, markup=False, highlight=False, soft_wrap=True)

    async def main() -> None:
        async with open_http(tls) as http:
            with bars(errors) as progress:
                async for report in steps(Calls(http, reach, say=say), progress):
                    reports.append(report)
                    if report.step == "users" and report.refused:
                        return  # ids are taken by others, to whom nothing of this must happen

    uvloop.run(main())
    if json:
        print(as_json(reports))
    else:
        show(reports, Console())
    if any(_is_taken(report) for report in reports):
        say(others_there)
    if any(report.refused for report in reports):
        raise typer.Exit(1)


def _is_taken(report: Report) -> bool:
    """Whether users were refused because of others."""
    return report.step == "users" and any(refusal.error.startswith(_TAKEN) for refusal in report.refusals)
