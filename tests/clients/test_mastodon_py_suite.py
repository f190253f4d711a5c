"""Mastodon.py's own tests, from its source archive as they are, against a real server."""

from collections.abc import Mapping

import pytest

from tests.clients import beside
from tests.clients.mastodon_py_expected import (
    LIVE_TESTS,
    MISSING,
    NOT_RUN,
    STREAMING_TESTS,
    Missing,
)

pytestmark = [pytest.mark.server, pytest.mark.client, pytest.mark.beside]

LISTED = {name for missing in MISSING for name in missing.tests}


@pytest.fixture(scope="module")
def outcomes() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """How each test ended, and each of those that stream; waits for them."""
    return beside.suite().outcomes()


@pytest.fixture
def live(outcomes: tuple[Mapping[str, str], Mapping[str, str]]) -> Mapping[str, str]:
    return outcomes[0]


@pytest.fixture
def streaming(outcomes: tuple[Mapping[str, str], Mapping[str, str]]) -> Mapping[str, str]:
    return outcomes[1]


def test_every_test_is_run(live: Mapping[str, str]) -> None:
    skipped = {name for name, text in live.items() if text.startswith("skipped")}
    assert skipped == NOT_RUN
    assert len(live) - len(skipped) == LIVE_TESTS
    assert set(live) >= LISTED


def test_whatever_is_there_works(live: Mapping[str, str]) -> None:
    unexpected = {
        name: text for name, text in live.items() if text and name not in LISTED and name not in NOT_RUN
    }
    assert not unexpected, "\n\n".join(f"{name}\n{text}" for name, text in unexpected.items())


def test_streams_work(streaming: Mapping[str, str]) -> None:
    assert set(streaming) >= STREAMING_TESTS
    failed = {name: text for name, text in streaming.items() if text}
    assert not failed, "\n\n".join(f"{name}\n{text}" for name, text in failed.items())


@pytest.mark.parametrize("missing", MISSING, ids=lambda missing: missing.reason[:40])
def test_what_fails_fails_for_its_reason(live: Mapping[str, str], missing: Missing) -> None:
    for name in missing.tests:
        assert missing.sign in live[name], f"{name}: {live[name] or 'it passes: amend the list'}"


def test_few_fail() -> None:
    assert LIVE_TESTS - len(LISTED) >= 160
