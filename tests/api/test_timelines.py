"""Timelines: what is on them, in which order, and their cursors."""

from typing import Any

import pytest

from tests.api.client import Api, User, parameters_of, path_of
from tests.api.process import ServerProcess

_DATE_SHIFT = 16


class TestHome:
    def test_one_s_own_and_those_one_follows(self, alice: User, bob: User, carol: User) -> None:
        alice.follow(bob)
        ids = [user.status("Hello")["id"] for user in (bob, carol, alice, bob)]
        assert alice.home().ids == [ids[3], ids[2], ids[0]]

    def test_from_before_the_follow_and_after_the_unfollow(self, alice: User, bob: User) -> None:
        made = bob.status("Before")["id"]
        alice.follow(bob)
        assert alice.home().ids == [made]
        alice.post(f"/api/v1/accounts/{bob.id}/unfollow").ok()
        assert alice.home().ids == []

    def test_replies_to_those_one_follows_only(self, server: ServerProcess, alice: User) -> None:
        friend, other, stranger = server.user("friend"), server.user("other"), server.user("stranger")
        alice.follow(friend, other)
        to_stranger = stranger.status("A question")["id"]
        own = alice.status("My question")["id"]
        to_other = other.status("Another question")["id"]
        hidden = friend.status("to a stranger", in_reply_to_id=to_stranger)["id"]
        to_me = friend.status("to me", in_reply_to_id=own)["id"]
        between = friend.status("between friends", in_reply_to_id=to_other)["id"]
        to_self = friend.status("a thread", in_reply_to_id=hidden)["id"]
        assert alice.home().ids == [to_self, between, to_me, to_other, own]

    def test_direct_statuses_to_oneself(self, alice: User, bob: User, carol: User) -> None:
        alice.follow(bob)
        to_alice = bob.status(f"@{alice.username} psst", visibility="direct")["id"]
        bob.status(f"@{carol.username} psst", visibility="direct")
        from_carol = carol.status(f"@{alice.username} psst", visibility="direct")["id"]
        own = alice.status("a note", visibility="direct")["id"]
        assert alice.home().ids == [own, to_alice]
        assert from_carol not in alice.home().ids

    def test_a_reblog_once_in_a_stretch(self, server: ServerProcess, alice: User) -> None:
        author, one, two = server.user("author"), server.user("one"), server.user("two")
        alice.follow(author, one, two)
        original = author.status("Popular")["id"]
        one.do("reblog", original)
        two.do("reblog", original)
        assert alice.home().ids == [original]
        later = [author.status(f"Filler {number}")["id"] for number in range(41)]
        one.do("unreblog", original)
        again = one.do("reblog", original)["id"]
        assert alice.home(limit=1).ids == [again]
        assert alice.walk("/api/v1/timelines/home", limit=15) == [again, *later[::-1], original]

    def test_what_is_shown_of_a_status_is_of_now(self, alice: User, bob: User, carol: User) -> None:
        alice.follow(bob)
        bob.follow(carol)
        mine, first = alice.status("Mine")["id"], bob.status("First")["id"]
        assert alice.home().ids == [first, mine]

        def shown(of: str) -> Any:
            (found,) = [status for status in alice.home().ok() if status["id"] == of]
            return found

        alice.do("favourite", first)
        reblog = alice.do("reblog", first)["id"]
        assert (shown(first)["favourited"], shown(first)["favourites_count"]) == (True, 1)
        assert (shown(first)["reblogged"], shown(first)["reblogs_count"]) == (True, 1)
        assert bob.home().json[0]["reblog"] is None
        assert bob.home().json[0]["favourited"] is False
        alice.do("unfavourite", first)
        assert (shown(first)["favourited"], shown(first)["favourites_count"]) == (False, 0)
        alice.do("unreblog", first)
        assert (shown(first)["reblogged"], shown(first)["reblogs_count"]) == (False, 0)
        assert reblog not in alice.home().ids
        alice.status("A reply", in_reply_to_id=first)
        assert shown(first)["replies_count"] == 1
        assert shown(mine)["account"]["statuses_count"] == 2
        alice.patch("/api/v1/accounts/update_credentials", {"display_name": "Alice Anew"}).ok()
        assert shown(mine)["account"]["display_name"] == "Alice Anew"
        alice.follow(carol)
        assert shown(mine)["account"]["following_count"] == 2
        alice.post(f"/api/v1/accounts/{carol.id}/unfollow").ok()
        assert shown(mine)["account"]["following_count"] == 1

    def test_what_is_shown_of_a_reblog_is_of_now(self, alice: User, bob: User, carol: User) -> None:
        original = carol.status("Original")["id"]
        alice.follow(bob)
        reblog = bob.do("reblog", original)["id"]
        for wanted in (True, False, True):
            alice.do("favourite" if wanted else "unfavourite", original)
            (status,) = alice.home().ok()
            assert status["id"] == reblog
            for part in (status, status["reblog"]):
                assert (part["favourited"], part["favourites_count"]) == (wanted, int(wanted))

    def test_a_user_is_needed(self, nobody: Api) -> None:
        assert nobody.get("/api/v1/timelines/home").refused(401)


