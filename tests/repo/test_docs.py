"""The docs say what is: reference pages are as the source, links lead somewhere, commands exist."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from tests.repo.tree import ROOT

PROSE = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
    if ".venv" not in path.parts and "reference" not in path.parts
)
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)(#[^)]*)?\)")
MAKE_TARGET = re.compile(r"`?make ([a-z]+)")
ROOST_COMMAND = re.compile(r"(?:^|`|\s)roost ([a-z]+(?: (?:add|token|generate|replay))?)")


def reference() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pages: dict[str, str] = module.pages()
    return pages


def test_reference_pages_are_as_the_source() -> None:
    for name, text in reference().items():
        path = ROOT / "docs" / "reference" / name
        assert path.read_text() == text, f"run: python docs/make_reference.py (for {name})"


@pytest.mark.parametrize("path", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for target, _ in LINK.findall(path.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), f"{path} links to {target}"


def anchors(path: Path) -> set[str]:
    """Where links into a page may lead: its headings, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_into_pages_lead_to_headings(path: Path) -> None:
    for target, anchor in re.findall(r"\[[^\]]+\]\(([^)#:]*)#([^)]+)\)", path.read_text()):
        page = path.parent / target if target else path
        assert anchor in anchors(page), f"{path} links to #{anchor} of {page.name}"


def test_every_benchmark_is_told_of() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text()
    names = [path.stem for path in (ROOT / "benchmarks").glob("*.py") if "\nBENCHMARK = " in path.read_text()]
    assert names
    for name in names:
        told = f"\n## `{name}`: " in page or f"The figures of `{name}` are on" in page
        assert told, f"docs/benchmarks.md says nothing of roost bench {name}"


def test_every_docs_page_is_linked() -> None:
    linked = {
        (path.parent / target).resolve() for path in PROSE for target, _ in LINK.findall(path.read_text())
    }
    for path in (ROOT / "docs").rglob("*.md"):
        assert path.resolve() in linked, f"no page links to {path}"


def test_commands_in_the_docs_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    commands = {
        line.split("`")[1] for line in reference()["commands.md"].splitlines() if line.startswith("| `")
    }
    groups = {name.rpartition(" ")[0] for name in commands}
    for path in PROSE:
        text = path.read_text()
        blocks = "\n".join(re.findall(r"```(?:sh|console)?\n(.*?)```", text, re.DOTALL))
        code = "\n".join([blocks, *re.findall(r"`([^`\n]+)`", text)])
        for target in MAKE_TARGET.findall(code):
            assert f"\n{target}:" in makefile, f"{path}: make {target}"
        for name in ROOST_COMMAND.findall(code):
            known = f"roost {name}" in commands or f"roost {name}" in groups
            assert known or f"roost {name.split()[0]}" in commands, f"{path}: roost {name}"


def test_readme_gives_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text()
    assert "make demo" in text
    assert "make test" in text


def test_locked_packages_alone_are_installed() -> None:
    """pip 23 takes a later release of what another package wants with extras, and then misses its hash."""
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    installs = [line for line in makefile.splitlines() if "--require-hashes" in line]
    assert installs
    for line in installs:
        assert "--no-deps" in line, line
