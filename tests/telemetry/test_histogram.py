"""Percentiles are of the last ten minutes, and near the true ones."""

import numpy as np
import pytest

from roost.telemetry import Histogram


class Watch:
    """A time that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 5.0

    def __call__(self) -> float:
        return self.now_s


def test_what_is_long_past_is_forgotten() -> None:
    watch = Watch()
    histogram = Histogram(watch)
    assert histogram.percentiles().count == 0
    histogram.record_many_ms([5_000.0] * 100)
    watch.now_s += 300
    histogram.record_many_ms([1.0] * 100)
    both = histogram.percentiles()
    assert (both.count, both.max_ms) == (200, 5_000.0)
    assert both.p99_ms == pytest.approx(5_000, rel=0.045)
    watch.now_s += 300
    later = histogram.percentiles()
    assert (later.count, later.max_ms) == (100, 1.0)
    assert later.p99_ms == pytest.approx(1, rel=0.045)
    watch.now_s += 3_600
    assert histogram.percentiles().count == 0
    histogram.record_ms(2.0)
    assert (histogram.percentiles().count, histogram.percentiles().max_ms) == (1, 2.0)


def test_bounds_are_near_the_truth() -> None:
    values = np.random.default_rng(3).lognormal(1.0, 1.5, 20_000)
    histogram = Histogram(Watch())
    histogram.record_many_ms(values[:10_000], 2)
    histogram.record_many_ms(np.repeat(values[10_000:], 2))
    found = histogram.percentiles()
    assert found.count == 40_000
    assert found.max_ms == pytest.approx(values.max(), abs=1e-3)
    for share, bound in ((50, found.p50_ms), (99, found.p99_ms), (99.9, found.p999_ms)):
        assert bound == pytest.approx(float(np.percentile(values, share)), rel=0.06)
