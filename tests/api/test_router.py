"""Finding a route by its path."""

from roost.api.calls import Answer, Call
from roost.api.router import Route, Router


async def _nothing(call: Call) -> Answer:
    raise AssertionError(call)


def _router(*paths: str) -> Router:
    return Router(Route(method="GET", path=path, handler=_nothing, summary="") for path in paths)


def _found(router: Router, path: str) -> tuple[str, dict[str, str]]:
    routes, values = router.find(path)
    return (routes["GET"].path if routes else ""), values


def test_constants_come_before_names_and_names_before_anything_else() -> None:
    router = _router("/about", "/@{name}", "/@{name}/{id}", "/@{name}/followers", "/{page}")
    assert _found(router, "/about") == ("/about", {})
    assert _found(router, "/@alice") == ("/@{name}", {"name": "alice"})
    assert _found(router, "/@alice/12") == ("/@{name}/{id}", {"name": "alice", "id": "12"})
    assert _found(router, "/@alice/followers") == ("/@{name}/followers", {"name": "alice"})
    assert _found(router, "/@") == ("/{page}", {"page": "@"})
    assert _found(router, "/alice/12") == ("", {})
