"""The house rules that a machine can hold: who imports whom, and how long things are."""

import ast

import pytest

from tests.repo.tree import ROOT, SOURCE, imports_of, module_of, parsed, python_files

RANKS = (
    ("errors", "limits", "clock", "ids", "config", "model", "telemetry", "text"),
    ("kernels", "outgoing"),
    ("store", "eventlog", "blobs", "media"),
    ("graph", "interactions", "links", "push", "search", "trends"),
    ("home", "ranking"),
    ("ingest", "processors", "assembly"),
    ("service",),
    ("api",),
    ("web",),
    ("node",),
    ("load",),
    ("cli",),
    ("__main__",),
)
"""From the bottom up; see ARCHITECTURE.md. A package may import lower ranks only."""

MODULES_OF_THE_LOWEST_RANK = ("limits", "errors", "clock", "ids", "config")
"""Single modules; each may import those before it."""

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
NAIVE_MODEL_LINES_MAX = 200

RANK = {name: rank for rank, names in enumerate(RANKS) for name in names}
FILES = python_files("src/roost")


def package_of(module: str) -> str:
    """The part of Roost that a module belongs to; empty for `roost` itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def test_every_package_has_a_rank() -> None:
    there = {path.name.removesuffix(".py") for path in SOURCE.iterdir() if not path.name.startswith(".")}
    assert there - {"__init__", "__pycache__", "py.typed"} == set(RANK)


@pytest.mark.parametrize("path", FILES, ids=lambda path: module_of(path))
def test_imports_point_down_and_go_through_the_front_door(path) -> None:  # type: ignore[no-untyped-def]
    own = package_of(module_of(path))
    for line, module, names in imports_of(path):
        targets = (
            [package_of(f"{module}.{name}") for name in names] if module == "roost" else [package_of(module)]
        )
        for target in targets:
            if target in ("", own) or target.startswith("__"):
                continue
            assert RANK[target] <= RANK[own], f"{path}:{line} imports {target}, which stands higher"
            if RANK[target] == RANK[own]:
                order = MODULES_OF_THE_LOWEST_RANK
                assert own in order, f"{path}:{line} imports its neighbour {target}"
                assert target in order, f"{path}:{line} imports its neighbour {target}"
                assert order.index(target) < order.index(own), f"{path}:{line} imports {target}"
            else:
                assert module.count(".") <= 1 or is_public(module), f"{path}:{line} reaches into {module}"


def is_public(module: str) -> bool:
    """A package in a package that its parent exports: service.ports and service.local."""
    return module in ("roost.service.ports", "roost.service.local")


@pytest.mark.parametrize("path", python_files("src", "tests", "benchmarks"), ids=str)
def test_files_and_functions_are_short(path) -> None:  # type: ignore[no-untyped-def]
    is_table = path.relative_to(ROOT).as_posix() == "src/roost/limits.py"  # one line a limit, and its help
    assert len(path.read_text().splitlines()) <= FILE_LINES_MAX * (1 + is_table)
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            limit = FUNCTION_LINES_MAX if not is_route_table(node) else 2 * FUNCTION_LINES_MAX
            assert length <= limit, f"{path}:{node.lineno} {node.name} has {length} lines"


def is_route_table(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """`routes` holds data only: one expression a route."""
    return node.name == "routes" and not any(isinstance(part, ast.While | ast.If) for part in ast.walk(node))


@pytest.mark.parametrize("path", [path for path in FILES if path.name == "__init__.py"], ids=module_of)
def test_init_files_only_export(path) -> None:  # type: ignore[no-untyped-def]
    for node in parsed(path).body:
        simple = isinstance(
            node,
            ast.ImportFrom | ast.Import | ast.Assign | ast.AnnAssign | ast.Expr | ast.FunctionDef,
        )
        assert simple, f"{path}:{node.lineno}"
        if isinstance(node, ast.FunctionDef):
            assert len(node.body) <= 8, f"{path}:{node.lineno}: a composition of a few lines at most"


def test_the_naive_model_can_be_read_at_a_sitting() -> None:
    path = SOURCE.parents[1] / "tests" / "home" / "naive_timeline.py"
    assert len(path.read_text().splitlines()) <= NAIVE_MODEL_LINES_MAX


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_mastodons_words_stay_in_its_package(path) -> None:  # type: ignore[no-untyped-def]
    if "api/mastodon" in str(path):
        return
    for node in ast.walk(parsed(path)):
        names = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.arg):
            names = [node.arg]
        for name in names:
            for word in ("reblog", "favourite", "toot"):
                assert word not in name.lower(), f"{path}:{node.lineno} {name}"
