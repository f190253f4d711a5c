"""Promise 4 where statuses are not the whole answer: files, polls, histories, bookmarks, pins, timelines of
hashtags and links, ranked ones, trends, every kind of search, filters, and what is not posted yet."""

import re
from collections.abc import Iterator

import pytest

from tests.api.client import Api, User, path_of
from tests.api.leak_scene import (
    MENTIONED,
    RELATIONS,
    VISIBILITIES,
    Scene,
    each_case,
    is_shown,
    make_scene,
    may_see,
    shows,
    walked,
)
from tests.api.process import ServerProcess
from tests.api.test_scheduled import in_hours
from tests.api.uploads import upload
from tests.media import samples

_MEDIA_URL = re.compile(r"/media/[\w-]{20,}\.\w+")
"""Long enough that nobody finds one by trying."""


class Rich:
    """The author's further statuses of each visibility: one with a file, edited and pinned, and a poll."""

    def __init__(self) -> None:
        self.statuses: dict[str, str] = {}
        self.media: dict[str, dict[str, str]] = {}
        self.polls: dict[str, str] = {}

    def fill(self, scene: Scene, viewers: dict[str, User]) -> None:
        author, names = scene.author, " ".join(f"@{viewers[relation].username}" for relation in MENTIONED)
        for visibility in VISIBILITIES:
            word = rich_word(scene, visibility)
            text = f"{word} {names} #{rich_tag(scene)} {rich_link(scene)}"
            sent = upload(author, samples.png(), "image/png", description=f"picture {word}").ok()
            facts = {"media_ids": [sent["id"]], "language": "en"}
            made = author.status(f"first {text}", visibility=visibility, **facts)
            path = f"/api/v1/statuses/{made['id']}"
            author.form(path, {"status": text, **facts}, "PUT").ok()
            if visibility != "direct":
                author.do("pin", made["id"])
            self.statuses[visibility], self.media[visibility] = made["id"], sent
            poll = {"options": [f"option {word}", "other"], "expires_in": 3_600}
            asked = author.status(f"poll {word} {names}", poll=poll, visibility=visibility)
            self.polls[visibility] = asked["poll"]["id"]
            for viewer in viewers.values():
                viewer.post(f"{path}/bookmark")


def rich_word(scene: Scene, visibility: str) -> str:
    return f"rich-{visibility}-{scene.author.id}"


def rich_tag(scene: Scene) -> str:
    return f"rich{scene.author.id}"


def rich_link(scene: Scene) -> str:
    return f"https://rich{scene.author.id}.example.org/"


_RICH: dict[int, Rich] = {}


@pytest.fixture(scope="module", params=[False, True], ids=["open", "protected"])
def scene(server: ServerProcess, request: pytest.FixtureRequest) -> Iterator[Scene]:
    rich = Rich()
    made = make_scene(server, request.param, rich.fill)
    _RICH[id(made)] = rich
    yield made
    del _RICH[id(made)]


@pytest.fixture
def rich(scene: Scene) -> Rich:
    return _RICH[id(scene)]


