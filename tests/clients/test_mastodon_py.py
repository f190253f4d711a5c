"""Mastodon.py, the library behind most bots, in a process of its own."""

from collections.abc import Callable

import pytest

from tests.api.client import User
from tests.api.oauth import PASSWORD
from tests.api.process import ServerProcess
from tests.clients.browser import code_shown
from tests.clients.mastodon_py import MastodonPy, Refused

pytestmark = [pytest.mark.server, pytest.mark.client]

SCOPES = ["read", "write", "follow", "push"]
Connect = Callable[[User], MastodonPy]
Start = Callable[[], MastodonPy]


def registered(client: MastodonPy, server: ServerProcess) -> MastodonPy:
    """A client that has made itself known, without a user yet."""
    made = client.do("create_app", "Clients", scopes=SCOPES, api_base_url=server.url)
    return client.open(client_id=made[0], client_secret=made[1], api_base_url=server.url)


def refusal(client: MastodonPy, name: str, *given: object, **named: object) -> str:
    """The name of the exception with which a call ends."""
    with pytest.raises(Refused) as caught:
        client.do(name, *given, **named)
    return caught.value.kind


def test_signs_in_with_a_password(server: ServerProcess, start_mastodon_py: Start) -> None:
    user = server.user("ada", email="ada@library.example", password=PASSWORD)
    client = registered(start_mastodon_py(), server)
    assert client.do("log_in", "ada@library.example", PASSWORD, scopes=SCOPES, allow_http=True)
    assert client.do("me")["id"] == user.id
    assert client.do("app_verify_credentials")["name"] == "Clients"
    wrong = registered(start_mastodon_py(), server)
    kind = refusal(wrong, "log_in", "ada@library.example", "wrong", scopes=SCOPES, allow_http=True)
    assert kind == "MastodonIllegalArgumentError"


def test_signs_in_with_a_code_and_signs_out(server: ServerProcess, start_mastodon_py: Start) -> None:
    user = server.user("bea", email="bea@library.example", password=PASSWORD)
    client = registered(start_mastodon_py(), server)
    address = client.do("auth_request_url", scopes=SCOPES, allow_http=True)
    code = code_shown(address, "bea@library.example", PASSWORD)
    token = client.do("log_in", code=code, scopes=SCOPES, allow_http=True)
    assert client.do("me")["username"] == user.username
    client.do("revoke_access_token", allow_http=True)
    client.open(access_token=token, api_base_url=server.url)
    assert refusal(client, "timeline_home") == "MastodonUnauthorizedError"


def test_registers_an_account(server: ServerProcess, start_mastodon_py: Start) -> None:
    client = registered(start_mastodon_py(), server)
    named = {"agreement": True, "scopes": SCOPES}
    client.do("create_account", "newcomer", PASSWORD, "newcomer@library.example", **named)
    assert client.do("me")["username"] == "newcomer"


def test_knows_what_server_it_has_met(server: ServerProcess, start_mastodon_py: Start) -> None:
    client = start_mastodon_py().open(api_base_url=server.url)
    assert client.do("retrieve_mastodon_version", fail_hard=True)
    assert client.do("verify_minimum_version", "4.0.0") is True
    assert client.do("instance_v1")["uri"] == server.url.removeprefix("http://")
    assert client.do("instance_v2")["domain"] == server.url.removeprefix("http://")
    assert client.do("instance_nodeinfo")["software"]["name"] == "roost"
    assert client.do("get_approx_server_time")
    assert client.do("custom_emojis") == []


def test_follows_posts_replies_and_deletes(mastodon_py: Connect, alice: User, bob: User) -> None:
    alices, bobs = mastodon_py(alice), mastodon_py(bob)
    assert bobs.do("account_lookup", alice.username)["id"] == alice.id
    assert bobs.do("account_follow", alice.id)["following"] is True
    posted = alices.do("status_post", "A first #status", visibility="public", language="en")
    assert bobs.keep("timeline_home").ids == [posted["id"]]
    reply = bobs.do("status_reply", bobs.keep("status", posted["id"]), "Welcome")
    assert reply["in_reply_to_id"] == posted["id"]
    assert [mention["id"] for mention in reply["mentions"]] == [alice.id]
    context = alices.do("status_context", posted["id"])
    assert [status["id"] for status in context["descendants"]] == [reply["id"]]
    assert alices.do("status_delete", posted["id"])["text"] == "A first #status"
    assert refusal(bobs, "status", posted["id"]) == "MastodonNotFoundError"
    assert bobs.keep("timeline_home").ids == [reply["id"]]


