"""Redis 7 as a peer: a server without persistence, driven by its own C benchmark and by redis-py."""

import importlib.util
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.report import Figure, median

PIPELINE = 100
_CAP = 128


def available() -> bool:
    """Whether its server, its benchmark and its Python client are all there."""
    has_client = importlib.util.find_spec("redis") is not None
    return has_client and all(shutil.which(name) for name in ("redis-server", "redis-benchmark"))


@contextmanager
def server() -> Iterator[str]:
    """The path of a running server's socket."""
    folder = Path(tempfile.mkdtemp(prefix="roost-redis-"))
    socket = folder / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
    try:
        while not socket.exists():
            if process.poll() is not None:
                raise RuntimeError("redis-server ended at once")
            time.sleep(0.01)
        yield str(socket)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def by_its_own_benchmark(socket: str, lists: int, pushes: int, rounds: int) -> Figure:
    """LPUSH of 19-digit ids to random lists, pipelined by 100, 50 connections."""
    rates: list[float] = []
    for _ in range(rounds):
        command = ["redis-benchmark", "-s", socket, "-n", str(pushes), "-P", str(PIPELINE), "-c", "50"]
        command += ["-r", str(lists), "-q", "--csv", "LPUSH", "home:__rand_int__", "2124779188547223552"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        last = done.stdout.strip().splitlines()[-1]
        rates.append(float(last.split(",")[1].strip('"')) / 1e6)
    return median("Redis 7, LPUSH by redis-benchmark", rates, "million pushes/s")


def by_redis_py(socket: str, lists: int, pushes: int, rounds: int) -> Figure:
    """What a Python server would do: LPUSH and LTRIM of a tweet's followers in pipelines of 1,000."""
    import random

    import redis

    client = redis.Redis(unix_socket_path=socket)
    chooser = random.Random(1)
    rates: list[float] = []
    for _ in range(rounds):
        began_s = time.perf_counter()
        for _ in range(pushes // 1_000):
            pipeline = client.pipeline(transaction=False)
            for _ in range(1_000):
                key = f"home:{chooser.randrange(lists)}"
                pipeline.lpush(key, 2124779188547223552)
                pipeline.ltrim(key, 0, _CAP - 1)
            pipeline.execute()
        rates.append(pushes / (time.perf_counter() - began_s) / 1e6)
    return median("Redis 7, LPUSH and LTRIM by redis-py", rates, "million pushes/s")
