"""Characters that OAuth's errors may not quote (RFC 6749, 5.2): refused where they are, never a 500."""

import pytest

from tests.api.oauth import App
from tests.api.process import ServerProcess

ASKED = ["response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge"]
GIVEN = ["grant_type", "code", "scope", "username", "code_verifier", "client_secret"]
GRANTS = ["authorization_code", "password", "client_credentials"]


@pytest.fixture(scope="module")
def app(server: ServerProcess) -> App:
    return App(server)


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("value", ["\u00aa", '"', "\\", "\n", "\x7f", "\U0001f426"])
def test_where_a_user_is_asked(app: App, name: str, value: str) -> None:
    assert app.show(**{name: value}).status in (200, 302, 400, 422)
    form = {"grant_type": "authorization_code", "code": "x", **app.request(**{name: value})}
    assert app.api.form("/oauth/token", form).status in (200, 400, 401, 422)


@pytest.mark.parametrize("name", GIVEN)
@pytest.mark.parametrize("grant", GRANTS)
def test_where_a_token_is_asked_for(app: App, name: str, grant: str) -> None:
    client = {key: app.made[key] for key in ("client_id", "client_secret")}
    form = {"grant_type": grant, **client, "username": "x", "password": "y", "code": "x", name: "\u00aa\\"}
    assert app.api.form("/oauth/token", form).status in (200, 400, 401, 422)
