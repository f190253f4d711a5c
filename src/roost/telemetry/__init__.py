"""Measurements, recorded in process."""

from roost.telemetry.histogram import Histogram, Percentiles

__all__ = ["Histogram", "Percentiles"]
