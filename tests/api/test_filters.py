"""Filters of both versions, and what statuses say of them."""

import json
from typing import Any

import pytest

from tests.api.client import Api, User

V2 = "/api/v2/filters"
V1 = "/api/v1/filters"


def make(user: User, *keywords: str, **parameters: Any) -> dict[str, Any]:
    form = {
        "title": "Spoilers",
        "context": ["home", "thread"],
        "keywords_attributes": [{"keyword": keyword, "whole_word": False} for keyword in keywords],
        **parameters,
    }
    return dict(user.post(V2, form).ok())


def put(user: User, path: str, form: dict[str, Any]) -> Any:
    return user.form(path, form, method="PUT")


def filtered(caller: Api, status_id: str) -> list[tuple[str, Any, Any]]:
    found = caller.get(f"/api/v1/statuses/{status_id}").ok()["filtered"]
    return [(one["filter"]["title"], one["keyword_matches"], one["status_matches"]) for one in found]


def test_a_filter_is_made_read_changed_and_removed(alice: User, bob: User, nobody: Api) -> None:
    made = make(alice, "dragon", "throne", filter_action="hide", expires_in=3600)
    assert (made["title"], made["context"], made["filter_action"]) == ("Spoilers", ["home", "thread"], "hide")
    assert [entry["keyword"] for entry in made["keywords"]] == ["dragon", "throne"]
    assert made["expires_at"] is not None
    path = f"{V2}/{made['id']}"
    assert alice.get(V2).ok() == [made]
    assert alice.get(path).ok() == made
    first, second = made["keywords"]
    changed = put(
        alice,
        path,
        {
            "title": "Other",
            "context[]": "public",
            "expires_in": "",
            "keywords_attributes[0][id]": first["id"],
            "keywords_attributes[0][_destroy]": "true",
            "keywords_attributes[1][id]": second["id"],
            "keywords_attributes[1][whole_word]": "1",
            "keywords_attributes[2][keyword]": "sword",
        },
    ).ok()
    assert (changed["id"], changed["title"], changed["context"]) == (made["id"], "Other", ["public"])
    assert (changed["filter_action"], changed["expires_at"]) == ("hide", None)
    words = [(entry["keyword"], entry["whole_word"]) for entry in changed["keywords"]]
    assert words == [("throne", True), ("sword", True)]
    for caller, status in ((bob, 404), (nobody, 401)):
        assert caller.get(path).refused(status)
        assert caller.form(path, {"title": "Mine"}, method="PUT").refused(status)
        assert caller.delete(path).refused(status)
    assert bob.get(V2).ok() == []
    assert alice.delete(path).ok() == {}
    assert alice.get(V2).ok() == []
    assert alice.get(path).refused(404)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 257},
        {"context": []},
        {"context": ["everywhere"]},
        {"filter_action": "burn"},
        {"expires_in": "soon"},
        {"expires_in": -5},
        {"keywords_attributes": [{"keyword": " "}]},
        {"keywords_attributes": [{"keyword": "x" * 513}]},
        {"keywords_attributes": [{"keyword": f"word{number}"} for number in range(501)]},
    ],
)
def test_what_is_no_filter(alice: User, wrong: dict[str, Any]) -> None:
    form = {"title": "T", "context": ["home"], **wrong}
    assert alice.post(V2, form).refused(422)
    assert alice.get(V2).ok() == []
    made = make(alice, "word")
    kind = {"Content-Type": "application/json"}
    assert alice.call("PUT", f"{V2}/{made['id']}", json.dumps(wrong).encode(), kind).refused(422)
    assert alice.get(f"{V2}/{made['id']}").ok() == made


def test_keywords_by_themselves(alice: User, bob: User) -> None:
    made = make(alice, "dragon")
    words = f"{V2}/{made['id']}/keywords"
    added = alice.post(words, {"keyword": "throne"}).ok()
    assert (added["keyword"], added["whole_word"]) == ("throne", True)
    assert [entry["keyword"] for entry in alice.get(words).ok()] == ["dragon", "throne"]
    path = f"{V2}/keywords/{added['id']}"
    assert put(alice, path, {"keyword": "crown", "whole_word": "false"}).ok() == {
        "id": added["id"],
        "keyword": "crown",
        "whole_word": False,
    }
    assert alice.get(path).ok()["keyword"] == "crown"
    assert put(alice, path, {"keyword": ""}).refused(422)
    assert alice.post(words, {"keyword": ""}).refused(422)
    for call in (bob.get(words), bob.get(path), bob.delete(path), put(bob, path, {"keyword": "x"})):
        assert call.refused(404)
    assert bob.post(words, {"keyword": "x"}).refused(404)
    assert alice.delete(path).ok() == {}
    assert alice.get(path).refused(404)
    assert [entry["keyword"] for entry in alice.get(words).ok()] == ["dragon"]


