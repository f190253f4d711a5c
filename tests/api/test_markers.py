"""How far one has read."""

from tests.api.client import Api, User
from tests.api.process import ServerProcess


def test_nothing_is_read_at_first(alice: User) -> None:
    found = alice.get("/api/v1/markers", timeline=["notifications", "home", "other"]).ok()
    assert found.keys() == {"notifications", "home"}
    for marker in found.values():
        assert (marker["last_read_id"], marker["version"]) == ("0", 0)
    assert alice.get("/api/v1/markers").ok() == {}


def test_moved_together_and_apart(alice: User, bob: User) -> None:
    made = alice.post(
        "/api/v1/markers", {"home": {"last_read_id": "103"}, "notifications": {"last_read_id": 7}}
    ).ok()
    assert {name: (m["last_read_id"], m["version"]) for name, m in made.items()} == {
        "home": ("103", 1),
        "notifications": ("7", 1),
    }
    again = alice.form("/api/v1/markers", [("home[last_read_id]", "102")]).ok()
    assert {name: (m["last_read_id"], m["version"]) for name, m in again.items()} == {"home": ("102", 2)}
    assert alice.get("/api/v1/markers", timeline=["home", "notifications"]).ok() == {**made, **again}
    assert bob.get("/api/v1/markers", timeline=["home"]).ok()["home"]["version"] == 0


def test_what_is_no_id(alice: User) -> None:
    for body in ({"home": {"last_read_id": "x"}}, {"home": {}}, {"home": "5"}):
        alice.post("/api/v1/markers", body).refused(422)
    assert alice.post("/api/v1/markers", {}).ok() == {}
    assert alice.get("/api/v1/markers", timeline=["home"]).ok()["home"]["version"] == 0


def test_a_user_and_a_scope_are_needed(server: ServerProcess, nobody: Api, alice: User) -> None:
    assert nobody.get("/api/v1/markers").refused(401)
    reader = Api(server.url, server.token(alice.username, "read"), nobody.contract)
    assert reader.post("/api/v1/markers", {"home": {"last_read_id": "1"}}).refused(403)
