"""Through the API: statuses have a language that nobody said, and keep one that somebody did."""

import secrets
from typing import Any

from tests.api.client import Api, User
from tests.api.test_editing import edit


def language_of(caller: Api, status_id: str) -> str | None:
    found: dict[str, Any] = caller.get(f"/api/v1/statuses/{status_id}").ok()
    return found["language"]


def test_a_status_gets_the_language_that_it_is_in(alice: User, nobody: Api) -> None:
    mark = secrets.token_hex(3)
    made = alice.status(f"heute morgen war der Sonnenaufgang wunderschön {mark}")
    assert made["language"] == "de"
    assert language_of(nobody, made["id"]) == "de"


def test_what_has_no_language_has_none(alice: User) -> None:
    assert alice.status("🐦 123")["language"] is None


def test_what_the_author_says_counts(alice: User) -> None:
    assert alice.status("heute regnet es schon wieder den ganzen Tag", language="nl")["language"] == "nl"


def test_an_edit_is_looked_at_again_unless_the_author_said(alice: User) -> None:
    guessed = alice.status("heute regnet es schon wieder den ganzen Nachmittag")
    assert edit(alice, guessed["id"], status="il pleut encore toute la journée ici")["language"] == "fr"
    said = alice.status("heute regnet es schon wieder den ganzen Abend", language="de")
    assert edit(alice, said["id"], status="il pleut encore toute la soirée ici")["language"] == "de"


def test_statistics_tell_of_enrichers(alice: User, server: Any) -> None:
    alice.status("the herons are back at the river this evening")
    found = {each["name"]: each for each in server.operator.get("/roost/v1/stats").ok()["enrichers"]}
    assert {"language", "sentiment", "spam"} <= set(found)
    for each in found.values():
        assert each["failures"] == 0
    assert found["spam"]["tweets"] > 0
