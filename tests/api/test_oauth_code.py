"""The authorization code flow: the page, the redirect, the code, PKCE."""

import base64

import pytest

from tests.api.client import User, query_of
from tests.api.oauth import (
    CALLBACK,
    CUSTOM,
    OUT_OF_BAND,
    PASSWORD,
    App,
    Page,
    challenge_of,
    redirect_of,
)
from tests.api.process import ServerProcess

VERIFIER = "a-verifier-of-forty-three-characters-at-least-0123"


@pytest.fixture(scope="module")
def app(server: ServerProcess) -> App:
    return App(server)


@pytest.fixture(scope="module")
def dora(server: ServerProcess) -> User:
    """Somebody who can sign in."""
    return server.user("dora", email="Dora@roost.example", password=PASSWORD)


def test_the_page_is_what_scripts_of_the_field_expect(app: App) -> None:
    answer = app.show()
    page = Page(answer.text)
    assert answer.status == 200
    assert page.ids["user_email"] == "user[email]"
    assert page.ids["user_password"] == "user[password]"
    assert [kind for kind, _, _ in page.buttons] == ["submit", "submit"]
    assert page.form == {"method": "post", "action": "/oauth/authorize"}
    assert "script" not in page.tags


def test_the_page_cannot_be_framed_nor_run_scripts(app: App) -> None:
    answer = app.show()
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://client.example;" in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "private, no-store"


def test_what_an_app_says_is_shown_as_text(server: ServerProcess) -> None:
    form = {"client_name": "<b>Bold</b>", "redirect_uris": CALLBACK, "website": "https://<i>.example"}
    app = App(server)
    app.made = server.nobody.post("/api/v1/apps", form).ok()
    page = app.show(scope="read", state='"><script>')
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page.text
    assert not {"b", "i", "script"} & Page(page.text).tags


@pytest.mark.parametrize("login", ["dora@roost.example", "DORA@ROOST.EXAMPLE", "username"])
def test_the_whole_dance(app: App, dora: User, login: str) -> None:
    answer = app.submit(dora.username if login == "username" else login)
    found = redirect_of(answer)
    assert answer.headers["location"].startswith(f"{CALLBACK}&")
    assert (found["kept"], found["state"]) == ("1", "a state")
    token = app.trade(found["code"])
    assert token.ok()["token_type"] == "Bearer"
    assert token.ok()["scope"] == "read write"
    assert isinstance(token.ok()["created_at"], int)
    assert token.headers["cache-control"] == "private, no-store"
    assert app.caller(token).get("/api/v1/accounts/verify_credentials").ok()["id"] == dora.id


def test_the_address_of_the_page_may_end_with_a_slash(app: App, dora: User) -> None:
    page = app.api.get("/oauth/authorize/", **app.request())
    fields = {**Page(page.text).fields, "user[email]": dora.username, "user[password]": PASSWORD}
    assert "code" in redirect_of(app.api.form("/oauth/authorize/", fields))


def test_a_code_is_shown_to_be_copied(server: ServerProcess, dora: User) -> None:
    app = App(server, OUT_OF_BAND)
    answer = app.submit(dora.username)
    assert answer.status == 200
    assert (
        app.caller(app.trade(Page(answer.text).code)).get("/api/v1/accounts/verify_credentials").ok()["id"]
        == dora.id
    )


def test_a_custom_scheme(server: ServerProcess, dora: User) -> None:
    app = App(server, CUSTOM)
    policy = app.show().headers["content-security-policy"].lower()
    assert f"form-action 'self' {CUSTOM.partition(':')[0].lower()}:;" in policy
    answer = app.submit(dora.username)
    assert answer.headers["location"].startswith(f"{CUSTOM}?")
    assert app.trade(redirect_of(answer)["code"]).status == 200


@pytest.mark.parametrize(
    ("login", "password"), [("", PASSWORD), ("dora", "wrong"), ("nobody@x", PASSWORD), ("", "")]
)
def test_a_wrong_password_shows_the_page_again(app: App, dora: User, login: str, password: str) -> None:
    answer = app.submit(dora.username if login == "dora" else login, password)
    assert answer.status == 401
    page = Page(answer.text)
    assert page.fields["client_id"] == app.made["client_id"]
    assert page.fields["state"] == "a state"
    assert 'role="alert"' in answer.text


def test_those_without_a_password_cannot_sign_in(app: App, alice: User) -> None:
    assert app.submit(alice.username, "").status == 401