@each_case
class TestMatrix:
    def test_history_and_source(self, scene: Scene, rich: Rich, relation: str, visibility: str) -> None:
        caller, word = scene.viewers[relation], rich_word(scene, visibility)
        path = f"/api/v1/statuses/{rich.statuses[visibility]}"
        seen = may_see(relation, visibility, scene.protected)
        history = caller.get(f"{path}/history")
        assert (history.status, word in history.text) == ((200, True) if seen else (404, False))
        source = caller.get(f"{path}/source")
        assert seen or (source.status in (401, 404) and word not in source.text)
        assert relation != "author" or word in source.text

    def test_files(self, scene: Scene, rich: Rich, relation: str, visibility: str) -> None:
        """A file's address is told to those who see its status; whoever has it may pass it on, and nobody
        can guess it. Its id leads to nothing."""
        caller, sent = scene.viewers[relation], rich.media[visibility]
        name = path_of(sent["url"]).strip("?")
        assert _MEDIA_URL.fullmatch(name), "not to be guessed"
        assert sent["id"] not in name
        seen = may_see(relation, visibility, scene.protected)
        answer = caller.get(f"/api/v1/statuses/{rich.statuses[visibility]}")
        assert (name in answer.text) is seen
        assert caller.get(name).status == 200
        if relation != "author":
            assert caller.get(f"/api/v1/media/{sent['id']}").status in (401, 404)
        assert caller.get(f"/media/{sent['id']}.png").status == 404

    def test_polls(self, scene: Scene, rich: Rich, relation: str, visibility: str) -> None:
        caller, path = scene.viewers[relation], f"/api/v1/polls/{rich.polls[visibility]}"
        seen = may_see(relation, visibility, scene.protected)
        answer = caller.get(path)
        word = rich_word(scene, visibility)
        assert (answer.status, word in answer.text) == ((200, True) if seen else (404, False))
        if not seen and relation != "nobody":
            caller.post(f"{path}/votes", {"choices": [0]}).refused(404)
            caller.post(f"{path}/votes", {"choices": [99]}).refused(404)

    def test_bookmarks(self, scene: Scene, rich: Rich, relation: str, visibility: str) -> None:
        if relation == "nobody":
            assert scene.viewers[relation].get("/api/v1/bookmarks").refused(401)
            return
        at_first = visibility in ("public", "unlisted") or relation in (*MENTIONED, "author")
        at_first |= visibility == "private" and relation not in ("stranger", "requester")
        wanted = at_first and may_see(relation, visibility, scene.protected)
        found = walked(scene.viewers[relation], "/api/v1/bookmarks?limit=3", rich_word(scene, visibility))
        assert found is wanted

    def test_pinned(self, scene: Scene, rich: Rich, relation: str, visibility: str) -> None:
        path = f"/api/v1/accounts/{scene.author.id}/statuses"
        wanted = is_shown("account", relation, visibility, scene.protected) and visibility != "direct"
        word = rich_word(scene, visibility)
        assert shows(scene.viewers[relation], path, word, pinned=True) is wanted
        only_media = is_shown("account", relation, visibility, scene.protected)
        assert walked(scene.viewers[relation], f"{path}?only_media=true&limit=2", word) is only_media
        assert walked(scene.viewers[relation], f"{path}?tagged={rich_tag(scene)}", word) is only_media

    def test_by_hashtag_and_link(self, scene: Scene, rich: Rich, relation: str, visibility: str) -> None:
        caller, word = scene.viewers[relation], rich_word(scene, visibility)
        wanted = is_shown("public", relation, visibility, scene.protected)
        for path in (
            f"/api/v1/timelines/tag/{rich_tag(scene)}?limit=1",
            f"/api/v1/timelines/tag/other?any[]={rich_tag(scene)}&only_media=true",
            f"/api/v1/timelines/link?url={rich_link(scene)}&limit=1",
        ):
            assert walked(caller, path, word) is wanted, path

    def test_ranked_and_caught_up(self, scene: Scene, rich: Rich, relation: str, visibility: str) -> None:
        """What is ranked is what is at home."""
        if relation == "nobody":
            return
        caller, word = scene.viewers[relation], rich_word(scene, visibility)
        at_home = is_shown("home", relation, visibility, scene.protected)
        certain = relation == "follower" and at_home
        catch_up = "/roost/v1/timelines/home/catchup"
        for path in ("/api/v1/timelines/list/1", "/roost/v1/timelines/for_you", f"{catch_up}?order=best"):
            found = shows(caller, path + ("&limit=40" if "?" in path else "?limit=40"), word)
            assert at_home or not found, path
            assert found or not certain, path
        assert at_home or not shows(caller, f"{catch_up}?limit=40", word)

    def test_every_kind_of_search(self, scene: Scene, rich: Rich, relation: str, visibility: str) -> None:
        caller, word, author = scene.viewers[relation], rich_word(scene, visibility), scene.author
        wanted = is_shown("search", relation, visibility, scene.protected)
        whose = f"from:{author.username}"
        for q in (
            *(word, f'"{word}"', whose, f"#{rich_tag(scene)}", rich_tag(scene), f"picture {word}"),
            *(f"{whose} has:media", f"{whose} has:image", f"{whose} has:link", f"{whose} has:poll"),
            *(f"{word} -nothing", f"{word} language:en", f"{word} after:2020-01-01", f"{whose} -is:reply"),
            *(f"option {word}", f"first {word}", f"{word} before:2999-01-01"),
        ):
            found = shows(caller, "/api/v2/search", word, q=q, type="statuses", limit=40)
            assert wanted or not found, q
            assert found or not wanted or q.startswith(("option", "first", "picture", "rich")), q
        found = shows(caller, "/api/v2/search", word, q=word, account_id=author.id)
        assert found is wanted
        address = f"{caller.url}/@{author.username}/{rich.statuses[visibility]}"
        seen = may_see(relation, visibility, scene.protected)
        assert shows(caller, "/api/v2/search", word, q=address, resolve=True) is seen

    def test_trends(self, scene: Scene, rich: Rich, relation: str, visibility: str) -> None:
        """One direction only: what trends is for `test_trends`."""
        caller = scene.viewers[relation]
        if not is_shown("public", relation, visibility, scene.protected):
            assert not walked(caller, "/api/v1/trends/statuses?limit=40", rich_word(scene, visibility))
        if not is_shown("quote", relation, visibility, scene.protected):  # what is recommended may quote it
            assert not walked(caller, "/api/v1/trends/statuses?limit=40", scene.word(visibility))

    def test_filters_tell_nothing(self, scene: Scene, rich: Rich, relation: str, visibility: str) -> None:
        """A filter is tried on what is shown, and is no way to ask what a hidden status says."""
        if relation == "nobody":
            return
        caller, quote = scene.viewers[relation], f"/api/v1/statuses/{scene.quotes[visibility]}"
        form = {"title": "T", "context": ["home", "public"], "keywords_attributes": []}
        made = caller.post(
            "/api/v2/filters",
            {**form, "keywords_attributes": [{"keyword": scene.word(visibility), "whole_word": False}]},
        ).ok()
        seen = may_see(relation, visibility, scene.protected)
        below = caller.get(f"/api/v1/statuses/{scene.below[visibility]}")
        assert below.status != 200 or below.json.get("filtered", []) == []
        answer = caller.get(quote)
        if answer.status == 200 and not shows(caller.unchecked(), quote, scene.word(visibility)):
            assert answer.json.get("filtered", []) == []
        added = caller.post(f"/api/v2/filters/{made['id']}/statuses", {"status_id": scene.plain[visibility]})
        assert added.status == (200 if seen else 404)
        caller.delete(f"/api/v2/filters/{made['id']}").ok()


