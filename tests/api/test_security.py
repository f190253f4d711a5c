"""What strangers, other sites and readers of the log cannot do. The web app has tests of its own."""

import re
import select
import socket
from collections.abc import Callable, Iterator
from urllib.parse import quote, urlsplit

import pytest

from tests.api.client import Answer, Api, User
from tests.api.oauth import CALLBACK, PASSWORD, App, Page, redirect_of
from tests.api.process import ServerProcess

EVIL = "https://evil.example/"


def _account(server: ServerProcess, hint: str) -> User:
    name = f"{hint}{server.operator.get('/roost/v1/stats').ok()['users']}"
    return server.user(hint, email=f"{name}@roost.example", password=PASSWORD)


@pytest.fixture(scope="module")
def guarded(start_server: Callable[..., ServerProcess]) -> Iterator[ServerProcess]:
    """A server at which this address has not tried any password yet."""
    server = start_server()
    yield server
    server.stop()


class TestGuessingPasswords:
    def test_wrong_ones_make_the_next_wait(self, guarded: ServerProcess) -> None:
        """Even the right one; and the wait says nothing of whether it was."""
        user = _account(guarded, "guessed")
        app = App(guarded)
        statuses = [app.submit(user.username, f"guess {number}").status for number in range(6)]
        assert statuses == [401] * 5 + [429]
        refused = app.submit(user.username)
        assert refused.status == 429
        assert "Too many wrong passwords" in refused.text

    def test_by_the_token_endpoint_too(self, guarded: ServerProcess) -> None:
        user = _account(guarded, "token")
        form = {"grant_type": "password", "username": user.username, "password": "wrong one"}
        pair = App(guarded).made
        form |= {"client_id": pair["client_id"], "client_secret": pair["client_secret"]}
        answers = [guarded.nobody.form("/oauth/token", form) for _ in range(6)]
        assert [answer.status for answer in answers] == [400] * 5 + [429]
        assert int(answers[-1].headers["retry-after"]) >= 1

    def test_an_address_that_tries_many_accounts(self, guarded: ServerProcess) -> None:
        """Last, as all these tests come from one address. Unknown names count as known ones do."""
        app = App(guarded)
        statuses = [app.submit(f"nobody_{number}", "guess").status for number in range(25)]
        assert set(statuses) <= {401, 429}
        assert statuses[-1] == 429


class TestOpenRedirects:
    @pytest.mark.parametrize(
        "uri",
        [
            EVIL,
            f"{CALLBACK}@evil.example",
            f"{CALLBACK}/../evil",
            CALLBACK.replace("https:", "http:"),
            CALLBACK.replace("client.example", "client.example.evil.example"),
            CALLBACK.upper(),
            "//evil.example",
            "",
        ],
    )
    def test_an_app_gets_its_users_back_where_it_said_alone(self, server: ServerProcess, uri: str) -> None:
        app = App(server)
        fields = {**app.request(), "redirect_uri": uri, "user[email]": "x", "user[password]": "y"}
        for answer in (
            server.nobody.call("GET", f"/oauth/authorize?{_query({**app.request(), 'redirect_uri': uri})}"),
            server.nobody.form("/oauth/authorize", fields),
            server.nobody.form("/oauth/authorize", {**fields, "answer": "deny"}),
        ):
            assert "location" not in answer.headers or _target(answer) == urlsplit(CALLBACK)[:3]
            assert EVIL not in answer.headers.get("content-security-policy", "")

    @pytest.mark.parametrize(
        "path", ["//evil.example", "/\\evil.example", "/%2F%2Fevil.example/..", "/%5cevil"]
    )
    def test_no_path_leads_elsewhere(self, server: ServerProcess, path: str) -> None:
        assert "location" not in server.nobody.unchecked().get(path).headers


def _target(answer: Answer) -> tuple[str, ...]:
    return tuple(urlsplit(answer.headers["location"])[:3])


def _query(fields: dict[str, str]) -> str:
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())


