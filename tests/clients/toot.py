"""toot as a person runs it: a command at a time, with a home folder of its own."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from tests.api.client import User
from tests.api.oauth import PASSWORD
from tests.clients.browser import code_shown
from tests.clients.environment import ANSWER_S, client_program, variables

_LINES = 1_000_000
"""A terminal so high that the pager goes through all pages by itself."""
_ID = re.compile(r"^ID (\d+)  Visibility", re.MULTILINE)


class Toot:
    def __init__(self, home: Path) -> None:
        home.mkdir()
        self._home = home
        self._program = client_program("toot")

    def run(self, *words: str) -> str:
        """What a command prints; it has to succeed."""
        found = self._run(words)
        assert (found.returncode, found.stderr) == (0, ""), found
        return found.stdout

    def read(self, *words: str) -> Any:
        """What a command prints as JSON."""
        return json.loads(self.run(*words, "--json"))

    def fail(self, *words: str) -> str:
        """The sentence with which a command fails."""
        found = self._run(words)
        assert found.returncode == 1, found
        assert found.stderr.startswith("Error: "), found
        assert found.stderr.count("\n") == 1, found
        return found.stderr.removeprefix("Error: ").strip()

    def ids(self, *words: str) -> list[str]:
        """The statuses that a command shows, as far as its pager finds more."""
        return _ID.findall(self.run(*words))

    def sign_in(self, user: User, email: str, password: str = PASSWORD) -> "Toot":
        """By password."""
        said = self.run("login_cli", "-i", user.url, "-e", email, "-p", password)
        assert "Successfully logged in" in said
        return self

    def sign_in_by_browser(self, user: User, password: str = PASSWORD) -> str:
        """As toot recommends: it prints an address, and asks for the code that the page there shows."""
        with subprocess.Popen(
            [self._program, "login", "-i", user.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self._variables(),
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            address = next(line for line in process.stdout if line.startswith("http")).strip()
            code = code_shown(address, user.username, password)
            said, _ = process.communicate(f"n\n{code}\n", timeout=ANSWER_S)
        assert process.returncode == 0, said
        return said

    def _run(self, words: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._program, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ANSWER_S,
            env=self._variables(),
            check=False,
        )

    def _variables(self) -> dict[str, str]:
        return variables(self._home, LINES=str(_LINES), COLUMNS="80")
