"""What goes for every request: methods, addresses, headers, cross-origin calls, the shape of errors."""

import json
from email.utils import parsedate_to_datetime

import pytest

from tests.api.client import Api, User
from tests.api.process import ServerProcess


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/instance/",
        "/api/v2/instance/",
        "/api/v1/timelines/public/",
        "/api/v1/custom_emojis/",
        "/.well-known/nodeinfo/",
        "/nodeinfo/2.0/",
        "/roost/v1/health/",
    ],
)
def test_a_trailing_slash_makes_no_difference(nobody: Api, path: str) -> None:
    with_slash, without = nobody.get(path), nobody.get(path.rstrip("/"))
    assert (with_slash.status, with_slash.json) == (200, without.json)


def test_a_trailing_slash_makes_no_difference_with_placeholders_and_changes(alice: User) -> None:
    made = alice.form("/api/v1/statuses/", {"status": "With a slash"}).ok()
    assert alice.get(f"/api/v1/statuses/{made['id']}/").ok()["id"] == made["id"]
    assert alice.delete(f"/api/v1/statuses/{made['id']}/").ok()["id"] == made["id"]


@pytest.mark.parametrize("path", ["/", "/api/v1/instance", "/avatars/original/missing.png"])
def test_head_answers_as_get_without_the_body(nobody: Api, path: str) -> None:
    head, get = nobody.call("HEAD", path), nobody.get(path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(get.body))
    assert head.headers["content-type"] == get.headers["content-type"]
    assert parsedate_to_datetime(head.headers["date"]).tzinfo is not None


def test_head_of_what_is_not_there(nobody: Api) -> None:
    assert nobody.call("HEAD", "/api/v1/nowhere").status == 404


@pytest.mark.parametrize(
    "path", ["/api/v1/nowhere", "/api", "/nowhere", "/api/v1/accounts/1/nowhere", "/%00", "/api//v1/instance"]
)
def test_unknown_addresses(nobody: Api, path: str) -> None:
    answer = nobody.get(path)
    assert answer.refused(404)
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/v1/instance", "GET, HEAD, OPTIONS"),
        ("DELETE", "/api/v1/timelines/home", "GET, HEAD, OPTIONS"),
        ("GET", "/oauth/token", "OPTIONS, POST"),
        ("PATCH", "/api/v1/statuses", "GET, HEAD, OPTIONS, POST"),
        ("PROPFIND", "/api/v1/accounts/1/follow", "OPTIONS, POST"),
    ],
)
def test_methods_that_an_address_does_not_have(nobody: Api, method: str, path: str, allowed: str) -> None:
    answer = nobody.call(method, path)
    assert answer.refused(405)
    assert answer.headers["allow"] == allowed
    assert answer.headers["access-control-allow-origin"] == "*"


def test_what_is_not_found(nobody: Api, alice: User) -> None:
    assert nobody.get("/api/v1/statuses/1").refused(404) == "Record not found"
    assert nobody.get("/api/v1/accounts/1").refused(404) == "Record not found"
    assert alice.post("/api/v1/accounts/1/follow").refused(404) == "Record not found"


def test_a_body_above_the_limit(alice: User) -> None:
    body = json.dumps({"status": "a" * (1 << 20)}).encode()
    answer = alice.call("POST", "/api/v1/statuses", body, {"Content-Type": "application/json"})
    assert answer.refused(413)


def test_a_body_of_an_unknown_type(alice: User) -> None:
    answer = alice.call("POST", "/api/v1/statuses", b"<status/>", {"Content-Type": "application/xml"})
    assert "application/xml" in answer.refused(422)


def test_a_problem_of_a_parameter_names_it(alice: User) -> None:
    answer = alice.get("/api/v1/timelines/home", limit="many")
    assert answer.refused(422).startswith("Validation failed: limit ")
    assert [problem["error"] for problem in answer.json["details"]["limit"]] == ["ERR_INVALID"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/instance",
        "/api/v1/statuses",
        "/api/v1/timelines/home",
        "/oauth/token",
        "/oauth/revoke",
        "/.well-known/oauth-authorization-server",
        "/nodeinfo/2.0",
        "/avatars/original/missing.png",
        "/api/v1/statuses/1/favourite",
    ],
)
def test_preflight_of_other_sites(nobody: Api, path: str) -> None:
    headers = {
        "Origin": "https://client.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type, idempotency-key",
    }
    answer = nobody.call("OPTIONS", path, headers=headers)
    assert answer.status in (200, 204)
    assert answer.body == b""
    assert answer.headers["access-control-allow-origin"] == "*"
    methods = answer.headers["access-control-allow-methods"].split(", ")
    assert {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} <= set(methods)
    allowed = answer.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "idempotency-key"} <= set(allowed)


def test_other_sites_may_read_what_they_need(alice: User) -> None:
    for answer in (
        alice.home(),
        alice.get("/api/v1/statuses/1"),
        alice.get("/api/v1/timelines/home?limit=x"),
    ):
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        rates = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
        assert {"Link", "X-Request-Id", *rates} <= set(exposed)


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_other_sites_may_not_call_the_page_that_takes_a_password(nobody: Api, method: str) -> None:
    answer = nobody.call(method, "/oauth/authorize", headers={"Origin": "https://client.example"})
    assert "access-control-allow-origin" not in answer.headers


def test_answers_are_not_kept_by_caches_nor_guessed_at(alice: User) -> None:
    answer = alice.home()
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["vary"] == "Authorization, Origin"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "token", "status", "text"),
    [
        ("/api/v1/timelines/home", "", 401, "The access token is invalid"),
        ("/api/v1/timelines/home", "wrong", 401, "The access token is invalid"),
        ("/api/v1/timelines/public", "wrong", 401, "The access token is invalid"),
        ("/roost/v1/stats", "", 401, "The access token is invalid"),
    ],
)
def test_without_a_good_token(server: ServerProcess, path: str, token: str, status: int, text: str) -> None:
    answer = Api(server.url, token, server.nobody.contract).get(path)
    assert answer.refused(status) == text
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/v1/instance",
        "/api/v2/instance",
        "/.well-known/oauth-authorization-server",
        "/.well-known/nodeinfo",
        "/nodeinfo/2.0",
        "/roost/v1/health",
        "/avatars/original/missing.png",
    ],
)
def test_a_stale_token_is_no_hindrance_where_none_is_needed(server: ServerProcess, path: str) -> None:
    """A client that was signed out asks who the server is before it signs in anew."""
    assert Api(server.url, "stale", server.nobody.contract).get(path).status == 200


def test_a_stale_token_is_no_hindrance_to_signing_in(server: ServerProcess) -> None:
    caller = Api(server.url, "stale", server.nobody.contract)
    app = caller.form("/api/v1/apps", {"client_name": "Again", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"})
    wanted = {"grant_type": "client_credentials", **{k: app.ok()[k] for k in ("client_id", "client_secret")}}
    assert caller.form("/oauth/token", wanted).ok()["token_type"] == "Bearer"


def test_a_token_in_the_query_for_those_who_cannot_set_headers(alice: User, nobody: Api) -> None:
    found = nobody.get("/api/v1/accounts/verify_credentials", access_token=alice.token).ok()
    assert found["id"] == alice.id


def test_the_scheme_of_a_token_may_be_written_in_any_case(alice: User, nobody: Api) -> None:
    headers = {"Authorization": f"bEARER {alice.token}"}
    assert nobody.call("GET", "/api/v1/accounts/verify_credentials", headers=headers).ok()["id"] == alice.id
