"""What a caller has already is not sent again; and what scripts of other sites may ask."""

import base64
import re

import pytest

from tests.api.client import Answer, Api, User, path_of
from tests.api.process import ServerProcess
from tests.api.uploads import upload
from tests.media import samples

SITE = "https://client.example.org"
_ASSET = re.compile(r"/assets/\w+/roost\.css")


def again(caller: Api, path: str, wanted: str) -> Answer:
    return caller.call("GET", path, headers={"If-None-Match": wanted})


def _place(server: ServerProcess, alice: User, kind: str) -> str:
    """Where there is one of a kind."""
    if kind == "media":
        return path_of(upload(alice, samples.png()).ok()["url"])
    if kind == "asset":
        found = _ASSET.search(server.nobody.get("/about").text)
        assert found is not None
        return found[0]
    if kind == "emoji":
        image = base64.b64encode(samples.png()).decode()
        server.operator.post("/roost/v1/admin/emojis", {"shortcode": "validated", "image": image}).ok()
        listed = {each["shortcode"]: each["url"] for each in server.nobody.get("/api/v1/custom_emojis").ok()}
        server.operator.delete("/roost/v1/admin/emojis/validated").ok()
        return path_of(listed["validated"])
    return kind.replace("{id}", alice.id)


@pytest.mark.parametrize(
    "kind",
    [
        "/api/v1/instance",
        "/api/v2/instance",
        "/api/v1/custom_emojis",
        "/api/v1/accounts/verify_credentials",
        "/api/v1/accounts/{id}",
        "/roost/v1/openapi.json",
        "/avatars/original/missing.png",
        "/headers/original/missing.png",
        "/worker.js",
        "asset",
        "media",
    ],
)
def test_what_the_caller_has_is_not_sent_again(server: ServerProcess, alice: User, kind: str) -> None:
    path = _place(server, alice, kind)
    first = alice.get(path)
    tag = first.headers["etag"]
    assert (first.status, re.fullmatch(r'"[\w-]+"', tag) is not None) == (200, True)
    assert "no-store" not in first.headers["cache-control"]
    for wanted in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = again(alice, path, wanted)
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", tag), wanted
        assert answer.headers["cache-control"] == first.headers["cache-control"]
    for wanted in ("", '"other"', tag[1:-1]):
        answer = again(alice, path, wanted)
        assert (answer.status, answer.body) == (200, first.body), wanted
    assert alice.call("HEAD", path, headers={"If-None-Match": tag}).status == 304


def test_what_has_changed_is_sent(server: ServerProcess, alice: User, bob: User) -> None:
    path = f"/api/v1/accounts/{alice.id}"
    shared, own = bob.get(path).headers["etag"], alice.get(path).headers["etag"]
    assert again(bob, path, shared).status == 304
    alice.patch("/api/v1/accounts/update_credentials", {"display_name": "Another name"}).ok()
    answer = again(bob, path, shared)
    assert (answer.ok()["display_name"], answer.headers["etag"] != shared) == ("Another name", True)
    assert again(alice, path, own).status == 200
    before = server.nobody.get("/api/v1/custom_emojis").headers["etag"]
    picture = _place(server, alice, "emoji")
    assert again(server.nobody, "/api/v1/custom_emojis", before).status == 304, "it came and went"
    assert server.nobody.get(picture).status == 404


def test_errors_have_no_validator(alice: User) -> None:
    answer = again(alice, "/api/v1/accounts/1", "*")
    assert answer.refused(404)
    assert "etag" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("GET", "/api/v1/streaming", "authorization"),
        ("GET", "/api/v1/streaming/user", "authorization, last-event-id"),
        ("GET", "/api/v1/streaming/public/local", "authorization, last-event-id"),
        ("POST", "/api/v2/media", "authorization, content-type"),
        ("PUT", "/api/v1/media/1", "authorization, content-type"),
        ("GET", "/media/some-file.png", "range, if-none-match"),
        ("GET", "/api/v2/instance", "if-none-match"),
        ("POST", "/api/v1/apps", "content-type"),
        ("POST", "/oauth/token", "content-type"),
        ("POST", "/oauth/revoke", "content-type"),
        ("GET", "/oauth/userinfo", "authorization"),
        ("GET", "/.well-known/oauth-authorization-server", "content-type"),
    ],
)
def test_scripts_of_other_sites_may_ask(nobody: Api, method: str, path: str, asked: str) -> None:
    """The preflight of what web clients send: it needs no token, names the headers, and lets no cookie in."""
    headers = {
        "Origin": SITE,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": asked,
    }
    answer = nobody.call("OPTIONS", path, headers=headers)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert method in answer.headers["access-control-allow-methods"].split(", ")
    allowed = answer.headers["access-control-allow-headers"].lower().split(", ")
    assert set(asked.split(", ")) <= set(allowed)
    assert "access-control-allow-credentials" not in answer.headers
    assert int(answer.headers["access-control-max-age"]) > 0


def test_scripts_of_other_sites_may_read_the_answers(alice: User, nobody: Api) -> None:
    """Refusals too, so that a client can tell its user what was wrong."""
    sent = upload(alice, samples.png())
    for answer in (
        sent,
        nobody.call("GET", path_of(sent.ok()["url"]), headers={"Origin": SITE}),
        nobody.form("/oauth/token", {"grant_type": "password"}),
        nobody.post("/api/v2/media"),
        nobody.get("/api/v1/streaming/user"),
        nobody.get("/api/v1/streaming"),
    ):
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"Link", "ETag", "X-Request-Id", "Retry-After"} <= set(exposed)
