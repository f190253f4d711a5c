"""The pages where a user signs in and lets an app act for them. No script; the web app's style."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

from roost.api.calls import Answer, Surroundings

_MEANINGS = {
    "read": "read everything in your account",
    "write": "post and change things in your account",
    "follow": "follow, mute and block for you",
    "push": "send you push notifications",
    "profile": "see your name and picture",
}


def sign_in_page(
    around: Surroundings,
    app_name: str,
    website: str,
    scopes: tuple[str, ...],
    redirect_uri: str,
    fields: Mapping[str, str],
    problem: str = "",
    status: int = 200,
) -> Answer:
    """The form that signs a user in and grants the app what it asks for. `fields` go along, hidden."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    asked = "".join(f"<li>{escape(_meaning(scope))}</li>" for scope in scopes)
    place = urlsplit(website).netloc or website
    about = f" ({escape(place)})" if place else ""
    alert = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    body = f"""
<h1>Let {escape(app_name)} use your account?</h1>
<p>The app{about} asks {escape(around.settings.title)} for leave to:</p>
<ul>{asked}</ul>
{alert}
<form method="post" action="/oauth/authorize">{hidden}
<label for="user_email">E-mail address or username</label>
<input id="user_email" name="user[email]" autocomplete="username" required autofocus>
<label for="user_password">Password</label>
<input id="user_password" name="user[password]" type="password" autocomplete="current-password" required>
<div class="choices">
<button class="button primary" type="submit" name="answer" value="allow">Sign in and allow</button>
<button class="button" type="submit" name="answer" value="deny" formnovalidate>Deny</button></div>
</form>"""
    return _page(around, f"Sign in to {around.settings.title}", body, redirect_uri, status)


def code_page(around: Surroundings, code: str) -> Answer:
    """The code to copy, for apps that cannot be called back."""
    body = f"""
<h1>You are signed in</h1>
<p>Copy this code to the app. It works once, within ten minutes.</p>
<code class="code" id="code" tabindex="0" aria-label="Authorization code">{escape(code)}</code>"""
    return _page(around, f"Code for {around.settings.title}", body, "", 200)


def problem_page(
    around: Surroundings, problem: str, status: int, heading: str = "That did not work"
) -> Answer:
    body = f'<h1>{escape(heading)}</h1><p class="problem" role="alert">{escape(problem)}</p>'
    return _page(around, around.settings.title, body, "", status)


def _meaning(scope: str) -> str:
    base, _, rest = scope.partition(":")
    if not rest:
        return _MEANINGS.get(scope, scope)
    way = "read" if base == "read" else "change"
    return f"{way} your {rest.replace('_', ' ')}"


def _page(around: Surroundings, title: str, body: str, redirect_uri: str, status: int) -> Answer:
    sheet = f'<link rel="stylesheet" href="{escape(around.stylesheet)}">' if around.stylesheet else ""
    name = escape(around.settings.title)
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<meta name="robots" content="noindex"><title>{escape(title)}</title>{sheet}</head>'
        f'<body class="alone"><main class="alone-main"><span class="brand marked">{name}</span>'
        f'<div class="card">{body}</div></main></body></html>'
    )
    policy = (
        f"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{_origin(redirect_uri)}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
    }
    return Answer(status, html.encode(), headers)


def _origin(redirect_uri: str) -> str:
    """Where the form's answer may redirect to, as the policy names it: browsers hold redirects to it too."""
    parts = urlsplit(redirect_uri)
    if parts.scheme in ("http", "https") and parts.netloc:
        return f" {parts.scheme}://{parts.netloc}"
    return f" {parts.scheme}:" if parts.scheme and parts.scheme != "urn" else ""
