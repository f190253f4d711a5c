"""Names of blobs. They are made here and nowhere else: nothing of them comes from a user."""

import re
import secrets

_NAME = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{2,4}\Z")


def new_blob_name(extension: str) -> str:
    """A name that nobody can guess (128 random bits); `extension` is without its dot."""
    name = f"{secrets.token_hex(16)}.{extension}"
    assert is_blob_name(name)
    return name


def is_blob_name(name: str) -> bool:
    """Whether a text has the form of a name. What has not is never looked for."""
    return _NAME.match(name) is not None
