"""Looking at accounts, and editing one's own."""

import re

import pytest

from tests.api.client import Api, User
from tests.api.process import ServerProcess

_EDIT = "/api/v1/accounts/update_credentials"


def test_one_s_own_account(server: ServerProcess, alice: User) -> None:
    found = alice.get("/api/v1/accounts/verify_credentials").ok()
    assert found["id"] == alice.id
    assert found["url"] == f"{server.url}/@{alice.username}"
    assert found["avatar"].endswith("/avatars/original/missing.png")
    assert found["header"].endswith("/headers/original/missing.png")
    assert found["source"]["privacy"] == "public"
    assert found["source"]["follow_requests_count"] == 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00\.000Z", found["created_at"])


def test_an_account_looks_the_same_to_everybody(alice: User, bob: User, nobody: Api) -> None:
    path = f"/api/v1/accounts/{alice.id}"
    found = nobody.get(path).ok()
    assert found == bob.get(path).ok() == alice.get(path).ok()
    assert "source" not in found


def test_counts_and_the_date_of_the_last_status(alice: User, bob: User) -> None:
    path = f"/api/v1/accounts/{alice.id}"
    before = bob.get(path).ok()
    assert (before["statuses_count"], before["followers_count"], before["following_count"]) == (0, 0, 0)
    assert before["last_status_at"] is None
    created = alice.statuses(2)
    alice.follow(bob)
    bob.follow(alice)
    after = bob.get(path).ok()
    assert (after["statuses_count"], after["followers_count"], after["following_count"]) == (2, 1, 1)
    posted = bob.get(f"/api/v1/statuses/{created[0]}").ok()["created_at"]
    assert after["last_status_at"] == posted[:10]
    alice.delete(f"/api/v1/statuses/{created[0]}").ok()
    reads = (bob.get(path).ok()["statuses_count"] for _ in range(500))
    assert 1 in reads, "a busy server may tell others a moment later"


@pytest.mark.parametrize("shape", ["{}", "@{}", "{}@{host}", "@{}@{host}"])
@pytest.mark.parametrize("case", [str, str.upper])
def test_looking_an_account_up(
    server: ServerProcess, nobody: Api, alice: User, shape: str, case: type[str]
) -> None:
    host = server.url.removeprefix("http://")
    acct = case(shape.format(alice.username, host=host))
    assert nobody.get("/api/v1/accounts/lookup", acct=acct).ok()["id"] == alice.id


@pytest.mark.parametrize(
    "acct", ["", "unknown", "alice@elsewhere.example", "@", "a b", "x" * 5_000, "%00", "é"]
)
def test_looking_up_what_is_not_there(nobody: Api, acct: str) -> None:
    assert nobody.get("/api/v1/accounts/lookup", acct=acct).refused(404) == "Record not found"


@pytest.mark.parametrize("account_id", ["0", "1", "99999999999999999999", "18446744073709551616"])
def test_ids_of_nobody(nobody: Api, account_id: str) -> None:
    assert nobody.get(f"/api/v1/accounts/{account_id}").refused(404)
    assert nobody.get(f"/api/v1/accounts/{account_id}/statuses").refused(404)
    assert nobody.get(f"/api/v1/accounts/{account_id}/followers").refused(404)


@pytest.mark.parametrize("account_id", ["me", "-1", "1.5", "%C2%B2", "1e3", "999999999999999999999"])
def test_what_is_no_id(nobody: Api, account_id: str) -> None:
    assert nobody.get(f"/api/v1/accounts/{account_id}").status in (404, 422)


def test_several_accounts_by_id(nobody: Api, alice: User, bob: User) -> None:
    assert nobody.get("/api/v1/accounts", id=[bob.id, alice.id, "1"]).ids == [bob.id, alice.id]
    assert nobody.get("/api/v1/accounts").ids == []


