"""A scene for tests of who sees what: an author, and viewers who stand in every relation to the author.

What each may see where is computed here, from the rules as people know them, not by Roost's code.
"""

import itertools
from collections.abc import Callable
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


def _before(scene: Scene, viewers: dict[str, User], also: "Also") -> None:
    """While the author is open and blocks nobody: everybody follows the friend, and likes what they see."""
    for relation, viewer in viewers.items():
        viewer.follow(scene.friend)
        if relation not in ("author", "stranger", "mentioned stranger", "requester"):
            viewer.follow(scene.author)
    _post_all(scene, [viewers[relation] for relation in MENTIONED])
    also(scene, viewers)
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


Also = Callable[[Scene, dict[str, User]], None]


def nothing_more(scene: Scene, viewers: dict[str, User]) -> None:
    del scene, viewers


def make_scene(server: ServerProcess, protected: bool, also: Also = nothing_more) -> Scene:
    """`also` is done while the author is still open and blocks nobody."""
    viewers = {relation: server.user("viewer") for relation in RELATIONS[1:]}
    stage = server.user("stage")
    made = Scene(
        protected=protected,
        viewers={"nobody": server.nobody, **viewers},
        author=viewers["author"],
        friend=server.user("friend"),
        stage=stage,
        question=stage.status("A public question")["id"],
    )
    made.friend.follow(made.author)
    _before(made, viewers, also)
    _after(made, viewers)
    return made


CASES = [
    pytest.param(relation, visibility, id=f"{relation}, {visibility}")
    for relation, visibility in itertools.product(RELATIONS, VISIBILITIES)
]
each_case = pytest.mark.parametrize(("relation", "visibility"), CASES)


def shows(caller: Api, path: str, word: str, **query: object) -> bool:
    """Whether an answer has the word anywhere, in whatever field."""
    return word in caller.get(path, **query).text


def walked(caller: Api, path: str, word: str) -> bool:
    """Whether a timeline has the word on any of its pages since the scene began."""
    answer = caller.get(path)
    while word not in answer.text:
        url = answer.links().get("next")
        if url is None:
            return False
        answer = caller.get(url.removeprefix(caller.url))
    return True
