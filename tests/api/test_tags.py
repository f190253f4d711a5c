"""Hashtags and links: their timelines, and what is known of one."""

import itertools
import random
import time
from urllib.parse import quote

import pytest

from tests.api.client import Api, User, path_of
from tests.api.process import ServerProcess

_numbers = itertools.count(1)


@pytest.fixture
def word(server: ServerProcess) -> str:
    """A hashtag that no other test has."""
    return f"word{next(_numbers)}x"


def path(tag: str) -> str:
    return f"/api/v1/timelines/tag/{quote(tag)}"


class TestTimeline:
    def test_in_any_case_and_width_and_without_other_tags(self, alice: User, nobody: Api, word: str) -> None:
        wide = "".join(chr(ord(letter) + 0xFEE0) for letter in word)
        ids = [alice.status(f"#{name} text")["id"] for name in (word, word.upper(), wide)][::-1]
        alice.status(f"#{word}er and {word}")
        for name in (word, word.title(), wide):
            assert nobody.get(path(name)).ids == ids

    def test_answers_are_there_and_retweets_are_not(self, alice: User, bob: User, word: str) -> None:
        first = alice.status(f"#{word}")["id"]
        second = bob.status(f"#{word}", in_reply_to_id=first)["id"]
        bob.do("reblog", first)
        assert alice.get(path(word)).ids == [second, first]

    def test_who_must_not_or_does_not_want_to_see(self, server: ServerProcess, word: str) -> None:
        author, locked = server.user("author"), server.user("locked", protected=True)
        follower, muter, blocker, blocked = (server.user("viewer") for _ in range(4))
        follower.follow(author)
        muter.post(f"/api/v1/accounts/{author.id}/mute").ok()
        blocker.post(f"/api/v1/accounts/{author.id}/block").ok()
        author.post(f"/api/v1/accounts/{blocked.id}/block").ok()
        shown = author.status(f"#{word}")["id"]
        for visibility in ("unlisted", "private", "direct"):
            author.status(f"#{word}", visibility=visibility)
        locked.status(f"#{word}")
        for viewer in (server.nobody, follower, author, locked):
            assert viewer.get(path(word)).ids == [shown]
        for viewer in (muter, blocker, blocked):
            assert viewer.get(path(word)).ids == []

    def test_what_is_deleted_is_gone(self, alice: User, word: str) -> None:
        status_id = alice.status(f"#{word}")["id"]
        alice.delete(f"/api/v1/statuses/{status_id}").ok()
        assert alice.get(path(word)).ids == []
        assert alice.get(f"/api/v1/tags/{word}").ok()["history"][0]["uses"] == "0"

    def test_any_all_none(self, alice: User, word: str) -> None:
        one, two, three = (f"{word}{letter}" for letter in "abc")
        made = {
            names: alice.status(" ".join(f"#{name}" for name in names))["id"]
            for names in [(one,), (two,), (three,), (one, two), (one, three), (one, two, three)]
        }

        def check(**query: list[str]) -> None:
            found = alice.get(path(one), **query).ids
            expected = [
                made[names]
                for names in reversed(made)
                if ({one, *query.get("any", [])} & set(names))
                and set(query.get("all", [])) <= set(names)
                and not set(query.get("none", [])) & set(names)
            ]
            assert found == expected

        check()
        check(any=[two])
        check(any=[two, three])
        check(all=[two])
        check(none=[two])
        check(any=[two], all=[three])
        check(any=[three], none=[one])
        alice.get(path(one), any=[f"x{number}" for number in range(9)]).refused(422)

    def test_remote_and_local(self, alice: User, word: str) -> None:
        status_id = alice.status(f"#{word}")["id"]
        assert alice.get(path(word), local=True).ids == [status_id]
        assert alice.get(path(word), remote=True).ids == []
        assert alice.get(path(word), only_media=True).ids == []

    @pytest.mark.parametrize("limit", [1, 3, 40])
    def test_walks_in_both_directions_while_statuses_arrive(
        self, server: ServerProcess, word: str, limit: int
    ) -> None:
        author, other = server.user("author"), server.user("other")
        dice = random.Random(limit)
        names = [f"{word}a", f"{word}b"]
        ids = [
            dice.choice([author, other]).status(f"#{dice.choice(names)} {number}")["id"]
            for number in range(13)
        ][::-1]
        answer = author.get(path(names[0]), any=[names[1]], limit=limit)
        found = answer.ids
        while "next" in answer.links():
            author.status(f"#{names[0]} arrives")
            answer = author.get(path_of(answer.links()["next"]))
            found += answer.ids
        assert found == ids
        found, arrived = [], []
        low = int(ids[-1]) - 1
        after = author.get(path(names[0]), any=[names[1]], limit=limit, min_id=low)
        while after.ids:
            found = after.ids + found
            if len(arrived) < 3:
                arrived.append(other.status(f"#{names[1]} arrives")["id"])
            after = author.get(path_of(after.links()["prev"]))
        assert [status_id for status_id in found if status_id in {*ids, *arrived}] == arrived[::-1] + ids


class TestLinks:
    def test_by_any_way_of_writing_the_address(self, alice: User, bob: User, nobody: Api, word: str) -> None:
        url = f"https://roost.example.org/{word}"
        ids = [
            alice.status(f"See {url}")["id"],
            bob.status(f"See HTTPS://Roost.example.org/{word}#here and {url}")["id"],
        ][::-1]
        alice.status(f"See {url}/more")
        hidden = alice.status(f"See {url}", visibility="private")["id"]
        assert nobody.get("/api/v1/timelines/link", url=url).ids == ids
        assert hidden not in alice.get("/api/v1/timelines/link", url=url).ids
        assert nobody.walk("/api/v1/timelines/link", url=url, limit=1) == ids

    @pytest.mark.parametrize("url", ["https://nowhere.example.org/", "no address"])
    def test_of_what_nobody_links_to(self, nobody: Api, url: str) -> None:
        assert nobody.get("/api/v1/timelines/link", url=url).ids == []


class TestTag:
    def test_history(self, server: ServerProcess, alice: User, bob: User, word: str) -> None:
        locked = server.user("locked", protected=True)
        for user in (alice, alice, bob, locked):
            user.status(f"#{word.upper()}")
        alice.status(f"#{word}", visibility="private")
        found = alice.get(f"/api/v1/tags/{word.upper()}").ok()
        days = found.pop("history")
        assert found == {
            "id": word,
            "name": word,
            "url": f"{server.url}/tags/{word}",
            "following": False,
            "featuring": False,
        }
        assert len(days) == 7
        first = int(days[0]["day"])
        assert first % 86_400 == 0
        assert first <= time.time() < first + 86_401
        assert [int(day["day"]) for day in days] == [first - 86_400 * back for back in range(7)]
        assert sum(int(day["uses"]) for day in days[:2]) == 3
        assert 2 <= sum(int(day["accounts"]) for day in days[:2]) <= 3, "midnight may fall between them"
        assert {(day["uses"], day["accounts"]) for day in days[2:]} == {("0", "0")}

    def test_of_what_nobody_has_used(self, nobody: Api) -> None:
        assert nobody.get("/api/v1/tags/never_used").ok()["name"] == "never_used"

    @pytest.mark.parametrize("name", ["12", "a-b", "a b", "%23%23", "a" * 257, "€"])
    def test_what_can_be_no_tag(self, nobody: Api, name: str) -> None:
        nobody.get(f"/api/v1/tags/{quote(name)}").refused(404)
