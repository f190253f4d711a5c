"""Promise 4: nobody sees what they must not, at any endpoint.

An author has one status of each visibility, each with a word of its own that no other answer may contain.
Twelve viewers stand in every relation to the author. What each may see where is computed here, from the
rules as people know them, not by Roost's code.
"""

import itertools
from dataclasses import dataclass, field

import pytest

from tests.api.client import Api, User
from tests.api.process import ServerProcess

VISIBILITIES = ("public", "unlisted", "private", "direct")
MENTIONED = ("mentioned stranger", "mentioned follower", "mentioned and blocked")
RELATIONS = (
    "nobody",
    "stranger",
    "follower",
    *MENTIONED,
    "blocked",
    "blocker",
    "muter",
    "requester",
    "former follower",
    "author",
)


FOLLOWERS = ("follower", "mentioned follower", "muter", "author")
SHARED = ("public", "unlisted")
"""What a friend may pass on; the rest was passed on by the author, to those who may see that."""


def may_see(relation: str, visibility: str, protected: bool) -> bool:
    """Who may see a status at all."""
    if relation == "author":
        return True
    if "blocked" in relation:
        return False
    if relation in MENTIONED:
        return True
    if visibility == "direct":
        return False
    if relation in ("follower", "muter"):
        return True
    return visibility != "private" and not protected


def is_shown(place: str, relation: str, visibility: str, protected: bool) -> bool:
    """Whether an endpoint shows the status: never without leave, nor where one has looked away."""
    if not may_see(relation, visibility, protected):
        return False
    looks_away = relation in ("blocker", "muter")
    match place:
        case "status" | "several" | "reblog" | "favourites":
            return True
        case "account":
            return relation != "blocker"
        case "ancestors" | "descendants" | "quote":
            return not looks_away
        case "public":
            return visibility == "public" and not protected and not looks_away
        case "search":
            if looks_away:
                return False
            return relation in ("author", *MENTIONED) or (visibility == "public" and not protected)
        case "home":
            return relation in ("follower", "mentioned follower", "author")
        case "home, reblogged":
            restricted = protected or visibility == "private"
            strangers = ("stranger", "requester", "former follower", "mentioned stranger")
            return relation in ("follower", "mentioned follower", "author") or (
                not restricted and relation in strangers
            )
    raise AssertionError(place)


def may_see_acts(relation: str, protected: bool) -> bool:
    """Who may know what an author likes and reblogs: a mention in a status of theirs does not help."""
    if "blocked" in relation:
        return False
    return relation in FOLLOWERS or not protected


@dataclass
class Scene:
    """Everything that the matrix is asked about."""

    protected: bool
    viewers: dict[str, Api]
    author: User
    friend: User
    stage: User
    """Whose public status the author answered."""
    question: str
    plain: dict[str, str] = field(default_factory=dict)
    """The author's status of each visibility."""
    answers: dict[str, str] = field(default_factory=dict)
    """The author's answer to the public question, of each visibility."""
    below: dict[str, str] = field(default_factory=dict)
    """The friend's public answer to `plain`."""
    quotes: dict[str, str] = field(default_factory=dict)
    """A public quote of `plain`."""
    reblogs: dict[str, str] = field(default_factory=dict)
    """A reblog of `plain`: the friend's, or of private ones the author's."""

    def word(self, visibility: str) -> str:
        return f"plain-{visibility}-{self.author.id}"

    @property
    def tag(self) -> str:
        return f"leak{self.author.id}"

    def answer_word(self, visibility: str) -> str:
        return f"answer-{visibility}-{self.author.id}"


