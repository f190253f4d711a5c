"""A town on a real server: founded, alive, and there again after a restart."""

import asyncio
import contextlib
import stat
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from roost import node
from roost.config import Settings
from roost.errors import Invalid
from roost.load import (
    GUEST,
    Calls,
    Director,
    Founder,
    Residents,
    Target,
    Town,
    TownRecord,
    make_record,
    open_http,
    read_record,
    write_record,
)
from roost.load.town import ChangeFollow, Like, Post, Read, Retweet
from tests.load.ground import SMALL, Ground, no_rest, on_a_server

NOW_S = 1_750_000_000.0
USERS = 120


def small_record() -> TownRecord:
    return make_record(seed=4, users=USERS, follows_mean=8)


async def founded(ground: Ground, record: TownRecord) -> tuple[Founder, int]:
    founder = Founder(ground.calls, record, lambda: None, lambda _step, _done, _total: None)
    return founder, await founder.found()


def test_a_town_is_founded_with_people_follows_a_history_and_a_guest(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        record = small_record()
        founder, guest_id = await founded(ground, record)
        assert record.done == ["users", "follows", "history", "guest"]
        assert [report.step for report in founder.reports] == record.done
        await ground.applied()
        person = founder.population.person(17)
        account = await ground.get(f"/api/v1/accounts/{person.user_id}")
        assert account["username"] == person.name.username
        assert account["display_name"] == person.name.display_name
        (_, followees), *_ = founder.population.follows_of(0, USERS)
        listed = await ground.pages(f"/api/v1/accounts/{founder.population.first_id}/following")
        own = [account["id"] for account in listed if account["username"] != GUEST]
        assert sorted(map(int, own)) == sorted(followees + founder.population.first_id)
        guest = await ground.get(f"/api/v1/accounts/{guest_id}")
        assert guest["username"] == GUEST
        assert guest["following_count"] == 100
        assert guest["followers_count"] == 40
        home = await ground.get("/api/v1/timelines/home", founder.residents.token_of(GUEST))
        assert len(home) == 20

    on_a_server(tmp_path, work)


def test_the_guest_can_sign_in(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        record = small_record()
        await founded(ground, record)
        app = msgspec.json.encode({"name": "test", "scopes": "read"})
        made = msgspec.json.decode((await ground.calls.ask("POST", "/roost/v1/apps", app)).body)
        form = {
            "grant_type": "password",
            "client_id": made["client_id"],
            "client_secret": made["secret"],
            "username": GUEST,
            "password": record.guest_password,
            "scope": "read",
        }
        answer = await ground.calls.ask("POST", "/oauth/token", msgspec.json.encode(form))
        token = msgspec.json.decode(answer.body)["access_token"]
        own = await ground.get("/api/v1/accounts/verify_credentials", token)
        assert own["username"] == GUEST

    on_a_server(tmp_path, work, password_grant=True)


def test_founding_again_makes_nothing_that_is_there(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        record = small_record()
        _, guest_id = await founded(ground, record)
        await ground.settled()
        last = ground.running.node.kit.log.last
        founder, again = await founded(ground, record)
        assert again == guest_id
        assert founder.reports == []
        assert ground.running.node.kit.log.last == last

    on_a_server(tmp_path, work)


@pytest.mark.parametrize("done", [["users"], ["users", "follows"], ["users", "follows", "history"]])
def test_a_founding_that_was_interrupted_is_finished(tmp_path: Path, done: list[str]) -> None:
    """What the record does not have as done is made again, and what of it is there stays as it is."""

    async def work(ground: Ground) -> None:
        record = small_record()
        _, guest_id = await founded(ground, record)
        await ground.applied()
        usage = ground.running.node.service.operations.statistics()
        record.done[:] = done
        _, again = await founded(ground, record)
        assert again == guest_id
        assert record.done == ["users", "follows", "history", "guest"]
        await ground.applied()
        after = ground.running.node.service.operations.statistics()
        assert (after.users, after.follows) == (usage.users, usage.follows)

    on_a_server(tmp_path, work)


def test_a_record_that_outlived_its_server_is_no_help(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        record = small_record()
        record.done += ["users", "follows", "history", "guest"]
        founder, _ = await founded(ground, record)
        assert [report.step for report in founder.reports] == ["users", "follows", "history", "guest"]

    on_a_server(tmp_path, work)


def test_a_folder_that_belongs_to_others_is_refused(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        other = msgspec.json.encode({"username": "someone", "id": 1_001})
        await ground.calls.ask("POST", "/roost/v1/users", other)
        with pytest.raises(Invalid, match="cannot be founded: of its users, line 1 was refused"):
            await founded(ground, small_record())

    on_a_server(tmp_path, work)


def test_the_town_does_all_that_the_director_says(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        founder, _ = await founded(ground, small_record())
        town = Town(ground.calls, founder.residents, founder.director, rate=1.0)
        kinds: Counter[type] = Counter()
        for number in range(400):
            action = founder.director.next_action(NOW_S + number * 60)
            kinds[type(action)] += 1
            await town.perform(action)
            if number % 40 == 0:
                await ground.applied()
        assert set(kinds) == {Post, Retweet, Like, ChangeFollow, Read}
        counts = town.counts
        assert (counts.tweets, counts.retweets) == (kinds[Post], kinds[Retweet])
        assert (counts.likes, counts.follow_changes) == (kinds[Like], kinds[ChangeFollow])
        assert (counts.reads, counts.refused) == (kinds[Read], 0)

    on_a_server(tmp_path, work)


def test_what_was_done_is_seen_through_the_api(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        founder, _ = await founded(ground, small_record())
        town = Town(ground.calls, founder.residents, founder.director, rate=1.0)
        done: dict[type, Post | Like | Retweet] = {}
        for number in range(300):
            action = founder.director.next_action(NOW_S + number * 60)
            await town.perform(action)
            is_reply = isinstance(action, Post) and action.answers is not None
            if is_reply or isinstance(action, Like | Retweet):
                done[type(action)] = action
        await ground.applied()
        like, retweet, reply = done[Like], done[Retweet], done[Post]
        assert isinstance(like, Like)
        assert isinstance(retweet, Retweet)
        assert isinstance(reply, Post)
        likers = await ground.get(f"/api/v1/statuses/{like.tweet.tweet_id}/favourited_by")
        assert str(like.author.user_id) in [account["id"] for account in likers]
        retweeters = await ground.get(f"/api/v1/statuses/{retweet.tweet.tweet_id}/reblogged_by")
        assert str(retweet.author.user_id) in [account["id"] for account in retweeters]
        assert reply.answers is not None
        context = await ground.get(f"/api/v1/statuses/{reply.answers.tweet_id}/context")
        assert str(reply.author.user_id) in [status["account"]["id"] for status in context["descendants"]]

    on_a_server(tmp_path, work)


def test_the_guests_tweets_are_heard_and_answered(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        founder, guest_id = await founded(ground, small_record())
        town = Town(ground.calls, founder.residents, founder.director, rate=1.0)
        await town.remember()
        town.welcome(guest_id)
        form = {"status": "Guten Morgen!", "language": "de", "visibility": "unlisted"}
        answer = await founder.residents.ask(GUEST, "POST", "/api/v1/statuses", form)
        posted = msgspec.json.decode(answer.body)["id"]
        await town.listen_once()
        await town.listen_once()
        assert town.counts.visitors_heard == 1
        action = next(
            action
            for number in range(200)
            if isinstance(action := founder.director.next_action(NOW_S + number), Post) and action.answers
        )
        await town.perform(action)
        context = await ground.get(f"/api/v1/statuses/{posted}/context")
        (reply,) = context["descendants"]
        assert reply["language"] == "de"
        assert [mention["username"] for mention in reply["mentions"]] == [GUEST]

    on_a_server(tmp_path, work)


def test_a_stranger_who_posts_publicly_is_heard(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        founder, _ = await founded(ground, small_record())
        town = Town(ground.calls, founder.residents, founder.director, rate=1.0)
        await town.remember()
        await ground.calls.ask("POST", "/roost/v1/users", b'{"username":"stranger"}')
        token = await ground.token_of("stranger")
        await ground.calls.ask("POST", "/api/v1/statuses", b'{"status":"hello","language":"en"}', token=token)
        await town.listen_once()
        assert town.counts.visitors_heard == 1

    on_a_server(tmp_path, work)


def test_a_town_that_was_away_remembers_what_was_said(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        record = small_record()
        await founded(ground, record)
        founder, _ = await founded(ground, record)
        assert founder.director.memory.is_empty
        town = Town(ground.calls, founder.residents, founder.director, rate=1.0)
        await town.remember()
        actions = [founder.director.next_action(NOW_S + second) for second in range(60)]
        assert any(isinstance(action, Like | Retweet) for action in actions)

    on_a_server(tmp_path, work)


def test_the_town_lives_by_itself_until_it_is_stopped(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        founder, _ = await founded(ground, small_record())
        town = Town(ground.calls, founder.residents, founder.director, rate=500.0)
        living = asyncio.create_task(town.live())
        while town.counts.tweets < 30:
            assert not living.done()
            await asyncio.sleep(0)
        living.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await living
        assert town.counts.refused == 0
        assert town.counts.likes > 0

    on_a_server(tmp_path, work)


def test_the_town_outlives_its_server(tmp_path: Path) -> None:
    """While the server is away a resident's tweet waits; it is posted to the one started in its place."""

    async def main() -> None:
        settings = Settings(data_folder=str(tmp_path), **SMALL)
        running = await node.serve(settings)
        settings = msgspec.structs.replace(settings, port=running.settings.port)
        target = [Target(running.url, running.token)]
        async with open_http() as http:
            waiting = asyncio.Event()

            async def rest(pause_s: float) -> None:
                waiting.set()
                await no_rest(pause_s)

            ground = Ground(running, Calls(http, lambda: target[0], 1e9, rest))
            founder, _ = await founded(ground, small_record())
            town = Town(ground.calls, founder.residents, founder.director, rate=1.0)
            post = next(
                action
                for second in range(100)
                if isinstance(action := founder.director.next_action(NOW_S + second), Post)
            )
            await running.stop()
            posting = asyncio.create_task(town.perform(post))
            await waiting.wait()
            running = await node.serve(settings)
            target[0] = Target(running.url, running.token)
            await posting
            assert town.counts.tweets == 1
            statuses = await ground.get(f"/api/v1/accounts/{post.author.user_id}/statuses")
            assert statuses[0]["visibility"] == post.visibility
            await town.perform(post)
            assert town.counts.tweets == 2
        await running.stop()

    asyncio.run(main())


def test_tokens_are_everybodys_own_and_the_towns_own() -> None:
    async def main() -> tuple[str, str, str, str]:
        async with open_http() as http:
            calls = Calls(http, lambda: Target("http://localhost", ""))
            one, other = Residents(calls, "secret"), Residents(calls, "another")
            return one.token_of("a"), one.token_of("b"), other.token_of("a"), one.token_of("a")

    first, second, third, again = asyncio.run(main())
    assert first == again
    assert len({first, second, third}) == 3
    assert len(first) == 64


def test_a_record_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "town.json"
    assert read_record(path) is None
    record = small_record()
    write_record(path, record)
    record.done.append("users")
    write_record(path, record)
    assert read_record(path) == record
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["town.json"]
    assert small_record().guest_password != record.guest_password
    path.write_text("{")
    with pytest.raises(Invalid, match=r"town\.json cannot be read"):
        read_record(path)


def test_a_town_needs_a_rate() -> None:
    async def main() -> None:
        async with open_http() as http:
            calls = Calls(http, lambda: Target("http://localhost", ""))
            record = small_record()
            founder = Founder(calls, record, lambda: None, lambda _step, _done, _total: None)
            assert isinstance(founder.director, Director)
            with pytest.raises(ValueError, match="rate must be above 0"):
                Town(calls, founder.residents, founder.director, 0)

    asyncio.run(main())
