"""Rate limits, on servers of their own that have them."""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.api.client import Answer, Api
from tests.api.oauth import OUT_OF_BAND, PASSWORD
from tests.api.process import ServerProcess

REQUESTS = 300
DELETES = 30
REGISTRATIONS = 5
SIGN_INS = 25


@pytest.fixture(scope="module")
def limited(start_server: Callable[..., ServerProcess]) -> Iterator[ServerProcess]:
    server = start_server(rate_limits="true")
    yield server
    server.stop()


def _limits(answer: Answer) -> tuple[int, int]:
    """What is left, of how much."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", answer.headers["x-ratelimit-reset"])
    return int(answer.headers["x-ratelimit-remaining"]), int(answer.headers["x-ratelimit-limit"])


def _use_up(send: Callable[[], Answer], allowed: int, fresh: bool = True) -> Answer:
    """Ask until it is too much: exactly as often as is allowed, in a window that nobody used before."""
    left: list[int] = []
    while (answer := send()).status != 429:
        remaining, limit = _limits(answer)
        assert limit == allowed
        if left and remaining > left[-1]:
            left.clear()  # the next window
        left.append(remaining)
    assert left == list(range(len(left)))[::-1]
    assert len(left) == allowed if fresh else 0 < len(left) <= allowed
    return answer


def _check_refusal(answer: Answer, window_s: int) -> None:
    assert answer.refused(429) == "Too many requests"
    assert 0 < int(answer.headers["retry-after"]) <= window_s
    assert answer.headers["access-control-allow-origin"] == "*"


def test_every_answer_says_what_is_left(limited: ServerProcess) -> None:
    user = limited.user("counted")
    first, second = _limits(user.home()), _limits(user.home(limit="wrong"))
    assert first[1] == second[1] == REQUESTS
    assert (first[0] - second[0]) in (1, 1 - REQUESTS)


def test_a_user_s_requests(limited: ServerProcess) -> None:
    user, other = limited.user("busy"), limited.user("calm")
    caller = user.unchecked()
    answer = _use_up(lambda: caller.get("/api/v1/timelines/home"), REQUESTS)
    _check_refusal(answer, 300)
    assert _limits(answer)[0] == 0
    assert other.home().status == 200, "each user has a window of their own"
    assert user.get("/roost/v1/health").status == 200
    assert user.get("/avatars/original/missing.png").status == 200


def test_all_tokens_of_a_user_share_a_wider_window(limited: ServerProcess) -> None:
    """A busy app does not lock out another; five busy ones do."""
    user = limited.user("several")
    for number in range(5):
        caller = Api(limited.url, limited.token(user.username) if number else user.token)
        _use_up(lambda caller=caller: caller.get("/api/v1/timelines/home"), REQUESTS)  # type: ignore[misc]
    sixth = Api(limited.url, limited.token(user.username))
    _check_refusal(sixth.get("/api/v1/timelines/home"), 300)


def test_deletes(limited: ServerProcess) -> None:
    user = limited.user("deleter")
    _check_refusal(_use_up(lambda: user.delete("/api/v1/statuses/1"), DELETES), 1_800)
    assert user.home().status == 200


class TestAddresses:
    """Whoever has no user is counted by their address, which all these tests share: each has its own rate."""

    def test_sign_ins(self, limited: ServerProcess) -> None:
        form = {"grant_type": "password", "username": "x", "password": PASSWORD}
        _check_refusal(_use_up(lambda: limited.nobody.form("/oauth/token", form), SIGN_INS), 300)
        fields = {"user[email]": "x", "user[password]": PASSWORD}
        pages = (limited.nobody.form("/oauth/authorize", fields) for _ in range(SIGN_INS + 1))
        assert any(page.status == 429 for page in pages), "the same rate as the token endpoint's"

    def test_registrations(self, limited: ServerProcess) -> None:
        app = {"name": "Registrar", "client_id": "registrar", "redirect_uris": [OUT_OF_BAND]}
        limited.operator.post("/roost/v1/apps", app).ok()
        form = {"client_id": "registrar", "scopes": "write"}
        token = limited.operator.post("/roost/v1/tokens", form).ok()["token"]
        caller = Api(limited.url, token, limited.nobody.contract)
        _check_refusal(_use_up(lambda: caller.post("/api/v1/accounts", {}), REGISTRATIONS), 1_800)

    def test_many_tokens_of_an_app_are_one_caller(self, start_server: Callable[..., ServerProcess]) -> None:
        """An app that acts for nobody can have as many as it likes."""
        server = start_server(rate_limits="true")
        answers = [server.operator.post("/roost/v1/tokens", {"scopes": "read"}).ok() for _ in range(2)]
        first, second = (Api(server.url, made["token"], server.nobody.contract) for made in answers)
        path = "/api/v1/timelines/public"
        left = [_limits(caller.get(path))[0] for caller in (first, second, server.nobody)]
        assert len(set(left)) == 3, "each took one of the same window"
        server.stop()

    def test_requests(self, limited: ServerProcess) -> None:
        caller = limited.nobody.unchecked()
        answer = _use_up(lambda: caller.get("/api/v1/custom_emojis"), REQUESTS, fresh=False)
        _check_refusal(answer, 300)


def test_callers_on_this_machine_may_be_let_off(start_server: Callable[..., ServerProcess]) -> None:
    server = start_server(rate_limits="true", rate_limits_on_loopback="false")
    user = server.user("local").unchecked()
    for _ in range(REQUESTS + 1):
        answer = user.get("/api/v1/custom_emojis")
        assert answer.status == 200
    assert "x-ratelimit-limit" not in answer.headers
    server.stop()


def test_a_server_without_limits(server: ServerProcess) -> None:
    assert "x-ratelimit-limit" not in server.user("free").home().headers
