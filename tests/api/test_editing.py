"""Editing: the same status says something else everywhere, and its history is kept."""

import base64
import json
from typing import Any

import pytest

from tests.api.client import Answer, Api, User
from tests.api.uploads import upload
from tests.media import samples


def edit(user: User, status_id: str, **form: Any) -> dict[str, Any]:
    return dict(put(user, status_id, **form).ok())


def put(user: User, status_id: str, **form: Any) -> Answer:
    return user.form(f"/api/v1/statuses/{status_id}", form, method="PUT")


def history(caller: Api, status_id: str) -> list[dict[str, Any]]:
    return list(caller.get(f"/api/v1/statuses/{status_id}/history").ok())


def test_an_edit_is_seen_everywhere_in_the_same_place(alice: User, bob: User, nobody: Api) -> None:
    bob.follow(alice)
    made = alice.status("First words", language="en")
    later = alice.status("Later")
    reblog = bob.do("reblog", made["id"])
    quote = bob.status("Look", quoted_status_id=made["id"])
    bob.do("favourite", made["id"])
    for caller in (alice, bob, nobody):  # whatever is kept of it is kept now
        caller.get(f"/api/v1/statuses/{made['id']}").ok()
        caller.get(f"/api/v1/statuses/{reblog['id']}").ok()
    edited = edit(alice, made["id"], status="Other *words*", spoiler_text="Careful")
    assert edited["id"] == made["id"]
    assert edited["content"] == "<p>Other *words*</p>"
    assert (edited["spoiler_text"], edited["sensitive"], edited["language"]) == ("Careful", True, "en")
    assert edited["edited_at"] > edited["created_at"] == made["created_at"]
    shown = [
        *(caller.get(f"/api/v1/statuses/{made['id']}").ok() for caller in (alice, bob, nobody)),
        bob.get(f"/api/v1/statuses/{reblog['id']}").ok()["reblog"],
        bob.get(f"/api/v1/statuses/{quote['id']}").ok()["quote"]["quoted_status"],
        next(status for status in bob.home().ok() if status["id"] == made["id"]),
        next(status for status in nobody.get("/api/v1/timelines/public").ok() if status["id"] == made["id"]),
    ]
    assert {status["content"] for status in shown} == {"<p>Other *words*</p>"}
    assert {status["edited_at"] for status in shown} == {edited["edited_at"]}
    assert {status["favourites_count"] for status in shown} == {1}
    wrapper = bob.get(f"/api/v1/statuses/{reblog['id']}").ok()
    assert (wrapper["content"], wrapper["spoiler_text"]) == ("<p>Other *words*</p>", "Careful")
    ids = alice.get(f"/api/v1/accounts/{alice.id}/statuses").ids
    assert ids == [later["id"], made["id"]]


def test_the_history_has_every_version(alice: User, bob: User, nobody: Api) -> None:
    made = alice.status("One")
    assert [version["content"] for version in history(nobody, made["id"])] == ["<p>One</p>"]
    edit(alice, made["id"], status="Two", spoiler_text="Hm")
    edit(alice, made["id"], status="Three #tag")
    for caller in (alice, bob, nobody):
        found = history(caller, made["id"])
        assert [(version["spoiler_text"], version["sensitive"]) for version in found] == [
            ("", False),
            ("Hm", True),
            ("", False),
        ]
        assert "Three" in found[2]["content"]
        assert found[0]["created_at"] == made["created_at"]
        times = [version["created_at"] for version in found]
        assert times == sorted(set(times))
        assert {version["account"]["id"] for version in found} == {alice.id}
    assert times[-1] == alice.get(f"/api/v1/statuses/{made['id']}").ok()["edited_at"]


def test_the_source_is_the_text_as_it_was_written(alice: User, bob: User, nobody: Api) -> None:
    made = alice.status("*Hello* <b>\n\nhttps://roost.org", spoiler_text="A & B")
    source = {"id": made["id"], "text": "*Hello* <b>\n\nhttps://roost.org", "spoiler_text": "A & B"}
    assert alice.get(f"/api/v1/statuses/{made['id']}/source").ok() == source
    assert bob.get(f"/api/v1/statuses/{made['id']}/source").ok() == source
    assert nobody.get(f"/api/v1/statuses/{made['id']}/source").refused(401)


def test_an_edit_that_changes_nothing_makes_no_version(alice: User) -> None:
    made = alice.status("The same", spoiler_text="A warning")
    edited = edit(alice, made["id"], status="The same", spoiler_text="A warning")
    assert edited["edited_at"] is None
    assert len(history(alice, made["id"])) == 1


