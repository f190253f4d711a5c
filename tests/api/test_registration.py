"""Making an account through an app, as clients do."""

import pytest

from tests.api.client import Answer, Api
from tests.api.oauth import OUT_OF_BAND, App
from tests.api.process import ServerProcess

_GOOD = {
    "username": "newcomer",
    "email": "new@roost.example",
    "password": "a long password",
    "agreement": True,
}


@pytest.fixture(scope="module")
def app(server: ServerProcess) -> Api:
    """An app that acts for itself."""
    app = App(server, OUT_OF_BAND, "read write follow")
    form = {
        "grant_type": "client_credentials",
        "client_id": app.made["client_id"],
        "client_secret": app.made["client_secret"],
        "scope": "read write follow",
    }
    return app.caller(server.nobody.form("/oauth/token", form))


def _register(app: Api, **changes: object) -> Answer:
    return app.post("/api/v1/accounts", {**_GOOD, **changes})


def test_a_newcomer_gets_a_token_and_can_use_it_at_once(app: Api, server: ServerProcess) -> None:
    found = _register(app, locale="en", reason="To see").ok()
    assert found["token_type"] == "Bearer"
    assert set(found["scope"].split()) == {"read", "write", "follow"}
    caller = Api(server.url, found["access_token"], server.nobody.contract)
    account = caller.get("/api/v1/accounts/verify_credentials").ok()
    assert (account["username"], account["acct"]) == ("newcomer", "newcomer")
    assert caller.post("/api/v1/statuses", {"status": "Hello"}).ok()["account"]["id"] == account["id"]


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"username": ""}, {"username": "ERR_BLANK"}),
        ({"username": "two words"}, {"username": "ERR_INVALID"}),
        ({"username": "dash-ed"}, {"username": "ERR_INVALID"}),
        ({"username": "ünïcode"}, {"username": "ERR_INVALID"}),
        ({"username": "name\n"}, {"username": "ERR_INVALID"}),
        ({"username": "@name"}, {"username": "ERR_INVALID"}),
        ({"username": "n" * 31}, {"username": "ERR_TOO_LONG"}),
        ({"email": ""}, {"email": "ERR_BLANK"}),
        ({"email": "no address"}, {"email": "ERR_INVALID"}),
        ({"email": "a@b@c"}, {"email": "ERR_INVALID"}),
        ({"email": "a@" + "b" * 254}, {"email": "ERR_INVALID"}),
        ({"password": ""}, {"password": "ERR_BLANK"}),
        ({"password": "1234567"}, {"password": "ERR_TOO_SHORT"}),
        ({"password": "p" * 257}, {"password": "ERR_TOO_LONG"}),
        ({"agreement": False}, {"agreement": "ERR_ACCEPTED"}),
        (
            {"username": "", "email": "", "password": "", "agreement": ""},
            {
                "username": "ERR_BLANK",
                "email": "ERR_BLANK",
                "password": "ERR_BLANK",
                "agreement": "ERR_ACCEPTED",
            },
        ),
        (
            {"username": "a b", "email": "x", "password": "short"},
            {"username": "ERR_INVALID", "email": "ERR_INVALID", "password": "ERR_TOO_SHORT"},
        ),
    ],
)
def test_what_is_wrong_is_said_field_by_field(
    app: Api, changes: dict[str, object], problems: dict[str, str]
) -> None:
    unused = {"username": "unused", "email": "unused@roost.example"}
    answer = _register(app, **{**unused, **changes})
    assert answer.refused(422).startswith("Validation failed: ")
    details = answer.json["details"]
    assert {field: found[0]["error"] for field, found in details.items()} == problems
    assert all(found[0]["description"] for found in details.values())


@pytest.mark.parametrize(
    ("field", "taken"),
    [
        ("username", "first"),
        ("username", "FIRST"),
        ("email", "one@roost.example"),
        ("email", "One@Roost.Example"),
    ],
)
def test_what_is_taken(app: Api, field: str, taken: str) -> None:
    assert _register(app, username="first", email="one@roost.example").status in (200, 422)
    other = {"username": "second", "email": "two@roost.example", field: taken}
    answer = _register(app, **other)
    answer.refused(422)
    assert {name: found[0]["error"] for name, found in answer.json["details"].items()} == {field: "ERR_TAKEN"}


def test_an_app_s_token_is_needed(server: ServerProcess, nobody: Api) -> None:
    assert nobody.post("/api/v1/accounts", _GOOD).refused(401) == "The access token is invalid"
    reader = server.user("reader", scopes="read")
    assert reader.post("/api/v1/accounts", _GOOD).refused(403)