def test_editing_a_profile(alice: User, nobody: Api) -> None:
    changes = {
        "display_name": "Alice <b>A.</b>",
        "note": "Likes #birds\nand http://birds.com",
        "locked": True,
        "bot": True,
        "discoverable": False,
        "fields_attributes": [{"name": "Site", "value": "https://alice.org"}],
        "source": {"privacy": "unlisted", "sensitive": True, "language": "de"},
    }
    found = alice.patch(_EDIT, changes).ok()
    assert found["display_name"] == "Alice <b>A.</b>"
    assert found["source"]["note"] == "Likes #birds\nand http://birds.com"
    assert "<script" not in found["note"]
    assert found["note"].count("<a ") == 2
    assert (found["locked"], found["bot"], found["discoverable"], found["noindex"]) == (
        True,
        True,
        False,
        True,
    )
    assert found["source"]["fields"] == [{"name": "Site", "value": "https://alice.org", "verified_at": None}]
    assert 'href="https://alice.org"' in found["fields"][0]["value"]
    assert found["source"]["privacy"] == "unlisted"
    seen = nobody.get(f"/api/v1/accounts/{alice.id}").ok()
    assert {name: seen[name] for name in seen} == {name: found[name] for name in seen}


def test_what_is_not_named_stays(alice: User) -> None:
    alice.patch(_EDIT, {"display_name": "First", "note": "A note", "source": {"privacy": "private"}}).ok()
    found = alice.patch(_EDIT, {"display_name": "Second"}).ok()
    assert (found["display_name"], found["source"]["note"]) == ("Second", "A note")
    assert found["source"]["privacy"] == "private"
    emptied = alice.patch(_EDIT, {"display_name": "", "note": "", "fields_attributes": []}).ok()
    assert (emptied["display_name"], emptied["note"], emptied["fields"]) == ("", "", [])


def test_what_is_set_for_posting_goes_for_posts(alice: User) -> None:
    alice.patch(_EDIT, {"source": {"privacy": "private", "sensitive": True, "language": "de"}}).ok()
    made = alice.status("As set")
    assert (made["visibility"], made["sensitive"], made["language"]) == ("private", True, "de")
    other = alice.status("As said", visibility="public", sensitive=False, language="fr")
    assert (other["visibility"], other["sensitive"], other["language"]) == ("public", False, "fr")


def test_hostile_profiles_are_made_harmless(alice: User) -> None:
    hostile = "<script>alert(1)</script> \"quoted\" & 'more' javascript:alert(1)"
    found = alice.patch(_EDIT, {"note": hostile, "fields_attributes": [{"name": "x", "value": hostile}]}).ok()
    for html in (found["note"], found["fields"][0]["value"]):
        assert "<script" not in html
        assert 'href="javascript' not in html


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"display_name": "n" * 101}, "display_name"),
        ({"note": "n" * 1_001}, "note"),
        ({"fields_attributes": [{"name": f"{n}", "value": "v"} for n in range(9)]}, "fields"),
        ({"fields_attributes": [{"name": "n", "value": "v" * 256}]}, "fields"),
        ({"source": {"privacy": "secret"}}, "privacy"),
        ({"source": {"language": "no language"}}, "language"),
        ({"locked": "perhaps"}, "locked"),
    ],
)
def test_edits_that_are_refused_change_nothing(alice: User, change: dict[str, object], field: str) -> None:
    before = alice.get("/api/v1/accounts/verify_credentials").ok()
    answer = alice.patch(_EDIT, {"bot": True, **change})
    assert answer.refused(422).startswith("Validation failed: ")
    assert list(answer.json["details"]) == [field]
    assert alice.get("/api/v1/accounts/verify_credentials").ok() == before


def test_an_edit_shows_in_statuses_made_before(alice: User, bob: User) -> None:
    made = alice.status("Before the edit")
    bob.follow(alice)
    assert bob.home().ok()[0]["account"]["display_name"] == ""
    alice.patch(_EDIT, {"display_name": "Renamed"}).ok()
    assert bob.home().ok()[0]["account"]["display_name"] == "Renamed"
    assert bob.get(f"/api/v1/statuses/{made['id']}").ok()["account"]["display_name"] == "Renamed"
