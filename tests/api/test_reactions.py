"""Reblogs and favourites: what they answer, count and list."""

import pytest

from tests.api.client import Api, User
from tests.api.process import ServerProcess


def _seen(caller: Api, status_id: str) -> dict[str, object]:
    found: dict[str, object] = caller.get(f"/api/v1/statuses/{status_id}").ok()
    return found


class TestReblogs:
    def test_a_reblog_wraps_what_it_shows(self, alice: User, bob: User) -> None:
        made = alice.status("Pass it on", spoiler_text="Spoiler", language="en")
        reblog = bob.do("reblog", made["id"])
        assert reblog["id"] != made["id"]
        assert reblog["account"]["id"] == bob.id
        assert reblog["reblog"]["id"] == made["id"]
        assert reblog["reblog"]["account"]["id"] == alice.id
        assert (reblog["reblogged"], reblog["reblog"]["reblogged"]) == (True, True)
        assert (reblog["reblogs_count"], reblog["reblog"]["reblogs_count"]) == (1, 1)
        assert reblog["content"] == made["content"]
        assert _seen(alice, made["id"])["reblogged"] is False
        assert _seen(alice, made["id"])["reblogs_count"] == 1

    def test_reblogging_again_is_the_same_reblog(self, alice: User, bob: User) -> None:
        made = alice.status("Once is enough")
        first = bob.do("reblog", made["id"])
        assert bob.do("reblog", made["id"])["id"] == first["id"]
        assert bob.do("reblog", first["id"])["id"] == first["id"]
        assert _seen(bob, made["id"])["reblogs_count"] == 1

    def test_of_a_reblog_the_original_is_reblogged(self, alice: User, bob: User, carol: User) -> None:
        made = alice.status("The original")
        first = bob.do("reblog", made["id"])
        assert carol.do("reblog", first["id"])["reblog"]["id"] == made["id"]
        assert _seen(alice, made["id"])["reblogs_count"] == 2

    def test_taking_it_back_answers_the_original(self, alice: User, bob: User) -> None:
        made = alice.status("Not for long")
        reblog = bob.do("reblog", made["id"])
        for _ in range(2):
            original = bob.do("unreblog", made["id"])
            assert (original["id"], original["reblogged"], original["reblogs_count"]) == (
                made["id"],
                False,
                0,
            )
        assert bob.get(f"/api/v1/statuses/{reblog['id']}").refused(404)
        assert bob.do("reblog", made["id"])["id"] != reblog["id"]

    def test_deleting_a_reblog_takes_it_back(self, alice: User, bob: User) -> None:
        made = alice.status("Stays")
        reblog = bob.do("reblog", made["id"])
        assert bob.delete(f"/api/v1/statuses/{reblog['id']}").ok()["id"] == reblog["id"]
        assert _seen(bob, made["id"])["reblogged"] is False
        assert _seen(bob, made["id"])["reblogs_count"] == 0

    @pytest.mark.parametrize("visibility", ["private", "direct"])
    def test_what_is_not_public_is_not_passed_on(self, alice: User, bob: User, visibility: str) -> None:
        bob.follow(alice)
        made = alice.status(f"@{bob.username} between us", visibility=visibility)
        assert bob.post(f"/api/v1/statuses/{made['id']}/reblog").refused(403)

    def test_one_s_own_private_status_stays_private(self, alice: User, bob: User, carol: User) -> None:
        bob.follow(alice)
        made = alice.status("Only for followers", visibility="private")
        reblog = alice.do("reblog", made["id"])
        assert reblog["visibility"] == "private"
        assert alice.get(f"/api/v1/statuses/{made['id']}/reblogged_by").ids == []
        assert bob.get(f"/api/v1/statuses/{made['id']}/reblogged_by").ids == []
        assert carol.get(f"/api/v1/statuses/{reblog['id']}").refused(404)

    @pytest.mark.parametrize(
        ("wanted", "found"), [("public", "public"), ("unlisted", "unlisted"), ("private", "private")]
    )
    def test_a_reblog_s_own_visibility(self, alice: User, bob: User, wanted: str, found: str) -> None:
        made = alice.status("For whom?")
        reblog = bob.post(f"/api/v1/statuses/{made['id']}/reblog", {"visibility": wanted}).ok()
        assert (reblog["visibility"], reblog["reblog"]["visibility"]) == (found, "public")
        assert bob.post(f"/api/v1/statuses/{made['id']}/reblog", {"visibility": "secret"}).refused(422)

    def test_one_s_own_direct_status(self, alice: User) -> None:
        made = alice.status("To nobody", visibility="direct")
        assert alice.post(f"/api/v1/statuses/{made['id']}/reblog").refused(403)

    def test_those_who_block_each_other(self, alice: User, bob: User) -> None:
        made = alice.status("Not for Bob")
        alice.post(f"/api/v1/accounts/{bob.id}/block").ok()
        assert bob.post(f"/api/v1/statuses/{made['id']}/reblog").refused(404)
        other = bob.status("Not by Alice")
        assert alice.post(f"/api/v1/statuses/{other['id']}/reblog").refused(403)


