"""The bulk client: batches, results, and sending again what got no answer."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.errors import Invalid
from roost.load import (
    BulkClient,
    FollowLine,
    LikeLine,
    Line,
    LineResult,
    Recorder,
    TweetLine,
    UserLine,
    batches,
    follow_lines,
)
from roost.load.client import changes_of
from roost.load.lines import FOLLOWEES_PER_LINE_MAX
from roost.service import bulk_lines
from tests.load.ground import Ground, on_a_server
from tests.load.moody_server import BREAKS, moody

lines = st.lists(
    st.one_of(
        st.builds(TweetLine, author=st.integers(1, 9), text=st.text(max_size=30)),
        st.builds(FollowLine, st.integers(1, 9), st.lists(st.integers(1, 99), min_size=1, max_size=9)),
        st.builds(LikeLine, st.integers(1, 9), st.integers(1, 9)),
    ),
    max_size=60,
)


@pytest.mark.parametrize("name", ["TweetLine", "UserLine", "FollowLine", "LikeLine"])
def test_the_lines_are_those_of_the_server(name: str) -> None:
    theirs, ours = getattr(bulk_lines, name), globals()[name]
    assert ours.__struct_fields__ == theirs.__struct_fields__
    assert ours.__struct_config__.tag == theirs.__struct_config__.tag
    assert {field.name: field.default for field in msgspec.structs.fields(ours)} == {
        field.name: field.default for field in msgspec.structs.fields(theirs)
    }


def test_the_results_are_those_of_the_server() -> None:
    assert LineResult.__struct_fields__ == bulk_lines.LineResult.__struct_fields__


@given(lines, st.integers(1, 9), st.integers(150, 400), st.integers(1, 12))
def test_batches_keep_to_their_limits_and_lose_nothing(
    given_lines: list[Line], lines_max: int, bytes_max: int, changes_max: int
) -> None:
    found = list(batches(given_lines, 1, lines_max, bytes_max, changes_max))
    assert [line for batch in found for line in batch.lines] == given_lines
    number = 1
    for batch in found:
        assert batch.first_number == number
        number += len(batch.lines)
        assert 0 < len(batch.lines) <= lines_max
        assert len(batch.body) <= bytes_max
        assert len(batch.lines) == 1 or sum(map(changes_of, batch.lines)) <= changes_max
        assert batch.body.split(b"\n") == [msgspec.json.encode(line) for line in batch.lines]


@given(lines, st.integers(1, 9))
def test_no_batch_could_have_taken_the_next_line(given_lines: list[Line], lines_max: int) -> None:
    found = list(batches(given_lines, 1, lines_max))
    assert all(len(batch.lines) == lines_max for batch in found[:-1])


def test_a_line_that_fits_no_batch_is_named() -> None:
    long = [TweetLine(1, "short"), TweetLine(1, "x" * 500)]
    with pytest.raises(Invalid, match=r"Line 2 has 5\d\d bytes; a batch may have 300"):
        list(batches(long, bytes_max=300))


def test_many_followees_are_several_lines() -> None:
    followees = list(range(2, FOLLOWEES_PER_LINE_MAX * 2 + 5))
    found = list(follow_lines(1, followees))
    assert [len(line.followees) for line in found] == [FOLLOWEES_PER_LINE_MAX] * 2 + [3]
    assert [other for line in found for other in line.followees] == followees
    assert list(follow_lines(1, [])) == []


def test_a_batch_without_an_answer_is_sent_again_with_the_same_keys() -> None:
    def answer(body: bytes) -> bytes:
        return b"\n".join(b'{"ok":true,"id":"7"}' for _ in body.split(b"\n"))

    async def main() -> tuple[list[bytes], Recorder]:
        async with moody([BREAKS, (503, {"Retry-After": "1"}, b"{}")], answer) as (server, calls):
            client = BulkClient(calls, Recorder("test"))
            await client.send([TweetLine(1, "one"), TweetLine(1, "two"), TweetLine(2, "x", key="own")])
            return server.bodies, client.recorder

    bodies, recorder = asyncio.run(main())
    assert len(bodies) == 3
    assert len(set(bodies)) == 1
    keys = [msgspec.json.decode(line)["key"] for line in bodies[0].split(b"\n")]
    assert len(set(keys)) == 3
    assert keys[2] == "own"
    assert recorder.report().repeated == 2


def test_two_clients_never_use_the_same_key() -> None:
    async def main() -> list[bytes]:
        def answer(body: bytes) -> bytes:
            return b'{"ok":true,"id":"7"}'

        async with moody([], answer) as (server, calls):
            for _ in range(2):
                await BulkClient(calls, Recorder("test")).send([TweetLine(1, "one")])
            return server.bodies

    one, other = asyncio.run(main())
    assert one != other


def test_an_answer_with_too_few_results_is_an_error() -> None:
    async def main() -> None:
        async with moody([], lambda _body: b'{"ok":true}') as (_, calls):
            await BulkClient(calls, Recorder("test")).send([TweetLine(1, "one"), TweetLine(1, "two")])

    with pytest.raises(Invalid, match="1 results to 2 lines"):
        asyncio.run(main())


def test_what_a_server_does_with_lines(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        client = ground.client()
        users = [UserLine(f"u{number}", number) for number in (1, 2, 3)]
        made = await client.send(users)
        assert [result.id for result in made] == ["1", "2", "3"]
        posted = await client.send([TweetLine(1, "one"), TweetLine(2, "two"), TweetLine(9, "nobody")])
        assert [result.ok for result in posted] == [True, True, False]
        followed = await client.send([FollowLine(1, [2, 3, 1, 77]), FollowLine(1, [2])])
        assert [result.added for result in followed] == [2, 0]
        await client.send([LikeLine(3, int(posted[0].id)), LikeLine(3, int(posted[0].id))])
        report = client.recorder.report()
        assert (report.lines, report.edges, report.passed_over, report.refused) == (10, 3, 2, 1)
        assert [refusal.line_number for refusal in report.refusals] == [6]
        assert "there is no account 9" in report.refusals[0].sentence()

    on_a_server(tmp_path, work)


def test_a_batch_sent_twice_posts_once(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        await ground.client().send([UserLine("u1", 1)])
        lines = [TweetLine(1, f"tweet {number}", key=f"key-{number}") for number in range(5)]
        first = await ground.client().send(lines)
        assert await ground.client().send(lines) == first
        assert len(await ground.pages("/api/v1/accounts/1/statuses")) == 5

    on_a_server(tmp_path, work)


def test_users_who_are_there_as_wanted_are_passed_over_and_others_refused(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        there = [UserLine(f"u{number}", number) for number in range(1, 251)]
        await ground.client().send_many(there)
        client = ground.client()
        await client.send([*there, UserLine("u7", 1_007), UserLine("other", 8), UserLine("new", 300)])
        report = client.recorder.report()
        assert (report.lines, report.passed_over, report.refused) == (253, 250, 2)
        assert [refusal.line_number for refusal in report.refusals] == [251, 252]

    on_a_server(tmp_path, work)


def test_many_batches_at_once_lose_nothing(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        told: list[int] = []
        client = ground.client(lines_max=7)
        await client.send_many((UserLine(f"u{number}", number) for number in range(1, 101)), told.append)
        assert sum(told) == 100
        assert len(told) == client.recorder.report().batches == 15
        found = await ground.get("/api/v1/accounts?" + "&".join(f"id[]={number}" for number in range(1, 101)))
        assert [account["username"] for account in found] == [f"u{number}" for number in range(1, 101)]

    on_a_server(tmp_path, work)


def test_what_stops_one_batch_stops_all_and_is_a_plain_error() -> None:
    async def main() -> None:
        async with moody([(413, {}, b'{"error":"large"}')] * 9) as (_, calls):
            client = BulkClient(calls, Recorder("test"), lines_max=1)
            await client.send_many(TweetLine(1, "x") for _ in range(9))

    with pytest.raises(Exception, match="was answered with 413: large") as caught:
        asyncio.run(main())
    assert not isinstance(caught.value, ExceptionGroup)
