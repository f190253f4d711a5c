"""Announcements and custom emojis."""

import base64
from collections.abc import Callable, Iterator

import pytest

from tests.api.client import User
from tests.api.process import ServerProcess

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture(scope="module")
def own(start_server: Callable[..., ServerProcess]) -> Iterator[ServerProcess]:
    """A server whose announcements and emojis other tests do not see."""
    server = start_server()
    yield server
    server.stop()


def _announce(server: ServerProcess, text: str, **more: object) -> str:
    made = server.operator.post("/roost/v1/admin/announcements", {"text": text, **more}).ok()
    return str(made["id"])


def _read(user: User, **query: object) -> dict[str, bool]:
    return {each["id"]: each["read"] for each in user.get("/api/v1/announcements", **query).ok()}


def _add(server: ServerProcess, shortcode: str, image: bytes = PNG) -> int:
    form = {"shortcode": shortcode, "image": base64.b64encode(image).decode()}
    return server.operator.post("/roost/v1/admin/emojis", form).status


class TestAnnouncements:
    def test_are_shown_until_they_are_dismissed(self, own: ServerProcess) -> None:
        alice, bob = own.user("alice"), own.user("bob")
        first, second = _announce(own, "We #move"), _announce(own, "Again")
        assert list(_read(alice)) == [second, first]
        alice.post(f"/api/v1/announcements/{first}/dismiss").ok()
        assert _read(alice) == {second: False, first: True}
        assert list(_read(alice, with_dismissed=False)) == [second]
        assert list(_read(bob, with_dismissed=False)) == [second, first]
        own.operator.delete(f"/roost/v1/admin/announcements/{first}").ok()
        assert list(_read(bob)) == [second]
        assert alice.post(f"/api/v1/announcements/{first}/dismiss").refused(404)
        own.operator.delete(f"/roost/v1/admin/announcements/{second}").ok()

    def test_end_and_begin(self, own: ServerProcess) -> None:
        alice = own.user("alice")
        _announce(own, "Over", ends_ms=1_000)
        _announce(own, "Not yet", starts_ms=1 << 50)
        assert _read(alice) == {}

    def test_reactions(self, own: ServerProcess) -> None:
        alice, bob = own.user("alice"), own.user("bob")
        path = f"/api/v1/announcements/{_announce(own, 'React')}"
        parrot, family = "%F0%9F%A6%9C", "%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7"
        for user in (alice, bob):
            user.call("PUT", f"{path}/reactions/{parrot}").ok()
        bob.call("PUT", f"{path}/reactions/{family}").ok()

        def shown(user: User) -> set[tuple[str, int, bool]]:
            found = user.get("/api/v1/announcements").ok()[0]["reactions"]
            return {(each["name"], each["count"], each["me"]) for each in found}

        assert shown(alice) == {("🦜", 2, True), ("👩\u200d👧", 1, False)}
        alice.call("DELETE", f"{path}/reactions/{parrot}").ok()
        assert shown(alice) == {("🦜", 1, False), ("👩\u200d👧", 1, False)}
        assert alice.call("DELETE", f"{path}/reactions/{parrot}").refused(404)
        for name in ("nonsense", "a", "%20", "1"):
            assert alice.call("PUT", f"{path}/reactions/{name}").refused(422)

    def test_bad_ones_are_refused(self, own: ServerProcess) -> None:
        for form in ({"text": " "}, {"text": "x", "starts_ms": 2, "ends_ms": 1}, {"text": "x" * 5_001}):
            assert own.operator.post("/roost/v1/admin/announcements", form).refused(422)
        assert own.user("plain").post("/roost/v1/admin/announcements", {"text": "x"}).refused(403)


class TestEmojis:
    def test_stand_in_texts(self, own: ServerProcess) -> None:
        alice = own.user("alice")
        before = alice.status("Hello :parrot:")
        assert before["emojis"] == []
        assert _add(own, "parrot") == 200
        (listed,) = own.nobody.get("/api/v1/custom_emojis").ok()
        assert listed["shortcode"] == "parrot"
        picture = own.nobody.get(listed["url"].removeprefix(own.url))
        assert (picture.status, picture.body, picture.headers["content-type"]) == (200, PNG, "image/png")
        for status in (
            alice.get(f"/api/v1/statuses/{before['id']}").ok(),
            alice.status("x", spoiler_text=":parrot:"),
        ):
            assert [each["shortcode"] for each in status["emojis"]] == ["parrot"]
        assert alice.status("a:parrot:b :parrots: :parrot")["emojis"] == []
        alice.patch("/api/v1/accounts/update_credentials", {"display_name": "A :parrot:"}).ok()
        account = own.nobody.get(f"/api/v1/accounts/{alice.id}").ok()
        assert [each["shortcode"] for each in account["emojis"]] == ["parrot"]
        own.operator.delete("/roost/v1/admin/emojis/parrot").ok()
        assert own.nobody.get("/api/v1/custom_emojis").ok() == []
        assert own.nobody.get(f"/api/v1/accounts/{alice.id}").ok()["emojis"] == []
        assert own.nobody.get(listed["url"].removeprefix(own.url)).refused(404)

    def test_what_is_no_picture_is_refused(self, own: ServerProcess) -> None:
        for shortcode, image in (
            ("a", PNG),
            ("a b", PNG),
            ("fine", b"<svg/>"),
            ("fine", PNG + b" " * (256 << 10)),
        ):
            assert _add(own, shortcode, image) == 422
        form = {"shortcode": "fine", "image": "!"}
        assert own.operator.post("/roost/v1/admin/emojis", form).refused(422)

    def test_are_there_after_a_restart(self, start_server: Callable[..., ServerProcess]) -> None:
        server = start_server()
        assert _add(server, "lasting") == 200
        server.stop()
        server.start()
        assert [each["shortcode"] for each in server.nobody.get("/api/v1/custom_emojis").ok()] == ["lasting"]
        server.stop()
