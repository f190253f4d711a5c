"""What moderators do to accounts, who sees what of it, and what the accounts' owners are told."""

from contextlib import ExitStack

import pytest

from tests.api.client import Answer, Api, User
from tests.api.oauth import PASSWORD, App, Page
from tests.api.process import ServerProcess
from tests.api.streams import WebSocketClient
from tests.api.test_bulletin import PNG
from tests.api.uploads import send_files

SCOPES = "read write follow push admin:read admin:write"


@pytest.fixture
def warden(server: ServerProcess) -> User:
    return server.user("warden", SCOPES, role="moderator")


@pytest.fixture
def target(server: ServerProcess) -> User:
    return _account(server, "target")


def _account(server: ServerProcess, hint: str) -> User:
    name = f"{hint}{server.operator.get('/roost/v1/stats').ok()['users']}"
    return server.user(hint, email=f"{name}@roost.example", password=PASSWORD)


def _act(caller: Api, user: User, kind: str, **more: object) -> Answer:
    return caller.post(f"/api/v1/admin/accounts/{user.id}/action", {"type": kind, **more})


def _seen(caller: Api, user: User) -> dict[str, object]:
    found: dict[str, object] = caller.get(f"/api/v1/accounts/{user.id}").ok()
    return found


class TestSuspended:
    def test_is_shown_to_nobody(
        self, server: ServerProcess, warden: User, target: User, alice: User, bob: User
    ) -> None:
        alice.follow(target)
        target.follow(alice)
        status = target.status("What I said")
        path = f"/api/v1/statuses/{status['id']}"
        bob.status("A mention: hello", visibility="public")
        quote = bob.status("Look at this", quoted_status_id=status["id"])
        reblog = bob.do("reblog", status["id"])
        assert alice.home().ids == [status["id"]]
        _act(warden, target, "suspend", text="Spam").ok()
        for caller in (server.nobody, alice, bob):
            shown = _seen(caller, target)
            assert (shown["suspended"], shown["display_name"], shown["note"]) == (True, "", "")
            assert caller.get(f"/api/v1/accounts/{target.id}/statuses").ids == []
            assert caller.get(path).refused(404)
            assert caller.get(f"{path}/context").refused(404)
            listed = caller.get("/api/v1/timelines/public", limit=40).ids
            assert status["id"] not in listed
            assert reblog["id"] not in caller.get(f"/api/v1/accounts/{bob.id}/statuses").ids
            inner = caller.get(f"/api/v1/statuses/{quote['id']}").ok()["quote"]
            assert inner is None or inner.get("quoted_status") is None
        assert alice.home().ids == []
        assert target.id not in alice.get(f"/api/v1/accounts/{alice.id}/followers").ids
        assert alice.post(f"/api/v1/accounts/{target.id}/follow").refused(404)
        assert alice.post(f"/api/v1/statuses/{status['id']}/favourite").refused(404)
        assert warden.post(f"/api/v1/admin/accounts/{target.id}/unsuspend").ok()["suspended"] is False
        assert alice.home().ids == [status["id"]]
        assert alice.get(path).status == 200
        assert "suspended" not in _seen(alice, target)

    def test_s_owner_can_do_nothing_and_is_told_why(
        self, server: ServerProcess, warden: User, target: User
    ) -> None:
        _act(warden, target, "suspend", text="Spam, again").ok()
        for answer in (target.home(), target.post("/api/v1/statuses", {"status": "x"})):
            assert answer.refused(403) == "Your account has been suspended: Spam, again"
        app = App(server)
        page = app.submit(target.username)
        assert page.status == 403
        assert "Spam, again" in page.text
        assert Page(page.text).ids["user_email"]
        wrong = app.submit(target.username, "a wrong password")
        assert wrong.status == 401
        assert "Spam" not in wrong.text, "who does not know the password learns nothing"

    def test_deleted_is_gone_for_good(
        self, server: ServerProcess, warden: User, target: User, alice: User
    ) -> None:
        alice.follow(target)
        status = target.status("What I said")
        alice.do("favourite", status["id"])
        assert warden.delete(f"/api/v1/admin/accounts/{target.id}").refused(403)
        _act(warden, target, "suspend").ok()
        assert warden.delete(f"/api/v1/admin/accounts/{target.id}").ok()["id"] == target.id
        assert alice.get(f"/api/v1/accounts/{target.id}").refused(404)
        assert alice.get(f"/api/v1/accounts/lookup?acct={target.username}").refused(404)
        assert alice.get(f"/api/v1/statuses/{status['id']}").refused(404)
        assert warden.get(f"/api/v1/admin/accounts/{target.id}").refused(404)
        assert target.home().refused(401)
        again = server.operator.post("/roost/v1/users", {"username": target.username})
        assert again.refused(422), "the name is not given again"
        assert App(server).submit(target.username).status == 401


