"""What somebody sees who opens the server's address in a browser."""

from html import escape

from roost import __version__
from roost.api.calls import Answer, Call
from roost.api.router import Route

_STYLE = (
    "body{margin:0;min-height:100vh;display:grid;place-items:center;font:1.05rem/1.6 system-ui,sans-serif;"
    "background:#f4f1ec;color:#2a2622}main{max-width:34rem;padding:2rem}a{color:#8a4b20}"
    "code{overflow-wrap:anywhere}"
    "@media(prefers-color-scheme:dark){body{background:#1c1a18;color:#efe9e1}a{color:#e0a070}}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


async def welcome(call: Call) -> Answer:
    title, url = escape(call.around.settings.title), escape(call.around.public_url)
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1>"
        f"<p>{escape(call.around.settings.description)}</p>"
        f"<p>Use it with any Mastodon app: give <code>{url}</code> as the server's address.</p>"
        '<p><a href="/api/v1/timelines/public">Newest posts</a> (JSON), '
        '<a href="/roost/v1/openapi.json">API description</a> (OpenAPI).</p>'
        f"<p><small>Roost {__version__}</small></p></main></body></html>"
    )
    return Answer(
        200,
        html.encode(),
        {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _POLICY},
    )


def routes() -> list[Route]:
    return [
        Route(
            method="GET",
            path="/",
            same_for_all=True,
            handler=welcome,
            summary="A page for people.",
            answers="text/html",
            rate="",
        )
    ]
