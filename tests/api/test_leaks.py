"""Promise 4: nobody sees what they must not, at any endpoint.

An author has one status of each visibility, each with a word of its own that no other answer may contain.
Twelve viewers stand in every relation to the author: see `leak_scene`.
"""

import itertools

import pytest

from tests.api.leak_scene import (
    FOLLOWERS,
    MENTIONED,
    RELATIONS,
    SHARED,
    VISIBILITIES,
    Scene,
    each_case,
    is_shown,
    make_scene,
    may_see,
    may_see_acts,
    shows,
    walked,
)
from tests.api.process import ServerProcess


@pytest.fixture(scope="module", params=[False, True], ids=["open", "protected"])
def scene(server: ServerProcess, request: pytest.FixtureRequest) -> Scene:
    return make_scene(server, request.param)


@each_case
class TestMatrix:
    def test_by_itself(self, scene: Scene, relation: str, visibility: str) -> None:
        caller, word = scene.viewers[relation], scene.word(visibility)
        status_id = scene.plain[visibility]
        seen = may_see(relation, visibility, scene.protected)
        for path in ("", "/context", "/favourited_by", "/reblogged_by"):
            answer = caller.get(f"/api/v1/statuses/{status_id}{path}")
            assert answer.status == (200 if seen else 404), path
            assert seen or word not in answer.text
        assert shows(caller, f"/api/v1/statuses/{status_id}", word) is seen
        assert shows(caller, "/api/v1/statuses", word, id=list(scene.plain.values())) is seen

    def test_in_conversations(self, scene: Scene, relation: str, visibility: str) -> None:
        caller, protected = scene.viewers[relation], scene.protected
        below, word = scene.below[visibility], scene.word(visibility)
        answer = caller.get(f"/api/v1/statuses/{below}/context")
        wanted = is_shown("ancestors", relation, visibility, protected)
        assert (word in answer.text) is wanted
        assert shows(caller, f"/api/v1/statuses/{below}", word) is False
        wanted = is_shown("descendants", relation, visibility, protected)
        path = f"/api/v1/statuses/{scene.question}/context"
        assert shows(caller, path, scene.answer_word(visibility)) is wanted

    def test_on_the_public_timeline(self, scene: Scene, relation: str, visibility: str) -> None:
        caller = scene.viewers[relation]
        low = int(scene.question) - 1
        wanted = is_shown("public", relation, visibility, scene.protected)
        wanted |= is_shown("quote", relation, visibility, scene.protected) and (
            visibility in SHARED or not scene.protected
        )
        found = caller.get("/api/v1/timelines/public", min_id=low, limit=40).text
        assert (scene.word(visibility) in found) is wanted
        assert scene.answer_word(visibility) not in found, "an answer to somebody else"

    def test_in_a_search(self, scene: Scene, relation: str, visibility: str) -> None:
        caller, word = scene.viewers[relation], scene.word(visibility)
        wanted = is_shown("search", relation, visibility, scene.protected)
        for q in (word, f'"{word}"', f"{word} from:{scene.author.username}"):
            assert shows(caller, "/api/v2/search", word, q=q, type="statuses") is wanted, q

    def test_on_the_author_s_timeline(self, scene: Scene, relation: str, visibility: str) -> None:
        caller = scene.viewers[relation]
        path = f"/api/v1/accounts/{scene.author.id}/statuses"
        wanted = is_shown("account", relation, visibility, scene.protected)
        assert walked(caller, f"{path}?limit=3", scene.word(visibility)) is wanted
        assert walked(caller, f"{path}?limit=3", scene.answer_word(visibility)) is wanted
        assert walked(caller, f"{path}?exclude_reblogs=true", scene.word(visibility)) is wanted

    def test_reblogged(self, scene: Scene, relation: str, visibility: str) -> None:
        caller, word = scene.viewers[relation], scene.word(visibility)
        if visibility == "direct":
            assert scene.author.post(f"/api/v1/statuses/{scene.plain['direct']}/reblog").refused(403)
            return
        wanted = is_shown("reblog", relation, visibility, scene.protected)
        wanted &= visibility in SHARED or relation in FOLLOWERS
        reblog_id = scene.reblogs[visibility]
        answer = caller.get(f"/api/v1/statuses/{reblog_id}")
        assert (answer.status == 200, word in answer.text) == (wanted, wanted)
        assert shows(caller, "/api/v1/statuses", word, id=[reblog_id]) is wanted
        if visibility != "private":
            assert walked(caller, f"/api/v1/accounts/{scene.friend.id}/statuses?limit=40", word) is wanted

    def test_quoted(self, scene: Scene, relation: str, visibility: str) -> None:
        caller, word = scene.viewers[relation], scene.word(visibility)
        wanted = is_shown("quote", relation, visibility, scene.protected)
        wanted &= visibility in SHARED or not scene.protected or relation in FOLLOWERS
        quote_id = scene.quotes[visibility]
        assert shows(caller, f"/api/v1/statuses/{quote_id}", word) is wanted
        assert shows(caller, "/api/v1/statuses", word, id=[quote_id]) is wanted

    def test_among_favourites(self, scene: Scene, relation: str, visibility: str) -> None:
        if relation == "nobody":
            assert scene.viewers[relation].get("/api/v1/favourites").refused(401)
            return
        caller = scene.viewers[relation]
        liked = may_see("follower", visibility, False) or relation in (*MENTIONED, "author")
        if relation in ("stranger", "mentioned stranger", "requester"):
            liked = may_see(relation, visibility, False)
        wanted = liked and is_shown("favourites", relation, visibility, scene.protected)
        assert walked(caller, "/api/v1/favourites?limit=3", scene.word(visibility)) is wanted

    def test_among_notifications(self, scene: Scene, relation: str, visibility: str) -> None:
        """Whom the author mentioned, and the author, whose statuses were liked."""
        caller, word = scene.viewers[relation], scene.word(visibility)
        paths = ("/api/v1/notifications", "/api/v2/notifications")
        if relation == "nobody":
            assert all(caller.get(path).refused(401) for path in paths)
            return
        named = relation in (*MENTIONED, "author")
        wanted = named and may_see(relation, visibility, scene.protected)
        for path in paths:
            assert walked(caller, f"{path}?limit=3&include_filtered=true", word) is wanted, path

    def test_among_conversations(self, scene: Scene, relation: str, visibility: str) -> None:
        caller, word = scene.viewers[relation], scene.word(visibility)
        if relation == "nobody":
            assert caller.get("/api/v1/conversations").refused(401)
            return
        named = relation in (*MENTIONED, "author") and may_see(relation, visibility, scene.protected)
        wanted = named and visibility == "direct"
        assert walked(caller, "/api/v1/conversations?limit=1", word) is wanted


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("listed", ["favourited_by", "reblogged_by"])
def test_who_liked_and_reblogged(scene: Scene, relation: str, listed: str) -> None:
    """What the author did with somebody's public status; the list goes on below one who is left out."""
    path = f"/api/v1/statuses/{scene.question}/{listed}"
    wanted = may_see_acts(relation, scene.protected)
    assert (scene.author.id in scene.viewers[relation].walk(path, limit=1)) is wanted
    assert (scene.author.username in scene.viewers[relation].get(path).text) is wanted


