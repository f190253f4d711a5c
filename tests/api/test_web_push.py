"""Web Push: what browsers get is theirs to read, signed by the server, and only what they asked for."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api.client import User
from tests.api.oauth import OUT_OF_BAND, PASSWORD, App
from tests.api.process import ServerProcess
from tests.api.push_service import Browser, Push, PushService

PATH = "/api/v1/push/subscription"


@pytest.fixture(scope="module")
def server(start_server: Callable[..., ServerProcess]) -> ServerProcess:
    """One that pushes to this machine."""
    return start_server(outgoing_networks_allowed="127.0.0.0/8", contact_email="admin@roost.example")


@pytest.fixture
def service() -> Iterator[PushService]:
    found = PushService()
    yield found
    found.close()


def subscribe(user: User, service: PushService, browser: Browser, **more: Any) -> dict[str, Any]:
    """For mentions and follows, if nothing else is said."""
    standard = more.pop("standard", True)
    data = {"alerts": {"mention": True, "follow": True}, **more}
    target = {"endpoint": f"{service.url}/push/1", "keys": browser.keys, "standard": standard}
    found: dict[str, Any] = user.post(PATH, {"subscription": target, "data": data}).ok()
    return found


class TestSubscriptions:
    def test_kept_changed_and_ended(self, alice: User, service: PushService) -> None:
        assert alice.get(PATH).refused(404)
        made = subscribe(alice, service, Browser())
        assert made["endpoint"] == f"{service.url}/push/1"
        assert (made["standard"], made["policy"]) == (True, "all")
        assert {name for name, on in made["alerts"].items() if on} == {"mention", "follow"}
        assert (
            made["server_key"] == alice.get("/api/v2/instance").ok()["configuration"]["vapid"]["public_key"]
        )
        assert alice.get(PATH).ok() == made
        form = {"data[alerts][poll]": "true", "data[alerts][mention]": "false", "data[policy]": "followed"}
        changed = alice.form(PATH, form, method="PUT").ok()
        assert changed["policy"] == "followed"
        assert {name for name, on in changed["alerts"].items() if on} == {"poll"}
        again = subscribe(alice, service, Browser())
        assert again["id"] != made["id"]
        assert alice.delete(PATH).ok() == {}
        assert alice.get(PATH).refused(404)
        assert alice.form(PATH, form, method="PUT").refused(404)
        assert alice.delete(PATH).ok() == {}

    def test_one_for_each_token(self, server: ServerProcess, alice: User, service: PushService) -> None:
        subscribe(alice, service, Browser())
        other = User(alice.url, server.token(alice.username), alice.id, alice.username)
        assert other.get(PATH).refused(404)

    def test_without_the_scope(self, server: ServerProcess, alice: User) -> None:
        narrow = User(alice.url, server.token(alice.username, "read write"), alice.id, alice.username)
        assert narrow.get(PATH).refused(403)

    @pytest.mark.parametrize(
        "spoiled",
        [
            {"endpoint": "gopher://push.example"},
            {"endpoint": ""},
            {"keys": {"p256dh": "AAAA", "auth": "AAAA"}},
            {"keys": {"p256dh": "!", "auth": ""}},
            {"keys": {}},
        ],
    )
    def test_what_is_no_subscription(
        self, alice: User, service: PushService, spoiled: dict[str, Any]
    ) -> None:
        target = {"endpoint": f"{service.url}/1", "keys": Browser().keys, **spoiled}
        assert alice.post(PATH, {"subscription": target}).refused(422)
        assert alice.get(PATH).refused(404)

    def test_the_key_outlives_a_restart(self, start_server: Callable[..., ServerProcess]) -> None:
        own = start_server()
        key = own.nobody.get("/api/v2/instance").ok()["configuration"]["vapid"]["public_key"]
        own.stop()
        own.start()
        assert own.nobody.get("/api/v2/instance").ok()["configuration"]["vapid"]["public_key"] == key
        assert (own.data_folder / "web-push.key").stat().st_mode & 0o077 == 0


class TestMessages:
    @pytest.mark.parametrize("standard", [True, False])
    def test_a_browser_can_read_it_and_sees_who_signed(
        self, alice: User, bob: User, service: PushService, standard: bool
    ) -> None:
        browser = Browser()
        made = subscribe(alice, service, browser, standard=standard)
        bob.status(f"@{alice.username} a secret", spoiler_text="")
        push = service.next()
        assert push.path == "/push/1"
        assert push.headers["content-encoding"] == ("aes128gcm" if standard else "aesgcm")
        assert push.headers["ttl"] == "172800"
        claims = push.signed_by(made["server_key"], service.url)
        assert claims["sub"] == "mailto:admin@roost.example"
        (found,) = alice.get("/api/v1/notifications").ok()
        assert browser.read(push) == {
            "access_token": alice.token,
            "preferred_locale": "en",
            "notification_id": found["id"],
            "notification_type": "mention",
            "icon": "",
            "title": f"{bob.username} mentioned you",
            "body": f"@{alice.username} a secret",
        }
        assert b"secret" not in push.body

    def test_only_what_was_asked_for(self, alice: User, bob: User, service: PushService) -> None:
        browser = Browser()
        subscribe(alice, service, browser)
        made = alice.status("Hello")
        bob.do("favourite", made["id"])
        bob.follow(alice)
        assert browser.read(service.next())["notification_type"] == "follow"
        assert service.is_empty()

    def test_a_group_says_how_many_there_are(
        self, alice: User, bob: User, carol: User, service: PushService
    ) -> None:
        browser = Browser()
        subscribe(alice, service, browser, alerts={"favourite": True})
        made = alice.status("Hello")
        for user, others in ((bob, ""), (carol, " and another one")):
            user.do("favourite", made["id"])
            title = browser.read(service.next())["title"]
            assert title == f"{user.username}{others} favourited your post"

    def test_only_from_whom_it_was_asked_for(
        self, alice: User, bob: User, carol: User, service: PushService
    ) -> None:
        browser = Browser()
        subscribe(alice, service, browser, policy="followed")
        alice.follow(carol)
        bob.status(f"@{alice.username} from a stranger")
        carol.status(f"@{alice.username} from a friend")
        assert browser.read(service.next())["body"].endswith("from a friend")
        assert service.is_empty()

    def test_nothing_that_is_filtered_or_muted(
        self, alice: User, bob: User, carol: User, service: PushService
    ) -> None:
        browser = Browser()
        subscribe(alice, service, browser)
        alice.post(f"/api/v1/accounts/{carol.id}/mute").ok()
        bob.status(f"@{alice.username} psst", visibility="direct")
        carol.status(f"@{alice.username} hello?")
        bob.status(f"@{alice.username} hello")
        assert browser.read(service.next())["body"].endswith("hello")
        assert service.is_empty()

    def test_a_revoked_token_is_pushed_nothing(
        self, server: ServerProcess, bob: User, service: PushService
    ) -> None:
        dora = server.user("dora", password=PASSWORD)
        app = App(server, OUT_OF_BAND, "read write push")
        pair = {"client_id": app.made["client_id"], "client_secret": app.made["client_secret"]}
        grant = {"grant_type": "password", "username": dora.username, "password": PASSWORD}
        token = app.api.form("/oauth/token", {**pair, **grant, "scope": "read push"}).ok()["access_token"]
        gone, lasting = Browser(), Browser()
        subscribe(User(dora.url, token, dora.id, dora.username), service, gone)
        subscribe(dora, service, lasting)
        app.api.form("/oauth/revoke", {**pair, "token": token}).ok()
        bob.status(f"@{dora.username} hello")
        assert lasting.read(service.next())["body"].endswith("hello")
        assert service.is_empty()

    def test_the_suspended_are_pushed_nothing(
        self, server: ServerProcess, alice: User, bob: User, service: PushService
    ) -> None:
        warden = server.user("warden", role="admin", scopes="read write admin:read admin:write")
        barred, lasting = Browser(), Browser()
        subscribe(alice, service, barred)
        dora = server.user("dora")
        subscribe(dora, service, lasting)
        action = f"/api/v1/admin/accounts/{alice.id}/action"
        warden.post(action, {"type": "disable"}).ok()
        bob.status(f"@{alice.username} and @{dora.username} hello")
        assert lasting.read(service.next())["body"].endswith("hello")
        assert service.is_empty()


class TestTrouble:
    @pytest.mark.parametrize("status", [404, 410])
    def test_a_subscription_that_is_gone_is_forgotten(
        self, alice: User, bob: User, service: PushService, status: int
    ) -> None:
        subscribe(alice, service, Browser())
        service.answer = lambda _push: (status, {})
        bob.status(f"@{alice.username} hello")
        service.next()
        for _ in range(200):
            if alice.get(PATH).status == 404:
                return
        raise AssertionError("the subscription is there still")

    def test_what_fails_for_now_is_tried_again(self, alice: User, bob: User, service: PushService) -> None:
        browser = Browser()
        subscribe(alice, service, browser)
        answers = iter([(503, {"Retry-After": "1"}), (201, {})])
        service.answer = lambda _push: next(answers)
        bob.status(f"@{alice.username} hello")
        first, second = service.next(), service.next()
        assert first.body == second.body
        assert alice.get(PATH).ok()

    def test_redirects_are_not_followed(self, alice: User, bob: User, service: PushService) -> None:
        browser = Browser()
        subscribe(alice, service, browser)

        def answer(push: Push) -> tuple[int, dict[str, str]]:
            elsewhere = {"Location": f"{service.url}/elsewhere"}
            return (307, elsewhere) if push.body != b"" and push.path == "/push/1" else (201, {})

        service.answer = answer
        bob.status(f"@{alice.username} one")
        bob.status(f"@{alice.username} two")
        assert [service.next().path, service.next().path] == ["/push/1", "/push/1"]
        assert service.is_empty()


def test_nothing_is_pushed_into_the_operator_s_network(
    start_server: Callable[..., ServerProcess], service: PushService
) -> None:
    """As servers are set up: HTTPS alone, and public addresses alone."""
    user = start_server().user("alice")
    port = service.url.rpartition(":")[2]
    for endpoint in (
        *(service.url, f"https://127.0.0.1:{port}/x", "https://localhost/x", "https://[::1]/x"),
        *("https://169.254.169.254/latest", "https://10.0.0.1/x", "https://2130706433/x"),
    ):
        target = {"endpoint": endpoint, "keys": Browser().keys, "standard": True}
        assert user.post(PATH, {"subscription": target}).refused(422)
    assert service.is_empty()
