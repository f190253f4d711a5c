"""Statuses for somebody, and statuses like another one, and why."""

import random
from typing import Any

import pytest

from tests.api.client import Api, User
from tests.api.leak_scene import RELATIONS, make_scene, may_see
from tests.api.process import ServerProcess

FOR_ONE = "/roost/v1/recommendations/tweets"
FOR_YOU = "/roost/v1/timelines/for_you"


def similar(status_id: str) -> str:
    return f"{FOR_ONE}/{status_id}/similar"


def say(author: User, count: int) -> list[str]:
    """Statuses that nobody else says nearly the same as; their ids."""
    chooser = random.Random(int(author.id))
    letters = "abcdefghijklmnopqrstuvwxyz"
    texts = (" ".join("".join(chooser.choices(letters, k=7)) for _ in range(8)) for _ in range(count))
    return [author.status(text)["id"] for text in texts]


def ids_of(caller: Api, path: str = FOR_ONE, **query: Any) -> list[str]:
    return [each["status"]["id"] for each in caller.get(path, **query).ok()["recommendations"]]


def paged(caller: Api, path: str, limit: int) -> list[str]:
    """All ids, by cursors."""
    walked: list[str] = []
    page = caller.get(path, limit=limit).ok()
    while True:
        assert len(page["recommendations"]) <= limit
        walked += [each["status"]["id"] for each in page["recommendations"]]
        if not page["cursor"]:
            return walked
        page = caller.get(path, limit=limit, cursor=page["cursor"]).ok()


def walked_to(reader: User) -> list[str]:
    """Ids of what the reader's own walks recommend; trends are for everybody."""
    found = reader.get(FOR_ONE).ok()["recommendations"]
    return [each["status"]["id"] for each in found if each["source"] == "interactions"]


class Liked:
    """Friends of Alice's, who like what a stranger says; some of it Alice has liked as well."""

    def __init__(self, server: ServerProcess, alice: User) -> None:
        self.friends = [server.user("friend") for _ in range(3)]
        self.stranger = server.user("stranger")
        alice.follow(*self.friends)
        self.status_ids = say(self.stranger, 2)
        for number, friend in enumerate(self.friends):
            for status_id in self.status_ids[: 2 - number % 2]:
                friend.do("favourite", status_id)


@pytest.fixture
def liked(server: ServerProcess, alice: User) -> Liked:
    return Liked(server, alice)


