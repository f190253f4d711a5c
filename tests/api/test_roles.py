"""Roles: what an account may do for the server, and what no token makes up for."""

import pytest

from tests.api.client import Api
from tests.api.oauth import OUT_OF_BAND, PASSWORD, App
from tests.api.process import ServerProcess


def _role(api: Api) -> dict[str, object]:
    found: dict[str, object] = api.get("/api/v1/accounts/verify_credentials").ok()["role"]
    return found


def _trade(server: ServerProcess, username: str, scope: str) -> tuple[int, dict[str, str]]:
    app = App(server, OUT_OF_BAND, scope)
    form = {
        "grant_type": "password",
        "client_id": app.made["client_id"],
        "client_secret": app.made["client_secret"],
        "username": username,
        "password": PASSWORD,
        "scope": scope,
    }
    answer = server.nobody.form("/oauth/token", form)
    return answer.status, answer.json


@pytest.mark.parametrize(
    ("role", "role_id", "name"),
    [("user", "-99", ""), ("moderator", "1", "Moderator"), ("admin", "2", "Admin"), ("owner", "3", "Owner")],
)
def test_an_account_is_told_its_role(server: ServerProcess, role: str, role_id: str, name: str) -> None:
    user = server.user(role, role=role)
    found = _role(user)
    assert (found["id"], found["name"]) == (role_id, name)
    shown = server.nobody.get(f"/api/v1/accounts/{user.id}").ok()["roles"]
    assert [each["name"] for each in shown] == ([name] if name else [])


def test_a_role_is_given_and_taken(server: ServerProcess) -> None:
    user = server.user("changing")
    for role in ("moderator", "user"):
        server.operator.post("/roost/v1/roles", {"username": user.username, "role": role}).ok()
        assert _role(user)["highlighted"] == (role != "user")
    assert server.operator.post("/roost/v1/roles", {"username": user.username, "role": "king"}).refused(422)
    assert server.operator.post("/roost/v1/roles", {"username": "nobody_known", "role": "user"}).refused(404)


def test_scopes_of_the_staff_are_for_the_staff(server: ServerProcess) -> None:
    """And stop to mean anything when the role is taken."""
    plain = server.user("plain", email="plain@roost.example", password=PASSWORD)
    status, said = _trade(server, plain.username, "read admin:read")
    assert (status, said["error"]) == (400, "invalid_scope")
    admin = server.user("boss", email="boss@roost.example", password=PASSWORD, role="admin")
    status, said = _trade(server, admin.username, "read admin:read")
    assert status == 200
    caller = Api(server.url, said["access_token"], server.nobody.contract)
    assert caller.get("/roost/v1/stats").status == 200
    server.operator.post("/roost/v1/roles", {"username": admin.username, "role": "user"}).ok()
    assert caller.get("/roost/v1/stats").refused(403) == "This action is not allowed"


def test_moderators_are_no_operators(server: ServerProcess) -> None:
    moderator = server.user("warden", email="warden@roost.example", password=PASSWORD, role="moderator")
    _, said = _trade(server, moderator.username, "admin:read admin:write")
    caller = Api(server.url, said["access_token"], server.nobody.contract)
    assert caller.get("/roost/v1/stats").refused(403)
    form = {"username": moderator.username, "role": "owner"}
    assert caller.post("/roost/v1/roles", form).refused(403)


def test_admins_make_nobody_more_than_they_are(server: ServerProcess) -> None:
    """A token of the owner, a role, or a token that needs no role would: these are for owners."""
    admin = server.user("steward", email="steward@roost.example", password=PASSWORD, role="admin")
    owner = server.user("owner", email="owner@roost.example", password=PASSWORD, role="owner")
    _, said = _trade(server, admin.username, "admin:read admin:write")
    caller = Api(server.url, said["access_token"], server.nobody.contract)
    assert caller.get("/roost/v1/stats").status == 200
    for name, form in (
        ("roles", {"username": admin.username, "role": "owner"}),
        ("roles", {"username": owner.username, "role": "user"}),
        ("tokens", {"username": owner.username, "scopes": "read admin:write"}),
        ("tokens", {"username": admin.username, "scopes": "admin:write"}),
        ("users", {"username": "puppet", "role": "owner"}),
        ("apps", {"name": "Puppet", "client_id": "operator"}),
    ):
        assert caller.post(f"/roost/v1/{name}", form).refused(403) == "This action is not allowed"
    assert _role(owner)["name"] == "Owner"
    _, said = _trade(server, owner.username, "admin:read admin:write")
    caller = Api(server.url, said["access_token"], server.nobody.contract)
    caller.post("/roost/v1/roles", {"username": admin.username, "role": "moderator"}).ok()


def test_a_code_that_comes_twice_takes_its_token_along(server: ServerProcess) -> None:
    """RFC 6749, 4.1.2."""
    user = server.user("robbed", email="robbed@roost.example", password=PASSWORD)
    app = App(server)
    code = app.code_for(user)
    caller = app.caller(app.trade(code))
    assert caller.get("/api/v1/accounts/verify_credentials").status == 200
    again = app.trade(code)
    assert (again.status, again.json["error"]) == (400, "invalid_grant")
    assert caller.get("/api/v1/accounts/verify_credentials").refused(401)
