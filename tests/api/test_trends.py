"""Trends over HTTP: who is shown what, and pages by offset to their end."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from roost.cli import app
from roost.errors import Invalid
from tests.api.client import Api, path_of
from tests.api.process import ServerProcess

KINDS = ("tags", "statuses", "links")
_WORDS = random.Random(4)


def words() -> str:
    """What nobody said before: what is said twice counts for nothing."""
    return " ".join("".join(_WORDS.choices("bcdfghklmnprstvz", k=7)) for _ in range(6))


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
        ids = [user.status(f"{words()} {text}")["id"] for user in users[number:]]
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
        ids = [user.status(f"{words()} {text}", visibility=visibility)["id"] for user in users]
        hidden += ids
        for user in users:
            user.post(f"/api/v1/statuses/{ids[0]}/favourite")
    text = "#blockable https://blockable.example.org/"
    shown = [user.status(f"{words()} {text}")["id"] for user in open_ones]
    for user in (*locked, *shy):
        user.do("favourite", shown[0])

    def seen(caller: Api) -> str:
        return " ".join(caller.get(f"/api/v1/trends/{kind}", limit=20).text for kind in KINDS)

    assert "secret" not in seen(viewer)
    assert seen(viewer).count("blockable.example.org") >= 2
    assert shown[0] in trends(viewer, "statuses", limit=40)
    viewer.post(f"/api/v1/accounts/{open_ones[0].id}/block").ok()
    viewer.post(f"/api/v1/accounts/{open_ones[1].id}/mute").ok()
    open_ones[2].post(f"/api/v1/accounts/{viewer.id}/block").ok()
    assert "blockable" not in seen(viewer)
    assert "blockable" in seen(quiet.nobody)
    for user, status_id in zip(open_ones, shown, strict=True):
        user.delete(f"/api/v1/statuses/{status_id}").ok()
    assert "blockable" not in seen(quiet.nobody)


def test_windows_languages_and_what_a_score_is_made_of(quiet: ServerProcess, scene: dict[str, Any]) -> None:
    for user in scene["users"][:4]:
        user.status(f"{words()} #perroquet", language="fr")
    found = quiet.nobody.get("/roost/v1/trends", window="24h", limit=3).ok()
    assert [trend["key"] for trend in found["trends"]] == ["trend0", "trend1", "trend2"]
    best = found["trends"][0]["best"]
    assert (best["window"], best["users"]) == ("24h", 7)
    assert sum(found["trends"][0]["hours"]) >= 7
    page = quiet.nobody.get(
        "/roost/v1/trends", window="24h", limit=3, offset=3, ranking=found["ranking"]
    ).ok()
    assert page["ranking"] == found["ranking"]
    assert "trend0" not in [trend["key"] for trend in page["trends"]]
    french = quiet.nobody.get("/roost/v1/trends", language="FR").ok()["trends"]
    assert [(trend["key"], trend["language"], trend["state"]) for trend in french] == [
        ("perroquet", "fr", "trending")
    ]
    for kind in ("links", "tweets"):
        keys = [trend["key"] for trend in quiet.nobody.get("/roost/v1/trends", kind=kind).ok()["trends"]]
        assert keys == trends(quiet.nobody, "links" if kind == "links" else "statuses", limit=10)
    quiet.nobody.get("/roost/v1/trends", window="2h").refused(422)


def test_the_staff_explain_tune_and_bar(quiet: ServerProcess, scene: dict[str, Any]) -> None:
    staff = quiet.operator
    found = staff.get("/roost/v1/trends/explain", key="#Trend1").ok()
    assert (found["key"], found["state"], found["one_of_users"]) == ("trend1", "trending", 1)
    day = found["windows"][-1]
    assert (day["window"], day["users"], day["expected"]) == ("24h", 6, 1.0)
    assert day["volume"] > 0
    assert found["momentum"] >= found["threshold"] > found["ends_below"]
    assert sum(found["ten_minutes"]) >= 6
    staff.get("/roost/v1/trends/explain", key="nobodyeversaidthis").refused(404)
    before = staff.get("/roost/v1/trends/terms").ok()
    changed = staff.post("/roost/v1/trends/terms", {"users_min": 7, "dispersion": 0.1}).ok()
    assert changed == before | {"users_min": 7, "dispersion": 0.1}
    assert trends(quiet.nobody, "tags") == ["trend0"]
    for wrong in ({"users_min": 0}, {"users_min": "many"}, {"leave_fraction": 2}, {}):
        staff.post("/roost/v1/trends/terms", wrong).refused(422)
    assert staff.get("/roost/v1/trends/terms").ok() == changed
    assert staff.post("/roost/v1/trends/terms", {"reset": True}).ok() == before
    staff.post("/roost/v1/trends/bars", {"key": "trend0"}).ok()
    assert trends(quiet.nobody, "tags")[0] == "trend1"
    assert staff.get("/roost/v1/trends/bars").ok() == [{"kind": "tags", "key": "trend0", "barred": True}]
    staff.post("/roost/v1/trends/bars", {"key": "trend0", "barred": False}).ok()
    assert trends(quiet.nobody, "tags")[0] == "trend0"
    for path in ("terms", "bars", "explain?key=a"):
        quiet.nobody.get(f"/roost/v1/trends/{path}").refused(401)


def test_the_command_line(quiet: ServerProcess, scene: dict[str, Any]) -> None:
    def roost(*arguments: str) -> Result:
        command = ["trends", *arguments, "--data", str(quiet.data_folder)]
        return CliRunner().invoke(app, command, env={"COLUMNS": "80"})

    listed = json.loads(roost("list", "--window", "24h", "--json").stdout)
    assert listed["trends"][0]["key"] == "trend0"
    shown = roost("list", "--language", "").stdout
    (line,) = (line for line in shown.splitlines() if line.startswith("trend0 "))
    assert line.endswith("▁▁▁▁▁▁▁▁▁▁▁█"), "the newest end of the day is cut"
    explained = roost("explain", "trend1").stdout
    assert "trend1 is trending" in explained
    head = next(line for line in explained.splitlines() if line.startswith("window"))
    assert head.split() == ["window", "1m", "5m", "15m", "1h", "6h", "24h"]
    assert "…" not in shown + explained
    assert "cooldown_min" in roost("tune", "users_min=6").stdout
    assert trends(quiet.nobody, "tags") == ["trend0", "trend1"]
    for wrong, reason in (("users_min=0", "at least 1"), ("wings=2", "no term"), ("users_min", "name=value")):
        refused = roost("tune", wrong).exception
        assert isinstance(refused, Invalid)
        assert reason in refused.text
    assert "cooldown_min" in roost("tune", "--reset").stdout
    assert "may not trend" in roost("bar", "trend0").stdout
    assert roost("barred").stdout.split() == ["tags", "trend0"]
    assert "may trend" in roost("allow", "trend0").stdout
    assert trends(quiet.nobody, "tags")[0] == "trend0"