def test_reblogs_and_favourites(mastodon_py: Connect, alice: User, bob: User, carol: User) -> None:
    carol.follow(bob)
    status_id = alice.status("Worth a second look")["id"]
    client = mastodon_py(bob)
    reblog = client.do("status_reblog", status_id)
    assert (reblog["reblog"]["id"], reblog["reblog"]["reblogged"]) == (status_id, True)
    assert client.do("status_favourite", status_id)["favourited"] is True
    assert client.keep("favourites").ids == [status_id]
    assert client.keep("status_reblogged_by", status_id).ids == [bob.id]
    assert client.keep("status_favourited_by", status_id).ids == [bob.id]
    assert carol.home().ids == [reblog["id"]]
    assert client.do("status_unreblog", status_id)["reblogged"] is False
    assert client.do("status_unfavourite", status_id)["favourited"] is False
    assert carol.home().ids == []


def test_repeats_a_post_without_posting_it_twice(mastodon_py: Connect, alice: User) -> None:
    client = mastodon_py(alice)
    posted = [client.do("status_post", "Once", idempotency_key="a-key")["id"] for _ in range(2)]
    assert client.keep("timeline_home").ids == posted[:1]
    assert posted[0] == posted[1]


def test_mutes_blocks_and_answers_requests(mastodon_py: Connect, alice: User, bob: User) -> None:
    client = mastodon_py(alice)
    assert client.do("account_update_credentials", locked=True, note="By appointment")["locked"] is True
    bob.follow(alice)
    assert client.keep("follow_requests").ids == [bob.id]
    client.do("follow_request_authorize", bob.id)
    assert client.keep("account_followers", alice.id).ids == [bob.id]
    assert client.do("account_mute", bob.id)["muting"] is True
    assert client.keep("mutes").ids == [bob.id]
    assert client.do("account_unmute", bob.id)["muting"] is False
    assert client.do("account_block", bob.id)["blocking"] is True
    assert client.keep("blocks").ids == [bob.id]
    assert client.do("account_relationships", [bob.id])[0]["followed_by"] is False


@pytest.mark.parametrize("count", [10, 13])
def test_pages_the_home_timeline_to_both_ends(
    mastodon_py: Connect, alice: User, bob: User, count: int
) -> None:
    """Whether the last page is full or not."""
    bob.follow(alice)
    expected = alice.statuses(60)
    client = mastodon_py(bob)
    first = client.keep("timeline_home", limit=count)
    down = client.walk(first, "fetch_next")
    assert [status_id for page in down for status_id in page.ids] == expected
    assert [len(page.ids) for page in down[:-1]] == [count] * (len(down) - 1)
    up = client.walk(down[-1], "fetch_previous")
    assert [status_id for page in reversed(up) for status_id in page.ids] == expected


def test_pages_are_not_disturbed_by_what_arrives(mastodon_py: Connect, alice: User, bob: User) -> None:
    bob.follow(alice)
    expected = alice.statuses(25)
    client = mastodon_py(bob)
    page = client.keep("timeline_home", limit=7)
    down, arrived = [], []
    while page.ids:
        down.append(page)
        arrived.insert(0, alice.status("News")["id"])
        page = client.keep("fetch_next", page)
    assert [status_id for page in down for status_id in page.ids] == expected
    up = client.walk(down[-1], "fetch_previous")
    assert [status_id for page in reversed(up) for status_id in page.ids] == arrived + expected


def test_pages_lists_by_the_cursors_that_servers_choose(mastodon_py: Connect, alice: User, bob: User) -> None:
    """Favourites and accounts are not paged by the ids that are shown."""
    posted = alice.statuses(9)
    for status_id in posted:
        bob.do("favourite", status_id)
    client = mastodon_py(bob)
    pages = client.walk(client.keep("favourites", limit=4), "fetch_next")
    assert [status_id for page in pages for status_id in page.ids] == posted[::-1]


def test_reads_what_an_account_posted(mastodon_py: Connect, alice: User, bob: User) -> None:
    first = alice.status("Alone")["id"]
    reply = alice.status("To Bob", in_reply_to_id=bob.status("Hello")["id"])["id"]
    client = mastodon_py(bob)
    assert client.keep("account_statuses", alice.id).ids == [reply, first]
    assert client.keep("account_statuses", alice.id, exclude_replies=True).ids == [first]
    assert client.keep("statuses", [first, reply]).ids == [first, reply]
    assert client.do("account", alice.id)["statuses_count"] == 2
    assert first in client.keep("timeline_public", limit=40).ids


def test_a_refused_status_is_refused_with_a_reason(mastodon_py: Connect, alice: User) -> None:
    client = mastodon_py(alice)
    with pytest.raises(Refused, match="Validation failed"):
        client.do("status_post", "")
    assert client.keep("timeline_home").ids == []
