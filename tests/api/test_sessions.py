"""Where one is signed in: seen, and ended."""

from tests.api.client import Api, User
from tests.api.oauth import PASSWORD, App
from tests.api.process import ServerProcess


def _account(server: ServerProcess, hint: str) -> User:
    name = f"{hint}{server.operator.get('/roost/v1/stats').ok()['users']}"
    return server.user(hint, email=f"{name}@roost.example", password=PASSWORD)


def _sign_in(server: ServerProcess, user: User) -> Api:
    app = App(server)
    return app.caller(app.trade(app.code_for(user)))


def test_are_listed_and_ended_one_by_one(server: ServerProcess) -> None:
    user = _account(server, "sessions")
    phone, other = _sign_in(server, user), server.user("other")
    found = user.get("/roost/v1/account/sessions").ok()
    assert [(each["app_name"], each["current"]) for each in found] == [("Dancer", False), ("operator", True)]
    assert found[0]["scopes"] == ["read", "write"]
    assert phone.get("/api/v1/timelines/home").status == 200
    path = f"/roost/v1/account/sessions/{found[0]['id']}"
    assert other.delete(path).refused(404), "nobody ends another's"
    assert user.delete(path).ok() == {"ended": 1}
    assert phone.get("/api/v1/timelines/home").refused(401)
    assert user.delete(path).refused(404)


def test_a_new_password_ends_all_others(server: ServerProcess) -> None:
    user = _account(server, "changing")
    phone = _sign_in(server, user)
    form = {"current": PASSWORD, "new": "another long password"}
    assert user.post("/roost/v1/account/password", {**form, "current": "wrong one"}).refused(403)
    assert user.post("/roost/v1/account/password", {**form, "new": "short"}).refused(422)
    assert phone.get("/api/v1/timelines/home").status == 200
    user.post("/roost/v1/account/password", form).ok()
    assert phone.get("/api/v1/timelines/home").refused(401)
    assert user.home().status == 200
    app = App(server)
    assert app.submit(user.username).status == 401
    assert app.submit(user.username, "another long password").status == 302


def test_an_owner_deletes_their_account(server: ServerProcess, alice: User) -> None:
    user = _account(server, "leaving")
    status = user.status("Farewell")
    alice.follow(user)
    assert user.post("/roost/v1/account/delete", {"password": "wrong one"}).refused(403)
    user.post("/roost/v1/account/delete", {"password": PASSWORD}).ok()
    assert user.home().refused(401)
    assert alice.get(f"/api/v1/accounts/{user.id}").refused(404)
    assert alice.get(f"/api/v1/statuses/{status['id']}").refused(404)
    assert alice.home().ids == []
