"""What a run did: how many lines, how fast, and how long the answers took."""

from collections.abc import Iterator, Sequence
from time import perf_counter

import msgspec
import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

SHARES = (0.5, 0.9, 0.99, 1.0)
REFUSALS_KEPT_MAX = 20
REFUSALS_SHOWN_MAX = 5


class Refusal(msgspec.Struct, frozen=True):
    """A line that the server refused. Lines are counted from 1 over the whole run."""

    line_number: int
    line: str
    error: str

    def sentence(self) -> str:
        return f"line {self.line_number:,} was refused: {self.error}; it was {self.line}"


class Latencies(msgspec.Struct, frozen=True):
    """Of answers, in ms; 0 where there was none."""

    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float


class Report(msgspec.Struct, frozen=True):
    """One step of a run, such as `follows`."""

    step: str
    seconds: float
    lines: int
    lines_per_s: float
    edges: int
    """Follows and likes that were added; a line may have many."""
    passed_over: int
    """Lines that changed nothing, since what they asked for was there."""
    refused: int
    batches: int
    repeated: int
    """Attempts that were put off or got no answer, and were made again."""
    answers: Latencies
    behind_s_max: float
    """How far the run fell behind its own timetable, where it has one."""
    left_out: int
    """Lines of a file that were not sent: repetitions, or somebody following themselves."""
    refusals: tuple[Refusal, ...]
    """The first of those that were refused."""


class Recorder:
    """Counts while a step runs."""

    def __init__(self, step: str) -> None:
        self.step = step
        self.lines = 0
        self.edges = 0
        self.passed_over = 0
        self.refused = 0
        self.repeated = 0
        self.behind_s_max = 0.0
        self.left_out = 0
        self.refusals: list[Refusal] = []
        self._answers_ms: list[float] = []
        self._begun = perf_counter()

    def answered(self, took_ms: float, attempts: int) -> None:
        self._answers_ms.append(took_ms)
        self.repeated += attempts - 1

    def refuse(self, line_number: int, line: bytes, error: str) -> None:
        self.refused += 1
        if len(self.refusals) < REFUSALS_KEPT_MAX:
            self.refusals.append(Refusal(line_number, line[:200].decode(errors="replace"), error))

    def report(self) -> Report:
        seconds = perf_counter() - self._begun
        return Report(
            self.step,
            round(seconds, 3),
            self.lines,
            round(self.lines / max(seconds, 1e-9), 1),
            self.edges,
            self.passed_over,
            self.refused,
            len(self._answers_ms),
            self.repeated,
            latencies(self._answers_ms),
            round(self.behind_s_max, 3),
            self.left_out,
            tuple(self.refusals),
        )


def latencies(values_ms: Sequence[float]) -> Latencies:
    """The smallest values that so many of all do not exceed. O(n log n)."""
    if not len(values_ms):
        return Latencies(0.0, 0.0, 0.0, 0.0)
    found = np.quantile(np.asarray(values_ms, np.float64), SHARES, method="inverted_cdf")
    return Latencies(*(round(float(value), 3) for value in found))


def as_json(reports: Sequence[Report]) -> str:
    return msgspec.json.format(msgspec.json.encode(list(reports)), indent=2).decode()


def show(reports: Sequence[Report], console: Console) -> None:
    """Print a table, and the first lines that were refused."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("step", no_wrap=True)
    for name in ("lines", "lines/s", "edges", "there", "refused", "p50 ms", "p99 ms", "s"):
        table.add_column(name, justify="right", no_wrap=True)
    for report in reports:
        table.add_row(
            report.step,
            f"{report.lines:,}",
            f"{report.lines_per_s:,.0f}",
            f"{report.edges:,}",
            f"{report.passed_over:,}",
            f"{report.refused:,}",
            f"{report.answers.p50_ms:,.1f}",
            f"{report.answers.p99_ms:,.1f}",
            f"{report.seconds:,.1f}",
        )
    console.print(table)
    for sentence in remarks(reports):
        console.print(sentence, markup=False, highlight=False, soft_wrap=True)


def remarks(reports: Sequence[Report]) -> Iterator[str]:
    """What else there is to say of a run, a sentence each."""
    for report in reports:
        if report.repeated:
            yield f"{report.step}: {report.repeated:,} attempts were put off or unanswered, and made again"
        if report.behind_s_max >= 1:
            yield f"{report.step}: fell behind its timetable by up to {report.behind_s_max:,.1f} s"
        if report.left_out:
            yield (
                f"{report.step}: {report.left_out:,} lines of the file were left out, as repetitions or as "
                "somebody following themselves"
            )
        shown = report.refusals[:REFUSALS_SHOWN_MAX]
        if report.refused > len(shown):
            yield f"{report.step}: the first {len(shown)} of {report.refused:,} refusals are these"
        for refusal in shown:
            yield f"{report.step}: {refusal.sentence()}"
