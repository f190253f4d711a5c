"""The pages where a user signs in and lets an app act for them. No script; one style, by nonce."""

import secrets
from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

from roost.api.calls import Answer

_STYLE = """
:root{color-scheme:light dark;--ground:#f4f1ec;--card:#fffdfa;--ink:#2a2622;--soft:#6b635a;--line:#d9d2c7;
--accent:#8a4b20;--accent-ink:#fff;--bad:#a3221a}
@media (prefers-color-scheme:dark){:root{--ground:#1c1a18;--card:#262320;--ink:#efe9e1;--soft:#b0a699;
--line:#463f38;--accent:#e0a070;--accent-ink:#241a12;--bad:#ff9d93}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;background:var(--ground);
color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:26rem;background:var(--card);border:1px solid var(--line);border-radius:.9rem;
padding:1.75rem}
h1{font-size:1.35rem;line-height:1.25;margin:0 0 .35rem;overflow-wrap:anywhere}
p{margin:.35rem 0 1rem;color:var(--soft);overflow-wrap:anywhere}
ul{margin:0 0 1.25rem;padding:.75rem 1rem .75rem 2rem;border:1px solid var(--line);border-radius:.6rem}
label{display:block;font-weight:600;margin:.9rem 0 .3rem}
input{width:100%;padding:.6rem .7rem;font:inherit;color:inherit;background:transparent;
border:1px solid var(--soft);border-radius:.5rem}
.choices{display:flex;gap:.75rem;margin-top:1.4rem;flex-wrap:wrap}
button{flex:1 1 8rem;padding:.65rem 1rem;font:inherit;font-weight:600;border-radius:.5rem;cursor:pointer;
border:1px solid var(--accent);background:var(--accent);color:var(--accent-ink)}
button.quiet{background:transparent;color:inherit;border-color:var(--soft)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.problem{color:var(--bad);font-weight:600}
code{display:block;padding:.8rem;border:1px dashed var(--soft);border-radius:.5rem;overflow-wrap:anywhere;
font-size:1.05rem;user-select:all}
"""

_MEANINGS = {
    "read": "read everything in your account",
    "write": "post and change things in your account",
    "follow": "follow, mute and block for you",
    "push": "send you push notifications",
    "profile": "see your name and picture",
}


def sign_in_page(
    app_name: str,
    website: str,
    title: str,
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
<p>The app{about} asks {escape(title)} for leave to:</p>
<ul>{asked}</ul>
{alert}
<form method="post" action="/oauth/authorize">{hidden}
<label for="user_email">E-mail address or username</label>
<input id="user_email" name="user[email]" autocomplete="username" required autofocus>
<label for="user_password">Password</label>
<input id="user_password" name="user[password]" type="password" autocomplete="current-password" required>
<div class="choices"><button type="submit" name="answer" value="allow">Sign in and allow</button>
<button class="quiet" type="submit" name="answer" value="deny" formnovalidate>Deny</button></div>
</form>"""
    return _page(f"Sign in to {title}", body, redirect_uri, status)


def code_page(title: str, code: str) -> Answer:
    """The code to copy, for apps that cannot be called back."""
    body = f"""
<h1>You are signed in</h1>
<p>Copy this code to the app. It works once, within ten minutes.</p>
<code id="code" tabindex="0" aria-label="Authorization code">{escape(code)}</code>"""
    return _page(f"Code for {title}", body, "", 200)


def problem_page(title: str, problem: str, status: int, heading: str = "That did not work") -> Answer:
    body = f'<h1>{escape(heading)}</h1><p class="problem" role="alert">{escape(problem)}</p>'
    return _page(title, body, "", status)


def _meaning(scope: str) -> str:
    base, _, rest = scope.partition(":")
    if not rest:
        return _MEANINGS.get(scope, scope)
    way = "read" if base == "read" else "change"
    return f"{way} your {rest.replace('_', ' ')}"


def _page(title: str, body: str, redirect_uri: str, status: int) -> Answer:
    nonce = secrets.token_urlsafe(16)
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)}</title>'
        f'<style nonce="{nonce}">{_STYLE}</style></head><body><main>{body}</main></body></html>'
    )
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'{_origin(redirect_uri)}; "
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