class TestFavourites:
    def test_favourite_and_unfavourite(self, alice: User, bob: User) -> None:
        made = alice.status("A favourite")
        for _ in range(2):
            liked = bob.do("favourite", made["id"])
            assert (liked["id"], liked["favourited"], liked["favourites_count"]) == (made["id"], True, 1)
        assert _seen(alice, made["id"])["favourited"] is False
        for _ in range(2):
            unliked = bob.do("unfavourite", made["id"])
            assert (unliked["favourited"], unliked["favourites_count"]) == (False, 0)

    def test_of_a_reblog_the_original_is_the_favourite(self, alice: User, bob: User, carol: User) -> None:
        made = alice.status("The original")
        reblog = bob.do("reblog", made["id"])
        assert carol.do("favourite", reblog["id"])["id"] == made["id"]
        seen = carol.get(f"/api/v1/statuses/{reblog['id']}").ok()
        assert (seen["favourited"], seen["favourites_count"], seen["reblog"]["favourited"]) == (True, 1, True)

    def test_the_list_of_favourites(self, alice: User, bob: User) -> None:
        ids = alice.statuses(7)
        liked = [ids[n] for n in (3, 0, 6, 1, 5)]
        for status_id in liked:
            bob.do("favourite", status_id)
        for limit in (1, 2, 5, 6):
            assert bob.walk("/api/v1/favourites", limit=limit) == liked[::-1]
        alice.delete(f"/api/v1/statuses/{liked[2]}").ok()
        bob.do("unfavourite", liked[0])
        assert bob.walk("/api/v1/favourites", limit=2) == [liked[4], liked[3], liked[1]]


@pytest.mark.parametrize("verb", ["reblog", "unreblog", "favourite", "unfavourite"])
def test_what_is_not_there_or_not_to_be_seen(alice: User, bob: User, verb: str) -> None:
    secret = alice.status("Secret", visibility="private")
    for status_id in (secret["id"], "1", "99999999999999999999"):
        assert bob.post(f"/api/v1/statuses/{status_id}/{verb}").refused(404)


@pytest.mark.parametrize("barrier", ["protected", "block"])
@pytest.mark.parametrize(("verb", "count"), [("favourite", "favourites_count"), ("reblog", "reblogs_count")])
def test_taking_back_from_what_is_not_to_be_seen_any_more(
    alice: User, bob: User, verb: str, count: str, barrier: str
) -> None:
    """The status stays hidden, and one's own mark is gone all the same."""
    made = alice.status("Open for now")
    mark = bob.do(verb, made["id"])
    assert _seen(alice, made["id"])[count] == 1
    if barrier == "block":
        alice.post(f"/api/v1/accounts/{bob.id}/block").ok()
    else:
        alice.patch("/api/v1/accounts/update_credentials", {"locked": True}).ok()
    for status_id in dict.fromkeys((made["id"], mark["id"])):
        assert bob.post(f"/api/v1/statuses/{status_id}/un{verb}").refused(404)
    assert _seen(alice, made["id"])[count] == 0
    assert bob.get("/api/v1/favourites").ids == []
    assert bob.get(f"/api/v1/accounts/{bob.id}/statuses").ids == []


def test_taking_back_tells_nothing_of_hidden_reblogs(alice: User, bob: User, carol: User) -> None:
    """A protected account's reblog stays hidden though what it shows is not."""
    made = alice.status("For everyone")
    bob.patch("/api/v1/accounts/update_credentials", {"locked": True}).ok()
    reblog = bob.do("reblog", made["id"])
    carol.do("favourite", made["id"])
    for verb in ("unreblog", "unfavourite"):
        assert carol.post(f"/api/v1/statuses/{reblog['id']}/{verb}").refused(404)
    assert _seen(carol, made["id"])["reblogs_count"] == 1


@pytest.mark.parametrize(("verb", "listed"), [("favourite", "favourited_by"), ("reblog", "reblogged_by")])
def test_who_did_newest_first(
    server: ServerProcess, alice: User, nobody: Api, verb: str, listed: str
) -> None:
    made = alice.status("Popular")
    path = f"/api/v1/statuses/{made['id']}/{listed}"
    assert nobody.get(path).ids == []
    assert "link" not in nobody.get(path).headers
    fans = [server.user("fan") for _ in range(5)]
    for fan in fans:
        fan.do(verb, made["id"])
    ids = [fan.id for fan in reversed(fans)]
    for limit in (1, 2, 5, 80):
        assert nobody.walk(path, limit=limit) == ids
    fans[2].do(f"un{verb}", made["id"])
    assert nobody.walk(path, limit=2) == [fan.id for fan in (fans[4], fans[3], fans[1], fans[0])]


def test_counts_of_many_at_once(server: ServerProcess, alice: User) -> None:
    made = alice.status("Counted")
    for number in range(6):
        fan = server.user("fan")
        fan.do("favourite", made["id"])
        fan.do("reblog", made["id"])
        fan.status("Re", in_reply_to_id=made["id"])
        fan.status("Qu", quoted_status_id=made["id"])
        seen = _seen(alice, made["id"])
        counts = [seen[f"{name}_count"] for name in ("favourites", "reblogs", "replies", "quotes")]
        assert counts == [number + 1] * 4
