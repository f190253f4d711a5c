"""Requests with patience: what is asked again, after how long, and what is not."""

import asyncio

import pytest

from roost.errors import Forbidden, Invalid, NotFound, Overloaded, RoostError, TooLarge, Unauthenticated
from roost.load import Calls, Target, open_http
from tests.load.moody_server import BREAKS, Mood, MoodyServer, moody

LATER: Mood = (429, {"Retry-After": "7"}, b'{"error":"Too many requests"}')


def ask(moods: list[Mood], patience_s: float = 60.0) -> tuple[MoodyServer, Calls, int]:
    """What a request meets with; how often it was made."""

    async def main() -> tuple[MoodyServer, Calls, int]:
        async with moody(moods, patience_s=patience_s) as (server, calls):
            answer = await calls.ask("POST", "/x", b"[1]")
            return server, calls, answer.attempts

    return asyncio.run(main())


def refusal(moods: list[Mood], patience_s: float = 60.0) -> RoostError:
    with pytest.raises(RoostError) as caught:
        ask(moods, patience_s)
    return caught.value


def test_an_answer_at_once() -> None:
    server, calls, attempts = ask([])
    assert attempts == 1
    assert server.bodies == [b"[1]"]
    assert server.rests_s == []
    assert (calls.counts.answered, calls.counts.put_off, calls.counts.unanswered) == (1, 0, 0)


def test_it_waits_as_long_as_it_is_told_to() -> None:
    busy: Mood = (503, {"Retry-After": "2"}, b"{}")
    server, calls, attempts = ask([LATER, busy])
    assert attempts == 3
    assert server.rests_s == [7.0, 2.0]
    assert server.bodies == [b"[1]"] * 3
    assert (calls.counts.answered, calls.counts.put_off) == (1, 2)


def test_without_retry_after_and_without_an_answer_it_waits_longer_each_time() -> None:
    gateway: Mood = (502, {}, b"")
    server, calls, attempts = ask([BREAKS, gateway, BREAKS, BREAKS, BREAKS, BREAKS, BREAKS, BREAKS])
    assert attempts == 9
    assert calls.counts.unanswered == 7
    for number, pause_s in enumerate(server.rests_s, 1):
        longest_s = min(5.0, 0.1 * 2**number)
        assert longest_s / 2 <= pause_s <= longest_s


def test_retry_after_nothing_is_a_short_wait_and_not_a_storm() -> None:
    server, _, _ = ask([(503, {"Retry-After": "0"}, b"{}")])
    assert server.rests_s[0] > 0


def test_patience_ends() -> None:
    error = refusal([BREAKS] * 40, patience_s=20.0)
    assert isinstance(error, Overloaded)
    assert "gets no answer" in error.text


def test_it_says_once_that_there_is_no_answer() -> None:
    """And once more where the server has answered in between."""
    said: list[str] = []

    async def main() -> str:
        async with moody([BREAKS, BREAKS, LATER, BREAKS, BREAKS]) as (server, _), open_http() as http:
            target = Target(server.url, "token-1")
            calls = Calls(http, lambda: target, 60.0, server.rest, said.append)
            await calls.ask("POST", "/x", b"[1]")
            await calls.ask("POST", "/x", b"[1]")
            return server.url

    url = asyncio.run(main())
    assert len(said) == 2
    assert said[0].startswith(f"no answer from {url} (")
    assert said[0].endswith("); trying again for up to 60 s")
    assert all("for up to" in text for text in said)


def test_a_server_that_answers_is_not_spoken_of() -> None:
    said: list[str] = []

    async def main() -> None:
        async with moody([LATER, (503, {}, b"{}")]) as (server, _), open_http() as http:
            calls = Calls(http, lambda: Target(server.url, "x"), 60.0, server.rest, said.append)
            await calls.ask("POST", "/x", b"[1]")

    asyncio.run(main())
    assert said == []


def test_what_does_not_speak_http_is_not_asked_again() -> None:
    greeted = 0

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal greeted
        greeted += 1
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        await writer.drain()
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        url = "http://{}:{}".format(*server.sockets[0].getsockname())
        async with server, open_http() as http:
            await Calls(http, lambda: Target(url, "token-1")).ask("GET", "/x")

    with pytest.raises(Invalid, match="/x meets with what is no HTTP: "):
        asyncio.run(main())
    assert greeted == 1


def test_a_server_that_says_when_is_waited_for_longer_but_not_for_ever() -> None:
    _, _, attempts = ask([LATER] * 100, patience_s=1.0)
    assert attempts == 101
    error = refusal([LATER] * 200, patience_s=1.0)
    assert isinstance(error, Overloaded)
    assert "was answered with 429: Too many requests" in error.text


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Invalid),
        (401, Unauthenticated),
        (403, Forbidden),
        (404, NotFound),
        (413, TooLarge),
        (422, Invalid),
        (500, Invalid),
    ],
)
def test_a_refusal_is_not_asked_again_and_says_why(status: int, kind: type[RoostError]) -> None:
    error = refusal([(status, {}, b'{"error":"because"}')])
    assert type(error) is kind
    assert f"/x was answered with {status}: because" in error.text


def test_a_refusal_without_a_reason() -> None:
    assert "no reason was given" in refusal([(422, {}, b"<html>")]).text
    assert "no reason was given" in refusal([(422, {}, b"[]")]).text


def test_a_server_started_anew_has_another_token() -> None:
    async def main() -> list[str]:
        expired: Mood = (401, {}, b'{"error":"The access token is invalid"}')
        async with moody([expired]) as (server, _), open_http() as http:
            tokens = iter(["old", "new", "new"])
            calls = Calls(http, lambda: Target(server.url, next(tokens)), rest=server.rest)
            await calls.ask("GET", "/x")
            return server.tokens

    assert asyncio.run(main()) == ["old", "new"]


def test_a_token_of_ones_own_that_is_refused_is_refused() -> None:
    async def main() -> None:
        async with moody([(401, {}, b"{}")]) as (_, calls):
            await calls.ask("GET", "/x", token="mine")

    with pytest.raises(Unauthenticated):
        asyncio.run(main())