def test_a_user_may_deny(app: App, server: ServerProcess) -> None:
    found = redirect_of(app.submit("", "", answer="deny"))
    assert (found["error"], found["state"]) == ("access_denied", "a state")
    assert "code" not in found
    shown = App(server, OUT_OF_BAND).submit("", "", answer="deny")
    assert shown.status == 403
    assert not Page(shown.text).code


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "unknown"},
        {"client_id": ""},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": CALLBACK + "&more=1"},
        {"redirect_uri": CALLBACK.replace("https", "http")},
        {"redirect_uri": CALLBACK.rstrip("1")},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK.replace("client", "CLIENT")},
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_the_app_s(app: App, changes: dict[str, str]) -> None:
    answer = app.show(**changes)
    assert answer.status == 400
    assert "location" not in answer.headers
    assert "form" not in Page(answer.text).tags
    sent = app.api.form(
        "/oauth/authorize", {**app.request(**changes), "user[email]": "x", "user[password]": "y"}
    )
    assert sent.status == 400
    assert "location" not in sent.headers


@pytest.mark.parametrize(
    "changes",
    [
        {"response_type": "token"},
        {"response_type": "nonsense"},
        {"response_type": ""},
        {"scope": "read follow"},
        {"scope": "nonsense"},
        {"scope": "admin:read"},
        {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "plain"},
        {"code_challenge": challenge_of(VERIFIER)},
        {"code_challenge": "short", "code_challenge_method": "S256"},
    ],
)
def test_requests_that_cannot_be_granted(app: App, changes: dict[str, str]) -> None:
    """They are shown, not sent on: a link to the server must not lead to whoever has registered an app."""
    for answer in (app.show(**changes), app.api.form("/oauth/authorize", app.request(**changes))):
        assert answer.status == 400
        assert "location" not in answer.headers
        assert 'role="alert"' in answer.text
        assert not {"form", "a"} & Page(answer.text).tags


def test_a_code_works_once(app: App, dora: User) -> None:
    code = app.code_for(dora)
    assert app.trade(code).status == 200
    answer = app.trade(code)
    assert answer.refused(400) == "invalid_grant"
    assert answer.json["error_description"]


def test_a_code_is_for_its_app(app: App, server: ServerProcess, dora: User) -> None:
    code = app.code_for(dora)
    assert App(server).trade(code).refused(400) == "invalid_grant"
    assert app.trade(code).status == 200


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "unknown"}, 401, "invalid_client"),
        ({"client_id": "", "client_secret": ""}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"redirect_uri": "https://evil.example/callback"}, 400, "invalid_grant"),
        ({"redirect_uri": ""}, 400, "invalid_grant"),
        ({"code": "unknown"}, 400, "invalid_grant"),
        ({"code": ""}, 400, "invalid_request"),
        ({"grant_type": "unknown"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "unsupported_grant_type"),
    ],
)
def test_token_requests_that_are_refused(
    app: App, dora: User, changes: dict[str, str], status: int, error: str
) -> None:
    code = app.code_for(dora)
    answer = app.trade(code, **changes)
    assert answer.refused(status) == error
    assert app.trade(code).status == 200, "a refusal must not spend the code"


def test_an_app_may_authenticate_by_its_header(app: App, dora: User) -> None:
    credentials = base64.b64encode(f"{app.made['client_id']}:{app.made['client_secret']}".encode()).decode()
    form = {"grant_type": "authorization_code", "code": app.code_for(dora), "redirect_uri": CALLBACK}
    headers = {
        "Authorization": f"Basic {credentials}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    assert app.api.call("POST", "/oauth/token", query_of(form).encode(), headers).status == 200


class TestPkce:
    @pytest.fixture
    def code(self, app: App, dora: User) -> str:
        return app.code_for(dora, code_challenge=challenge_of(VERIFIER), code_challenge_method="S256")

    def test_with_the_verifier(self, app: App, code: str) -> None:
        assert app.trade(code, code_verifier=VERIFIER).status == 200

    def test_a_public_client_needs_no_secret(self, app: App, code: str) -> None:
        assert app.trade(code, code_verifier=VERIFIER, client_secret="").status == 200

    @pytest.mark.parametrize("verifier", ["", VERIFIER[:-1] + "x"])
    @pytest.mark.parametrize("with_secret", [True, False])
    def test_without_the_verifier(self, app: App, code: str, verifier: str, with_secret: bool) -> None:
        changes = {} if with_secret else {"client_secret": ""}
        answer = app.trade(code, code_verifier=verifier, **changes)
        assert answer.refused(400) in ("invalid_grant", "invalid_request")

    def test_the_challenge_itself_is_no_verifier(self, app: App, code: str) -> None:
        assert app.trade(code, code_verifier=challenge_of(VERIFIER)).refused(400) == "invalid_grant"

    def test_a_wrong_secret_is_not_made_good(self, app: App, code: str) -> None:
        assert app.trade(code, code_verifier=VERIFIER, client_secret="wrong").refused(401) == "invalid_client"

    def test_a_code_without_a_challenge_does_not_take_a_public_client(self, app: App, dora: User) -> None:
        answer = app.trade(app.code_for(dora), code_verifier=VERIFIER, client_secret="")
        assert answer.refused(401) == "invalid_client"