@pytest.mark.parametrize("relation", RELATIONS)
def test_what_is_not_posted_yet(scene: Scene, relation: str) -> None:
    """Scheduled statuses, drafts, and files that wait for a status: for nobody but their author."""
    author, caller = scene.author, scene.viewers[relation]
    later = author.post("/api/v1/statuses", {"status": "unposted", "scheduled_at": in_hours(2)}).ok()["id"]
    draft = author.post("/roost/v1/drafts", {"text": "unposted"}).ok()["id"]
    file = upload(author, samples.png()).ok()["id"]
    own = relation == "author"
    places = ("/api/v1/scheduled_statuses", "/roost/v1/drafts")
    for place in places:
        assert ("unposted" in caller.get(place).text) is own
    if own:
        return
    refusal = 401 if relation == "nobody" else 404
    for path in (f"{places[0]}/{later}", f"{places[1]}/{draft}", f"/api/v1/media/{file}"):
        assert caller.call("GET", path).refused(refusal), path
    for path in (f"{places[0]}/{later}", f"{places[1]}/{draft}"):
        assert caller.delete(path).refused(refusal), path
    assert caller.form(f"{places[0]}/{later}", {"scheduled_at": in_hours(9)}, "PUT").refused(refusal)
    assert caller.form(f"/api/v1/media/{file}", {"description": "x"}, "PUT").refused(refusal)
    taken = caller.post("/api/v1/statuses", {"status": "theft", "media_ids": [file]})
    assert taken.status in (401, 404, 422)


def _places(scene_of: dict[str, str]) -> dict[str, tuple[str, bool]]:
    """Where a status of an author may be met, and whether one of the silenced is there for strangers."""
    author, name, word = scene_of["author"], scene_of["name"], scene_of["word"]
    status, question = scene_of["status"], scene_of["question"]
    return {
        f"/api/v1/statuses/{status}": ("status", True),
        f"/api/v1/statuses/{status}/history": ("history", True),
        f"/api/v1/statuses?id[]={status}": ("several", True),
        f"/api/v1/accounts/{author}/statuses": ("account", True),
        f"/api/v1/timelines/tag/{word}": ("tag", False),
        f"/api/v1/timelines/link?url=https://{word}.example.org/": ("link", False),
        "/api/v1/timelines/public?limit=40": ("public", False),
        "/api/v1/trends/statuses?limit=40": ("trends", False),
        f"/api/v2/search?q={word}": ("search", False),
        f"/api/v2/search?q=from:{name}": ("search", False),
        f"/api/v1/statuses/{scene_of['quote']}": ("quote", True),
        f"/api/v1/statuses/{question}/context": ("context", True),
    }


@pytest.mark.parametrize("action", ["suspend", "silence"])
def test_the_suspended_and_the_silenced(
    server: ServerProcess, alice: User, bob: User, carol: User, action: str
) -> None:
    """Of the suspended nobody sees anything; of the silenced, who does not follow them comes upon nothing."""
    word = f"{action}{alice.id}"
    bob.follow(alice)
    question = carol.status("A question")["id"]
    text = f"{word} #{word} https://{word}.example.org/"
    status = alice.status(text)["id"]
    alice.status(f"answer {word}", in_reply_to_id=question)
    quote = carol.status("Look", quoted_status_id=status, visibility="unlisted")["id"]
    alice.do("favourite", question)
    facts = {
        **{"author": alice.id, "name": alice.username, "word": word},
        **{"status": status, "question": question, "quote": quote},
    }
    callers: tuple[Api, ...] = (server.nobody, carol, bob)
    places = _places(facts)
    for path, (name, _) in places.items():
        assert name == "trends" or word in carol.get(path).text, path
    server.operator.post(
        "/roost/v1/admin/moderate", {"username": alice.username, "action": action, "reason": "Proof"}
    ).ok()
    for path, (name, is_asked_for) in places.items():
        for caller in callers:
            found = word in caller.get(path).text.replace(f"q={word}", "")
            if action == "suspend" or (not is_asked_for and caller is not bob):
                assert not found, (path, caller)
            elif name in ("status", "several", "account", "history"):
                assert found, (path, caller)
    at_home = word in bob.home().text
    assert at_home is (action == "silence")
    liked = alice.id in carol.get(f"/api/v1/statuses/{question}/favourited_by").ids
    assert liked is (action == "silence")
    server.operator.post(
        "/roost/v1/admin/moderate", {"username": alice.username, "action": f"un{action}"}
    ).ok()
    for path, (name, _) in places.items():
        assert name == "trends" or word in carol.get(path).text, path
