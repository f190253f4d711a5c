"""Mastodon.py as tests call it: in a process of its own, with the library's names and arguments."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients.environment import ANSWER_S, SCRIPTS, client_program, variables


class Refused(Exception):
    """What the library raised."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind
        self.text = text


@dataclass(frozen=True)
class Kept:
    """An answer that the library can be given again as it was: a status to reply to, a page to go on from."""

    number: int
    value: Any

    @property
    def ids(self) -> list[str]:
        """Of a page; none where the library said that there is no such page."""
        return [item["id"] for item in self.value or []]


class MastodonPy:
    """One `mastodon.Mastodon`, and before `open` the class itself."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True)
        self._errors = (home / "errors.txt").open("w+")
        self._process = subprocess.Popen(
            [client_program("python"), SCRIPTS / "mastodon_py.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=home,
            env=variables(home),
        )

    def open(self, **named: Any) -> "MastodonPy":
        """Make the object. It is to say so when it meets a limit, and to notice a server that is too old."""
        self.do("Mastodon", **{"ratelimit_method": "throw", "version_check_mode": "created", **named})
        return self

    def do(self, name: str, *given: Any, **named: Any) -> Any:
        """Call a method."""
        return self._call(name, given, named)["value"]

    def keep(self, name: str, *given: Any, **named: Any) -> Kept:
        """Call a method whose answer is needed again."""
        told = self._call(name, given, named)
        return Kept(told["number"], told["value"])

    def walk(self, page: Kept, step: str) -> list[Kept]:
        """A page and all those after it, by `fetch_next` or `fetch_previous`."""
        pages = []
        while page.ids:
            pages.append(page)
            page = self.keep(step, page)
        return pages

    def close(self) -> None:
        """End the process, which must not have complained."""
        try:
            self._process.communicate(timeout=ANSWER_S)
        finally:
            self._process.kill()
            complaints = self._complaints()
            self._errors.close()
        assert (self._process.returncode, complaints) == (0, "")

    def _call(self, name: str, given: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        sent = [{"answer": item.number} if isinstance(item, Kept) else item for item in given]
        self._process.stdin.write(json.dumps({"name": name, "given": sent, "named": named}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"Mastodon.py ended in {name}:\n{self._complaints()}"
        told: dict[str, Any] = json.loads(line)
        if "error" in told:
            raise Refused(told["error"], told["text"])
        return told

    def _complaints(self) -> str:
        self._errors.seek(0)
        return self._errors.read()