class TestForOne:
    def test_what_followees_like_with_their_names(self, alice: User, liked: Liked) -> None:
        found = alice.get(FOR_ONE).ok()["recommendations"]
        by_id = {each["status"]["id"]: each for each in found}
        first = by_id[liked.status_ids[0]]
        assert first["source"] == "interactions"
        assert {reason["kind"] for reason in first["reasons"]} == {"like"}
        named = {reason["account"]["id"] for reason in first["reasons"]}
        assert named == {friend.id for friend in liked.friends}
        assert first["others"] == 0
        assert first["score"] > by_id[liked.status_ids[1]]["score"] > 0

    def test_not_what_one_did_something_to_nor_one_s_own(self, alice: User, liked: Liked) -> None:
        (own,) = say(alice, 1)
        for friend in liked.friends:
            friend.do("favourite", own)
        alice.do("favourite", liked.status_ids[0])
        found = ids_of(alice)
        assert liked.status_ids[0] not in found
        assert own not in found
        assert liked.status_ids[1] in found

    def test_some_acts_make_it_anew(self, server: ServerProcess, alice: User, liked: Liked) -> None:
        assert set(liked.status_ids) <= set(ids_of(alice))
        (fresh,) = say(server.user("another"), 1)
        for friend in liked.friends:
            friend.do("favourite", fresh)
        assert fresh not in walked_to(alice)  # the list is kept
        for status_id in say(liked.friends[0], 3):
            alice.do("favourite", status_id)
        assert fresh in walked_to(alice)

    def test_what_one_does_counts_at_once(self, alice: User, liked: Liked) -> None:
        first, second = liked.status_ids
        assert {first, second} <= set(walked_to(alice))
        alice.do("favourite", first)
        assert first not in walked_to(alice)
        alice.do("reblog", second)
        assert second not in walked_to(alice)

    def test_whom_one_follows_is_at_home(self, alice: User, liked: Liked) -> None:
        assert set(liked.status_ids) <= set(walked_to(alice))
        alice.follow(liked.stranger)
        assert not set(liked.status_ids) & set(walked_to(alice))

    def test_pages_fit_each_other(self, server: ServerProcess, alice: User) -> None:
        friend, strangers = server.user("friend"), [server.user("stranger") for _ in range(5)]
        alice.follow(friend)
        for stranger in strangers:
            friend.do("favourite", say(stranger, 1)[0])
        whole = ids_of(alice, limit=40)
        assert len(whole) >= 5
        assert paged(alice, FOR_ONE, 2) == whole

    def test_of_one_author_only_some(self, server: ServerProcess, alice: User) -> None:
        friend, stranger = server.user("friend"), server.user("stranger")
        alice.follow(friend)
        made = say(stranger, 6)
        for status_id in made:
            friend.do("favourite", status_id)
        assert len(set(made) & set(ids_of(alice))) == 3

    def test_of_one_language(self, server: ServerProcess, alice: User) -> None:
        friend, stranger = server.user("friend"), server.user("stranger")
        alice.follow(friend)
        german = stranger.status("Heute fährt die Fähre leider nicht nach Norden", language="de")["id"]
        french = stranger.status("Le phare brille encore ce soir sur la baie", language="fr")["id"]
        for status_id in (german, french):
            friend.do("favourite", status_id)
        assert {german, french} <= set(ids_of(alice))
        for language in ("DE", "de-AT"):
            assert {german, french} & set(ids_of(alice, language=language)) == {german}
        for language in (" de", "d", "1"):
            assert "language must match ^" in alice.get(FOR_ONE, language=language).refused(422)
        assert "at most 16 characters" in alice.get(FOR_ONE, language=17 * "d").refused(422)

    def test_what_trends_for_who_did_nothing(self, server: ServerProcess) -> None:
        for each in server.user("newcomer").get(FOR_ONE).ok()["recommendations"]:
            assert each["source"] == "trend"
            assert each["reasons"] == []

    def test_refusals(self, alice: User, nobody: Api) -> None:
        nobody.get(FOR_ONE).refused(401)
        for cursor in ("x", "1", "0.1", "1.-1", "1.1.1", "1-1", "1~1"):
            assert "cursor" in alice.get(FOR_ONE, cursor=cursor).refused(422)
        alice.get(FOR_ONE, limit=0).refused(422)
        assert alice.get(FOR_ONE, cursor="1.99999").ok()["cursor"] == ""


