"""Search for accounts, statuses and hashtags; a result is there as soon as what it is about was accepted."""

import itertools
from typing import Any

import pytest

from tests.api.client import Api, User
from tests.api.process import ServerProcess

_numbers = itertools.count(1)


@pytest.fixture
def word() -> str:
    """A word that no other test has."""
    return f"needle{next(_numbers)}x"


def search(caller: Api, q: str, kind: str | None = None, **query: Any) -> dict[str, list[Any]]:
    chosen = {} if kind is None else {"type": kind}
    found: dict[str, list[Any]] = caller.get("/api/v2/search", q=q, **chosen, **query).ok()
    return found


def statuses(caller: Api, q: str, **query: Any) -> list[str]:
    return [status["id"] for status in search(caller, q, "statuses", **query)["statuses"]]


def accounts(caller: Api, q: str, **query: Any) -> list[str]:
    return [account["id"] for account in search(caller, q, "accounts", **query)["accounts"]]


class TestStatuses:
    def test_by_words_phrases_and_what_must_not_be_there(self, alice: User, nobody: Api, word: str) -> None:
        texts = {
            "one": f"{word} herons by the river",
            "two": f"{word} Herons and GULLS by a river",
            "three": f"{word} gulls",
            "tagged": f"#{word} herons",
        }
        made = {name: alice.status(text)["id"] for name, text in texts.items()}

        def found(q: str) -> list[str]:
            ids = statuses(nobody, q)
            return [name for name in reversed(made) if made[name] in ids]

        assert found(word.upper()) == ["tagged", "three", "two", "one"]
        assert found(f"herons {word}") == ["tagged", "two", "one"]
        assert found(f'{word} "by the river"') == ["one"]
        assert found(f"{word} herons -gulls") == ["tagged", "one"]
        assert found(f'{word} -"by the river" herons') == ["tagged", "two"]
        assert found(f"#{word}") == ["tagged"]
        assert found(f"{word} heron") == []

    def test_operators(self, alice: User, bob: User, word: str) -> None:
        root = alice.status(f"{word} root", language="de")["id"]
        reply = bob.status(f"{word} reply https://roost.org", in_reply_to_id=root)["id"]
        quiet = bob.status(f"{word} quiet", spoiler_text="careful")["id"]
        assert statuses(alice, f"{word} from:me") == [root]
        assert statuses(alice, "from:me") == [root]
        assert statuses(alice, f"{word} from:{bob.username.upper()}") == [quiet, reply]
        assert statuses(alice, f"{word} from:nobody_there") == []
        assert statuses(alice, f"{word} is:reply") == [reply]
        assert statuses(alice, f"{word} -is:reply") == [quiet, root]
        assert statuses(alice, f"{word} has:link") == [reply]
        assert statuses(alice, f"{word} has:media") == []
        assert statuses(alice, f"{word} is:sensitive") == [quiet]
        assert statuses(alice, f"{word} language:de") == [root]
        assert statuses(alice, f"{word} before:2020-01-01") == []
        assert statuses(alice, f"{word} after:2020-01-01") == [quiet, reply, root]
        assert statuses(alice, f"{word} after:2999-01-01") == []
        assert statuses(alice, f"careful {word}") == [quiet]
        assert statuses(alice, word, account_id=bob.id) == [quiet, reply]
        assert statuses(alice, word, max_id=quiet, min_id=root) == [reply]

    def test_operators_that_are_none_are_words(self, alice: User, word: str) -> None:
        made = alice.status(f"{word} before:long and has:been")["id"]
        assert statuses(alice, f"{word} before:long has:been") == [made]
        assert statuses(alice, f"{word} has:nothing") == []

    def test_the_offset_leads_to_the_end(self, alice: User, word: str) -> None:
        made = [alice.status(f"{word} {number}")["id"] for number in range(7)][::-1]
        walked: list[str] = []
        while found := statuses(alice, word, limit=3, offset=len(walked)):
            walked += found
        assert walked == made

    def test_who_finds_what(self, server: ServerProcess, alice: User, word: str) -> None:
        author, locked, shy = server.user("author"), server.user("locked", protected=True), server.user("shy")
        shy.patch("/api/v1/accounts/update_credentials", {"discoverable": False}).ok()
        follower, muter, blocker, blocked = (server.user("viewer") for _ in range(4))
        for user in (author, locked, shy):
            follower.follow(user)
        locked.post(f"/api/v1/follow_requests/{follower.id}/authorize").ok()
        muter.post(f"/api/v1/accounts/{author.id}/mute").ok()
        blocker.post(f"/api/v1/accounts/{author.id}/block").ok()
        author.post(f"/api/v1/accounts/{blocked.id}/block").ok()
        made = {
            visibility: author.status(f"{word} @{alice.username}", visibility=visibility)["id"]
            for visibility in ("public", "unlisted", "private", "direct")
        }
        hidden, own = locked.status(word)["id"], shy.status(word)["id"]
        for viewer in (server.nobody, follower):
            assert statuses(viewer, word) == [made["public"]]
        for viewer in (muter, blocker, blocked):
            assert statuses(viewer, word) == []
        assert statuses(alice, word) == list(made.values())[::-1], "who is mentioned finds all"
        assert statuses(author, word) == list(made.values())[::-1]
        assert (statuses(locked, word), statuses(shy, word)) == (
            [hidden, made["public"]],
            [own, made["public"]],
        )

    def test_what_is_deleted_is_gone_at_once(self, alice: User, bob: User, word: str) -> None:
        status_id = alice.status(word)["id"]
        assert statuses(bob, word) == [status_id]
        alice.delete(f"/api/v1/statuses/{status_id}").ok()
        assert statuses(bob, word) == []

    def test_reblogs_are_not_found_twice(self, alice: User, bob: User, word: str) -> None:
        status_id = alice.status(word)["id"]
        bob.do("reblog", status_id)
        assert statuses(alice, word) == [status_id]

    def test_in_scripts_without_spaces(self, alice: User) -> None:
        status_id = alice.status("これは日本語の文章です")["id"]
        assert status_id in statuses(alice, "日本語")
        assert status_id in statuses(alice, '"語の文"')
        assert status_id not in statuses(alice, "中国語")