@pytest.mark.parametrize("relation", RELATIONS[1:])
def test_on_lists(scene: Scene, relation: str) -> None:
    """Of the author, whom only followers can put there; and of a hashtag that all of the statuses have."""
    caller = scene.viewers[relation]
    by_author, by_tag = (caller.post("/api/v1/lists", {"title": "List"}).ok()["id"] for _ in range(2))
    added = caller.post(f"/api/v1/lists/{by_author}/accounts", {"account_ids": [scene.author.id]})
    assert added.status == (200 if relation in FOLLOWERS else 404)
    caller.post(f"/roost/v1/lists/{by_tag}/tags", {"tags": [scene.tag]}).ok()
    for visibility in VISIBILITIES:
        word = scene.word(visibility)
        wanted = is_shown("home", relation, visibility, scene.protected)
        assert walked(caller, f"/api/v1/timelines/list/{by_author}?limit=3", word) is wanted, visibility
        wanted = is_shown("public", relation, visibility, scene.protected)
        wanted |= relation == "author" and visibility == "public"
        assert walked(caller, f"/api/v1/timelines/list/{by_tag}?limit=3", word) is wanted, visibility


@pytest.mark.parametrize("strategy", ["push", "pull", "cost"])
def test_home(server: ServerProcess, scene: Scene, strategy: str) -> None:
    """With what is pushed, and with what is pulled."""
    server.operator.post("/roost/v1/strategy", {"name": strategy}).ok()
    scene.friend.status("Something new")
    for relation, visibility in itertools.product(RELATIONS[1:], VISIBILITIES):
        caller, protected = scene.viewers[relation], scene.protected
        wanted = is_shown("home", relation, visibility, protected)
        if visibility != "direct":
            wanted |= is_shown("home, reblogged", relation, visibility, protected) and visibility != "private"
        quoted = visibility in SHARED and is_shown("quote", relation, visibility, protected)
        found = walked(caller, "/api/v1/timelines/home?limit=7", scene.word(visibility))
        assert found is (wanted or quoted), (relation, visibility)
        answered = walked(caller, "/api/v1/timelines/home", scene.answer_word(visibility))
        addressed = relation == "mentioned follower" and visibility == "direct"
        assert answered is (relation == "author" or addressed), (relation, visibility)
