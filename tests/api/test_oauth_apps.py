"""Registering client programs, and what the server says of its OAuth."""

from collections.abc import Callable

import pytest

from tests.api.client import Api
from tests.api.process import ServerProcess

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


def test_an_app_is_registered(nobody: Api) -> None:
    form = {
        "client_name": "Ivory",
        "redirect_uris": "com.tapbots.Ivory.10217:/request_token",
        "scopes": "read write follow push",
        "website": "https://tapbots.example",
    }
    made = nobody.form("/api/v1/apps", form).ok()
    assert made["name"] == "Ivory"
    assert made["website"] == "https://tapbots.example"
    assert made["scopes"] == ["read", "write", "follow", "push"]
    assert made["redirect_uri"] == "com.tapbots.Ivory.10217:/request_token"
    assert made["redirect_uris"] == ["com.tapbots.Ivory.10217:/request_token"]
    assert made["client_secret_expires_at"] == 0
    assert min(len(made["client_id"]), len(made["client_secret"])) >= 32


def test_an_app_that_asks_for_nothing_may_read(nobody: Api) -> None:
    made = nobody.post("/api/v1/apps", {"client_name": "Modest", "redirect_uris": OUT_OF_BAND}).ok()
    assert made["scopes"] == ["read"]
    assert made["website"] is None


def test_two_apps_have_nothing_in_common(nobody: Api) -> None:
    form = {"client_name": "Twin", "redirect_uris": OUT_OF_BAND}
    one, other = nobody.post("/api/v1/apps", form).ok(), nobody.post("/api/v1/apps", form).ok()
    assert not {one[name] for name in ("id", "client_id", "client_secret")} & {
        other[name] for name in ("id", "client_id", "client_secret")
    }


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"client_name": ""}, "client_name", "ERR_BLANK"),
        ({"client_name": "  "}, "client_name", "ERR_BLANK"),
        ({"client_name": "a" * 201}, "client_name", "ERR_TOO_LONG"),
        ({"redirect_uris": ""}, "redirect_uris", "ERR_BLANK"),
        ({"redirect_uris": []}, "redirect_uris", "ERR_BLANK"),
        ({"redirect_uris": "relative/path"}, "redirect_uris", "ERR_INVALID"),
        ({"redirect_uris": "javascript:alert(1)"}, "redirect_uris", "ERR_INVALID"),
        ({"redirect_uris": "data:text/html,x"}, "redirect_uris", "ERR_INVALID"),
        ({"redirect_uris": "https://a.example/#fragment"}, "redirect_uris", "ERR_INVALID"),
        ({"redirect_uris": "https://a.example/" + "a" * 2_000}, "redirect_uris", "ERR_INVALID"),
        ({"redirect_uris": [f"https://a.example/{n}" for n in range(17)]}, "redirect_uris", "ERR_TOO_MANY"),
        ({"website": "https://a.example/" + "a" * 2_000}, "website", "ERR_TOO_LONG"),
        *(
            ({"website": website}, "website", "ERR_INVALID")
            for website in (
                "javascript:alert(1)",
                "JavaScript://a.example/%0aalert(1)",
                " javascript:alert(1)",
                "java\tscript:alert(1)",
                "\x01javascript:alert(1)",
                "data:text/html,x",
                "a.example",
                "//a.example",
                "https:",
                "https://",
                "https://a.example/ b",
                "https://a.example/\n",
                "https://[a.example/",
            )
        ),
    ],
)
def test_apps_that_are_refused(nobody: Api, change: dict[str, object], field: str, code: str) -> None:
    form = {"client_name": "Test", "redirect_uris": OUT_OF_BAND, **change}
    answer = nobody.post("/api/v1/apps", form)
    answer.refused(422)
    assert [problem["error"] for problem in answer.json["details"][field]] == [code]


def test_a_scope_that_does_not_exist(nobody: Api) -> None:
    form = {"client_name": "Test", "redirect_uris": OUT_OF_BAND, "scopes": "read everything"}
    assert "everything" in nobody.post("/api/v1/apps", form).refused(422)


def test_an_app_sees_itself_by_its_token(nobody: Api, server: ServerProcess) -> None:
    made = nobody.post("/api/v1/apps", {"client_name": "Mirror", "redirect_uris": OUT_OF_BAND}).ok()
    form = {
        "grant_type": "client_credentials",
        "client_id": made["client_id"],
        "client_secret": made["client_secret"],
    }
    token = nobody.form("/oauth/token", form).ok()["access_token"]
    found = Api(server.url, token, server.nobody.contract).get("/api/v1/apps/verify_credentials").ok()
    assert found["id"] == made["id"]
    assert found["name"] == "Mirror"
    assert "client_secret" not in found


def test_the_metadata_of_the_oauth_server(server: ServerProcess, nobody: Api) -> None:
    found = nobody.get("/.well-known/oauth-authorization-server").ok()
    assert found["issuer"] == f"{server.url}/"
    assert found["authorization_endpoint"] == f"{server.url}/oauth/authorize"
    assert found["token_endpoint"] == f"{server.url}/oauth/token"
    assert found["revocation_endpoint"] == f"{server.url}/oauth/revoke"
    assert found["app_registration_endpoint"] == f"{server.url}/api/v1/apps"
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["grant_types_supported"] == ["authorization_code", "client_credentials", "password"]
    assert {"read", "write", "follow", "push", "profile", "read:statuses"} <= set(found["scopes_supported"])


def test_without_the_password_grant(start_server: Callable[..., ServerProcess]) -> None:
    server = start_server(password_grant="false", registration_open="false")
    nobody = server.nobody
    found = nobody.get("/.well-known/oauth-authorization-server").ok()
    assert found["grant_types_supported"] == ["authorization_code", "client_credentials"]
    server.user("owner", email="owner@roost.example", password="a long password")
    app = nobody.post(
        "/api/v1/apps", {"client_name": "Test", "redirect_uris": OUT_OF_BAND, "scopes": "write"}
    ).ok()
    form = {
        "grant_type": "password",
        "username": "owner@roost.example",
        "password": "a long password",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
    }
    assert nobody.form("/oauth/token", form).refused(400) == "unsupported_grant_type"
    app_token = nobody.form(
        "/oauth/token", {**form, "grant_type": "client_credentials", "scope": "write"}
    ).ok()
    app_caller = Api(server.url, app_token["access_token"], nobody.contract)
    registration = {"username": "guest", "email": "g@roost.example", "password": "a long password"}
    answer = app_caller.post("/api/v1/accounts", {**registration, "agreement": True})
    assert answer.refused(403) == "Registrations are closed on this server"
    assert nobody.get("/api/v1/instance").ok()["registrations"] is False
    assert nobody.get("/api/v2/instance").ok()["registrations"]["enabled"] is False
    server.stop()


@pytest.mark.parametrize(
    "website", ["", "http://a.example", "HTTPS://a.example:8/b?c#d", "https://ä.example/ü"]
)
def test_websites(nobody: Api, website: str) -> None:
    form = {"client_name": "Test", "redirect_uris": OUT_OF_BAND, "website": website}
    assert nobody.post("/api/v1/apps", form).ok()["website"] == (website or None)