def _post_all(scene: Scene, mentioned: list[User]) -> None:
    names = " ".join(f"@{user.username}" for user in [*mentioned, scene.friend])
    for visibility in VISIBILITIES:
        text = f"{scene.word(visibility)} {names} #{scene.tag}"
        status_id = scene.author.status(text, visibility=visibility)["id"]
        scene.plain[visibility] = status_id
        answer = f"{scene.answer_word(visibility)} {names}"
        posted = scene.author.status(answer, visibility=visibility, in_reply_to_id=scene.question)
        scene.answers[visibility] = posted["id"]
        scene.below[visibility] = scene.friend.status("below", in_reply_to_id=status_id)["id"]
        sharer = scene.friend if visibility in SHARED else scene.author
        scene.quotes[visibility] = sharer.status("quoting", quoted_status_id=status_id)["id"]
        if visibility != "direct":
            scene.reblogs[visibility] = sharer.do("reblog", status_id)["id"]


def _before(scene: Scene, viewers: dict[str, User]) -> None:
    """While the author is open and blocks nobody: everybody follows the friend, and likes what they see."""
    for relation, viewer in viewers.items():
        viewer.follow(scene.friend)
        if relation not in ("author", "stranger", "mentioned stranger", "requester"):
            viewer.follow(scene.author)
    _post_all(scene, [viewers[relation] for relation in MENTIONED])
    for viewer in viewers.values():
        assert viewer.home(limit=40).ids, "so that a home timeline is kept in memory"
        for status_id in scene.plain.values():
            viewer.post(f"/api/v1/statuses/{status_id}/favourite")


def _after(scene: Scene, viewers: dict[str, User]) -> None:
    """The relations as the matrix wants them, and what the author is."""
    author = scene.author

    def change(caller: User, verb: str, other: User) -> None:
        caller.post(f"/api/v1/accounts/{other.id}/{verb}").ok()

    change(viewers["former follower"], "unfollow", author)
    change(viewers["blocker"], "block", author)
    change(viewers["muter"], "mute", author)
    change(author, "block", viewers["blocked"])
    change(author, "block", viewers["mentioned and blocked"])
    author.patch("/api/v1/accounts/update_credentials", {"locked": True}).ok()
    change(viewers["requester"], "follow", author)
    author.patch("/api/v1/accounts/update_credentials", {"locked": scene.protected}).ok()
    for verb in ("favourite", "reblog"):
        author.do(verb, scene.question)
    assert viewers["requester"].relationship(author)["following"] is False
    assert viewers["requester"].relationship(author)["requested"] is True


@pytest.fixture(scope="module", params=[False, True], ids=["open", "protected"])
def scene(server: ServerProcess, request: pytest.FixtureRequest) -> Scene:
    viewers = {relation: server.user("viewer") for relation in RELATIONS[1:]}
    stage = server.user("stage")
    made = Scene(
        protected=request.param,
        viewers={"nobody": server.nobody, **viewers},
        author=viewers["author"],
        friend=server.user("friend"),
        stage=stage,
        question=stage.status("A public question")["id"],
    )
    made.friend.follow(made.author)
    _before(made, viewers)
    _after(made, viewers)
    return made


CASES = [
    pytest.param(relation, visibility, id=f"{relation}, {visibility}")
    for relation, visibility in itertools.product(RELATIONS, VISIBILITIES)
]
each_case = pytest.mark.parametrize(("relation", "visibility"), CASES)


def _shows(caller: Api, path: str, word: str, **query: object) -> bool:
    """Whether an answer has the word anywhere, in whatever field."""
    return word in caller.get(path, **query).text


