"""Posting, reading and deleting statuses."""

import re

import pytest

from tests.api.client import Api, User
from tests.api.process import ServerProcess


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private", "direct"])
def test_a_status_as_its_author_sees_it(server: ServerProcess, alice: User, visibility: str) -> None:
    made = alice.status("Hello <world> & all", visibility=visibility)
    assert made["visibility"] == visibility
    assert made["content"] == "<p>Hello &lt;world&gt; &amp; all</p>"
    assert made["url"] == f"{server.url}/@{alice.username}/{made['id']}"
    assert made["account"]["id"] == alice.id
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made["created_at"])
    assert (made["reblog"], made["quote"], made["in_reply_to_id"], made["edited_at"]) == (
        None,
        None,
        None,
        None,
    )
    assert [made[f"{name}_count"] for name in ("replies", "reblogs", "favourites", "quotes")] == [0, 0, 0, 0]
    found = alice.get(f"/api/v1/statuses/{made['id']}").ok()
    assert found["account"]["statuses_count"] == 1
    assert {**found, "account": None} == {**made, "account": None}


def test_a_content_warning_makes_it_sensitive(alice: User) -> None:
    made = alice.status("Hidden", spoiler_text="Careful")
    assert (made["spoiler_text"], made["sensitive"]) == ("Careful", True)
    assert alice.status("Hidden", sensitive=True)["sensitive"] is True


def test_what_a_text_names(alice: User, bob: User) -> None:
    text = f"@{bob.username.upper()} see https://roost.org/{'long' * 20} #Tag #tag @nobody_known"
    made = alice.status(text)
    assert [(mention["id"], mention["acct"]) for mention in made["mentions"]] == [(bob.id, bob.username)]
    assert [tag["name"] for tag in made["tags"]] == ["tag"]
    assert made["content"].count("<a ") == 4
    assert 'class="ellipsis"' in made["content"]
    assert "@nobody_known" in made["content"]


def test_the_app_is_shown_to_the_author_only(server: ServerProcess, bob: User) -> None:
    form = {"name": "Writer", "client_id": "writer-app"}
    server.operator.post("/roost/v1/apps", form).ok()
    author = server.user("author")
    token = server.operator.post(
        "/roost/v1/tokens", {"username": author.username, "client_id": "writer-app"}
    ).ok()
    caller = Api(server.url, token["token"], server.nobody.contract)
    made = caller.post("/api/v1/statuses", {"status": "By an app"}).ok()
    assert made["application"] == {"name": "Writer", "website": None}
    assert bob.get(f"/api/v1/statuses/{made['id']}").ok()["application"] is None


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("", {}),
        ("   \n ", {}),
        ("\x00\x01", {}),
        ("a" * 281, {}),
        ("字" * 141, {}),
        ("a" * 270, {"spoiler_text": "b" * 11}),
        ("a", {"spoiler_text": "b" * 501}),
        ("a" * 70_000, {}),
        ("bad \ufffe", {}),
        ("a", {"visibility": "secret"}),
        ("a", {"language": "x" * 40}),
    ],
)
def test_texts_that_are_refused(alice: User, text: str, more: dict[str, str]) -> None:
    answer = alice.post("/api/v1/statuses", {"status": text, **more})
    assert answer.refused(422).startswith("Validation failed: ")
    assert answer.json["details"]
    assert alice.home().ids == []


@pytest.mark.parametrize("text", ["a" * 280, "字" * 140, "https://roost.org/" + "a" * 1_000, "🏳️‍🌈" * 140])
def test_texts_that_just_fit(alice: User, text: str) -> None:
    assert alice.status(text)["id"]


def test_control_characters_go_and_line_ends_are_one(alice: User) -> None:
    made = alice.status("one\r\ntwo\rthree\x00\x1b[31m")
    deleted = alice.delete(f"/api/v1/statuses/{made['id']}").ok()
    assert deleted["text"] == "one\ntwo\nthree[31m"


def test_a_reply(alice: User, bob: User) -> None:
    first = alice.status("A question")
    reply = bob.status("An answer", in_reply_to_id=first["id"])
    assert (reply["in_reply_to_id"], reply["in_reply_to_account_id"]) == (first["id"], alice.id)
    assert alice.get(f"/api/v1/statuses/{first['id']}").ok()["replies_count"] == 1


def test_a_quote(alice: User, bob: User) -> None:
    first = alice.status("Worth quoting")
    quote = bob.status("Indeed", quoted_status_id=first["id"])
    assert quote["quote"]["state"] == "accepted"
    assert quote["quote"]["quoted_status"]["id"] == first["id"]
    assert quote["quote"]["quoted_status"]["content"] == "<p>Worth quoting</p>"
    assert alice.get(f"/api/v1/statuses/{first['id']}").ok()["quotes_count"] == 1
    alice.delete(f"/api/v1/statuses/{first['id']}").ok()
    assert bob.get(f"/api/v1/statuses/{quote['id']}").ok()["quote"]["quoted_status"] is None


