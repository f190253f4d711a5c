"""Tokens without a browser; revoking them; what tokens allow."""

import base64

import pytest

from tests.api.client import Answer, Api, User, query_of
from tests.api.oauth import OUT_OF_BAND, PASSWORD, App
from tests.api.process import ServerProcess


@pytest.fixture(scope="module")
def app(server: ServerProcess) -> App:
    return App(server, OUT_OF_BAND, "read write follow")


@pytest.fixture(scope="module")
def dora(server: ServerProcess) -> User:
    """Somebody who can sign in."""
    return server.user("dora", email="grants@roost.example", password=PASSWORD)


def _grant(app: App, grant_type: str, **changes: str) -> Answer:
    form = {
        "grant_type": grant_type,
        "client_id": app.made["client_id"],
        "client_secret": app.made["client_secret"],
        **changes,
    }
    return app.api.form("/oauth/token", {name: value for name, value in form.items() if value})


def _password(app: App, user: User, **changes: str) -> Answer:
    return _grant(app, "password", **{"username": user.username, "password": PASSWORD, **changes})


class TestAppTokens:
    def test_an_app_acts_for_itself(self, app: App) -> None:
        answer = _grant(app, "client_credentials", scope="read")
        assert answer.ok()["scope"] == "read"
        assert app.caller(answer).get("/api/v1/apps/verify_credentials").ok()["name"] == "Dancer"

    def test_where_a_user_is_needed(self, app: App) -> None:
        caller = app.caller(_grant(app, "client_credentials", scope="read write follow"))
        wanted = "This method requires an authenticated user"
        for path in ("timelines/home", "accounts/verify_credentials", "favourites", "blocks", "preferences"):
            assert caller.get(f"/api/v1/{path}").refused(422) == wanted
        assert caller.post("/api/v1/statuses", {"status": "A ghost"}).refused(422) == wanted

    @pytest.mark.parametrize(
        "change", [{"client_secret": ""}, {"client_secret": "wrong"}, {"client_id": "unknown"}]
    )
    def test_an_app_has_to_show_its_secret(self, app: App, change: dict[str, str]) -> None:
        assert _grant(app, "client_credentials", **change).refused(401) == "invalid_client"

    @pytest.mark.parametrize("scope", ["push", "read push", "admin:read", "ingest", "nonsense"])
    def test_no_more_than_it_registered_for(self, app: App, scope: str) -> None:
        assert _grant(app, "client_credentials", scope=scope).refused(400) == "invalid_scope"

    @pytest.mark.parametrize("scope", ["read:statuses", "write:media read:accounts", "write:follows"])
    def test_a_part_of_what_it_registered_for(self, app: App, scope: str) -> None:
        assert set(_grant(app, "client_credentials", scope=scope).ok()["scope"].split()) == set(scope.split())

    def test_operators_scopes_are_not_for_apps(self, server: ServerProcess) -> None:
        form = {
            "client_name": "Greedy",
            "redirect_uris": OUT_OF_BAND,
            "scopes": "read admin:read admin:write ingest",
        }
        answer = server.nobody.post("/api/v1/apps", form)
        if answer.status == 200:
            made = answer.json
            greedy = App(server)
            greedy.made = made
            for scope in ("admin:read", "admin:write", "ingest", "admin:read:accounts"):
                assert _grant(greedy, "client_credentials", scope=scope).refused(400) == "invalid_scope"


class TestPasswords:
    @pytest.mark.parametrize("login", ["username", "grants@roost.example", "Grants@Roost.Example"])
    def test_a_password_for_a_token(self, app: App, dora: User, login: str) -> None:
        answer = _password(
            app, dora, username=dora.username if login == "username" else login, scope="read write"
        )
        assert answer.ok()["scope"] == "read write"
        assert app.caller(answer).get("/api/v1/accounts/verify_credentials").ok()["id"] == dora.id

    @pytest.mark.parametrize(
        ("change", "status", "error"),
        [
            ({"password": "wrong"}, 400, "invalid_grant"),
            ({"password": "p" * 1_000}, 400, "invalid_grant"),
            ({"username": "unknown"}, 400, "invalid_grant"),
            ({"username": "u" * 1_000 + "@x"}, 400, "invalid_grant"),
            ({"password": ""}, 400, "invalid_request"),
            ({"username": ""}, 400, "invalid_request"),
            ({"client_secret": "wrong"}, 401, "invalid_client"),
            ({"scope": "push"}, 400, "invalid_scope"),
        ],
    )
    def test_refusals(self, app: App, dora: User, change: dict[str, str], status: int, error: str) -> None:
        answer = _password(app, dora, **change)
        assert answer.refused(status) == error
        assert "access_token" not in answer.json


