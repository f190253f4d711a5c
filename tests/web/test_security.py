"""What other sites, and whoever can send requests, cannot do with the web app."""

import http.client
import re
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import pytest

from roost.limits import WEB_THREAD_TWEETS_MAX
from tests.api.client import Answer
from tests.api.process import ServerProcess
from tests.web.browser import PASSWORD

pytestmark = pytest.mark.server
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class Raw:
    """A browser as a server sees it: cookies and headers, and no mind of its own."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self.url = url
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []

    def send(self, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection(self._parts.hostname or "", self._parts.port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body = urlencode(form)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        answer = Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        )
        connection.close()
        for header in response.headers.get_all("Set-Cookie") or ():
            self.set_cookies.append(header)
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def csrf(self, path: str = "/sign-in") -> str:
        found = _CSRF.search(self.send("GET", path).text)
        assert found is not None
        return found[1]

    def sign_in(self, username: str, **form: str) -> Answer:
        sent = {"csrf": self.csrf(), "login": username, "password": PASSWORD, **form}
        return self.send("POST", "/sign-in", sent)


@pytest.fixture
def raw(server: ServerProcess) -> Raw:
    return Raw(server.url)


@pytest.fixture(scope="module")
def owner(server: ServerProcess) -> str:
    """Somebody with a password."""
    found = Raw(server.url)
    form = {"username": "owner", "email": "owner@example.org", "password": PASSWORD, "agreement": "1"}
    assert found.send("POST", "/sign-up", {**form, "csrf": found.csrf("/sign-up")}).status == 303
    return "owner"


def test_a_session_is_a_new_cookie_that_scripts_cannot_read(raw: Raw, owner: str) -> None:
    raw.cookies["roost"] = "planted-by-somebody-else"
    assert raw.sign_in(owner).status == 303
    assert raw.cookies["roost"] != "planted-by-somebody-else"
    set_cookie = raw.set_cookies[-1]
    for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in set_cookie
    first = raw.cookies["roost"]
    raw.cookies.pop("roost")
    assert raw.sign_in(owner).status == 303
    assert raw.cookies["roost"] != first


def test_signing_in_again_ends_the_earlier_session(raw: Raw, owner: str, server: ServerProcess) -> None:
    raw.sign_in(owner)
    first = raw.cookies["roost"]
    csrf = raw.csrf("/home")
    raw.send("POST", "/sign-in", {"csrf": csrf, "login": owner, "password": PASSWORD})
    second = raw.cookies["roost"]
    assert second != first
    raw.cookies["roost"] = first
    assert raw.send("GET", "/home").status == 303
    raw.cookies["roost"] = second
    assert raw.send("GET", "/home").status == 200
    raw.send("POST", "/sign-out", {"csrf": raw.csrf("/home")})
    raw.cookies["roost"] = second
    assert raw.send("GET", "/home").headers["location"] == "/sign-in?next=%2Fhome"


def test_cookies_of_https_are_bound_to_the_host(start_server: Callable[..., ServerProcess]) -> None:
    server = start_server(public_url="https://roost.example")
    found = Raw(server.url)
    found.send("GET", "/sign-in")
    assert found.set_cookies[0].startswith("__Host-roost-visit=")
    assert "Secure" in found.set_cookies[0]


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "cross-site"}, {"Origin": "null"}],
    ids=["no token", "other origin", "cross-site", "null origin"],
)
def test_forms_of_other_sites_change_nothing(
    raw: Raw, owner: str, server: ServerProcess, headers: dict[str, str]
) -> None:
    raw.sign_in(owner)
    form = {"text": "Not what I meant", **({"csrf": raw.csrf("/home")} if headers else {})}
    assert raw.send("POST", "/compose", form, **headers).status == 403
    assert "Not what I meant" not in raw.send("GET", f"/@{owner}").text


def test_a_token_is_worth_nothing_in_another_session(raw: Raw, owner: str, server: ServerProcess) -> None:
    other = Raw(server.url)
    stolen = other.csrf()
    raw.sign_in(owner)
    assert raw.send("POST", "/compose", {"text": "x", "csrf": stolen}).status == 403
    for broken in ("", "x", "A" * 44, "é" * 20):
        assert raw.send("POST", "/compose", {"text": "x", "csrf": broken}).status == 403


def test_signing_in_needs_a_token_too(raw: Raw, owner: str) -> None:
    assert raw.send("POST", "/sign-in", {"login": owner, "password": PASSWORD}).status == 403
    assert "roost" not in raw.cookies


def test_the_api_takes_the_cookie_from_our_own_scripts_only(raw: Raw, owner: str) -> None:
    raw.sign_in(owner)
    path = "/api/v1/accounts/verify_credentials"
    token = raw.csrf("/home")
    assert raw.send("GET", path).status == 401
    assert raw.send("GET", path, X_Roost_Token=token).status == 200
    assert raw.send("GET", path, X_Roost_Token=token, Origin="https://evil.example").status == 401
    assert raw.send("GET", path, X_Roost_Token=token, Sec_Fetch_Site="same-site").status == 401
    preflight = raw.send("OPTIONS", path, Origin="https://evil.example")
    assert "roost-token" not in preflight.headers.get("access-control-allow-headers", "").lower()
    assert "access-control-allow-credentials" not in preflight.headers


def test_pages_cannot_be_framed_nor_read_by_other_sites(raw: Raw) -> None:
    for path in ("/", "/sign-in", "/about", "/nothing-here"):
        answer = raw.send("GET", path, Accept="text/html")
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-frame-options"] == "DENY"
        if path != "/nothing-here":
            assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/ok\r\nX: y",
    ],
)
def test_nobody_is_sent_to_another_site(raw: Raw, owner: str, place: str) -> None:
    answer = raw.sign_in(owner, next=place)
    assert answer.headers["location"] == "/home"


def test_signing_in_leads_to_where_somebody_wanted_to_go(raw: Raw, owner: str) -> None:
    assert raw.sign_in(owner, next="/settings?a=b").headers["location"] == "/settings?a=b"


def test_what_people_write_stays_text(raw: Raw, server: ServerProcess) -> None:
    nasty = "<script>alert(1)</script><img src=x onerror=alert(1)> \"'>"
    author = server.user("author", display_name=nasty[:90], note=nasty)
    posted = author.status(nasty, spoiler_text=nasty)
    for path in ("/", "/public", f"/@{author.username}", f"/@{author.username}/{posted['id']}"):
        text = raw.send("GET", path, Accept="text/html").text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_opening_is_noted_for_who_may_see_a_post_only(raw: Raw, owner: str, server: ServerProcess) -> None:
    author = server.user("author")
    shown, secret = author.status("For all"), author.status("For followers", visibility="private")
    path = f"/tweets/{shown['id']}/click"
    assert "data-click" not in raw.send("GET", f"/@{author.username}/{shown['id']}").text
    signed_out = raw.send("POST", path, {"csrf": raw.csrf()})
    assert signed_out.headers["location"].startswith("/sign-in")
    raw.sign_in(owner)
    csrf = raw.csrf("/home")
    assert f'data-click="{path}"' in raw.send("GET", f"/@{author.username}/{shown['id']}").text
    assert raw.send("POST", path, {}).status == 403
    assert raw.send("POST", path, {"csrf": csrf}).status == 303
    assert raw.send("POST", path, {"csrf": csrf}, X_Fragment="none").status == 204
    assert raw.send("POST", f"/tweets/{secret['id']}/click", {"csrf": csrf}).status == 404


def test_private_posts_have_no_page_for_others(raw: Raw, server: ServerProcess) -> None:
    author = server.user("author")
    secret = author.status("Only for followers", visibility="private")
    answer = raw.send("GET", f"/@{author.username}/{secret['id']}", Accept="text/html")
    assert answer.status == 404
    assert "Only for followers" not in answer.text
    assert "Only for followers" not in raw.send("GET", f"/@{author.username}").text


class TestLongThreads:
    """Nobody waits while a page of a thread is made for somebody else, and no page is without an end."""

    def test_are_read_page_by_page(self, server: ServerProcess, raw: Raw) -> None:
        author = server.user("thread", email="thread@roost.example", password=PASSWORD)
        caller = author.unchecked()
        root = caller.post("/api/v1/statuses", {"status": "root"}).ok()["id"]
        answers = [
            caller.post("/api/v1/statuses", {"status": f"n{n}", "in_reply_to_id": root}).ok()["id"]
            for n in range(WEB_THREAD_TWEETS_MAX + 3)
        ]
        raw.sign_in(author.username)
        address = f"/@{author.username}/{root}"
        page = raw.send("GET", address)
        assert _ids_on(page) == [root, *answers[:WEB_THREAD_TWEETS_MAX]]
        found = re.search(r'<a class="more" href="([^"]+)">More answers', page.text)
        assert found is not None
        assert _ids_on(raw.send("GET", found[1])) == [root, *answers[WEB_THREAD_TWEETS_MAX:]]
        assert _ids_on(raw.send("GET", f"{address}?from=99999")) == [root]

    def test_the_nearest_before_a_tweet_are_shown(self, server: ServerProcess, raw: Raw) -> None:
        author = server.user("deep", email="deep@roost.example", password=PASSWORD)
        caller = author.unchecked()
        chain = [caller.post("/api/v1/statuses", {"status": "root"}).ok()["id"]]
        for n in range(WEB_THREAD_TWEETS_MAX + 2):
            said = {"status": f"n{n}", "in_reply_to_id": chain[-1]}
            chain.append(caller.post("/api/v1/statuses", said).ok()["id"])
        raw.sign_in(author.username)
        page = raw.send("GET", f"/@{author.username}/{chain[-1]}")
        shown = chain[-1 - WEB_THREAD_TWEETS_MAX :]
        assert _ids_on(page) == shown
        assert f'<a href="/@{author.username}/{shown[0]}">Earlier in this thread</a>' in page.text


def _ids_on(page: Answer) -> list[str]:
    assert page.status == 200
    return re.findall(r' data-id="(\d+)"', page.text)