class TestPublic:
    def test_public_originals_of_everybody(self, alice: User, bob: User, nobody: Api) -> None:
        first = alice.status("public")["id"]
        alice.status("unlisted", visibility="unlisted")
        alice.status("private", visibility="private")
        alice.status("direct", visibility="direct")
        bob.status("a reply", in_reply_to_id=first)
        bob.do("reblog", first)
        thread = alice.status("a thread", in_reply_to_id=first)["id"]
        last = bob.status("also public", spoiler_text="cw")["id"]
        for caller in (nobody, alice, bob):
            assert caller.get("/api/v1/timelines/public", min_id=int(first) - 1).ids == [last, thread, first]

    def test_nothing_is_remote_and_nothing_has_media(self, alice: User, nobody: Api) -> None:
        made = alice.status("local")["id"]
        assert nobody.get("/api/v1/timelines/public", local=True, limit=1).ids == [made]
        assert nobody.get("/api/v1/timelines/public", remote=True).ids == []
        assert nobody.get("/api/v1/timelines/public", only_media=1).ids == []

    def test_those_whom_one_blocks_or_mutes(self, server: ServerProcess, alice: User) -> None:
        rude, loud = server.user("rude"), server.user("loud")
        low = int(alice.status("start")["id"])
        ids = [rude.status("rude")["id"], loud.status("loud")["id"]]
        assert alice.get("/api/v1/timelines/public", min_id=low).ids == ids[::-1]
        alice.post(f"/api/v1/accounts/{rude.id}/block").ok()
        alice.post(f"/api/v1/accounts/{loud.id}/mute").ok()
        assert alice.get("/api/v1/timelines/public", min_id=low).ids == []
        assert rude.get("/api/v1/timelines/public", min_id=low - 1).ids == ids[::-1]


class TestAccount:
    def test_filters(self, alice: User, bob: User) -> None:
        other = bob.status("by Bob")["id"]
        plain = alice.status("plain #Birds")["id"]
        reply = alice.status("a reply", in_reply_to_id=other)["id"]
        thread = alice.status("a thread #birds", in_reply_to_id=plain)["id"]
        reblog = alice.do("reblog", other)["id"]
        path = f"/api/v1/accounts/{alice.id}/statuses"
        assert bob.get(path).ids == [reblog, thread, reply, plain]
        assert bob.get(path, exclude_replies=True).ids == [reblog, thread, plain]
        assert bob.get(path, exclude_reblogs=1).ids == [thread, reply, plain]
        assert bob.get(path, exclude_replies="true", exclude_reblogs="on").ids == [thread, plain]
        assert bob.get(path, tagged="birds").ids == [thread, plain]
        assert bob.get(path, tagged="BIRDS").ids == [thread, plain]
        assert bob.get(path, only_media=True).ids == []
        assert bob.get(path, pinned=True).ids == []

    def test_filters_go_beyond_the_first_rows(self, alice: User, bob: User) -> None:
        first = alice.status("the needle #needle")["id"]
        other = bob.status("hay")["id"]
        for number in range(90):
            alice.status(f"hay {number}", in_reply_to_id=other)
        path = f"/api/v1/accounts/{alice.id}/statuses"
        assert bob.get(path, exclude_replies=True, limit=2).ids == [first]
        assert bob.get(path, tagged="needle", limit=2).ids == [first]
        assert bob.get(path, exclude_replies=True, min_id=1, limit=2).ids == [first]