class TestSilenced:
    def test_is_seen_by_its_followers_alone(
        self, server: ServerProcess, warden: User, target: User, alice: User, bob: User
    ) -> None:
        alice.follow(target)
        status = target.status("Quietly #hush")
        _act(warden, target, "silence").ok()

        def listed(caller: Api) -> bool:
            return status["id"] in caller.get("/api/v1/timelines/public", limit=40).ids

        assert [listed(caller) for caller in (server.nobody, bob, alice, target)] == [
            False,
            False,
            True,
            True,
        ]
        assert status["id"] not in bob.get("/api/v1/timelines/tag/hush").ids
        assert alice.home().ids == [status["id"]]
        assert bob.get(f"/api/v1/statuses/{status['id']}").status == 200, "who asks for it by name gets it"
        assert _seen(bob, target)["limited"] is True
        warden.post(f"/api/v1/admin/accounts/{target.id}/unsilence").ok()
        assert listed(bob)
        assert "limited" not in _seen(bob, target)

    def test_s_owner_is_told(self, warden: User, target: User) -> None:
        _act(warden, target, "silence", text="Be kind").ok()
        found = target.get("/roost/v1/account/standing").ok()
        assert (found["silenced"], found["reason"]) == (True, "Be kind")
        assert [(each["action"], each["reason"]) for each in found["history"]] == [("silence", "Be kind")]


class TestStreams:
    def test_of_the_suspended_end_at_once(self, warden: User, target: User) -> None:
        with WebSocketClient(target.url, target.token, stream="user") as stream:
            assert stream.settle() == []
            _act(warden, target, "suspend").ok()
            assert stream.message() == {"error": "The access token is invalid", "status": 401}
            with pytest.raises(EOFError):
                stream.message()
            assert stream.code == 1008

    def test_of_everybody_s_statuses_have_none_of_the_silenced(
        self, warden: User, target: User, alice: User, bob: User
    ) -> None:
        alice.follow(target)
        _act(warden, target, "silence").ok()
        with ExitStack() as opened:
            streams = [
                opened.enter_context(WebSocketClient(user.url, user.token, stream="public"))
                for user in (alice, bob)
            ]
            for stream in streams:
                assert stream.settle() == []
            quiet, loud = target.status("Quietly"), warden.status("Loudly")
            follower = streams[0]
            assert follower.next().payload["id"] == quiet["id"]
            for stream in streams:
                assert stream.next().payload["id"] == loud["id"]


def test_marked_media_are_sensitive(warden: User, target: User) -> None:
    sent = send_files(target, "POST", "/api/v2/media", {"file": ("image/png", PNG)}).json
    words = target.status("Words alone")
    made = target.status("A picture", media_ids=[sent["id"]])
    assert made["sensitive"] is False
    _act(warden, target, "sensitive").ok()
    assert warden.get(f"/api/v1/statuses/{made['id']}").ok()["sensitive"] is True
    assert warden.get(f"/api/v1/statuses/{words['id']}").ok()["sensitive"] is False
    warden.post(f"/api/v1/admin/accounts/{target.id}/unsensitive").ok()
    assert warden.get(f"/api/v1/statuses/{made['id']}").ok()["sensitive"] is False


def test_disabled_cannot_sign_in_and_stays_seen(warden: User, target: User, alice: User) -> None:
    status = target.status("Still here")
    _act(warden, target, "disable").ok()
    assert target.home().refused(403) == "Your login is currently disabled"
    assert alice.get(f"/api/v1/statuses/{status['id']}").status == 200
    warden.post(f"/api/v1/admin/accounts/{target.id}/enable").ok()
    assert target.home().status == 200


def test_a_warning_changes_nothing(warden: User, target: User) -> None:
    _act(warden, target, "none", text="Mind the rules").ok()
    found = target.get("/roost/v1/account/standing").ok()
    assert [each["action"] for each in found["history"]] == ["warn"]
    assert not any(found[name] for name in ("sensitive", "silenced", "disabled", "suspended"))


