"""toot, the command line client, a command at a time."""

import pytest

from tests.api.client import User
from tests.api.oauth import PASSWORD
from tests.api.process import ServerProcess
from tests.clients.toot import Toot

pytestmark = [pytest.mark.server, pytest.mark.client]

EMAIL = "tina@toot.example"


@pytest.fixture(scope="module")
def tina(server: ServerProcess) -> User:
    return server.user("tina", email=EMAIL, password=PASSWORD)


@pytest.fixture(scope="module")
def tinas(server: ServerProcess, tina: User, tmp_path_factory: pytest.TempPathFactory) -> Toot:
    """toot, signed in."""
    return Toot(tmp_path_factory.mktemp("toot") / "home").sign_in(tina, EMAIL)


def test_signs_in_with_a_password_and_out(toot: Toot, tina: User) -> None:
    toot.sign_in(tina, EMAIL)
    assert toot.read("whoami")["id"] == tina.id
    account = f"{tina.username}@{tina.url.removeprefix('http://')}"
    assert f"* {account} ACTIVE" in toot.run("auth")
    toot.run("logout", account)
    assert toot.fail("whoami") == "This command requires you to be logged in."


def test_does_not_sign_in_with_a_wrong_password(toot: Toot, tina: User) -> None:
    assert toot.fail("login_cli", "-i", tina.url, "-e", EMAIL, "-p", "wrong") == "Login failed"


def test_signs_in_with_a_code(toot: Toot, tina: User) -> None:
    assert "Successfully logged in" in toot.sign_in_by_browser(tina)
    assert toot.read("whoami")["id"] == tina.id


def test_shows_the_server(toot: Toot, server: ServerProcess) -> None:
    assert toot.read("instance", server.url)["uri"] == server.url.removeprefix("http://")
    assert "running Mastodon 4." in toot.run("instance", server.url)


def test_posts_replies_and_deletes(tinas: Toot, tina: User) -> None:
    posted = tinas.read("post", "A word with @nobody about #birds", "--visibility", "unlisted")
    assert posted["visibility"] == "unlisted"
    said = tinas.run("post", "And another", "--reply-to", posted["id"])
    assert said.startswith(f"Toot posted: {tina.url}/@{tina.username}/")
    reply_id = said.strip().rpartition("/")[2]
    assert tinas.ids("thread", posted["id"]) == [posted["id"], reply_id]
    assert tinas.read("status", reply_id)["in_reply_to_id"] == posted["id"]
    assert tinas.run("delete", posted["id"]) == "✓ Status deleted\n"
    assert tinas.fail("status", posted["id"]) == "Record not found"


def test_favourites_and_reblogs(tinas: Toot, tina: User, alice: User, bob: User) -> None:
    bob.follow(tina)
    before = bob.home().ids
    status_id = alice.status("Worth a second look")["id"]
    assert tinas.read("favourite", status_id)["favourited"] is True
    assert tinas.ids("timelines", "favourites") == [status_id]
    reblog = tinas.read("reblog", status_id)
    assert bob.home().ids == [reblog["id"], *before]
    assert [account["id"] for account in tinas.read("reblogged-by", status_id)] == [tina.id]
    assert tinas.read("unreblog", status_id)["reblogged"] is False
    assert tinas.read("unfavourite", status_id)["favourited"] is False
    assert bob.home().ids == before


def test_reads_the_home_timeline_to_its_end(server: ServerProcess, toot: Toot, alice: User) -> None:
    reader = server.user("reader", email="reader@toot.example", password=PASSWORD)
    toot.sign_in(reader, "reader@toot.example")
    assert toot.run("timelines", "home").endswith("No statuses found\n")
    reader.follow(alice)
    expected = alice.statuses(50)
    assert toot.ids("timelines", "home", "--limit", "7") == expected
    assert toot.ids("timelines", "home", "--limit", "10", "--max-id", expected[9]) == expected[10:]
    assert toot.ids("timelines", "home", "--no-pager", "--since-id", expected[3]) == expected[:3]
    assert (
        toot.ids("timelines", "home", "--no-pager", "--limit", "2", "--min-id", expected[9]) == expected[7:9]
    )
    assert toot.ids("timeline", "--count", "20") == expected[:20]


def test_reads_what_others_posted(tinas: Toot, alice: User) -> None:
    expected = alice.statuses(3)
    assert tinas.ids("timelines", "account", alice.username, "--limit", "2") == expected
    assert tinas.ids("timelines", "public", "--no-pager", "--limit", "3") == expected
    everybody = tinas.read("timelines", "public", "--instance", alice.url)
    assert [status["id"] for status in everybody[:3]] == expected


def test_lists_whom_one_mutes_and_blocks(
    tinas: Toot, tina: User, alice: User, bob: User, carol: User
) -> None:
    tina.post(f"/api/v1/accounts/{alice.id}/mute").ok()
    tina.post(f"/api/v1/accounts/{bob.id}/block").ok()
    assert [account["id"] for account in tinas.read("muted")] == [alice.id]
    assert [account["id"] for account in tinas.read("blocked")] == [bob.id]
    assert tinas.read("update-account", "--locked", "--note", "By appointment")["locked"] is True
    carol.follow(tina)
    assert [account["id"] for account in tinas.read("follow-requests", "list")] == [carol.id]
    assert tinas.read("update-account", "--no-locked")["locked"] is False