class TestAccounts:
    def test_by_any_part_of_the_names(self, server: ServerProcess, alice: User, word: str) -> None:
        admin = server.user(f"{word}_admin", display_name="Ada Möller")
        second = server.user(f"other_{word}_admin2")
        for _ in range(2):
            server.user("fan").follow(second)
        assert accounts(alice, admin.username) == [
            admin.id,
        ]
        assert accounts(alice, f"{word}_admin") == [admin.id, second.id], "beginnings before popularity"
        assert accounts(alice, f"{word}_admin2") == [second.id]
        assert accounts(alice, f"{word[2:]} MÖL") == [admin.id]
        assert alice.get("/api/v1/accounts/search", q=f"{word}_adm").ids == [admin.id, second.id]
        assert alice.get("/api/v1/accounts/search", q=f"{word}_adm", limit=1, offset=1).ids == [second.id]
        assert alice.get("/api/v1/accounts/search", q=f"{word}_adm", offset=2).ids == []
        assert alice.get("/api/v1/accounts/search", q="").ids == []

    def test_with_the_server_s_name_and_another_one_s(
        self, server: ServerProcess, alice: User, bob: User
    ) -> None:
        host = server.url.removeprefix("http://")
        for q in (f"@{bob.username}@{host}", f"{bob.username.upper()}@{host.upper()}", f"@{bob.username}"):
            assert accounts(alice, q, resolve=True) == [bob.id]
        assert accounts(alice, f"@{bob.username}@elsewhere.example") == []

    def test_those_one_follows_only(self, server: ServerProcess, alice: User, word: str) -> None:
        followed, other = server.user(f"{word}_a"), server.user(f"{word}_b")
        alice.follow(followed)
        assert set(accounts(alice, word)) == {followed.id, other.id}
        assert accounts(alice, word, following=True) == [followed.id]
        assert accounts(server.nobody, word, following=True) == []

    def test_a_new_name_is_found_and_the_old_one_is_not(self, alice: User, bob: User, word: str) -> None:
        bob.patch("/api/v1/accounts/update_credentials", {"display_name": f"{word} Old"}).ok()
        assert accounts(alice, f"{word} old") == [bob.id]
        bob.patch("/api/v1/accounts/update_credentials", {"display_name": f"{word} New"}).ok()
        assert (accounts(alice, f"{word} old"), accounts(alice, f"{word} ne")) == ([], [bob.id])

    def test_who_was_blocked_or_muted_is_found_by_the_whole_name(
        self, server: ServerProcess, alice: User, word: str
    ) -> None:
        blocked, blocker = server.user(f"{word}_one"), server.user(f"{word}_two")
        alice.post(f"/api/v1/accounts/{blocked.id}/block").ok()
        blocker.post(f"/api/v1/accounts/{alice.id}/block").ok()
        assert accounts(alice, word) == []
        assert accounts(alice, blocked.username) == [blocked.id]
        assert accounts(alice, blocker.username) == []