def test_statuses_say_which_filters_match_to_whom_these_are(alice: User, bob: User, nobody: Api) -> None:
    make(alice, "dragon", "throne", filter_action="hide")
    alice.follow(bob)
    status = bob.status("DRAGONS on the throne", spoiler_text="None")
    plain = bob.status("Nothing to see")
    expected = [("Spoilers", ["dragon", "throne"], None)]
    assert filtered(alice, status["id"]) == expected
    assert filtered(alice, plain["id"]) == filtered(bob, status["id"]) == filtered(nobody, status["id"]) == []
    home = {found["id"]: found["filtered"] for found in alice.home().ok()}
    assert [one["keyword_matches"] for one in home[status["id"]]] == [["dragon", "throne"]]
    assert home[plain["id"]] == []
    public = {found["id"]: found["filtered"] for found in alice.get("/api/v1/timelines/public").ok()}
    assert len(public[status["id"]]) == 1
    reblog = bob.do("reblog", status["id"])["id"]
    quote = bob.status("Look", quoted_status_id=status["id"])["id"]
    assert filtered(alice, reblog) == expected
    assert len(alice.get(f"/api/v1/statuses/{reblog}").ok()["reblog"]["filtered"]) == 1
    assert len(alice.get(f"/api/v1/statuses/{quote}").ok()["quote"]["quoted_status"]["filtered"]) == 1
    assert filtered(alice, quote) == []


def test_a_change_of_a_filter_is_seen_at_once(alice: User, bob: User) -> None:
    status = bob.status("A dragon")["id"]
    assert filtered(alice, status) == []
    made = make(alice, "dragon")
    assert len(filtered(alice, status)) == 1
    put(alice, f"{V2}/{made['id']}", {"title": "Renamed"}).ok()
    assert filtered(alice, status)[0][0] == "Renamed"
    edited = bob.form(f"/api/v1/statuses/{status}", {"status": "A cat"}, method="PUT").ok()
    assert edited["filtered"] == filtered(alice, status) == []
    alice.post(f"{V2}/{made['id']}/keywords", {"keyword": "cat"}).ok()
    assert len(filtered(alice, status)) == 1
    alice.delete(f"{V2}/{made['id']}").ok()
    assert filtered(alice, status) == []


def test_whole_words(alice: User, bob: User) -> None:
    attributes = [{"keyword": "cat", "whole_word": True}, {"keyword": "#b", "whole_word": True}]
    make(alice, keywords_attributes=attributes)
    texts = {
        "A CAT.": ["cat"],
        "concatenate": None,
        "cats": None,
        "a#b": ["#b"],
        "#bee": None,
        "cat's": ["cat"],
    }
    for text, words in texts.items():
        found = filtered(alice, bob.status(text)["id"])
        assert [entry[1] for entry in found] == ([words] if words else []), text


def test_statuses_filtered_by_themselves(alice: User, bob: User) -> None:
    made = make(alice)
    status, secret = bob.status("This very one")["id"], bob.status("Secret", visibility="direct")["id"]
    path = f"{V2}/{made['id']}/statuses"
    added = alice.post(path, {"status_id": status}).ok()
    assert added["status_id"] == status
    assert alice.post(path, {"status_id": status}).ok() == added
    assert alice.post(path, {"status_id": secret}).refused(404)
    assert alice.post(path, {"status_id": "x"}).refused(422)
    assert alice.get(path).ok() == [added]
    assert alice.get(f"{V2}/{made['id']}").ok()["statuses"] == [added]
    assert filtered(alice, status) == [("Spoilers", None, [status])]
    one = f"{V2}/statuses/{added['id']}"
    assert alice.get(one).ok() == added
    for call in (bob.get(one), bob.delete(one), bob.get(path), bob.post(path, {"status_id": status})):
        assert call.refused(404)
    assert alice.delete(one).ok() == added
    assert alice.get(path).ok() == filtered(alice, status) == []


def test_version_1_is_the_same_keyword_by_keyword(alice: User, bob: User) -> None:
    made = alice.form(V1, {"phrase": "anime", "context[]": "home", "irreversible": "1"}).ok()
    assert (made["phrase"], made["context"], made["irreversible"]) == ("anime", ["home"], True)
    assert (made["whole_word"], made["expires_at"]) == (False, None)
    path = f"{V1}/{made['id']}"
    assert alice.get(V1).ok() == [made]
    assert alice.get(path).ok() == made
    (whole,) = alice.get(V2).ok()
    assert (whole["title"], whole["filter_action"]) == ("anime", "hide")
    assert [entry["id"] for entry in whole["keywords"]] == [made["id"]]
    status = bob.status("Animes")["id"]
    assert filtered(alice, status) == [("anime", ["anime"], None)]
    changed = put(alice, path, {"phrase": "manga", "whole_word": "true", "expires_in": "60"}).ok()
    assert (changed["phrase"], changed["whole_word"], changed["context"]) == ("manga", True, ["home"])
    assert changed["expires_at"] is not None
    assert alice.get(V2).ok()[0]["title"] == "manga"
    for wrong in ({"phrase": ""}, {"context[]": "moon"}):
        assert put(alice, path, wrong).refused(422)
    assert alice.form(V1, {"phrase": "x"}).refused(422)
    assert put(bob, path, {"phrase": "x"}).refused(404)
    assert bob.delete(path).refused(404)
    assert alice.delete(path).ok() == {}
    assert alice.get(V2).ok() == alice.get(V1).ok() == []


def test_version_1_does_not_change_what_it_cannot_show(alice: User) -> None:
    made = make(alice, "one", "two")
    first, second = alice.get(V1).ok()
    assert (first["phrase"], second["phrase"]) == ("one", "two")
    assert put(alice, f"{V1}/{first['id']}", {"context[]": "public"}).refused(422)
    assert put(alice, f"{V1}/{first['id']}", {"phrase": "uno"}).ok()["phrase"] == "uno"
    assert alice.get(f"{V2}/{made['id']}").ok()["title"] == "Spoilers"
    alice.delete(f"{V1}/{first['id']}").ok()
    assert [entry["keyword"] for entry in alice.get(f"{V2}/{made['id']}").ok()["keywords"]] == ["two"]
