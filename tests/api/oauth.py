"""The OAuth dance as an app and a browser do it."""

import base64
import hashlib
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.api.client import Answer, Api, User, query_of
from tests.api.process import ServerProcess

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
CALLBACK = "https://client.example/callback?kept=1"
CUSTOM = "com.tapbots.Ivory.10217:/request_token"
PASSWORD = "correct horse battery"


class Page(HTMLParser):
    """A page's fields by name, its elements by id, its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.buttons: list[tuple[str, str, str]] = []
        self.form: dict[str, str] = {}
        self.tags: set[str] = set()
        self.code = ""
        self._in_code = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if "id" in given:
            self.ids[given["id"]] = given.get("name", "")
        if tag == "input":
            self.fields[given["name"]] = given.get("value", "")
        if tag == "button":
            self.buttons.append((given["type"], given["name"], given["value"]))
        if tag == "form":
            self.form = given
        self._in_code = given.get("id") == "code"

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.code += data

    def handle_endtag(self, tag: str) -> None:
        self._in_code = False


class App:
    """A registered client program that goes through the authorization of a user."""

    def __init__(
        self, server: ServerProcess, redirect_uri: str = CALLBACK, scopes: str = "read write"
    ) -> None:
        self.api = server.nobody
        self.url = server.url
        self.redirect_uri = redirect_uri
        self.scopes = scopes
        form = {"client_name": "Dancer", "redirect_uris": redirect_uri, "scopes": scopes}
        self.made = self.api.post("/api/v1/apps", form).ok()

    def request(self, **changes: str) -> dict[str, str]:
        """An authorization request; an empty change leaves a parameter out."""
        asked = {
            "response_type": "code",
            "client_id": self.made["client_id"],
            "redirect_uri": self.redirect_uri,
            "scope": self.scopes,
            "state": "a state",
            **changes,
        }
        return {name: value for name, value in asked.items() if value}

    def show(self, **changes: str) -> Answer:
        return self.api.call("GET", f"/oauth/authorize?{query_of(self.request(**changes))}")

    def submit(self, login: str, password: str = PASSWORD, answer: str = "allow", **changes: str) -> Answer:
        """Fill in the page's form and send it, as a browser would."""
        page = Page(self.show(**changes).text)
        fields = {**page.fields, page.ids["user_email"]: login, page.ids["user_password"]: password}
        return self.api.form(page.form["action"], {**fields, "answer": answer}, page.form["method"].upper())

    def code_for(self, user: User, **changes: str) -> str:
        return redirect_of(self.submit(user.username, **changes))["code"]

    def trade(self, code: str, /, **changes: str) -> Answer:
        """Ask for a token; an empty change leaves a parameter out."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self.made["client_id"],
            "client_secret": self.made["client_secret"],
            "redirect_uri": self.redirect_uri,
            **changes,
        }
        return self.api.form("/oauth/token", {name: value for name, value in form.items() if value})

    def caller(self, answer: Answer) -> Api:
        """Whoever has the token that was answered."""
        return Api(self.url, answer.ok()["access_token"], self.api.contract)


def redirect_of(answer: Answer) -> dict[str, Any]:
    """The parameters with which an answer redirects to an app."""
    assert answer.status == 302, f"{answer.status}: {answer.text}"
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def challenge_of(verifier: str) -> str:
    """S256 of RFC 7636, 4.2."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