class TestSigningInToApps:
    def test_the_page_cannot_be_framed_nor_run_a_script(self, server: ServerProcess) -> None:
        headers = App(server).show().headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "script-src" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers

    def test_a_form_of_another_site_signs_nobody_in(self, server: ServerProcess) -> None:
        user, app = _account(server, "framed"), App(server)
        fields = {**app.request(), "user[email]": user.username, "user[password]": PASSWORD}
        body = _query(fields).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        foreign = (
            {"Origin": EVIL.rstrip("/")},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        )
        for headers in foreign:
            answer = server.nobody.call("POST", "/oauth/authorize", body, {**kind, **headers})
            assert answer.status == 403
            assert "location" not in answer.headers
        ours = (
            {},
            {"Origin": "null"},
            {"Origin": server.url},
            {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        )
        for headers in ours:
            answer = server.nobody.call("POST", "/oauth/authorize", body, {**kind, **headers})
            assert redirect_of(answer)["code"]

    def test_nothing_that_was_there_before_signs_anybody_in(self, server: ServerProcess) -> None:
        """No cookie is set, none counts, and each code is a new one that only its app can trade."""
        user, app = _account(server, "fixed"), App(server)
        page = app.show()
        assert "set-cookie" not in page.headers
        planted = {"Cookie": f"roost={user.token}; session=1"}
        again = server.nobody.call("GET", f"/oauth/authorize?{_query(app.request())}", headers=planted)
        assert Page(again.text).ids["user_password"]
        first, second = (app.code_for(user) for _ in range(2))
        assert first != second
        other = App(server)
        stolen = other.trade(first)
        assert (stolen.status, stolen.json["error"]) == (400, "invalid_grant")
        assert app.trade(first).status == 200


class TestTheLog:
    def test_has_no_secrets(self, start_server: Callable[..., ServerProcess]) -> None:
        """Whatever goes wrong: the path of a request may be logged, never what came with it."""
        server = start_server(rate_limits="true")
        user, app = _account(server, "logged"), App(server)
        code = app.code_for(user)
        token = app.trade(code).ok()["access_token"]
        secrets = {token, code, PASSWORD, app.made["client_secret"], user.token, server.operator.token}
        caller = Api(server.url, "", None)
        for secret in sorted(secrets):
            query = _query(dict.fromkeys(("access_token", "code", "token", "password"), secret))
            for path in (
                "/api/v1/timelines/home",
                "/api/v1/streaming",
                "/oauth/authorize",
                "/nowhere",
                "/sign-in",
            ):
                caller.call("GET", f"{path}?{query}")
                caller.call("POST", f"{path}?{query}", b"{", {"Content-Type": "application/json"})
            caller.form("/oauth/token", {"grant_type": "password", "username": secret, "password": secret})
            caller.form("/oauth/revoke", {"token": secret, "client_id": "x", "client_secret": secret})
            caller.call("GET", "/api/v1/timelines/home", headers={"Authorization": f"Bearer x{secret}"})
        for _ in range(320):
            answer = caller.get(f"/api/v1/timelines/home?access_token={token}")
        assert answer.status == 429
        user.post("/roost/v1/account/password", {"current": PASSWORD, "new": f"{PASSWORD} 2"})
        server.stop()
        log = server.log()
        assert "429" in log or "Too many requests" in log, "what is refused for its rate is logged"
        assert {secret for secret in secrets if secret in log or quote(secret) in log} == set()
        assert not re.search(r"access_token=|password=|Bearer ", log)


def test_no_address_that_users_name_is_fetched(server: ServerProcess, alice: User) -> None:
    """Server-side request forgery: there is nothing that a request of a user makes the server ask for."""
    with socket.create_server(("127.0.0.1", 0)) as bait:
        url = f"http://127.0.0.1:{bait.getsockname()[1]}/secret"
        alice.status(f"Look {url} and {url}.png")
        fields = [{"name": "Site", "value": url}]
        alice.patch("/api/v1/accounts/update_credentials", {"note": url, "fields_attributes": fields}).ok()
        form = {"client_name": "App", "redirect_uris": url, "website": url}
        alice.post("/api/v1/apps", form).ok()
        for path in ("/api/v2/search", "/api/v1/accounts/search"):
            alice.get(path, q=url, resolve=True, type="statuses")
            alice.get(path, q=f"@admin@127.0.0.1:{bait.getsockname()[1]}", resolve=True)
        alice.get("/api/v1/timelines/link", url=url)
        alice.get("/.well-known/webfinger", resource=url)
        alice.post("/api/v1/reports", {"account_id": alice.id, "comment": url, "forward": True})
        alice.post("/api/v1/domain_blocks", {"domain": urlsplit(url).netloc})
        assert select.select([bait], [], [], 0)[0] == []