class TestHashtags:
    def tags(self, caller: Api, q: str, **query: Any) -> list[str]:
        return [tag["name"] for tag in search(caller, q, "hashtags", **query)["hashtags"]]

    def test_by_their_beginning(self, alice: User, nobody: Api, word: str) -> None:
        for name in (word, f"{word}bc", f"{word.upper()}Bd", f"x{word}"):
            alice.status(f"#{name}")
        expected = [word, f"{word}bc", f"{word}bd"]
        assert self.tags(nobody, f"#{word}") == self.tags(nobody, word.upper()) == expected
        assert self.tags(nobody, word, limit=2, offset=1) == expected[1:]
        assert self.tags(nobody, word, offset=3) == []
        assert alice.get("/api/v1/search", q=f"#{word}").ok()["hashtags"] == expected

    def test_none_that_one_may_not_see_a_use_of(self, server: ServerProcess, alice: User, word: str) -> None:
        locked, blocker = server.user("locked", protected=True), server.user("blocker")
        blocker.post(f"/api/v1/accounts/{alice.id}/block").ok()
        locked.status(f"#{word}a")
        blocker.status(f"#{word}b")
        alice.status(f"#{word}c", visibility="private")
        gone = alice.status(f"#{word}d")["id"]
        alice.delete(f"/api/v1/statuses/{gone}").ok()
        assert self.tags(alice, word) == []
        assert self.tags(server.nobody, word) == [f"{word}b"]


class TestAddresses:
    def test_of_accounts_and_statuses_here(self, server: ServerProcess, alice: User, bob: User) -> None:
        made = alice.status("Hello")
        private = alice.status("Hello", visibility="private")
        for url in (made["url"], made["uri"]):
            found = search(bob, url, resolve=True)
            assert ([status["id"] for status in found["statuses"]], found["accounts"]) == ([made["id"]], [])
        for url in (f"{server.url}/@{alice.username}", f"{server.url}/users/{alice.username}"):
            assert accounts(bob, url, resolve=True) == [alice.id]
        for url in (private["url"], f"{server.url}/@nobody_there", f"{server.url}/@{alice.username}/77"):
            assert search(bob, url) == {"accounts": [], "statuses": [], "hashtags": []}
        assert search(bob, made["url"], "accounts")["statuses"] == []


class TestForm:
    def test_all_three_at_once(self, server: ServerProcess, alice: User, word: str) -> None:
        user = server.user(word)
        status_id = alice.status(f"{word} #{word}")["id"]
        found = search(alice, word)
        assert [account["id"] for account in found["accounts"]] == [user.id]
        assert [status["id"] for status in found["statuses"]] == [status_id]
        assert [tag["name"] for tag in found["hashtags"]] == [word]

    @pytest.mark.parametrize("query", [{"type": "all"}, {"offset": -1}, {"limit": 0}, {"max_id": "x"}])
    def test_what_is_wrong_is_said(self, alice: User, query: dict[str, Any]) -> None:
        alice.get("/api/v2/search", q="word", **query).refused(422)

    @pytest.mark.parametrize("offset", [2_000, 2**31, 10**18, 10**20])
    def test_nothing_is_behind_a_high_offset(self, alice: User, nobody: Api, offset: int) -> None:
        """Whoever walks by offset comes to an end so; and the engine is never asked for so many."""
        made = alice.status("river")["id"]
        for kind in ("statuses", "accounts", "hashtags", None):
            found = search(nobody, "river", kind, offset=offset)
            assert found == {"accounts": [], "statuses": [], "hashtags": []}
        lists = "accounts/search?q=a&", "directory?", "trends/tags?", "trends/statuses?", "trends/links?"
        for path in lists:
            assert alice.get(f"/api/v1/{path}offset={offset}").ok() == []
        for kind in ("tags", "links", "tweets"):
            assert alice.get("/roost/v1/trends", kind=kind, offset=offset).ok()["trends"] == []
        assert made in statuses(nobody, "river")

    def test_tokens_without_the_scope(self, server: ServerProcess, alice: User) -> None:
        Api(server.url, server.token(alice.username, "write")).get("/api/v2/search", q="x").refused(403)

    @pytest.mark.parametrize(
        "q", ["", " ", "-", '"', '""', "#", "@", "from:", "🐦", "-from:me", '"' * 400, "a" * 999]
    )
    def test_whatever_is_searched_for(self, alice: User, q: str) -> None:
        search(alice, q)


