"""What must not stand in a file: hosts of package registries, paths of one machine, left-overs."""

import re
import subprocess

from tests.repo.tree import ROOT

FORBIDDEN = re.compile(
    r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian|crates\.io|"
    r"/work/|/root/|/home/[a-z]+/|\bTODO\b|\bFIXME\b|\bXXX\b|NotImplementedError"
)
NOT_OURS = ("tests/text/conformance/", "LICENSE", "tests/repo/test_words.py")


def test_no_forbidden_words() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    found = []
    for name in listed.stdout.splitlines():
        if name.startswith(NOT_OURS) or not (ROOT / name).is_file():
            continue
        try:
            text = (ROOT / name).read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {match[0]}" for match in FORBIDDEN.finditer(text)]
    assert found == []
