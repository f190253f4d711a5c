"""Live connections: how many, how much memory each, how many messages a second, and all of them coming back.

A real server with its durable log; tweets come in by bulk ingest, and reach a twentieth of the readers each.
Readers are in processes of their own, which speak WebSocket by hand and look at as little as they can: they
share the machine with the server. The peer is the plainest program that there is, on the same machine in the
same run: an aiohttp server that sends a ready text to every connection in turn.
"""

import multiprocessing
import os
import random
import resource
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from benchmarks import socket_peer
from benchmarks.report import Benchmark, Figure, Report, at_least, at_most, digest, machine, single
from benchmarks.server import ServerProcess, data_folder
from benchmarks.socket_readers import READERS_A_PROCESS, Tally, read_until_told

_AUTHORS = 100
_FOLLOWEES = 5
_CONNECTIONS_A_READER = 4
_FIRST_READER = 1_001
_MISSED_TWEETS = 50
_FILES_MORE = 400
_PEER_CONNECTIONS = 5_000


class Readers:
    """Connections in processes of their own, which are told what to do over pipes."""

    def __init__(self, url: str, tokens: list[str]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for number, start in enumerate(range(0, len(tokens), READERS_A_PROCESS)):
            near, far = context.Pipe()
            share = tokens[start : start + READERS_A_PROCESS]
            process = context.Process(target=read_until_told, args=(far, url, share, number), daemon=True)
            process.start()
            self._pipes.append(near)
            self._processes.append(process)

    def ask(self, what: str) -> list[Tally]:
        """Have all processes do something, and wait for what they have seen."""
        for pipe in self._pipes:
            pipe.send(what)
        return [pipe.recv() for pipe in self._pipes]

    def stop(self) -> None:
        for pipe in self._pipes:
            pipe.send("stop")
        for process in self._processes:
            process.join(timeout=30)


class _Delivery(msgspec.Struct):
    messages_a_second: float
    messages_a_processor_second: float
    p50_ms: float
    p99_ms: float
    missed: int
    closed: int


class _World(msgspec.Struct):
    server: ServerProcess
    tokens: list[str]
    """One a connection."""
    followers: Counter[int]
    """Connections that follow an author."""
    chooser: random.Random


def run(small: bool, say: Callable[[str], None]) -> Report:
    goal = 400 if small else 20_000
    messages_a_second = 2_000 if small else 100_000
    connections, notes = _possible(goal)
    with data_folder() as folder:
        server = ServerProcess(folder, {"capacity_users": 1 << 16, "for_you_list": "false"})
        try:
            server.wait_until_ready()
            say("making accounts, follows and tokens")
            world = _fill(server, connections)
            before_kib = _memory_kib(server)
            readers = Readers(server.url, world.tokens)
            try:
                say(f"opening {connections:,} connections")
                opened = readers.ask("connect")
                held_kib = (_memory_kib(server) - before_kib) / connections
                say(f"{messages_a_second:,} messages/s")
                delivery = _deliver(world, readers, messages_a_second, 2 if small else 10)
                say("all of them come back")
                back, missed_back = _storm(world, readers)
            finally:
                readers.stop()
        finally:
            server.stop()
    say("the peer")
    peer = socket_peer.broadcast(min(connections, _PEER_CONNECTIONS), 3 if small else 60)
    count = sum(each.connected for each in opened)
    missed = delivery.missed + missed_back
    if missed:
        notes.append(f"Missed live: {delivery.missed}; by those who came back: {missed_back}")
    goals = [
        at_least(single("live connections in one process", count, "connections"), goal),
        at_least(single("messages delivered", delivery.messages_a_second, "messages/s"), messages_a_second),
        at_most(single("from acceptance to having been read, p99", delivery.p99_ms, "ms"), 200),
        at_most(single("messages missed, those of the storm among them", missed, "messages"), 0),
    ]
    figures = [
        single("from acceptance to having been read, p50", delivery.p50_ms, "ms"),
        single("closed because their readers were too slow", delivery.closed, "connections"),
        single("memory a connection", held_kib, "KiB"),
        _per_processor("Roost", delivery.messages_a_processor_second),
        single("storm: all are back, and have what they missed, after", _took_s(back), "s"),
        single("storm: told to come again later", sum(each.put_off for each in back), "times"),
        single("bare aiohttp broadcast", peer.messages_a_second, "messages/s"),
        _per_processor("bare aiohttp broadcast", peer.messages_a_processor_second),
        single("bare aiohttp broadcast: memory a connection", peer.kib_a_connection, "KiB"),
    ]
    size = f"{connections:,} WebSocket connections of {connections // _CONNECTIONS_A_READER:,} readers"
    return Report("sockets", size, machine(), goals, figures, digest(connections, missed), notes)


def _possible(goal: int) -> tuple[int, list[str]]:
    """As many connections as a process may have files, beside the store's; and what there is to say."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard >= goal + _FILES_MORE:
        resource.setrlimit(resource.RLIMIT_NOFILE, (goal + _FILES_MORE, hard))
        return goal, []
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    possible = min(goal, hard - _FILES_MORE) // _CONNECTIONS_A_READER * _CONNECTIONS_A_READER
    return possible, [f"A process may open {hard:,} files here (ulimit -Hn): {possible:,} connections"]


def _fill(server: ServerProcess, connections: int) -> _World:
    chooser = random.Random(5)
    authors = range(1, _AUTHORS + 1)
    readers = range(_FIRST_READER, _FIRST_READER + connections // _CONNECTIONS_A_READER)
    server.ingest([{"type": "user", "username": f"u{n}", "id": n} for n in (*authors, *readers)])
    followees = {n: chooser.sample(authors, _FOLLOWEES) for n in readers}
    server.ingest([{"type": "follow", "follower": n, "followees": chosen} for n, chosen in followees.items()])
    tokens = [server.ask("POST", "/roost/v1/tokens", {"username": f"u{n}"})["token"] for n in readers]
    followers = Counter(author for chosen in followees.values() for author in chosen)
    for author in followers:
        followers[author] *= _CONNECTIONS_A_READER
    return _World(server, tokens * _CONNECTIONS_A_READER, followers, chooser)


def _post(world: _World, count: int) -> int:
    """Post some tweets; how many messages they are."""
    authors = [world.chooser.randint(1, _AUTHORS) for _ in range(count)]
    words = ("rain", "goal", "coffee", "morning", "train", "music", "winter")
    world.server.ingest(
        [
            {"type": "tweet", "author": author, "text": " ".join(world.chooser.choices(words, k=20))}
            for author in authors
        ]
    )
    return sum(world.followers[author] for author in authors)


def _deliver(world: _World, readers: Readers, messages_a_second: int, seconds: int) -> _Delivery:
    reach = sum(world.followers.values()) / _AUTHORS
    tweets_a_second = messages_a_second / reach
    _settled(readers, _post(world, 20))  # so that everything has been done once
    readers.ask("begin")
    used_s = world.server.processor_seconds()
    began_s = time.monotonic()
    wanted = posted = 0
    while (passed_s := time.monotonic() - began_s) < seconds:
        due = int(passed_s * tweets_a_second) - posted
        if due > 0:
            wanted += _post(world, due)
            posted += due
        time.sleep(0.02)
    tallies = _settled(readers, wanted)
    used_s = world.server.processor_seconds() - used_s
    delivered = sum(each.messages for each in tallies)
    took_s = max(each.last_s for each in tallies) - min(each.first_s for each in tallies)
    late_ms = sorted(value for each in tallies for value in each.late_ms)
    return _Delivery(
        delivered / took_s,
        delivered / used_s,
        late_ms[len(late_ms) // 2],
        late_ms[int(len(late_ms) * 0.99)],
        wanted - delivered,
        sum(each.closed for each in tallies),
    )


def _storm(world: _World, readers: Readers) -> tuple[list[Tally], int]:
    """All hang up, miss some tweets, and come back at once; what they saw, and how many messages they
    missed for good."""
    readers.ask("hang up")
    wanted = _post(world, _MISSED_TWEETS)
    readers.ask("connect")
    positions = len(world.tokens)
    back = _settled(readers, wanted + positions)
    return back, wanted + positions - sum(each.messages for each in back)


def _settled(readers: Readers, wanted: int) -> list[Tally]:
    """What was seen, once that is as much as wanted, or nothing comes any more."""
    seen = -1
    while True:
        tallies = readers.ask("settle")
        count = sum(each.messages for each in tallies)
        if count >= wanted or count == seen:
            return tallies
        seen = count


def _took_s(tallies: list[Tally]) -> float:
    return max(each.last_s for each in tallies) - min(each.first_s for each in tallies)


def _per_processor(name: str, messages: float) -> Figure:
    return single(f"{name}: for a second of the server's processor time", messages, "messages")


def _memory_kib(server: ServerProcess) -> float:
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


BENCHMARK = Benchmark("sockets", "live connections over WebSocket", run)
