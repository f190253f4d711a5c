"""Roost's own API for operators: accounts, apps and tokens as they say, ingest, strategy, verification."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.api.client import Answer, Api, User
from tests.api.process import ServerProcess


@pytest.fixture(scope="module")
def own(start_server: Callable[..., ServerProcess]) -> Iterator[ServerProcess]:
    """A server whose statistics and whose verification are not disturbed by other tests."""
    server = start_server()
    yield server
    server.stop()


def _ingest(server: ServerProcess, lines: list[object]) -> Answer:
    body = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return server.operator.call("POST", "/roost/v1/ingest", body, {"Content-Type": "application/x-ndjson"})


def _results(answer: Answer) -> list[dict[str, object]]:
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.body.splitlines()]


class TestMaking:
    def test_an_account_with_a_given_id(self, server: ServerProcess, nobody: Api) -> None:
        """Ids need not be snowflakes."""
        form = {"username": "forty_two", "id": 42, "display_name": "Forty-two", "bot": True}
        assert server.operator.post("/roost/v1/users", form).ok() == {"id": "42", "username": "forty_two"}
        found = nobody.get("/api/v1/accounts/42").ok()
        assert (found["display_name"], found["bot"], found["locked"]) == ("Forty-two", True, False)
        again = server.operator.post("/roost/v1/users", {"username": "another", "id": 42})
        assert again.status in (409, 422)
        assert nobody.get("/api/v1/accounts/42").ok()["username"] == "forty_two"

    @pytest.mark.parametrize(
        "form",
        [
            {},
            {"username": ""},
            {"username": "a b"},
            {"username": "x", "id": -1},
            {"username": "x", "id": 1 << 63},
        ],
    )
    def test_accounts_that_are_refused(self, server: ServerProcess, form: dict[str, object]) -> None:
        assert server.operator.post("/roost/v1/users", form).refused(422)

    def test_a_token_and_an_app_as_given(self, server: ServerProcess, alice: User) -> None:
        app = {"name": "Suite", "client_id": "suite-id", "secret": "suite-secret", "scopes": "read write"}
        made = server.operator.post("/roost/v1/apps", app).ok()
        assert made == {"client_id": "suite-id", "secret": "suite-secret"}
        form = {"username": alice.username, "token": "suite-token", "scopes": "read", "client_id": "suite-id"}
        assert server.operator.post("/roost/v1/tokens", form).ok() == {"token": "suite-token"}
        caller = Api(server.url, "suite-token", server.nobody.contract)
        assert caller.get("/api/v1/accounts/verify_credentials").ok()["id"] == alice.id
        assert caller.get("/api/v1/apps/verify_credentials").ok()["name"] == "Suite"
        assert caller.post("/api/v1/statuses", {"status": "x"}).refused(403)

    def test_no_app_has_scopes_that_no_app_can_use(self, server: ServerProcess) -> None:
        scope = "ingest"
        form = {"name": "Suite", "client_id": f"app-{scope}", "scopes": f"read {scope}"}
        said = server.operator.post("/roost/v1/apps", form).refused(422)
        assert scope in said
        assert "roost user token" in said

    @pytest.mark.parametrize("form", [{"username": "nobody_known"}, {"client_id": "no-app"}])
    def test_tokens_of_nobody(self, server: ServerProcess, form: dict[str, str]) -> None:
        assert server.operator.post("/roost/v1/tokens", form).refused(404)


class TestIngest:
    def test_what_is_ingested_is_there(self, own: ServerProcess) -> None:
        reader = own.user("reader")
        results = _results(_ingest(own, [{"type": "user", "username": "ingested", "id": 777}]))
        assert results == [{"ok": True, "id": "777"}]
        follow = {"type": "follow", "follower": int(reader.id), "followees": [777]}
        tweets = [{"type": "tweet", "author": 777, "text": f"Number {number}"} for number in range(250)]
        answer = _ingest(own, [follow, *tweets])
        results = _results(answer)
        assert results[0] == {"ok": True, "added": 1}
        assert all(result["ok"] for result in results)
        assert int(answer.headers["x-roost-position"]) > 0
        ids = [result["id"] for result in results[1:]]
        liked = _results(_ingest(own, [{"type": "like", "user": int(reader.id), "tweet": int(str(ids[0]))}]))
        assert [result["ok"] for result in liked] == [True]
        after = reader.status("What I write after it, I see with all that was before it")["id"]
        assert reader.walk("/api/v1/timelines/home", limit=40) == [after, *ids[::-1]]
        assert reader.get("/api/v1/favourites").ids == [ids[0]]

    def test_ids_go_back_as_they_came(self, own: ServerProcess) -> None:
        """Answers give ids as strings; a line takes them so."""
        author, other = own.user("stringy"), own.user("stringy_too")
        lines: list[object] = [
            {"type": "tweet", "author": author.id, "text": "By a string"},
            {"type": "follow", "follower": other.id, "followees": [author.id]},
        ]
        posted, followed = _results(_ingest(own, lines))
        assert followed == {"ok": True, "added": 1}
        retweet = {"type": "tweet", "author": other.id, "retweet_of": posted["id"]}
        first, second = _results(_ingest(own, [retweet, retweet]))
        assert first["ok"]
        assert second == first

    def test_a_bad_line_harms_no_other(self, own: ServerProcess) -> None:
        author = own.user("author")
        good = {"type": "tweet", "author": int(author.id), "text": "Good"}
        bad: list[object] = [
            b"not json",
            b"[]",
            b"\xff",
            b"{" * 1_000,
            {"type": "nonsense"},
            {**good, "author": 1},
            {**good, "text": ""},
            {**good, "reply_to": 1},
            {**good, "visibility": "secret"},
            {**good, "unknown": 1},
        ]
        results = _results(_ingest(own, [line for each in bad for line in (good, each)]))
        assert [result["ok"] for result in results] == [True, False] * len(bad)
        assert all(result["error"] for result in results[1::2])
        assert len(author.home().ids) == len(bad)

    @pytest.mark.parametrize("body", [b"", b"\n\n \n"])
    def test_without_lines(self, own: ServerProcess, body: bytes) -> None:
        assert _ingest(own, [body]).refused(422)

    def test_limits(self, own: ServerProcess) -> None:
        assert _ingest(own, [b"{}"] * 20_001).refused(413)
        assert _ingest(own, [b" " * ((16 << 20) + 1)]).refused(413)
        assert len(_results(_ingest(own, [b"{}"] * 20_000))) == 20_000


class TestRunning:
    def test_statistics(self, own: ServerProcess) -> None:
        before = own.operator.get("/roost/v1/stats").ok()
        own.user("counted").statuses(2)
        after = own.operator.get("/roost/v1/stats").ok()
        assert after["users"] == before["users"] + 1
        assert after["memory_total_bytes"] > 0

    @pytest.mark.parametrize("name", ["push", "pull", "threshold", "activity", "cost"])
    def test_the_strategy_may_change_at_any_time(self, own: ServerProcess, name: str) -> None:
        reader, author = own.user("reader"), own.user("author")
        reader.follow(author)
        assert own.operator.post("/roost/v1/strategy", {"name": name}).ok() == {"status": "ok"}
        assert reader.home().ids == []
        ids = author.statuses(3)
        assert reader.home().ids == ids

    def test_a_strategy_that_does_not_exist(self, own: ServerProcess) -> None:
        assert own.operator.post("/roost/v1/strategy", {"name": "hope"}).refused(422)
        assert own.operator.post("/roost/v1/strategy", {}).refused(422)

    def test_verification(self, own: ServerProcess) -> None:
        found = own.operator.post("/roost/v1/verify", {"users": 1_000}).ok()
        assert all(subject["differences"] == [] for subject in found["subjects"])
        assert found["differing"] == 0
        assert [each["name"] for each in found["subjects"]][:2] == ["home", "lists"]
        one = own.operator.post("/roost/v1/verify", {"subjects": ["counts"]}).ok()
        assert [each["name"] for each in one["subjects"]] == ["counts"]
        said = own.operator.post("/roost/v1/verify", {"subjects": ["hope"]}).refused(422)
        assert said.startswith("hope is no subject: choose among home, lists")
        assert own.operator.post("/roost/v1/verify", {"users": 0}).refused(422)


def test_everything_is_there_after_a_restart(start_server: Callable[..., ServerProcess]) -> None:
    server = start_server()
    alice, bob = server.user("alice"), server.user("bob", email="b@roost.example", password="a long password")
    alice.follow(bob)
    ids = bob.statuses(25)
    alice.do("favourite", ids[3])
    alice.do("reblog", ids[4])
    bob.delete(f"/api/v1/statuses/{ids[0]}").ok()
    shown = ids[1:]
    assert alice.walk("/api/v1/timelines/home", limit=7) == shown
    server.operator.post("/roost/v1/snapshot").ok()
    late = bob.status("After the snapshot")["id"]
    usage = server.nobody.get("/api/v1/instance").ok()["stats"]
    assert (usage["user_count"], usage["status_count"]) == (2, 26)
    server.stop()
    server.start()
    again = User(server.url, alice.token, alice.id, alice.username, server.nobody.contract)
    assert again.walk("/api/v1/timelines/home", limit=7) == [late, *shown]
    assert again.get("/api/v1/favourites").ids == [ids[3]]
    seen = again.get(f"/api/v1/statuses/{ids[4]}").ok()
    assert (seen["reblogged"], seen["reblogs_count"], seen["favourited"]) == (True, 1, False)
    assert server.operator.post("/roost/v1/verify").ok()["differing"] == 0
    server.stop()
