"""Every Mastodon endpoint that Roost has is asked, and its answer held against Mastodon's own description.

The client holds every answer of every test against it; see `mastodon_contract`.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.api import careful_conversation, files_conversation, staff_conversation
from tests.api.client import Answer, Api
from tests.api.mastodon_contract import SCHEMA, MastodonContract, mastodon_contract
from tests.api.oauth import OUT_OF_BAND, PASSWORD, App
from tests.api.process import ServerProcess
from tests.api.push_service import Browser

NOT_DESCRIBED = {
    ("GET", "/api/v1/trends"): "the older address of /api/v1/trends/tags",
    ("GET", "/api/v1/search"): "gone from Mastodon since version 3; some clients still call it",
    ("GET", "/api/v1/preferences"): "the description has no schema for its answer",
    ("POST", "/oauth/revoke"): "the description has no schema for its answer",
    ("GET", "/oauth/authorize"): "a page for people",
    ("POST", "/oauth/authorize"): "a page for people",
    ("GET", "/.well-known/nodeinfo"): "not Mastodon's",
    ("GET", "/nodeinfo/2.0"): "not Mastodon's",
    ("GET", "/.well-known/host-meta"): "not Mastodon's, and XML",
    ("GET", "/avatars/original/missing.png"): "a picture",
    ("GET", "/headers/original/missing.png"): "a picture",
    ("POST", "/api/v1/statuses/{id}/translate"): "answers 503: there is no translation service",
    **staff_conversation.NOT_DESCRIBED,
    **files_conversation.NOT_DESCRIBED,
}


@pytest.fixture(scope="module")
def contract() -> MastodonContract:
    found = mastodon_contract()
    if found is None:
        pytest.skip(f"the optional description of Mastodon's API is not at {SCHEMA}")
    return found


Record = tuple[str, str, Answer]


@pytest.fixture(scope="module")
def records(server: ServerProcess, start_server: Callable[..., ServerProcess]) -> list[Record]:
    """A conversation that has every endpoint at least once, with answers that are not empty."""
    found: list[Record] = []

    def note(caller: Api, method: str, path: str, body: object = None) -> Answer:
        kind = {"Content-Type": "application/json"}
        answer = caller.call(method, path, None if body is None else json.dumps(body).encode(), kind)
        found.append((method, path.partition("?")[0], answer))
        return answer

    own = start_server(**careful_conversation.SETTINGS)
    careful_conversation.careful(own, note)
    own.stop()
    _accounts_and_statuses(server, note)
    _status_marks(server, note)
    _filters(server, note)
    _relationships(server, note)
    _tags(server, note)
    _people(server, note)
    _oauth(server, note)
    _reading(server, note)
    _notifications(server, note)
    _conversations(server, note)
    staff_conversation.staff(server, note)
    files_conversation.files(server, note)
    _push(server, note)
    for path in ("/api/v1/instance", "/api/v2/instance", "/api/v1/custom_emojis"):
        note(server.nobody, "GET", path)
    for path in ("/api/v1/timelines/home", "/api/v1/statuses/1", "/api/v1/accounts/1"):
        note(server.nobody, "GET", path)
    return found


def _accounts_and_statuses(server: ServerProcess, note: Any) -> None:
    alice, bob = server.user("alice"), server.user("bob")
    fields = [{"name": "Site", "value": "https://alice.org"}]
    note(
        alice,
        "PATCH",
        "/api/v1/accounts/update_credentials",
        {"note": "A #note", "fields_attributes": fields},
    )
    bob.follow(alice)
    text = f"Hello @{alice.username} #tag https://roost.org"
    posted = note(bob, "POST", "/api/v1/statuses", {"status": text, "spoiler_text": "x", "language": "en"})
    status = f"/api/v1/statuses/{posted.ok()['id']}"
    alice.status("A reply", in_reply_to_id=posted.ok()["id"])
    alice.status("A quote", quoted_status_id=posted.ok()["id"])
    for verb in ("reblog", "favourite"):
        note(alice, "POST", f"{status}/{verb}")
    alice_path, bob_path = f"/api/v1/accounts/{alice.id}", f"/api/v1/accounts/{bob.id}"
    paths = (
        *(status, f"{status}/context", f"{status}/favourited_by", f"{status}/reblogged_by"),
        *("/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/favourites"),
        *(alice_path, f"{alice_path}/statuses", f"{alice_path}/followers", f"{bob_path}/following"),
        *("/api/v1/accounts/verify_credentials", f"/api/v1/accounts/lookup?acct={bob.username}"),
        *(f"/api/v1/accounts?id[]={bob.id}", f"/api/v1/statuses?id[]={posted.ok()['id']}"),
        "/api/v1/preferences",
    )
    for path in paths:
        assert note(alice, "GET", path).body != b"[]", path
    for verb in ("unreblog", "unfavourite"):
        note(alice, "POST", f"{status}/{verb}")
    note(bob, "DELETE", status)


def _status_marks(server: ServerProcess, note: Any) -> None:
    dora = server.user("dora")
    status = f"/api/v1/statuses/{dora.status('To be kept')['id']}"
    for verb in ("bookmark", "pin", "mute"):
        note(dora, "POST", f"{status}/{verb}")
    for path in ("/api/v1/bookmarks", f"/api/v1/accounts/{dora.id}/statuses?pinned=true"):
        assert note(dora, "GET", path).body != b"[]", path
    for verb in ("unbookmark", "unpin", "unmute"):
        note(dora, "POST", f"{status}/{verb}")
    assert note(dora.unchecked(), "POST", f"{status}/translate").status == 503
    note(dora, "PUT", f"{status}/interaction_policy", {"quote_approval_policy": "followers"})
    quoting = dora.status("Look", quoted_status_id=status.rpartition("/")[2])["id"]
    assert note(dora, "GET", f"{status}/quotes").body != b"[]"
    note(dora, "POST", f"{status}/quotes/{quoting}/revoke")
    note(dora, "PUT", status, {"status": "Said otherwise"})
    for what in ("history", "source"):
        assert note(dora, "GET", f"{status}/{what}").body != b"[]"


def _filters(server: ServerProcess, note: Any) -> None:
    eve = server.user("eve")
    v1, v2, status = "/api/v1/filters", "/api/v2/filters", eve.status("A dragon")["id"]
    form = {"title": "T", "context": ["home"], "keywords_attributes": [{"keyword": "dragon"}]}
    one = f"{v2}/{note(eve, 'POST', v2, form).ok()['id']}"
    keyword = f"{v2}/keywords/{note(eve, 'POST', f'{one}/keywords', {'keyword': 'cat'}).ok()['id']}"
    entry = f"{v2}/statuses/{note(eve, 'POST', f'{one}/statuses', {'status_id': status}).ok()['id']}"
    assert note(eve, "GET", f"/api/v1/statuses/{status}").ok()["filtered"]
    old = f"{v1}/{note(eve, 'POST', v1, {'phrase': 'bird', 'context': ['home']}).ok()['id']}"
    for path in (v1, v2, one, f"{one}/keywords", f"{one}/statuses", keyword, entry, old):
        assert note(eve, "GET", path).body != b"[]"
    note(eve, "PUT", one, {"title": "Title"})
    note(eve, "PUT", keyword, {"keyword": "dog"})
    note(eve, "PUT", old, {"phrase": "fish"})
    for path in (keyword, entry, old, one):
        note(eve, "DELETE", path)


def _relationships(server: ServerProcess, note: Any) -> None:
    owner, fan, other = server.user("owner", protected=True), server.user("fan"), server.user("other")
    fan.follow(owner)
    other.follow(owner)
    assert note(owner, "GET", "/api/v1/follow_requests").body != b"[]"
    note(owner, "POST", f"/api/v1/follow_requests/{fan.id}/authorize")
    note(owner, "POST", f"/api/v1/follow_requests/{other.id}/reject")
    account = f"/api/v1/accounts/{fan.id}"
    for verb in ("follow", "unfollow", "remove_from_followers"):
        note(owner, "POST", f"{account}/{verb}")
    note(owner, "POST", f"{account}/mute", {"duration": 3_600})
    assert note(owner, "GET", "/api/v1/mutes").body != b"[]"
    note(owner, "POST", f"{account}/unmute")
    note(owner, "POST", f"{account}/block")
    assert note(owner, "GET", "/api/v1/blocks").body != b"[]"
    assert note(owner, "GET", f"/api/v1/accounts/relationships?id[]={fan.id}").body != b"[]"
    note(owner, "POST", f"{account}/unblock")


def _reading(server: ServerProcess, note: Any) -> None:
    reader = server.user("reader")
    note(reader, "POST", "/api/v1/markers", {"home": {"last_read_id": "5"}})
    note(reader, "GET", "/api/v1/markers?timeline[]=home&timeline[]=notifications")
    author = server.user("author")
    reader.follow(author)
    author.status("On a list #listed")
    made = note(reader, "POST", "/api/v1/lists", {"title": "List"}).ok()
    path = f"/api/v1/lists/{made['id']}"
    note(reader, "PUT", path, {"title": "Listed", "replies_policy": "none", "exclusive": True})
    note(reader, "POST", f"{path}/accounts", {"account_ids": [author.id]})
    note(reader, "POST", "/api/v1/tags/listed/follow")
    paths = ("/api/v1/lists", path, f"{path}/accounts", f"/api/v1/accounts/{author.id}/lists")
    for shown in (*paths, f"/api/v1/timelines/list/{made['id']}", "/api/v1/followed_tags"):
        assert note(reader, "GET", shown).body != b"[]", shown
    note(reader, "DELETE", f"{path}/accounts", {"account_ids": [author.id]})
    note(reader, "DELETE", path)
    note(reader, "POST", "/api/v1/tags/listed/unfollow")


def _tags(server: ServerProcess, note: Any) -> None:
    alice = server.user("alice")
    alice.status("About #schema https://schema.example.org")
    for path in ("timelines/tag/schema", "timelines/link?url=https://schema.example.org", "tags/schema"):
        assert note(alice, "GET", f"/api/v1/{path}").body != b"[]"
    assert note(alice, "GET", "/api/v1/featured_tags/suggestions").body != b"[]"
    made = note(alice, "POST", "/api/v1/featured_tags", {"name": "Schema"})
    for path in ("featured_tags", f"accounts/{alice.id}/featured_tags"):
        assert note(alice, "GET", f"/api/v1/{path}").body != b"[]"
    note(alice, "DELETE", f"/api/v1/featured_tags/{made.ok()['id']}")
    for verb in ("feature", "unfeature"):
        note(alice, "POST", f"/api/v1/tags/schema/{verb}")

    bob = server.user("bob")
    for text in ("#schema https://schema.example.org", "#schema https://schema.example.org"):
        made = bob.status(text)
        alice.do("favourite", made["id"])
        alice.do("reblog", made["id"])
        for _ in range(3):
            server.user("fan").do("favourite", made["id"])
    for kind in ("tags", "statuses", "links"):
        assert note(alice, "GET", f"/api/v1/trends/{kind}").body != b"[]"
    note(alice, "GET", "/api/v1/trends")


def _people(server: ServerProcess, note: Any) -> None:
    alice, bob, cid = server.user("alice"), server.user("bob"), server.user("cid")
    alice.follow(bob)
    bob.follow(cid)
    account = f"/api/v1/accounts/{bob.id}"
    note(alice, "POST", f"{account}/note", {"comment": "A friend"})
    for verb in ("pin", "unpin", "endorse"):
        note(alice, "POST", f"{account}/{verb}")
    for path in (
        *("endorsements", f"accounts/{alice.id}/endorsements", "directory?order=new"),
        *(f"accounts/familiar_followers?id[]={cid.id}", "suggestions"),
    ):
        assert note(alice, "GET", f"/api/v1/{path}").body != b"[]", path
    assert note(alice, "GET", "/api/v2/suggestions").body != b"[]"
    note(alice, "POST", f"{account}/unendorse")
    note(alice, "DELETE", f"/api/v1/suggestions/{cid.id}")
    for path in ("/api/v2/search?q=schema", f"/api/v1/accounts/search?q={bob.username}"):
        assert note(alice, "GET", path).body != b"[]"


def _conversations(server: ServerProcess, note: Any) -> None:
    alice, bob = server.user("alice"), server.user("bob")
    bob.status(f"@{alice.username} psst", visibility="direct")
    (found,) = note(alice, "GET", "/api/v1/conversations").ok()
    for verb in ("read", "unread"):
        note(alice, "POST", f"/api/v1/conversations/{found['id']}/{verb}")
    note(alice, "DELETE", f"/api/v1/conversations/{found['id']}")


def _push(server: ServerProcess, note: Any) -> None:
    alice, path = server.user("alice"), "/api/v1/push/subscription"
    target = {"endpoint": "https://push.example.org/1", "keys": Browser().keys, "standard": True}
    note(alice, "POST", path, {"subscription": target, "data": {"alerts": {"mention": True}}})
    note(alice, "PUT", path, {"data": {"policy": "none"}})
    note(alice, "GET", path)
    note(alice, "DELETE", path)


def _notifications(server: ServerProcess, note: Any) -> None:
    base, groups = "/api/v1/notifications", "/api/v2/notifications"
    alice, bob, stranger = server.user("alice"), server.user("bob"), server.user("stranger")
    made = alice.status("Hello")
    bob.follow(alice)
    for verb in ("favourite", "reblog"):
        bob.do(verb, made["id"])
    bob.status(f"@{alice.username} hello")
    for path in (f"{base}/policy", f"{groups}/policy"):
        note(alice, "GET", path)
    note(alice, "PATCH", f"{base}/policy", {"filter_new_accounts": False})
    note(alice, "PATCH", f"{groups}/policy", {"for_not_following": "filter"})
    requests = f"{base}/requests"
    for verb in ("accept", "dismiss"):
        for several in (False, True):
            stranger.status(f"@{alice.username} please")
            (found,) = note(alice, "GET", requests).ok()
            note(alice, "GET", f"{requests}/{found['id']}")
            path = f"{requests}/{verb}" if several else f"{requests}/{found['id']}/{verb}"
            note(alice, "POST", path, {"id": [found["id"]]} if several else None)
            if verb == "accept":
                stranger = server.user("stranger")
    note(alice, "GET", f"{requests}/merged")
    for path in (base, f"{base}/unread_count", f"{groups}/unread_count"):
        note(alice, "GET", path)
    found = note(alice, "GET", f"{groups}?expand_accounts=partial_avatars").ok()["notification_groups"]
    for path in (f"{groups}/{found[0]['group_key']}", f"{groups}/{found[0]['group_key']}/accounts"):
        note(alice, "GET", path)
    note(alice, "POST", f"{groups}/{found[0]['group_key']}/dismiss")
    first, second = note(alice, "GET", base).ok()[:2]
    note(alice, "GET", f"{base}/{first['id']}")
    note(alice, "POST", f"{base}/{first['id']}/dismiss")
    note(alice, "POST", f"{base}/dismiss", {"id": second["id"]})
    note(alice, "POST", f"{base}/clear")


def _oauth(server: ServerProcess, note: Any) -> None:
    app = App(server, OUT_OF_BAND, "read write")
    note(server.nobody, "GET", "/.well-known/oauth-authorization-server")
    note(server.nobody, "POST", "/api/v1/apps", {"client_name": "App", "redirect_uris": OUT_OF_BAND})
    pair = {"client_id": app.made["client_id"], "client_secret": app.made["client_secret"]}
    form = {**pair, "grant_type": "client_credentials", "scope": "read write"}
    caller = app.caller(note(server.nobody, "POST", "/oauth/token", form))
    note(caller, "GET", "/api/v1/apps/verify_credentials")
    registration = {"username": "schema", "email": "s@roost.example", "password": PASSWORD}
    note(caller, "POST", "/api/v1/accounts", {**registration, "agreement": True})
    note(caller, "POST", "/api/v1/accounts", registration)
    note(server.nobody, "POST", "/oauth/token", {**form, "client_secret": "wrong"})
    note(server.nobody, "POST", "/oauth/revoke", {**pair, "token": caller.token})


def _ours(server: ServerProcess) -> set[tuple[str, str]]:
    document = server.nobody.get("/roost/v1/openapi.json").ok()
    return {
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
        if not path.startswith("/roost/")
    }


def test_every_endpoint_was_asked(
    server: ServerProcess, contract: MastodonContract, records: list[Record]
) -> None:
    """With success, but for those that have a reason: the client held each answer against the description."""
    roost = server.nobody.contract
    asked = {(method, roost.template_of(path)) for method, path, _ in records}
    assert asked <= _ours(server)
    succeeded = {(method, roost.template_of(path)) for method, path, answer in records if answer.status < 300}
    assert _ours(server) - succeeded <= NOT_DESCRIBED.keys()


def test_what_is_described_was_held_against_the_description(
    server: ServerProcess, contract: MastodonContract, records: list[Record]
) -> None:
    """An endpoint that Mastodon describes has no excuse, but for a file, a page, or a stream."""
    described = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path))
        for path, methods in contract.document["paths"].items()
        for method in methods
    }
    held = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in contract.answered}
    ours = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in _ours(server)}
    excused = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in NOT_DESCRIBED}
    assert (described & ours) - held <= excused