@pytest.fixture(scope="module")
def reader(server: ServerProcess) -> User:
    return server.user("reader")


@pytest.fixture(scope="module")
def ids(server: ServerProcess, reader: User) -> list[str]:
    """What the reader's timelines have, newest first: two authors and themselves, by turns."""
    authors = [reader, server.user("one"), server.user("two")]
    reader.follow(*authors[1:])
    return [authors[number % 3].status(f"Number {number}")["id"] for number in range(65)][::-1]


class TestCursors:
    def test_newest_first_and_twenty_of_them(self, reader: User, ids: list[str]) -> None:
        assert reader.home().ids == ids[:20]

    @pytest.mark.parametrize(("limit", "count"), [(1, 1), (20, 20), (40, 40), (41, 40), (10**30, 40)])
    def test_limits(self, reader: User, ids: list[str], limit: int, count: int) -> None:
        assert reader.home(limit=limit).ids == ids[:count]

    @pytest.mark.parametrize("limit", ["0", "-5", "x", "1.5", " 5", "５"])
    def test_limits_that_are_none(self, reader: User, limit: str) -> None:
        answer = reader.home(limit=limit)
        answer.refused(422)
        assert list(answer.json["details"]) == ["limit"]

    def test_bounds(self, reader: User, ids: list[str]) -> None:
        assert reader.home(max_id=ids[5]).ids == ids[6:26]
        assert reader.home(since_id=ids[5]).ids == ids[:5]
        assert reader.home(since_id=ids[50]).ids == ids[:20], "since_id: the newest page"
        assert reader.home(min_id=ids[50]).ids == ids[30:50], "min_id: the page just above"
        assert reader.home(min_id=ids[5]).ids == ids[:5]
        assert reader.home(max_id=ids[10], since_id=ids[15]).ids == ids[11:15]
        assert reader.home(max_id=ids[10], min_id=ids[60], limit=7).ids == ids[53:60]
        assert reader.home(max_id=ids[10], min_id=ids[15], limit=7).ids == ids[11:15]
        assert reader.home(max_id=ids[-1]).ids == []
        assert reader.home(min_id=ids[0]).ids == []
        assert reader.home(max_id=ids[20], min_id=ids[10]).ids == []

    @pytest.mark.parametrize("name", ["max_id", "since_id", "min_id"])
    @pytest.mark.parametrize("value", ["x", "-1", "1.5", "0x10", "9" * 21, "१२", "%00", "1 2"])
    def test_cursors_that_are_no_ids(self, reader: User, name: str, value: str) -> None:
        answer = reader.home(**{name: value})
        answer.refused(422)
        assert list(answer.json["details"]) == [name]

    @pytest.mark.parametrize("value", ["9" * 20, str(1 << 63), str((1 << 63) - 1), str(1 << 62)])
    def test_cursors_above_everything(self, reader: User, ids: list[str], value: str) -> None:
        assert reader.home(max_id=value).ids == ids[:20]
        assert reader.home(since_id=value).ids == []
        assert reader.home(min_id=value).ids == []

    @pytest.mark.parametrize("value", ["", "0"])
    def test_cursors_that_mean_nothing(self, reader: User, ids: list[str], value: str) -> None:
        assert reader.home(max_id=value, since_id=value, min_id=value).ids == ids[:20]

    def test_dates_in_mastodon_s_form(self, reader: User, ids: list[str]) -> None:
        """What Mastodon.py makes of a date: its milliseconds, shifted."""
        made = {status_id: _made_ms(reader, status_id) for status_id in ids}
        middle = made[ids[30]]
        older = [status_id for status_id in ids if made[status_id] < middle]
        newer = [status_id for status_id in ids if made[status_id] >= middle]
        cursor = middle << _DATE_SHIFT
        assert reader.home(max_id=cursor, limit=40).ids == older[:40]
        assert set(reader.home(min_id=cursor, limit=40).ids) | {ids[30]} >= set(newer[:30])
        assert reader.home(since_id=cursor, limit=40).ids[:20] == newer[:20]
        assert reader.home(max_id=1_262_304_000_000 << _DATE_SHIFT).ids == []
        assert reader.home(since_id=1_262_304_000_000 << _DATE_SHIFT).ids == ids[:20]