class TestWhoMay:
    def test_not_everybody(self, server: ServerProcess, target: User, alice: User) -> None:
        """Neither the scope without the role nor the role without the scope suffices."""
        paths = ("/api/v1/admin/accounts", "/api/v2/admin/accounts", "/api/v1/admin/reports")
        scoped = server.token(alice.username, SCOPES)
        client = server.operator.post("/roost/v1/apps", {"name": "App", "scopes": SCOPES}).ok()["client_id"]
        form = {"username": alice.username, "scopes": SCOPES, "client_id": client}
        scoped = server.operator.post("/roost/v1/tokens", form).ok()["token"]
        moderator = server.user("scopeless", role="moderator")
        for caller in (alice, Api(server.url, scoped, server.nobody.contract), moderator):
            for path in paths:
                assert caller.get(path).refused(403)
            assert _act(caller, target, "suspend").refused(403)
            assert caller.post("/roost/v1/admin/moderate", {"username": "x", "action": "warn"}).refused(403)
        assert server.nobody.get(paths[0]).refused(401)

    def test_nobody_acts_on_whom_they_do_not_outrank(self, server: ServerProcess, warden: User) -> None:
        for role in ("moderator", "admin", "owner"):
            assert _act(warden, server.user(role, role=role), "suspend").refused(403)
        assert _act(warden, warden, "none").refused(403)

    def test_no_account(self, server: ServerProcess, warden: User) -> None:
        for user_id in ("1", "0", "x", "99999999999999999999"):
            assert warden.get(f"/api/v1/admin/accounts/{user_id}").refused(404)
        assert warden.post("/api/v1/admin/accounts/1/action", {"type": "explode"}).refused(422)


class TestListing:
    def test_filters(self, server: ServerProcess, warden: User, target: User) -> None:
        _act(warden, target, "silence").ok()

        def v2(**query: object) -> list[str]:
            return warden.get("/api/v2/admin/accounts", **query).ids

        name = target.username
        assert v2(username=name) == [target.id]
        assert v2(username=name, status="silenced") == [target.id]
        assert v2(username=name, status="suspended") == []
        assert v2(username=name, origin="remote") == []
        assert v2(username=name, permissions="staff") == []
        assert v2(username=name, email="@roost.example") == [target.id]
        assert warden.id in v2(permissions="staff")
        assert v2(role_ids=["1"], username=warden.username) == [warden.id]
        assert warden.get("/api/v1/admin/accounts", silenced=True, username=name).ids == [target.id]
        found = warden.get(f"/api/v1/admin/accounts/{target.id}").ok()
        assert found["email"].endswith("@roost.example")
        assert (found["silenced"], found["role"]["id"]) == (True, "-99")

    def test_pages_to_the_end_both_ways(self, server: ServerProcess, warden: User) -> None:
        made = [server.user("paged").id for _ in range(5)]
        mine = warden.walk("/api/v2/admin/accounts", username="paged", limit=2)
        assert mine[:5] == made[::-1]
        back = warden.walk("/api/v2/admin/accounts", "prev", username="paged", limit=2, min_id="1")
        assert back == mine


def test_new_accounts_wait_for_approval(start_server) -> None:  # type: ignore[no-untyped-def]
    server = start_server(registration_approval="true")
    warden = server.user("warden", SCOPES, role="moderator")
    app = server.nobody.post(
        "/api/v1/apps",
        {"client_name": "A", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write"},
    ).ok()
    form = {"grant_type": "client_credentials", "client_id": app["client_id"], "scope": "read write"}
    made = server.nobody.form("/oauth/token", {**form, "client_secret": app["client_secret"]}).ok()
    caller = Api(server.url, made["access_token"], server.nobody.contract)
    for name in ("patient", "unwanted"):
        registration = {"username": name, "email": f"{name}@roost.example", "password": PASSWORD}
        token = caller.post("/api/v1/accounts", {**registration, "agreement": True}).ok()["access_token"]
        user = Api(server.url, token, server.nobody.contract)
        assert "approval" in user.get("/api/v1/timelines/home").refused(403)
        (account,) = warden.get("/api/v2/admin/accounts", status="pending").ok()
        assert account["approved"] is False
        verb = "approve" if name == "patient" else "reject"
        warden.post(f"/api/v1/admin/accounts/{account['id']}/{verb}").ok()
        after = user.get("/api/v1/timelines/home")
        assert after.status == (200 if name == "patient" else 401)
    server.stop()
