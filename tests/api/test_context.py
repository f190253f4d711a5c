"""Conversations."""

from tests.api.client import Api, User
from tests.api.process import ServerProcess


def _context(caller: Api, status_id: str) -> tuple[list[str], list[str]]:
    found = caller.get(f"/api/v1/statuses/{status_id}/context").ok()
    return [s["id"] for s in found["ancestors"]], [s["id"] for s in found["descendants"]]


def test_ancestors_from_the_root_and_descendants_depth_first(alice: User, bob: User, nobody: Api) -> None:
    """
    root - first - deep - deeper
         \\       \\ other
          second - last
    """
    root = alice.status("root")["id"]

    def answer(to: str, author: User = bob) -> str:
        return str(author.status("answer", in_reply_to_id=to)["id"])

    first = answer(root)
    second = answer(root, alice)
    deep = answer(first, alice)
    last = answer(second)
    deeper = answer(deep)
    other = answer(first)
    for caller in (alice, bob, nobody):
        assert _context(caller, root) == ([], [first, deep, deeper, other, second, last])
        assert _context(caller, deep) == ([root, first], [deeper])
        assert _context(caller, last) == ([root, second], [])


def test_a_status_alone(alice: User) -> None:
    assert _context(alice, alice.status("alone")["id"]) == ([], [])


def test_a_long_thread(alice: User, nobody: Api) -> None:
    ids = [alice.status("0")["id"]]
    for number in range(1, 75):
        ids.append(alice.status(f"{number}", in_reply_to_id=ids[-1])["id"])
    assert _context(alice, ids[-1]) == (ids[:-1], [])
    assert _context(alice, ids[0]) == ([], ids[1:])
    assert _context(nobody, ids[-1]) == (ids[34:-1], []), "the nearest forty"
    assert _context(nobody, ids[0]) == ([], ids[1:61]), "the first sixty"


def test_a_hole_in_the_thread(alice: User, bob: User, carol: User) -> None:
    root = alice.status("root")["id"]
    hidden = bob.status(f"hidden @{alice.username}", in_reply_to_id=root, visibility="direct")["id"]
    below = alice.status("below", in_reply_to_id=hidden)["id"]
    assert _context(alice, root) == ([], [hidden, below])
    ancestors, _ = _context(carol, below)
    assert hidden not in ancestors
    _, descendants = _context(carol, root)
    assert hidden not in descendants


def test_those_whom_one_blocks_or_mutes_are_left_out(server: ServerProcess, alice: User, bob: User) -> None:
    root = alice.status("root")["id"]
    rude, loud = server.user("rude"), server.user("loud")
    by_rude = rude.status("rude", in_reply_to_id=root)["id"]
    by_loud = loud.status("loud", in_reply_to_id=root)["id"]
    by_bob = bob.status("kind", in_reply_to_id=root)["id"]
    assert _context(alice, root) == ([], [by_rude, by_loud, by_bob])
    alice.post(f"/api/v1/accounts/{rude.id}/block").ok()
    alice.post(f"/api/v1/accounts/{loud.id}/mute").ok()
    assert _context(alice, root) == ([], [by_bob])
    assert _context(bob, root) == ([], [by_rude, by_loud, by_bob])


def test_the_context_of_a_reblog(alice: User, bob: User) -> None:
    root = alice.status("root")["id"]
    reply = bob.status("reply", in_reply_to_id=root)["id"]
    reblog = bob.do("reblog", root)["id"]
    assert _context(alice, root) == ([], [reply])
    assert _context(alice, reblog) in (([], [reply]), ([], []))