def test_an_edit_that_cannot_be_changes_nothing(alice: User, bob: User, nobody: Api) -> None:
    made = alice.status("As it is")
    reblog = alice.do("reblog", made["id"])
    refused = (
        put(alice, made["id"], status="").refused(422),
        put(alice, made["id"], status="x" * 281).refused(422),
        put(alice, made["id"], status="x", language="no language").refused(422),
        put(alice, made["id"], status="x", quote_approval_policy="friends").refused(422),
        put(alice, made["id"], status="x", media_ids=["123"]).refused(422),
        put(alice, reblog["id"], status="x").refused(404),
        put(alice, "1", status="x").refused(404),
        put(bob, made["id"], status="x").refused(404),
        nobody.form(f"/api/v1/statuses/{made['id']}", {"status": "x"}, method="PUT").refused(401),
    )
    assert all(refused)
    assert alice.get(f"/api/v1/statuses/{made['id']}").ok()["content"] == "<p>As it is</p>"
    assert len(history(alice, made["id"])) == 1


def test_mentions_and_hashtags_are_those_of_the_last_version(alice: User, bob: User, carol: User) -> None:
    tag, other = f"first{alice.id}", f"second{alice.id}"
    made = alice.status(f"@{bob.username} #{tag}")
    edited = edit(alice, made["id"], status=f"@{carol.username} #{other}")
    assert [mention["id"] for mention in edited["mentions"]] == [carol.id]
    assert [found["name"] for found in edited["tags"]] == [other]
    assert alice.get(f"/api/v1/timelines/tag/{tag}").ids == []
    assert alice.get(f"/api/v1/timelines/tag/{other}").ids == [made["id"]]
    assert alice.get(f"/api/v1/accounts/{alice.id}/statuses", tagged=other).ids == [made["id"]]
    alice.delete(f"/api/v1/statuses/{made['id']}").ok()
    assert alice.get(f"/api/v1/timelines/tag/{other}").ids == []


def test_who_is_mentioned_by_an_edit_may_see_a_direct_status_and_has_it_at_home(
    alice: User, bob: User, carol: User
) -> None:
    for other in (bob, carol):
        other.follow(alice)
        other.home().ok()
    made = alice.status(f"@{bob.username} psst", visibility="direct")
    path = f"/api/v1/statuses/{made['id']}"
    assert (made["id"] in bob.home().ids, made["id"] in carol.home().ids) == (True, False)
    edit(alice, made["id"], status=f"@{carol.username} psst")
    assert (made["id"] in bob.home().ids, made["id"] in carol.home().ids) == (False, True)
    assert carol.get(path).ok()["visibility"] == "direct"
    for what in ("", "/history", "/source", "/context"):
        assert bob.get(f"{path}{what}").refused(404)


@pytest.mark.parametrize("what", ["history", "source"])
def test_what_may_not_be_seen_has_no_history_and_no_source(alice: User, bob: User, what: str) -> None:
    made = alice.status("For followers", visibility="private")
    edit(alice, made["id"], status="For followers still")
    path = f"/api/v1/statuses/{made['id']}/{what}"
    assert bob.get(path).refused(404)
    bob.follow(alice)
    assert bob.get(path).status == 200
    alice.post(f"/api/v1/accounts/{bob.id}/block").ok()
    assert bob.get(path).refused(404)
    alice.delete(f"/api/v1/statuses/{made['id']}").ok()
    assert alice.get(path).refused(404)


