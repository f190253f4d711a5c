"""Characters that OAuth errors may not quote (RFC 6749, 5.2): refused, never a 500."""

import pytest

from tests.api.oauth import App


@pytest.mark.parametrize("name", ["response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge"])
@pytest.mark.parametrize("value", ["\u00aa", '"', "\\", "\n", "\x7f", "\U0001f426"])
def test_characters_that_errors_of_oauth_may_not_have(server, name, value):
    app = App(server)
    assert app.show(**{name: value}).status in (200, 302, 400, 422)
    form = {"grant_type": "authorization_code", "code": "x", **app.request(**{name: value})}
    assert app.api.form("/oauth/token", form).status in (200, 400, 401, 422)


@pytest.mark.parametrize("name", ["grant_type", "code", "scope", "username", "code_verifier", "client_secret"])
def test_characters_at_the_token_endpoint(server, name):
    app = App(server)
    for grant in ("authorization_code", "password", "client_credentials"):
        form = {"grant_type": grant, "client_id": app.made["client_id"], "client_secret": app.made["client_secret"]}
        form |= {"username": "x", "password": "y", "code": "x", name: "\u00aa\\"}
        assert app.api.form("/oauth/token", form).status in (200, 400, 401, 422)
