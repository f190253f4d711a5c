"""Reports: percentiles as their definition says, and every figure in table and JSON."""

import io
import math

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from roost.load import Latencies, Recorder, Report, as_json, latencies, remarks, show


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(values: list[float]) -> None:
    ordered = sorted(values)
    expected = [
        round(ordered[max(0, math.ceil(share * len(values)) - 1)], 3) for share in (0.5, 0.9, 0.99, 1)
    ]
    assert msgspec.structs.astuple(latencies(values)) == tuple(expected)


def test_no_answers_no_latencies() -> None:
    assert latencies([]) == Latencies(0, 0, 0, 0)


def recorded() -> Report:
    recorder = Recorder("follows")
    recorder.lines, recorder.edges, recorder.passed_over = 30, 41, 2
    recorder.behind_s_max = 2.5
    recorder.left_out = 1_234
    recorder.answered(12.0, attempts=3)
    recorder.answered(10.0, attempts=1)
    for number in range(25):
        recorder.refuse(number + 5, b'{"text":"[bold]x[/wrong]"}', "is [not] right")
    return recorder.report()


def test_a_report_counts_what_was_recorded() -> None:
    report = recorded()
    assert (report.lines, report.edges, report.passed_over, report.refused) == (30, 41, 2, 25)
    assert (report.batches, report.repeated, report.behind_s_max, report.left_out) == (2, 2, 2.5, 1_234)
    assert (report.answers.p50_ms, report.answers.p99_ms) == (10.0, 12.0)
    assert [refusal.line_number for refusal in report.refusals] == list(range(5, 25))


def test_what_is_printed_names_the_lines_and_is_not_taken_for_markup() -> None:
    out = io.StringIO()
    show([recorded()], Console(file=out, width=100))
    text = out.getvalue()
    assert 'line 5 was refused: is [not] right; it was {"text":"[bold]x[/wrong]"}' in text
    assert "2 attempts were put off or unanswered" in text
    assert "fell behind its timetable by up to 2.5 s" in text
    assert "1,234 lines of the file were left out" in text
    assert "the first 5 of 25 refusals" in text
    assert text.count("was refused: ") == 5
    for heading in ("lines/s", "p50 ms", "p99 ms", "refused"):
        assert heading in text


def test_a_run_without_trouble_has_no_remarks() -> None:
    assert list(remarks([Recorder("users").report()])) == []


def test_json_is_the_report() -> None:
    report = recorded()
    assert msgspec.json.decode(as_json([report]), type=list[Report]) == [report]