class TestNobodyIsShownWhatTheyMustNotSee:
    def test_blocks_mutes_and_deletions_count_at_once(
        self, server: ServerProcess, alice: User, liked: Liked
    ) -> None:
        assert set(liked.status_ids) <= set(ids_of(alice))
        liked.stranger.delete(f"/api/v1/statuses/{liked.status_ids[0]}").ok()
        assert liked.status_ids[0] not in ids_of(alice)
        assert liked.status_ids[0] not in alice.get(FOR_YOU).ids
        for verb, undo in (("mute", "unmute"), ("block", "unblock")):
            alice.post(f"/api/v1/accounts/{liked.stranger.id}/{verb}").ok()
            assert liked.status_ids[1] not in ids_of(alice)
            assert liked.status_ids[1] not in alice.get(FOR_YOU).ids
            alice.post(f"/api/v1/accounts/{liked.stranger.id}/{undo}").ok()
        assert liked.status_ids[1] in ids_of(alice)
        liked.stranger.patch("/api/v1/accounts/update_credentials", {"locked": True}).ok()
        assert liked.status_ids[1] not in ids_of(alice)

    def test_who_is_muted_blocks_or_is_protected_is_no_reason(self, alice: User, liked: Liked) -> None:
        muted, blocker, locked = liked.friends
        alice.post(f"/api/v1/accounts/{muted.id}/mute").ok()
        locked.patch("/api/v1/accounts/update_credentials", {"locked": True}).ok()
        blocker.post(f"/api/v1/accounts/{alice.id}/block").ok()
        named = {
            reason["account"]["id"]
            for each in alice.get(FOR_ONE).ok()["recommendations"]
            for reason in each["reasons"]
        }
        assert not named & {muted.id, blocker.id, locked.id}

    @pytest.mark.parametrize("protected", [False, True], ids=["open", "protected"])
    def test_matrix(self, server: ServerProcess, protected: bool) -> None:
        """Somebody whom all viewers follow likes whatever they may see of an author's; nothing is recommended
        but what everybody may see, and similar ones are told to nobody who may not see the status itself."""
        scene = make_scene(server, protected)
        fan = scene.viewers["mentioned follower"]
        assert isinstance(fan, User)
        for status_id in scene.plain.values():
            fan.do("favourite", status_id)
        for relation in RELATIONS:
            viewer = scene.viewers[relation]
            if isinstance(viewer, User) and viewer is not fan:
                viewer.follow(fan)
                viewer.do("favourite", scene.question)
            for visibility, status_id in scene.plain.items():
                seen = may_see(relation, visibility, protected)
                assert viewer.get(similar(status_id)).status == (200 if seen else 404)
                if isinstance(viewer, User):
                    click = viewer.post(f"/roost/v1/tweets/{status_id}/click")
                    assert click.status == (200 if seen else 404)
                asked = [similar(scene.question), *([FOR_ONE] if isinstance(viewer, User) else [])]
                for path in asked:
                    word_is_there = scene.word(visibility) in viewer.get(path).text  # quoted, perhaps
                    assert seen or not word_is_there, (relation, visibility)
                    if visibility != "public" or protected:
                        assert status_id not in ids_of(viewer, path), (relation, visibility)


class TestSimilar:
    def test_what_the_same_people_liked(self, server: ServerProcess, alice: User) -> None:
        fans, author, other = [server.user("fan") for _ in range(3)], server.user("one"), server.user("other")
        (status_id,), (near, far) = say(author, 1), say(other, 2)
        for fan in fans:
            fan.do("favourite", status_id)
            fan.do("favourite", near)
        for fan in fans[:2]:
            fan.do("reblog", far)
        found = alice.get(similar(status_id)).ok()["recommendations"]
        assert [each["status"]["id"] for each in found][:2] == [near, far]
        assert {reason["account"]["id"] for reason in found[0]["reasons"]} == {fan.id for fan in fans}
        assert (found[1]["reasons"][0]["kind"], found[1]["source"]) == ("retweet", "similarity")
        assert ids_of(alice, similar(status_id), limit=1) == [near]

    def test_pages_fit_each_other(self, server: ServerProcess, alice: User) -> None:
        """Also where a status of the page before is gone, and where many are as alike as each other."""
        fans, authors = [server.user("fan") for _ in range(2)], [server.user("author") for _ in range(4)]
        (status_id, *alike) = [made for author in authors for made in say(author, 2)]
        for fan in fans:
            for made in (status_id, *alike):
                fan.do("favourite", made)
        path = similar(status_id)
        whole = ids_of(alice, path)
        assert set(whole) == set(alike)
        assert paged(alice, path, 2) == paged(alice, path, 3) == whole
        first = alice.get(path, limit=2).ok()
        gone = next(
            author
            for author in authors
            if author.id == first["recommendations"][1]["status"]["account"]["id"]
        )
        gone.delete(f"/api/v1/statuses/{whole[1]}").ok()
        assert ids_of(alice, path, cursor=first["cursor"]) == whole[2:]
        for cursor in ("x", "0~1", "1~-1", "1~12345678", "1.1"):
            assert "cursor" in alice.get(path, cursor=cursor).refused(422)

    def test_a_bait_tells_nothing(self, server: ServerProcess, alice: User, bob: User) -> None:
        """What one person opened is not to be had by making them act on a status of one's own, nor what they
        like by mentioning them."""
        (opened,), (liked,) = say(server.user("one"), 1), say(server.user("other"), 1)
        alice.post(f"/roost/v1/tweets/{opened}/click").ok()
        alice.do("favourite", liked)
        mentioning = bob.status(f"@{alice.username} again")["id"]
        assert not {opened, liked, mentioning} & set(walked_to(bob))
        bob = server.user("another")
        bob.follow(alice)
        for visibility in ("unlisted", "direct"):
            bait = bob.status(f"@{alice.username} hello", visibility=visibility)["id"]
            assert ids_of(bob, similar(bait)) == []
            alice.post(f"/roost/v1/tweets/{bait}/click").ok()
            alice.do("favourite", bait)
            assert ids_of(bob, similar(bait)) == []
        found = walked_to(bob)
        assert liked in found  # which everybody may see
        assert opened not in found

    def test_for_nobody_in_particular(self, nobody: Api, liked: Liked) -> None:
        assert ids_of(nobody, similar(liked.status_ids[0])) == [liked.status_ids[1]]
        nobody.get(similar("77")).refused(404)


