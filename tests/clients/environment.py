"""Where the clients are installed, and what they see of the machine."""

import os
import sys
from pathlib import Path

import pytest

PREFIX = Path(sys.prefix)
PROGRAMS = PREFIX / "clients" / "bin"
ARCHIVES = PREFIX / "toot-tests"
SCRIPTS = Path(__file__).parent / "scripts"
ANSWER_S = 60
"""How long a client may take over one thing before a test gives it up."""


def client_program(name: str) -> Path:
    """A program of the clients' environment."""
    path = PROGRAMS / name
    if not path.exists():
        pytest.skip(f"there is no {path}: `make test` installs the clients that are tried")
    return path


def variables(home: Path, **more: str) -> dict[str, str]:
    """The environment of a client that shall neither find nor leave anything outside of `home`."""
    return {
        "PATH": f"{PROGRAMS}{os.pathsep}{os.defpath}",
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "LANG": "C.UTF-8",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }
