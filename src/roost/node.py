"""The composition root: from settings to a running Roost. The only place that knows which part is which."""

import asyncio
import errno
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from roost.api import OPERATOR_SCOPES, HttpServer, make_server, server_tls
from roost.assembly import HomeAssembly, ListAssembly
from roost.blobs import Blobs, open_blobs
from roost.clock import Clock, SystemClock
from roost.config import Settings
from roost.errors import Invalid
from roost.eventlog import EmbeddedLog
from roost.home import (
    Progress,
    Shard,
    ShardCapacity,
    ShardReader,
    ShardWriter,
    StrategySettings,
    compile_kernels,
    load_calibration,
)
from roost.ids import Snowflakes
from roost.ingest import (
    Committer,
    Enrichment,
    LateEnrichment,
    Pipeline,
    Pressure,
    late_enrichers,
    quick_enrichers,
)
from roost.limits import USERNAME_CHARACTERS_MAX
from roost.links import open_links
from roost.media import Workshop
from roost.outgoing import Lookup, SystemLookup
from roost.processors import (
    MS_PER_DAY,
    Audience,
    ConversationsProcessor,
    CountsProcessor,
    DeadLetters,
    HomeProcessor,
    InteractionsProcessor,
    NotificationsProcessor,
    PollsProcessor,
    ProcessorRunner,
    PushProcessor,
    Rebuilder,
    SearchProcessor,
    TrendsProcessor,
    UsageProcessor,
    WeeksProcessor,
    drop_cursors,
    make_interactions,
    newest_ms,
    open_shard,
    sources_of,
)
from roost.push import Hub
from roost.service import PushCounts
from roost.service.local import (
    CardTidying,
    DueWork,
    FilterMatchers,
    Housekeeping,
    Hydration,
    KeyedLocks,
    Kit,
    LocalService,
    MediaTidying,
    PollViews,
    Positions,
    UserViews,
    load_web_push_keys,
)
from roost.store import (
    KEYSPACES,
    Batch,
    ChoicesCache,
    KeyValueStore,
    MarksCache,
    TweetCache,
    UserCache,
)
from roost.text import RULES_V3, TextRules
from roost.web import make_front

_SWITCH_INTERVAL_S = 0.0005
"""A thread that comes back from a kernel or from the disk waits so long at most for the interpreter."""


class Node:
    """One process that is everything: store, log, shard and service. Made by `start`."""

    def __init__(self, kit: Kit, housekeeping: Housekeeping) -> None:
        self.kit = kit
        self.service = LocalService(kit)
        self._housekeeping = housekeeping
        housekeeping.also(self.service.tidy)
        housekeeping.also(CardTidying(kit).tidy)
        housekeeping.also(MediaTidying(kit, self.service.media).tidy)
        self.service.moderation.purge_soon = housekeeping.soon
        self.due = DueWork(self.service.scheduled, self.service.polls, self.service.notification_work)

    async def begin(self) -> None:
        """Serve streams, and tidy up now and then."""
        self._watching = asyncio.create_task(self.kit.pressure.watch(), name="roost-pressure")
        await self.service.web_push.start()
        await self.service.load()
        await self.kit.streaming.start()
        self._housekeeping.start()
        self.due.start()

    async def stop(self) -> None:
        """Finish what was begun, write a snapshot, close the store."""
        self._watching.cancel()
        await self._housekeeping.stop()
        await self.due.stop()
        await self.service.media.stop()
        await self.service.recommendations.stop()
        await self.service.access.write_used()
        await self.kit.rebuilder.stop()
        await self.kit.streaming.stop()
        await self.service.streams.stop()
        await self.service.web_push.stop()
        await self.kit.enriching.stop()
        await self.kit.late_enrichment.stop()
        await self.kit.links.close()
        await self.kit.runner.applied(self.kit.log.last, 10.0)
        await self.kit.background.applied(self.kit.log.last, 10.0)
        await self.kit.indexing.applied(self.kit.log.last, 10.0)
        await self.kit.indexing.stop()
        await self.kit.finder.close()
        await self.kit.trends.write()
        await self.kit.background.stop()
        await self.kit.recommending.stop()
        await self.kit.interactions.close()
        await self.kit.runner.stop()
        await self.kit.home.snapshot()
        await self.kit.writer.stop()
        self.service.close()
        await self.kit.store.close()


async def start(
    settings: Settings,
    clock: Clock | None = None,
    tell: Progress | None = None,
    lookup: Lookup | None = None,
) -> Node:
    """Open the data folder and begin. Returns when home timelines can be read; the processors catch up with
    the rest of the log meanwhile, and readers who wrote something wait for that.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    clock = clock or SystemClock()
    folder = None if settings.store == "memory" else data_folder(settings)
    if folder is not None:
        _refuse_second(settings)
    blobs = await open_blobs(settings, folder)
    await asyncio.to_thread(compile_kernels)
    store = KeyValueStore(KEYSPACES[settings.store](Path(settings.data_folder) / "store"))
    log = EmbeddedLog(store, Batch)
    shard = await open_shard(
        lambda: make_shard(settings), store, log, folder, clock, tell or (lambda _what, _count: None)
    )
    last_ms = await newest_ms(log, shard)
    kit = _make_kit(settings, clock, store, log, shard, folder, last_ms, lookup or SystemLookup(), blobs)
    await kit.runner.start()
    node = Node(kit, Housekeeping(kit))
    await kit.background.start()
    await kit.usage.load(clock.now_ms() // MS_PER_DAY)
    await kit.indexing.start()
    await kit.recommending.start()
    await kit.enriching.start()
    await node.begin()
    await drop_cursors(kit.log, kit.runners)
    return node


def data_folder(settings: Settings) -> Path:
    """The data folder, made where it is not there. Raises Invalid where nothing can be kept in it."""
    folder = Path(settings.data_folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as cause:
        reason = f"the data folder {folder} cannot be made or written: {cause.strerror}"
        raise Invalid(f"Nothing can be kept: {reason}; choose another with --data") from cause


def _refuse_second(settings: Settings) -> None:
    """One server a data folder; the store's lock would say so too, but not whose it is."""
    found = read_operator_file(settings)
    if found is not None and found.process != os.getpid():
        raise Invalid(
            f"The data folder {settings.data_folder} is in use by the server at {found.url} "
            f"(process {found.process}): stop it, or choose another folder with --data"
        )


def make_shard(settings: Settings) -> Shard:
    """An empty shard as the settings want it."""
    capacity = ShardCapacity(
        users=settings.capacity_users,
        follows=settings.capacity_follows,
        rings=settings.capacity_rings,
        ring_entries=settings.ring_entries,
        tweets=settings.column_tweets,
    )
    return Shard(capacity, settings.strategy, _strategy_settings(settings), settings.fanout_threads)


def _strategy_settings(settings: Settings) -> StrategySettings:
    """As the settings say; else as `roost calibrate` measured for this folder; else as built in."""
    usual = StrategySettings()
    measured = load_calibration(Path(settings.data_folder))
    push_ns = settings.push_cost_ns or (measured.push_cost_ns if measured else usual.push_cost_ns)
    pull_ns = settings.pull_cost_ns or (measured.pull_cost_ns if measured else usual.pull_cost_ns)
    return StrategySettings(settings.threshold_followers, push_ns, pull_ns)


def _make_kit(
    settings: Settings,
    clock: Clock,
    store: KeyValueStore,
    log: EmbeddedLog,
    shard: Shard,
    folder: Path | None,
    last_ms: int,
    lookup: Lookup,
    blobs: Blobs,
) -> Kit:
    tweets, users, marks = TweetCache(store), UserCache(store), MarksCache(store)
    committer = Committer(log, tweets, users, marks)
    ids = Snowflakes(clock, settings.machine, last_ms)
    rules, hosts = _text_rules(settings)
    writer, reader = ShardWriter(shard, clock), ShardReader(shard.state)
    user_views = UserViews(users, reader)
    interval_s, kept_events = settings.snapshot_interval_s, settings.log_keep_events
    make, changed = partial(make_shard, settings), user_views.changed
    home = HomeProcessor(writer, make, log, folder, interval_s, kept_events, clock, changed)
    home.when_switched(reader.use)
    home.when_switched(lambda _state: user_views.forget_all())
    interactions = make_interactions(settings, log, clock)
    made = _make_processors(store, log, clock, home, interactions, tweets, users, shard, folder)
    polls = PollViews(store, made.tallies, clock)
    filters, choices = FilterMatchers(store), ChoicesCache(store)
    committer.listen(filters.note)
    committer.listen(choices.note)
    pressure = Pressure(lambda: log.age_s(made.runner.position_of(HomeProcessor.name) + 1))
    enrichment = Enrichment(quick_enrichers(users), lambda: pressure.is_high)
    links, locks = open_links(settings, public_url(settings), lookup), KeyedLocks()
    wanted = late_enrichers(settings, links, blobs, store, clock, hosts, locks.hold)
    late = LateEnrichment(log, tweets, users, committer, enrichment, wanted, locks.hold)
    return Kit(
        settings=settings,
        clock=clock,
        ids=ids,
        store=store,
        log=log,
        tweets=tweets,
        users=users,
        marks=marks,
        committer=committer,
        pipeline=Pipeline(store, committer, tweets, users, ids, clock, rules, hosts, enrichment),
        pressure=pressure,
        enrichment=enrichment,
        late_enrichment=late,
        enriching=ProcessorRunner(log, made.dead_letters, made.rebuilder, [late]),
        writer=writer,
        reader=reader,
        push_keys=load_web_push_keys(folder),
        push_counts=PushCounts(),
        polls=polls,
        assembly=HomeAssembly(reader, store, tweets, users, choices, clock),
        list_assembly=ListAssembly(reader, store, tweets, users, clock),
        choices=choices,
        filters=filters,
        hydration=Hydration(store, tweets, user_views, made.counts, marks, clock, polls, filters),
        positions=Positions(made.runner, settings.read_wait_ms),
        locks=locks,
        blobs=blobs,
        workshop=Workshop(Path(settings.data_folder) / "making"),
        lookup=lookup,
        links=links,
        **made._asdict(),
    )


class _Processors(NamedTuple):
    """Those parts of the kit that read the log, by their names there."""

    home: HomeProcessor
    counts: CountsProcessor
    tallies: PollsProcessor
    notices: NotificationsProcessor
    letters: ConversationsProcessor
    weeks: WeeksProcessor
    interactions: InteractionsProcessor
    finder: SearchProcessor
    usage: UsageProcessor
    trends: TrendsProcessor
    hub: Hub
    audience: Audience
    push: PushProcessor
    dead_letters: DeadLetters
    rebuilder: Rebuilder
    runner: ProcessorRunner
    background: ProcessorRunner
    indexing: ProcessorRunner
    recommending: ProcessorRunner
    streaming: ProcessorRunner


def _make_processors(
    store: KeyValueStore,
    log: EmbeddedLog,
    clock: Clock,
    home: HomeProcessor,
    interactions: InteractionsProcessor,
    tweets: TweetCache,
    users: UserCache,
    shard: Shard,
    folder: Path | None,
) -> _Processors:
    dead_letters = DeadLetters(store, log, clock)
    rebuilder = Rebuilder(store, log, dead_letters, sources_of(store, log))
    work = log, dead_letters, rebuilder
    counts, tallies = CountsProcessor(store, log), PollsProcessor(store, log)
    runner = ProcessorRunner(*work, [home, counts, tallies])
    notices = NotificationsProcessor(store, log, tweets, users, clock)
    letters, weeks = ConversationsProcessor(store, log), WeeksProcessor(store, log, clock)
    background = ProcessorRunner(*work, [notices, letters, weeks])
    search_folder = None if folder is None else folder / "search"
    finder = SearchProcessor(store, log, tweets, counts, runner.applied_by_all, clock, search_folder)
    usage = UsageProcessor(store, log, users)
    trends = TrendsProcessor(store, log, tweets, users, clock, folder)
    indexing = ProcessorRunner(*work, [finder, usage, trends])
    audience = Audience(shard.state, users, hub := Hub(), clock)
    home.when_switched(audience.use)
    push = PushProcessor(log, tweets, users, hub, audience, _all_of(runner, background), clock)
    recommending = ProcessorRunner(*work, [interactions])
    waiting, telling = (dead_letters, rebuilder, runner), ProcessorRunner(*work, [push])
    derived = home, counts, tallies, notices, letters, weeks, interactions, finder, usage, trends
    return _Processors(*derived, hub, audience, push, *waiting, background, indexing, recommending, telling)


def _text_rules(settings: Settings) -> tuple[TextRules, frozenset[str]]:
    """What counts as a tweet's length and as a username, and the server's own names."""
    rules = msgspec.structs.replace(
        RULES_V3,
        weighted_length_max=settings.tweet_length_max,
        username_length_max=USERNAME_CHARACTERS_MAX,
    )
    return rules, frozenset({urlsplit(public_url(settings)).netloc.lower()})


def _all_of(*runners: ProcessorRunner) -> Callable[[int], Awaitable[None]]:
    """Waits until every processor of some runners has applied a position."""

    async def wait(position: int) -> None:
        for runner in runners:
            await runner.applied_by_all(position)

    return wait


def public_url(settings: Settings) -> str:
    """Where clients reach the server, without a slash at the end."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    scheme = "https" if settings.tls_certificate else "http"
    return (settings.public_url or f"{scheme}://{host}:{settings.port}").rstrip("/")


class Running(msgspec.Struct):
    """A node that listens. `url` is what operators' commands on this machine use, `token` what they show."""

    node: Node
    server: HttpServer
    settings: Settings
    url: str
    token: str

    async def stop(self) -> None:
        """Stop taking requests, finish those under way, close everything."""
        _operator_file(self.settings).unlink(missing_ok=True)
        await self.server.stop()
        await self.node.stop()


class OperatorFile(msgspec.Struct):
    """How commands on this machine reach a running server; readable by its owner only."""

    url: str
    token: str
    process: int
    certificate: str = ""
    """The file with the certificate that the server shows; empty for HTTP."""


async def serve(
    settings: Settings,
    clock: Clock | None = None,
    tell: Progress | None = None,
    lookup: Lookup | None = None,
) -> Running:
    """Start a node and listen. Raises Invalid where the folder, the address or TLS files cannot be used."""
    clock = clock or SystemClock()
    tls = server_tls(settings.tls_certificate, settings.tls_key)
    listener = _bind(settings)
    port: int = listener.getsockname()[1]
    settings = msgspec.structs.replace(settings, port=port)
    try:
        node = await start(settings, clock, tell, lookup)
    except BaseException:
        listener.close()
        raise
    token = secrets.token_urlsafe(32)
    node.service.access.admit_operator(token, frozenset(OPERATOR_SCOPES))
    url = public_url(settings)
    server = make_server(node.service, settings, url, clock, make_front(url, clock))
    await server.start(listener, tls)
    running = Running(node, server, settings, _local_url(settings), token)
    _write_operator_file(running)
    return running


def read_operator_file(settings: Settings) -> OperatorFile | None:
    """How to reach the server that runs on this data folder, if one does."""
    try:
        found = msgspec.json.decode(_operator_file(settings).read_bytes(), type=OperatorFile)
        os.kill(found.process, 0)
    except (OSError, msgspec.MsgspecError):
        return None
    return found


def _operator_file(settings: Settings) -> Path:
    return Path(settings.data_folder) / "operator.json"


def _write_operator_file(running: Running) -> None:
    data_folder(running.settings)  # a store in memory has not made it
    path = _operator_file(running.settings)
    path.unlink(missing_ok=True)
    certificate = running.settings.tls_certificate
    shown = str(Path(certificate).resolve()) if certificate else ""
    found = OperatorFile(running.url, running.token, os.getpid(), shown)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(found))


def _bind(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
    except OSError as cause:
        listener.close()
        hint = "choose another host with --host"
        if settings.port:
            hint = 'choose another port with --port 3000, or ARGS="--port 3000" after make'
        if isinstance(cause, socket.gaierror) or cause.errno == errno.EADDRNOTAVAIL:
            hint = "this machine has no such address; choose another with --host"
        place = f"{settings.host}:{settings.port}"
        raise Invalid(f"Cannot listen on {place}: {cause.strerror}; {hint}") from cause
    listener.setblocking(False)
    return listener


def _local_url(settings: Settings) -> str:
    """The address on this machine: where the server listens on all, the loopback one."""
    everywhere = {"::": "::1", "0.0.0.0": "127.0.0.1"}  # noqa: S104 - recognised, not bound to
    host = everywhere.get(settings.host, settings.host)
    return public_url(msgspec.structs.replace(settings, host=host, public_url=""))