def test_a_private_status_may_be_quoted_by_its_author_only(alice: User, bob: User) -> None:
    secret = alice.status("Between us", visibility="private")
    bob.follow(alice)
    assert bob.post("/api/v1/statuses", {"status": "He said", "quoted_status_id": secret["id"]}).refused(403)
    quote = alice.status("I said", quoted_status_id=secret["id"], visibility="private")
    assert quote["quote"]["quoted_status"]["id"] == secret["id"]


@pytest.mark.parametrize("parameter", ["in_reply_to_id", "quoted_status_id"])
def test_nobody_answers_or_quotes_what_they_cannot_see(alice: User, bob: User, parameter: str) -> None:
    secret = alice.status("Not for Bob", visibility="direct")
    for status_id in (secret["id"], "1", "99999999999999999999"):
        assert bob.post("/api/v1/statuses", {"status": "Hm", parameter: status_id}).refused(404)


def test_several_statuses(alice: User, bob: User, nobody: Api) -> None:
    secret = alice.status("Secret", visibility="private")
    first, second = alice.status("First"), bob.status("Second")
    ids = [second["id"], secret["id"], "1", first["id"]]
    assert nobody.get("/api/v1/statuses", id=ids).ids == [second["id"], first["id"]]
    assert alice.get("/api/v1/statuses", id=ids).ids == [second["id"], secret["id"], first["id"]]
    assert nobody.get("/api/v1/statuses").ids == []


def test_a_status_that_mentions_more_than_was_meant_is_not_posted(
    alice: User, bob: User, carol: User
) -> None:
    form = {"status": f"@{bob.username} @{carol.username} @{alice.username}", "visibility": "direct"}
    refused = alice.post("/api/v1/statuses", {**form, "allowed_mentions": [bob.id]})
    assert refused.refused(422)
    assert [account["id"] for account in refused.json["unexpected_accounts"]] == [carol.id]
    assert alice.get(f"/api/v1/accounts/{alice.id}/statuses").ids == []
    posted = alice.status(**{**form, "text": form.pop("status")}, allowed_mentions=[bob.id, carol.id])
    assert {mention["id"] for mention in posted["mentions"]} == {alice.id, bob.id, carol.id}
    assert alice.post("/api/v1/statuses", {"status": f"@{bob.username}", "allowed_mentions": []}).refused(422)


def test_there_is_no_translation(alice: User, bob: User) -> None:
    made, secret = alice.status("Bonjour"), alice.status("Psst", visibility="direct")
    answer = bob.unchecked().post(f"/api/v1/statuses/{made['id']}/translate", {"lang": "en"})
    assert answer.refused(503)
    assert bob.post(f"/api/v1/statuses/{secret['id']}/translate").refused(404)


def test_deleting(alice: User, bob: User, nobody: Api) -> None:
    made = alice.status("To be *redrafted* <b>", spoiler_text="Draft")
    path = f"/api/v1/statuses/{made['id']}"
    bob.do("favourite", made["id"])
    reblog = bob.do("reblog", made["id"])
    assert bob.delete(path).refused(404)
    assert nobody.delete(path).refused(401)
    deleted = alice.delete(path).ok()
    assert deleted["text"] == "To be *redrafted* <b>"
    assert "content" not in deleted
    assert (deleted["id"], deleted["spoiler_text"]) == (made["id"], "Draft")
    for caller in (alice, bob, nobody):
        assert caller.get(path).refused(404)
        assert caller.get(f"/api/v1/statuses/{reblog['id']}").refused(404)
        assert caller.get(f"{path}/context").refused(404)
        assert caller.get("/api/v1/statuses", id=[made["id"], reblog["id"]]).ids == []
    assert alice.delete(path).refused(404)
    assert bob.get("/api/v1/favourites").ids == []
    assert bob.get(f"/api/v1/accounts/{bob.id}/statuses").ids == []


def test_a_reply_outlives_what_it_answers(alice: User, bob: User) -> None:
    first = alice.status("Soon gone")
    reply = bob.status("Still here", in_reply_to_id=first["id"])
    alice.delete(f"/api/v1/statuses/{first['id']}").ok()
    context = bob.get(f"/api/v1/statuses/{reply['id']}/context").ok()
    assert (context["ancestors"], context["descendants"]) == ([], [])
    assert bob.get(f"/api/v1/statuses/{reply['id']}").ok()["in_reply_to_id"] == first["id"]