def _walked(caller: Api, path: str, word: str) -> bool:
    """Whether a timeline has the word on any of its pages since the scene began."""
    answer = caller.get(path)
    while word not in answer.text:
        url = answer.links().get("next")
        if url is None:
            return False
        answer = caller.get(url.removeprefix(caller.url))
    return True


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
        assert _shows(caller, f"/api/v1/statuses/{status_id}", word) is seen
        assert _shows(caller, "/api/v1/statuses", word, id=list(scene.plain.values())) is seen

    def test_in_conversations(self, scene: Scene, relation: str, visibility: str) -> None:
        caller, protected = scene.viewers[relation], scene.protected
        below, word = scene.below[visibility], scene.word(visibility)
        answer = caller.get(f"/api/v1/statuses/{below}/context")
        wanted = is_shown("ancestors", relation, visibility, protected)
        assert (word in answer.text) is wanted
        assert _shows(caller, f"/api/v1/statuses/{below}", word) is False
        wanted = is_shown("descendants", relation, visibility, protected)
        path = f"/api/v1/statuses/{scene.question}/context"
        assert _shows(caller, path, scene.answer_word(visibility)) is wanted

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
            assert _shows(caller, "/api/v2/search", word, q=q, type="statuses") is wanted, q

    def test_on_the_author_s_timeline(self, scene: Scene, relation: str, visibility: str) -> None:
        caller = scene.viewers[relation]
        path = f"/api/v1/accounts/{scene.author.id}/statuses"
        wanted = is_shown("account", relation, visibility, scene.protected)
        assert _walked(caller, f"{path}?limit=3", scene.word(visibility)) is wanted
        assert _walked(caller, f"{path}?limit=3", scene.answer_word(visibility)) is wanted
        assert _walked(caller, f"{path}?exclude_reblogs=true", scene.word(visibility)) is wanted

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
        assert _shows(caller, "/api/v1/statuses", word, id=[reblog_id]) is wanted
        if visibility != "private":
            assert _walked(caller, f"/api/v1/accounts/{scene.friend.id}/statuses?limit=40", word) is wanted

    def test_quoted(self, scene: Scene, relation: str, visibility: str) -> None:
        caller, word = scene.viewers[relation], scene.word(visibility)
        wanted = is_shown("quote", relation, visibility, scene.protected)
        wanted &= visibility in SHARED or not scene.protected or relation in FOLLOWERS
        quote_id = scene.quotes[visibility]
        assert _shows(caller, f"/api/v1/statuses/{quote_id}", word) is wanted
        assert _shows(caller, "/api/v1/statuses", word, id=[quote_id]) is wanted

    def test_among_favourites(self, scene: Scene, relation: str, visibility: str) -> None:
        if relation == "nobody":
            assert scene.viewers[relation].get("/api/v1/favourites").refused(401)
            return
        caller = scene.viewers[relation]
        liked = may_see("follower", visibility, False) or relation in (*MENTIONED, "author")
        if relation in ("stranger", "mentioned stranger", "requester"):
            liked = may_see(relation, visibility, False)
        wanted = liked and is_shown("favourites", relation, visibility, scene.protected)
        assert _walked(caller, "/api/v1/favourites?limit=3", scene.word(visibility)) is wanted

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
            assert _walked(caller, f"{path}?limit=3&include_filtered=true", word) is wanted, path

    def test_among_conversations(self, scene: Scene, relation: str, visibility: str) -> None:
        caller, word = scene.viewers[relation], scene.word(visibility)
        if relation == "nobody":
            assert caller.get("/api/v1/conversations").refused(401)
            return
        named = relation in (*MENTIONED, "author") and may_see(relation, visibility, scene.protected)
        wanted = named and visibility == "direct"
        assert _walked(caller, "/api/v1/conversations?limit=1", word) is wanted


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
        assert _walked(caller, f"/api/v1/timelines/list/{by_author}?limit=3", word) is wanted, visibility
        wanted = is_shown("public", relation, visibility, scene.protected)
        wanted |= relation == "author" and visibility == "public"
        assert _walked(caller, f"/api/v1/timelines/list/{by_tag}?limit=3", word) is wanted, visibility


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
        found = _walked(caller, "/api/v1/timelines/home?limit=7", scene.word(visibility))
        assert found is (wanted or quoted), (relation, visibility)
        answered = _walked(caller, "/api/v1/timelines/home", scene.answer_word(visibility))
        addressed = relation == "mentioned follower" and visibility == "direct"
        assert answered is (relation == "author" or addressed), (relation, visibility)