class TestClicks:
    def test_once_and_nobody_is_told(self, server: ServerProcess, alice: User, bob: User) -> None:
        author = server.user("author")
        one, other = say(author, 2)
        log = "/roost/v1/stats"
        for user in (alice, bob):
            for status_id in (one, other):
                assert user.post(f"/roost/v1/tweets/{status_id}/click").ok() == {}
        before = server.operator.get(log).ok()["log"]["last"]
        alice.post(f"/roost/v1/tweets/{one}/click").ok()
        assert server.operator.get(log).ok()["log"]["last"] == before
        assert ids_of(alice, similar(one)) == []  # what people opened makes nothing similar

    def test_ones_own_say_nothing(self, server: ServerProcess, alice: User) -> None:
        own = alice.status("My own")["id"]
        before = server.operator.get("/roost/v1/stats").ok()["log"]["last"]
        assert alice.post(f"/roost/v1/tweets/{own}/click").ok() == {}
        assert server.operator.get("/roost/v1/stats").ok()["log"]["last"] == before

    def test_refusals(self, alice: User, bob: User, nobody: Api) -> None:
        private = bob.status("Secret", visibility="private")["id"]
        alice.post(f"/roost/v1/tweets/{private}/click").refused(404)
        alice.post("/roost/v1/tweets/77/click").refused(404)
        nobody.post(f"/roost/v1/tweets/{private}/click").refused(401)


class TestTimelines:
    def test_for_you_has_them_and_home_does_not(self, alice: User, liked: Liked) -> None:
        ranked = alice.get(FOR_YOU).ids
        assert set(liked.status_ids) <= set(ranked)
        assert not set(liked.status_ids) & set(alice.home().ids)
        assert alice.walk(FOR_YOU, limit=1) == ranked

    def test_where_little_trends_they_follow_it(
        self, server: ServerProcess, alice: User, nobody: Api
    ) -> None:
        friend, stranger = server.user("friend"), server.user("stranger")
        alice.follow(friend)
        (status_id,) = say(stranger, 1)
        friend.do("favourite", status_id)
        path = "/api/v1/trends/statuses"
        trending, found = nobody.get(path, limit=40).ids, alice.get(path, limit=40).ids
        assert len(trending) < 40
        assert status_id not in trending
        assert status_id in found[len(trending) - 2 :]
        assert len(set(found)) == len(found)
        assert alice.get(path, limit=40, offset=40).ids == []

    def test_they_go_with_their_author_s_block(self, alice: User, liked: Liked) -> None:
        first = alice.get(FOR_YOU, limit=1)
        alice.post(f"/api/v1/accounts/{liked.stranger.id}/block").ok()
        rest = alice.get(FOR_YOU, max_id=first.ids[0]).ids
        assert not set(liked.status_ids) & set(rest)


def test_statistics_tell_of_them(server: ServerProcess, alice: User, liked: Liked) -> None:
    ids_of(alice)
    found = server.operator.get("/roost/v1/stats").ok()
    assert found["recommendations"]["made"] >= 1
    assert found["recommendations"]["readers"] >= 1
    assert found["interactions"]["live_edges"] >= 4
    assert found["interactions_visible_after"]["count"] >= 4
