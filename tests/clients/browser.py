"""The browser that a client sends its user to."""

from urllib.parse import urlsplit

from tests.api.client import Api, path_of
from tests.api.oauth import Page


def code_shown(url: str, login: str, password: str) -> str:
    """Open the page, sign in and allow; the code that is then shown, to be copied into the client."""
    parts = urlsplit(url)
    browser = Api(f"{parts.scheme}://{parts.netloc}")
    page = Page(browser.call("GET", path_of(url)).text)
    signed_in = {page.ids["user_email"]: login, page.ids["user_password"]: password, "answer": "allow"}
    answer = browser.form(page.form["action"], {**page.fields, **signed_in}, page.form["method"].upper())
    assert answer.status == 200, answer.text
    code = Page(answer.text).code
    assert code, answer.text
    return code
