"""An account that did everything is deleted: nobody reads anything of it anywhere, and numbers are right."""

import json
from typing import Any

from tests.api.client import Api, User
from tests.api.oauth import PASSWORD
from tests.api.process import ServerProcess
from tests.api.test_scheduled import schedule
from tests.api.uploads import send_files, upload
from tests.media import samples

SECRET = "xylophone"
LOOKS = 4_000


def wait_until_purged(reader: Api, file_url: str) -> None:
    """Files go last."""
    path = file_url[file_url.index("/", 8) :]
    for _ in range(LOOKS):
        if reader.get(path).status == 404:
            return
    raise AssertionError("the account is not purged")


def do_everything(gone: User, alice: User, said: str, poll: dict[str, Any]) -> tuple[str, str, str]:
    """The id of a status, the URL of its file, and the URL of an avatar."""
    form = {"display_name": SECRET, "note": SECRET}
    path = "/api/v1/accounts/update_credentials"
    profile = send_files(gone, "PATCH", path, {"avatar": ("image/png", samples.png(40, 40))}, **form).ok()
    media = upload(gone, samples.jpeg(), description=SECRET).ok()
    status = gone.status(f"{SECRET} #{SECRET} @{alice.username}", media_ids=[media["id"]])
    gone.status(SECRET, in_reply_to_id=said)
    gone.status(f"@{alice.username} {SECRET}", visibility="direct")
    gone.status(SECRET, quoted_status_id=said)
    for verb in ("favourite", "reblog", "bookmark", "mute"):
        gone.do(verb, said)
    gone.do("pin", status["id"])
    gone.post(f"/api/v1/polls/{poll['id']}/votes", {"choices": [0]}).ok()
    schedule(gone, status=SECRET)
    gone.post("/roost/v1/drafts", {"status": SECRET}).ok()
    gone.post("/api/v1/lists", {"title": SECRET}).ok()
    gone.post(f"/api/v1/accounts/{alice.id}/note", {"comment": SECRET}).ok()
    gone.post("/api/v1/reports", {"account_id": alice.id, "comment": SECRET}).ok()
    return status["id"], media["url"], profile["avatar"]


def test_nothing_of_it_is_read_anywhere(server: ServerProcess, alice: User, bob: User) -> None:
    email = f"{SECRET}{server.operator.get('/roost/v1/stats').ok()['users']}@roost.example"
    gone = server.user("gone", email=email, password=PASSWORD)
    staff = server.user("staff", "read write follow admin:read admin:write", role="owner")
    gone.follow(alice)
    alice.follow(gone)
    said = alice.status("What alice said")["id"]
    poll = alice.status("Which?", poll={"options": ["a", "b"], "expires_in": 3_600})["poll"]
    status_id, file_url, avatar_url = do_everything(gone, alice, said, poll)
    alice.do("bookmark", status_id)
    alice.do("favourite", status_id)
    alice.post(f"/api/v1/accounts/{gone.id}/note", {"comment": "mine"}).ok()
    alice.post(f"/api/v1/accounts/{gone.id}/pin").ok()
    liste = alice.post("/api/v1/lists", {"title": "alice's"}).ok()["id"]
    alice.post(f"/api/v1/lists/{liste}/accounts", {"account_ids": [gone.id]}).ok()
    gone.post("/roost/v1/account/delete", {"password": PASSWORD}).ok()
    assert gone.home().refused(401)
    wait_until_purged(server.nobody, file_url)

    for caller in (server.nobody, alice, bob, staff):
        check_refused(caller, gone, status_id)
    check_pages(server.nobody, alice, staff, gone, said, liste)
    for url in (file_url, avatar_url):
        assert server.nobody.get(url[url.index("/", 8) :]).status == 404, "files are gone"

    now = alice.get(f"/api/v1/statuses/{said}").ok()
    counts = [now[f"{name}_count"] for name in ("favourites", "reblogs", "replies", "quotes")]
    assert counts == [0, 0, 0, 0]
    polled = alice.get(f"/api/v1/polls/{poll['id']}").ok()
    assert (polled["votes_count"], polled["voters_count"]) == (1, 1), "numbers keep a vote"
    account = alice.get(f"/api/v1/accounts/{alice.id}").ok()
    assert (account["followers_count"], account["following_count"]) == (0, 0)
    for name in (gone.username, gone.username.upper()):
        assert server.operator.post("/roost/v1/users", {"username": name}).refused(422), "not given again"
    server.user("heir", email=email, password=PASSWORD)


def check_refused(caller: Api, gone: User, status_id: str) -> None:
    account, status = f"/api/v1/accounts/{gone.id}", f"/api/v1/statuses/{status_id}"
    lookup = f"/api/v1/accounts/lookup?acct={gone.username}"
    for path in (account, lookup, f"{account}/statuses", status, f"{status}/context"):
        assert caller.get(path).status == 404, path


def check_pages(nobody: Api, alice: User, staff: User, gone: User, said: str, liste: str) -> None:
    """Everything that lists accounts or statuses."""
    pages: list[tuple[Api, str]] = [
        (nobody, "/api/v1/timelines/public"),
        (nobody, f"/api/v1/timelines/tag/{SECRET}"),
        (nobody, f"/api/v1/statuses/{said}/context"),
        (nobody, "/api/v1/directory"),
        (staff, "/api/v1/admin/accounts"),
        (staff, "/api/v1/admin/reports"),
    ]
    own = (
        "/api/v1/timelines/home",
        f"/api/v1/timelines/list/{liste}",
        f"/api/v1/lists/{liste}/accounts",
        "/api/v1/bookmarks",
        "/api/v1/favourites",
        "/api/v1/notifications",
        "/api/v2/notifications",
        "/api/v1/notifications/requests",
        "/api/v1/conversations",
        f"/api/v2/search?q={SECRET}&type=statuses",
        f"/api/v2/search?q={SECRET}&type=accounts",
        f"/api/v1/accounts/search?q={gone.username}",
        f"/api/v1/statuses/{said}/favourited_by",
        f"/api/v1/statuses/{said}/reblogged_by",
        f"/api/v1/statuses/{said}/quotes",
        f"/api/v1/accounts/{alice.id}/followers",
        f"/api/v1/accounts/{alice.id}/following",
        "/api/v1/endorsements",
        "/api/v1/suggestions",
        "/api/v1/trends/statuses",
    )
    for caller, path in (*pages, *((alice, each) for each in own)):
        shown = json.dumps(caller.get(path).ok())
        assert SECRET not in shown, path
        if "reports" not in path:
            assert gone.id not in shown, path
            assert gone.username not in shown, path
