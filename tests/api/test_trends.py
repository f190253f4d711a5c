"""Trends over HTTP: who is shown what, and pages by offset to their end."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import Api, path_of
from tests.api.process import ServerProcess

KINDS = ("tags", "statuses", "links")


@pytest.fixture(scope="module")
def quiet(start_server: Callable[..., ServerProcess]) -> ServerProcess:
    """A server of its own: what others post would trend too."""
    return start_server()


def trends(caller: Api, kind: str, **query: Any) -> list[str]:
    """What trends, by name, id or address."""
    name = {"tags": "name", "statuses": "id", "links": "url"}[kind]
    return [item[name] for item in caller.get(f"/api/v1/trends/{kind}", **query).ok()]


@pytest.fixture(scope="module")
def scene(quiet: ServerProcess) -> dict[str, Any]:
    """Five tags and links, the first used by the most; and a status for each."""
    users = [quiet.user("user") for _ in range(7)]
    made = []
    for number in range(5):
        text = f"#trend{number} https://roost.example.org/{number}"
        ids = [user.status(text)["id"] for user in users[number:]]
        for user in users[number + 1 :]:
            user.do("favourite", ids[0])
        made.append(ids[0])
    return {"users": users, "statuses": made}


def test_best_first(quiet: ServerProcess, scene: dict[str, Any]) -> None:
    assert trends(quiet.nobody, "tags") == [f"trend{number}" for number in range(5)]
    assert trends(quiet.nobody, "links") == [f"https://roost.example.org/{number}" for number in range(5)]
    assert trends(quiet.nobody, "statuses") == scene["statuses"]
    found = quiet.nobody.get("/api/v1/trends").ok()
    assert found == quiet.nobody.get("/api/v1/trends/tags").ok()
    link = quiet.nobody.get("/api/v1/trends/links").ok()[0]
    assert (link["title"], link["provider_name"]) == (link["url"], "roost.example.org")
    for item in (found[0], link):
        assert sum(int(day["accounts"]) for day in item["history"][:2]) == 7, "midnight may fall between them"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("limit", [1, 2, 5, 20])
def test_pages_to_the_end_and_back(
    quiet: ServerProcess, scene: dict[str, Any], kind: str, limit: int
) -> None:
    path = f"/api/v1/trends/{kind}"
    everything = quiet.nobody.get(path).ok()
    answer = quiet.nobody.get(path, limit=limit)
    found = answer.ok()
    while "next" in answer.links():
        answer = quiet.nobody.get(path_of(answer.links()["next"]))
        found += answer.ok()
    assert found == everything
    if answer.ok() and len(everything) > limit:
        back = quiet.nobody.get(path_of(answer.links()["prev"])).ok()
        assert back == everything[-len(answer.ok()) - limit : -len(answer.ok())]
    assert quiet.nobody.get(path, offset=50).ok() == []
    quiet.nobody.get(path, offset=-1).refused(422)


def test_what_must_not_be_shown(quiet: ServerProcess, scene: dict[str, Any]) -> None:
    """Protected, followers-only, direct, shy, blocked, muted, deleted, and those who are suspended."""
    locked = [quiet.user("locked", protected=True) for _ in range(3)]
    open_ones = [quiet.user("open") for _ in range(3)]
    shy = [quiet.user("shy") for _ in range(3)]
    for user in shy:
        user.patch("/api/v1/accounts/update_credentials", {"discoverable": False}).ok()
    viewer = quiet.user("viewer")
    hidden: list[str] = []
    for users, visibility in (
        (locked, "public"),
        (shy, "public"),
        *((open_ones, v) for v in ("private", "direct", "unlisted")),
    ):
        text = f"#secret{len(hidden)} https://secret.example.org/{len(hidden)}"
        ids = [user.status(text, visibility=visibility)["id"] for user in users]
        hidden += ids
        for user in users:
            user.post(f"/api/v1/statuses/{ids[0]}/favourite")
    shown = [user.status("#blockable https://blockable.example.org/")["id"] for user in open_ones]
    for user in (*locked, *shy):
        user.do("favourite", shown[0])

    def text(caller: Api) -> str:
        return " ".join(caller.get(f"/api/v1/trends/{kind}", limit=20).text for kind in KINDS)

    assert "secret" not in text(viewer)
    assert text(viewer).count("blockable.example.org") >= 2
    assert shown[0] in trends(viewer, "statuses", limit=40)
    viewer.post(f"/api/v1/accounts/{open_ones[0].id}/block").ok()
    viewer.post(f"/api/v1/accounts/{open_ones[1].id}/mute").ok()
    open_ones[2].post(f"/api/v1/accounts/{viewer.id}/block").ok()
    assert "blockable" not in text(viewer)
    assert "blockable" in text(quiet.nobody)
    for user, status_id in zip(open_ones, shown, strict=True):
        user.delete(f"/api/v1/statuses/{status_id}").ok()
    assert "blockable" not in text(quiet.nobody)