def test_files_are_kept_added_described_and_taken_away(alice: User, bob: User) -> None:
    one, two, three = (upload(alice, samples.jpeg(60, 40), description=text).ok()["id"] for text in "123")
    others = upload(bob, samples.jpeg(60, 40)).ok()["id"]
    made = alice.status("Pictures", media_ids=[one, two])
    edited = edit(
        alice,
        made["id"],
        **{
            "status": "",
            "media_ids": [three, one],
            "media_attributes[0][id]": one,
            "media_attributes[0][description]": "Another word",
            "media_attributes[0][focus]": "0.5,-0.5",
        },
    )
    shown = edited["media_attachments"]
    assert [(media["id"], media["description"]) for media in shown] == [(three, "3"), (one, "Another word")]
    assert shown[1]["meta"]["focus"] == {"x": 0.5, "y": -0.5}
    assert alice.get(f"/api/v1/media/{one}").ok()["description"] == "Another word"
    versions = [
        [media["id"] for media in version["media_attachments"]] for version in history(bob, made["id"])
    ]
    assert versions == [[one], [three, one]], "what was taken away is in no version"
    assert alice.get(f"/api/v1/accounts/{alice.id}/statuses", only_media=True).ids == [made["id"]]
    for wrong in ([others], ["1"], [one, one]):
        assert put(alice, made["id"], status="x", media_ids=wrong).refused(422)
    for name, value in (("focus", "2,0"), ("focus", "left"), ("description", "x" * 1_501)):
        attributes = {"media_attributes[0][id]": one, f"media_attributes[0][{name}]": value}
        assert put(alice, made["id"], status="x", media_ids=[one], **attributes).refused(422)
    assert put(alice, made["id"], status="").refused(422)
    assert len(history(alice, made["id"])) == 2
    plain = edit(alice, made["id"], status="No pictures")
    assert plain["media_attachments"] == []
    assert alice.get(f"/api/v1/accounts/{alice.id}/statuses", only_media=True).ids == []
    again = alice.status("Elsewhere", media_ids=[one, two])
    assert [media["id"] for media in again["media_attachments"]] == [one, two]


def test_a_preview_of_one_s_own_can_be_given_with_an_edit(alice: User) -> None:
    media = upload(alice, samples.jpeg(600, 400), description="As it was").ok()
    made = alice.status("Picture", media_ids=[media["id"]])
    picture = base64.b64encode(samples.jpeg(90, 60)).decode()
    form = {"status": "Picture", "media_ids": [media["id"]]}

    def with_thumbnail(thumbnail: str) -> Answer:
        attributes = [{"id": media["id"], "thumbnail": thumbnail, "description": "As it is"}]
        body = json.dumps({**form, "media_attributes": attributes}).encode()
        path = f"/api/v1/statuses/{made['id']}"
        return alice.call("PUT", path, body, {"Content-Type": "application/json"})

    for wrong in ("picture", "data:image/jpeg;base64,@@@", "data:text/plain;base64,aGVsbG8="):
        assert with_thumbnail(wrong).refused(422)
    (shown,) = with_thumbnail(f"data:image/jpeg;base64,{picture}").ok()["media_attachments"]
    assert shown["preview_url"] != media["preview_url"]
    assert (shown["url"], shown["meta"]["small"]["width"]) == (media["url"], 90)
    (first, second) = (version["media_attachments"][0] for version in history(alice, made["id"]))
    assert (first["description"], second["description"]) == ("As it was", "As it is")
    assert first["preview_url"] == second["preview_url"] == shown["preview_url"]


def test_all_versions_of_a_quote_quote_the_same(alice: User, bob: User) -> None:
    quoted = alice.status("Quote me")
    made = bob.status("Look", quoted_status_id=quoted["id"])
    edited = edit(bob, made["id"], status="Look here")
    assert edited["quote"]["quoted_status"]["id"] == quoted["id"]
    expected = {"state": "accepted", "quoted_status_id": quoted["id"]}
    assert [version["quote"] for version in history(bob, made["id"])] == [expected] * 2
    assert alice.get(f"/api/v1/statuses/{quoted['id']}").ok()["quotes_count"] == 1


def test_replies_keep_what_they_answer(alice: User, bob: User) -> None:
    root = alice.status("Root")
    answer = bob.status("Answer", in_reply_to_id=root["id"])
    edited = edit(bob, answer["id"], status="Another answer")
    assert edited["in_reply_to_id"] == root["id"]
    edit(alice, root["id"], status="Another root")
    context = alice.get(f"/api/v1/statuses/{root['id']}/context").ok()
    assert [status["content"] for status in context["descendants"]] == ["<p>Another answer</p>"]


def test_a_status_as_json_and_in_other_forms(alice: User) -> None:
    made = alice.status("One")
    path = f"/api/v1/statuses/{made['id']}"
    body = b'{"status": "Two", "spoiler_text": "", "media_ids": [], "poll": null, "sensitive": true}'
    two = alice.call("PUT", path, body, {"Content-Type": "application/json"}).ok()
    assert (two["content"], two["sensitive"]) == ("<p>Two</p>", True)
    three = alice.multipart(path, [("status", "Three"), ("sensitive", "0")], method="PUT").ok()
    assert (three["content"], three["sensitive"]) == ("<p>Three</p>", False)
    assert len(history(alice, made["id"])) == 3