class TestRevoking:
    def test_it_takes_effect_at_once(self, app: App, dora: User) -> None:
        caller = app.caller(_password(app, dora, scope="read"))
        other = app.caller(_password(app, dora, scope="read"))
        assert caller.get("/api/v1/timelines/home").status == 200
        assert _revoke(app, caller.token).ok() == {}
        assert caller.get("/api/v1/timelines/home").refused(401) == "The access token is invalid"
        assert other.get("/api/v1/timelines/home").status == 200

    def test_revoking_what_is_not_there(self, app: App) -> None:
        assert _revoke(app, "unknown").ok() == {}

    def test_an_app_cannot_revoke_the_tokens_of_another(
        self, app: App, server: ServerProcess, dora: User
    ) -> None:
        caller = app.caller(_password(app, dora, scope="read"))
        _revoke(App(server), caller.token)
        assert caller.get("/api/v1/timelines/home").status == 200

    def test_a_wrong_secret(self, app: App, dora: User) -> None:
        caller = app.caller(_password(app, dora, scope="read"))
        assert _revoke(app, caller.token, client_secret="wrong").refused(401) == "invalid_client"
        assert caller.get("/api/v1/timelines/home").status == 200

    def test_with_the_secret_in_the_header(self, app: App, dora: User) -> None:
        caller = app.caller(_password(app, dora, scope="read"))
        pair = f"{app.made['client_id']}:{app.made['client_secret']}".encode()
        headers = {
            "Authorization": f"Basic {base64.b64encode(pair).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = query_of({"token": caller.token}).encode()
        assert app.api.call("POST", "/oauth/revoke", body, headers).ok() == {}
        assert caller.get("/api/v1/timelines/home").status == 401


def _revoke(app: App, token: str, **changes: str) -> Answer:
    form = {"client_id": app.made["client_id"], "client_secret": app.made["client_secret"], "token": token}
    return app.api.form("/oauth/revoke", {**form, **changes})


_CALLS = [
    ("GET", "/api/v1/timelines/home", ["read", "read:statuses"]),
    ("GET", "/api/v1/accounts/verify_credentials", ["read", "read:accounts", "profile"]),
    ("GET", "/api/v1/preferences", ["read", "read:accounts"]),
    ("GET", "/api/v1/favourites", ["read", "read:favourites"]),
    ("GET", "/api/v1/accounts/relationships", ["read", "read:follows", "follow"]),
    ("GET", "/api/v1/follow_requests", ["read", "read:follows", "follow"]),
    ("GET", "/api/v1/blocks", ["read", "read:blocks", "follow"]),
    ("GET", "/api/v1/mutes", ["read", "read:mutes", "follow"]),
    ("PATCH", "/api/v1/accounts/update_credentials", ["write", "write:accounts"]),
    ("POST", "/api/v1/statuses", ["write", "write:statuses"]),
    ("DELETE", "/api/v1/statuses/1", ["write", "write:statuses"]),
    ("POST", "/api/v1/statuses/1/reblog", ["write", "write:statuses"]),
    ("POST", "/api/v1/statuses/1/unreblog", ["write", "write:statuses"]),
    ("POST", "/api/v1/statuses/1/favourite", ["write", "write:favourites"]),
    ("POST", "/api/v1/statuses/1/unfavourite", ["write", "write:favourites"]),
    *(
        ("POST", f"/api/v1/accounts/1/{verb}", ["write", f"write:{scope}", "follow"])
        for verb, scope in (
            ("follow", "follows"),
            ("unfollow", "follows"),
            ("remove_from_followers", "follows"),
            ("block", "blocks"),
            ("unblock", "blocks"),
            ("mute", "mutes"),
            ("unmute", "mutes"),
        )
    ),
    ("POST", "/api/v1/follow_requests/1/authorize", ["write", "write:follows", "follow"]),
    ("POST", "/api/v1/follow_requests/1/reject", ["write", "write:follows", "follow"]),
    ("GET", "/roost/v1/stats", ["admin:read"]),
    ("POST", "/roost/v1/strategy", ["admin:write"]),
    ("POST", "/roost/v1/users", ["admin:write"]),
    ("POST", "/roost/v1/tokens", ["admin:write"]),
    ("POST", "/roost/v1/ingest", ["ingest"]),
]
_SCOPES = (
    "read",
    "write",
    "follow",
    "push",
    "profile",
    *(
        f"read:{name}"
        for name in ("accounts", "statuses", "favourites", "follows", "blocks", "mutes", "lists")
    ),
    *(
        f"write:{name}"
        for name in ("accounts", "statuses", "favourites", "follows", "blocks", "mutes", "media")
    ),
    "admin:read",
    "admin:write",
    "admin:read:accounts",
    "ingest",
)


@pytest.fixture(scope="module")
def callers(server: ServerProcess) -> dict[str, Api]:
    """One caller a scope."""
    user = server.user("scoped")
    return {
        scope: Api(server.url, server.token(user.username, scope), server.nobody.contract)
        for scope in _SCOPES
    }


class TestScopes:
    @pytest.mark.parametrize(
        ("method", "path", "enough"), _CALLS, ids=[f"{call[0]} {call[1]}" for call in _CALLS]
    )
    def test_every_scope_at_every_endpoint(
        self, callers: dict[str, Api], method: str, path: str, enough: list[str]
    ) -> None:
        for scope, caller in callers.items():
            answer = caller.call(method, path)
            if scope in enough:
                assert answer.status not in (401, 403), f"{scope}: {answer.text}"
            else:
                assert answer.refused(403) == "This action is outside the authorized scopes", scope

    def test_what_everybody_may_read_needs_no_scope(self, callers: dict[str, Api]) -> None:
        for caller in callers.values():
            assert caller.get("/api/v1/timelines/public").status == 200

    def test_without_the_scope_an_app_sees_what_everybody_sees(self, server: ServerProcess) -> None:
        """An app that may only post, or push, must not read its user's letters."""
        author, reader = server.user("writer", protected=True), server.user("pen_pal")
        text = {"status": f"@{reader.username} under the old oak", "visibility": "direct"}
        letter = author.post("/api/v1/statuses", text).ok()["id"]
        poll = {"options": ["oak", "elm"], "expires_in": 3600}
        asked = {"status": f"@{reader.username} which?", "visibility": "direct", "poll": poll}
        vote = author.post("/api/v1/statuses", asked).ok()["id"]
        paths = (
            f"/api/v1/statuses/{letter}",
            f"/api/v1/statuses/{letter}/context",
            f"/api/v1/statuses/{letter}/history",
            f"/api/v1/statuses/{letter}/favourited_by",
            f"/api/v1/statuses/{letter}/reblogged_by",
            f"/api/v1/polls/{vote}",
        )
        listed = (f"/api/v1/accounts/{author.id}/statuses", f"/api/v1/statuses?id[]={letter}")
        for scopes in ("push", "profile", "write", "read:lists write:statuses"):
            caller = Api(server.url, server.token(reader.username, scopes), server.nobody.contract)
            for path in paths:
                assert caller.get(path).refused(404), f"{scopes}: {path}"
            for path in listed:
                assert caller.get(path).ok() == [], f"{scopes}: {path}"
        caller = Api(server.url, server.token(reader.username, "read"), server.nobody.contract)
        assert all(caller.get(path).status == 200 for path in paths)
        assert all(caller.get(path).ok() for path in listed)