def _made_ms(reader: User, status_id: str) -> int:
    """When a status was made, by the layout of snowflakes."""
    del reader
    return (int(status_id) >> 22) + 1_288_834_974_657


class TestLinks:
    def test_the_exact_form(self, server: ServerProcess, reader: User, ids: list[str]) -> None:
        url = f"{server.url}/api/v1/timelines/home?limit=5"
        answer = reader.home(limit=5)
        assert answer.headers["link"] == (
            f'<{url}&max_id={ids[4]}>; rel="next", <{url}&min_id={ids[0]}>; rel="prev"'
        )

    def test_no_next_on_a_page_that_is_not_full(self, reader: User, ids: list[str]) -> None:
        answer = reader.home(max_id=ids[60], limit=5)
        assert answer.ids == ids[61:]
        assert list(answer.links()) == ["prev"]

    def test_a_full_last_page_leads_to_an_empty_one_without_links(self, reader: User, ids: list[str]) -> None:
        last = reader.home(max_id=ids[59], limit=5)
        assert last.ids == ids[60:]
        after = reader.get(path_of(last.links()["next"]))
        assert (after.ids, after.links()) == ([], {})

    def test_other_parameters_are_kept_and_cursors_replaced(
        self, server: ServerProcess, reader: User
    ) -> None:
        answer = reader.get("/api/v1/timelines/public", limit=2, local=True, since_id=1, tag=["a b", "ü&"])
        for relation, cursor in (("next", "max_id"), ("prev", "min_id")):
            url = answer.links()[relation]
            assert url.startswith(f"{server.url}/api/v1/timelines/public?")
            assert parameters_of(url).keys() == {"limit", "local", "tag[]", cursor}

    def test_the_token_is_not_repeated(self, reader: User, nobody: Api, ids: list[str]) -> None:
        answer = nobody.get("/api/v1/timelines/home", limit=2, access_token=reader.token)
        assert answer.ids == ids[:2]
        assert reader.token not in answer.headers["link"]


@pytest.mark.parametrize("limit", [1, 3, 20, 40])
@pytest.mark.parametrize("name", ["home", "account", "public"])
class TestWalks:
    """Every list read to its end, in both directions, while posts arrive."""

    @pytest.fixture
    def walk(self, name: str, server: ServerProcess) -> tuple[User, User, str, list[str]]:
        """Who reads, who writes, what is read, and what it has."""
        reader, author = server.user("reader"), server.user("author")
        reader.follow(author)
        count = 12 if name == "public" else 43
        found = author.statuses(count)
        paths = {
            "home": "/api/v1/timelines/home",
            "account": f"/api/v1/accounts/{author.id}/statuses",
            "public": "/api/v1/timelines/public",
        }
        return reader, author, paths[name], found

    def test_down(self, walk: tuple[User, User, str, list[str]], limit: int) -> None:
        reader, author, path, ids = walk
        answer = reader.get(path, limit=limit)
        found = answer.ids
        while len(found) < len(ids) and "next" in answer.links():
            author.status("An arrival")
            answer = reader.get(path_of(answer.links()["next"]))
            found += answer.ids
        assert found[: len(ids)] == ids

    def test_up(self, walk: tuple[User, User, str, list[str]], limit: int) -> None:
        reader, author, path, ids = walk
        arrived: list[str] = []
        found: list[str] = []
        answer = reader.get(path, limit=limit, min_id=int(ids[-1]) - 1)
        while answer.ids:
            found = answer.ids + found
            if len(arrived) < 5:
                arrived.append(author.status("An arrival")["id"])
            answer = reader.get(path_of(answer.links()["prev"]))
        assert found == arrived[::-1] + ids

    def test_new_ones_by_since_id(self, walk: tuple[User, User, str, list[str]], limit: int) -> None:
        reader, author, path, ids = walk
        arrived = author.statuses(3)
        assert reader.get(path, limit=limit, since_id=ids[0]).ids == arrived[:limit]
