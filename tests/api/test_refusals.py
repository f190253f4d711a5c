"""A crowd that is turned away fills no log."""

import logging

import pytest

from roost.api.refusals import Refusals
from roost.errors import Forbidden, Overloaded, TooLarge
from roost.limits import REFUSALS_LOGGED_EVERY_S


def test_a_crowd_is_a_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "roost.api")
    now_s = 100.0
    refusals = Refusals(lambda: now_s)
    for _ in range(1_000):
        refusals.note("GET", "/api/v1/streaming", Overloaded("Too many", 3))
    assert caplog.messages == ["GET /api/v1/streaming: Too many"]
    now_s += REFUSALS_LOGGED_EVERY_S
    refusals.note("GET", "/api/v1/streaming", Overloaded("Too many", 3))
    assert caplog.messages[1:] == [
        "999 requests were refused meanwhile",
        "GET /api/v1/streaming: Too many",
    ]


def test_others_are_written_down_each_or_not_at_all(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "roost.api")
    refusals = Refusals(lambda: 0.0)
    for _ in range(2):
        refusals.note("POST", "/api/v2/media", TooLarge("Too large"))
        refusals.note("GET", "/api/v1/lists/1", Forbidden("No"))
    assert caplog.messages == ["POST /api/v2/media: Too large"] * 2
