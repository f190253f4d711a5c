"""Roost's own web app: pages made by the server, one style, and scripts that only make them quicker."""

from roost.web.front import make_front

__all__ = ["make_front"]