class TestRoostsOwn:
    """By cursor, in two orders, and strict."""

    def walk(self, caller: Api, q: str, **query: Any) -> list[str]:
        found: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = caller.get("/roost/v1/search", q=q, cursor=cursor, **query).ok()
            assert len(page["statuses"]) <= query.get("limit", 40)
            found += [status["id"] for status in page["statuses"]]
            cursor = page["cursor"]
        return found

    def test_pages_of_either_order(self, alice: User, bob: User, nobody: Api, word: str) -> None:
        made = [alice.status(f"{word} {number}")["id"] for number in range(8)]
        bob.do("favourite", made[2])
        assert self.walk(nobody, word, limit=3) == made[::-1]
        best = self.walk(nobody, word, limit=3, order="relevance")
        assert (best[0], sorted(best, key=int)) == (made[2], made)
        assert self.walk(nobody, f"{word} min_likes:1") == [made[2]]

    def test_what_comes_between_two_pages_changes_no_order(self, alice: User, nobody: Api, word: str) -> None:
        made = [alice.status(f"{word} {number}")["id"] for number in range(4)]
        for order in ("time", "relevance"):
            first = nobody.get("/roost/v1/search", q=word, limit=2, order=order).ok()
            alice.status(f"{word} later")
            alice.delete(f"/api/v1/statuses/{made.pop(0)}").ok()
            second = nobody.get("/roost/v1/search", q=word, order=order, cursor=first["cursor"]).ok()
            shown = [status["id"] for page in (first, second) for status in page["statuses"]]
            assert len(set(shown)) == len(shown)
            assert set(shown) >= set(made)
            made = statuses(nobody, word)[::-1]

    def test_people_of_a_search(self, alice: User, bob: User, word: str) -> None:
        root = alice.status(word)["id"]
        answer = bob.status(f"{word} @{alice.username}", in_reply_to_id=root)["id"]
        assert self.walk(bob, f"{word} to:{alice.username}") == [answer]
        assert self.walk(bob, f"{word} to:me") == []
        assert self.walk(bob, f"{word} @{alice.username}") == [answer]
        assert self.walk(bob, f"{word} (from:me or from:{alice.username}) -to:{alice.username}") == [root]

    def test_what_was_edited_is_found_by_what_it_says_now(self, alice: User, nobody: Api, word: str) -> None:
        made = alice.status(f"{word} heron")["id"]
        alice.form(f"/api/v1/statuses/{made}", {"status": f"{word} gull", "language": "fr"}, "PUT").ok()
        assert self.walk(nobody, f"{word} heron") == []
        assert self.walk(nobody, f"{word} gull lang:fr") == [made]

    def test_accents_and_forms(self, alice: User, nobody: Api, word: str) -> None:
        made = alice.status(f"{word} Crème Brûlée 한국어를")["id"]
        for q in ("creme brulee", "CRÈME", '"crème brulée"', "한국"):
            assert self.walk(nobody, f"{word} {q}") == [made]

    @pytest.mark.parametrize(
        ("q", "place"),
        [("", 1), ('a "b', 3), ("a or", 3), ("a)", 2), ("has:wings", 1), ("a since:tomorrow", 3)],
    )
    def test_a_search_that_cannot_be_understood(self, nobody: Api, q: str, place: int) -> None:
        answer = nobody.get("/roost/v1/search", q=q)
        assert f"character {place}: " in answer.refused(422)
        assert answer.json["details"]["q"][0]["error"] == "ERR_MALFORMED"

    def test_what_else_is_refused(self, server: ServerProcess, alice: User, nobody: Api) -> None:
        for query in ({"order": "worst"}, {"limit": 0}, {"cursor": "x"}):
            nobody.get("/roost/v1/search", q="a", **query).refused(422)
        nobody.get("/roost/v1/search").refused(422)
        said = nobody.get("/roost/v1/search", q="a", order="best").refused(422)
        assert said == "Validation failed: order must be one of time, relevance"
        Api(server.url, server.token(alice.username, "write")).get("/roost/v1/search", q="x").refused(403)


def test_found_after_a_restart(start_server: Any, word: str) -> None:
    server = start_server()
    alice = server.user("alice")
    made = [alice.status(f"{word} {number}")["id"] for number in range(3)]
    server.stop()
    server.start()
    assert statuses(server.nobody, word) == made[::-1]
    again = User(server.url, alice.token, alice.id, alice.username, server.nobody.contract)
    made.append(again.status(word)["id"])
    assert statuses(server.nobody, word) == made[::-1]
    assert accounts(server.nobody, alice.username) == [alice.id]
