"""Roles as Mastodon's clients know them."""

from roost.api.mastodon import entities
from roost.model import Role

_NAMES = {Role.MODERATOR: "Moderator", Role.ADMIN: "Admin", Role.OWNER: "Owner"}
_PERMISSIONS = {Role.USER: 0, Role.MODERATOR: 0x51C, Role.ADMIN: 0xEFFFC, Role.OWNER: 0xFFFFF}
"""Mastodon's flags (UserRole::FLAGS): of these, Roost's roles have what Mastodon's own of the name have."""
_EVERYBODY = "-99"


def role_id(role: Role) -> str:
    return str(int(role)) if role is not Role.USER else _EVERYBODY


def role_json(role: Role) -> entities.Role:
    """A role, for the account's owner and for moderators."""
    name = _NAMES.get(role, "")
    return entities.Role(role_id(role), name, str(_PERMISSIONS[role]), "", role is not Role.USER)


def shown_roles(role: Role) -> list[entities.ShownRole]:
    """What everybody sees of a role: none where there is nothing to see."""
    return [entities.ShownRole(role_id(role), _NAMES[role], "")] if role in _NAMES else []
