"""OAuth 2.0: how an app gets a token."""

from roost.api.oauth.routes import OAuth, TokenAnswer

__all__ = ["OAuth", "TokenAnswer"]
