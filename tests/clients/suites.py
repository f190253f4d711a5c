"""Clients' own test suites, as they are in their source archives: unpacked, run, and their outcomes read."""

import subprocess
import tarfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.clients.environment import client_program, variables

SHOWN_CHARACTERS = 6_000
ADDRESS = "http://localhost:3000"
"""The suites have this address written into them."""


def unpack(archives: Path, pattern: str, folder: Path) -> Path:
    """The source in the newest archive, unpacked into `folder`; skips the test where there is none."""
    found = sorted(archives.glob(pattern))
    if not found:
        pytest.skip(f"there is no {pattern} in {archives}: `make test` could not download it")
    with tarfile.open(found[-1]) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    return source


def run_suite(
    source: Path, folder: Path, words: Sequence[str], url: str, within_s: float, **more: str
) -> Mapping[str, str]:
    """How each test of a suite ended, by its name: empty for those that passed.

    The server at `url` is their proxy, if there is one, so that it is reached at any address.
    """
    report = folder / "report.xml"
    ended = subprocess.run(
        [client_program("python"), "-m", "pytest", *words, "-p", "no:cacheprovider", f"--junitxml={report}"],
        cwd=source,
        env=variables(folder, **({"http_proxy": url} if url else {}), **more),
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
    )
    assert ended.returncode in (0, 1), (ended.stdout + ended.stderr)[-SHOWN_CHARACTERS:]
    return _outcomes_of(report)


def _outcomes_of(report: Path) -> dict[str, str]:
    """pytest's report in JUnit's form, as the texts of failures by test."""
    found: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.attrib['classname'].rpartition('.')[2]}.py::{case.attrib['name']}"
        parts = [part for part in case if part.tag in ("failure", "error", "skipped")]
        text = "\n".join(f"{part.tag}: {part.get('message')}\n{part.text}" for part in parts)
        found[name] = found.get(name, "") + text
    return found
