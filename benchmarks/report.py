"""What a benchmark answers: figures beside their goals, the peers' figures from the same run, and a hash."""

import hashlib
import os
import platform
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """The median of some runs, and how far they were apart."""

    name: str
    value: float
    unit: str
    lowest: float
    highest: float
    runs: int


class Goal(msgspec.Struct, frozen=True):
    """A figure that is to be reached. `goal` is a lower bound, or an upper one where less is better."""

    name: str
    value: float
    unit: str
    goal: float
    met: bool
    less_is_better: bool
    lowest: float
    highest: float
    runs: int


class Report(msgspec.Struct, frozen=True):
    bench: str
    size: str
    machine: str
    goals: list[Goal]
    peers: list[Figure]
    hash: str
    """Of the result: the same size gives the same hash on any machine, where the work is deterministic."""
    notes: list[str] = []


class Benchmark(msgspec.Struct, frozen=True):
    name: str
    summary: str
    run: Callable[[bool, Callable[[str], None]], Report]
    """`run(small, say)`: `say` tells what is being done."""


def single(name: str, value: float, unit: str) -> Figure:
    """A figure that was taken once."""
    return median(name, [value], unit)


def median(name: str, values: Sequence[float], unit: str) -> Figure:
    middle = statistics.median(values)
    return Figure(name, _rounded(middle), unit, _rounded(min(values)), _rounded(max(values)), len(values))


def at_least(figure: Figure, goal: float) -> Goal:
    return _goal(figure, goal, figure.value >= goal, less_is_better=False)


def at_most(figure: Figure, goal: float) -> Goal:
    return _goal(figure, goal, figure.value <= goal, less_is_better=True)


def machine() -> str:
    """Cores, memory, processor and the like, in a line."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return (
        f"{os.cpu_count()} cores ({model}), {memory_gib:.0f} GiB, Linux {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def digest(*parts: bytes | memoryview | str | int) -> str:
    whole = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes | memoryview) else str(part).encode()
        whole.update(raw)
        whole.update(b"\x00")
    return whole.hexdigest()[:16]


def _goal(figure: Figure, goal: float, met: bool, less_is_better: bool) -> Goal:
    return Goal(
        figure.name,
        figure.value,
        figure.unit,
        goal,
        met,
        less_is_better,
        figure.lowest,
        figure.highest,
        figure.runs,
    )


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
