"""The header Idempotency-Key: a post that is sent again is one post."""

from concurrent.futures import ThreadPoolExecutor

from tests.api.client import Answer, Api, User


def _post(caller: Api, key: str, text: str = "Once") -> Answer:
    return caller.post("/api/v1/statuses", {"status": text}, {"Idempotency-Key": key})


def test_the_same_key_answers_the_first_status(alice: User) -> None:
    first = _post(alice, "key", "First").ok()
    again = _post(alice, "key", "Second").ok()
    assert (again["id"], again["content"]) == (first["id"], "<p>First</p>")
    assert len(alice.home().ids) == 1


def test_another_key_or_none_posts_anew(alice: User) -> None:
    ids = {_post(alice, "one").ok()["id"], _post(alice, "two").ok()["id"]}
    ids |= {alice.status("Once")["id"], alice.status("Once")["id"]}
    assert len(ids) == 4


def test_another_user_s_key_is_another_key(alice: User, bob: User) -> None:
    first, second = _post(alice, "shared", "By Alice").ok(), _post(bob, "shared", "By Bob").ok()
    assert (first["account"]["id"], second["account"]["id"]) == (alice.id, bob.id)
    assert first["id"] != second["id"]


def test_duplicates_at_once_are_one_status(alice: User) -> None:
    callers = [alice.unchecked() for _ in range(8)]
    first_ids = []
    with ThreadPoolExecutor(len(callers)) as pool:
        for number in range(10):
            found = list(
                pool.map(lambda caller, key=f"race {number}": _post(caller, key).ok()["id"], callers)
            )
            assert len(set(found)) == 1
            first_ids.append(found[0])
    assert alice.home(limit=40).ids == first_ids[::-1]


def test_a_refused_post_does_not_use_its_key_up(alice: User) -> None:
    assert _post(alice, "key", "").status == 422
    assert _post(alice, "key", "Now with text").ok()["content"] == "<p>Now with text</p>"


def test_a_deleted_status_is_not_answered(alice: User) -> None:
    first = _post(alice, "key").ok()
    alice.delete(f"/api/v1/statuses/{first['id']}").ok()
    assert _post(alice, "key").ok()["id"] != first["id"]


def test_keys_have_a_limit(alice: User) -> None:
    assert _post(alice, "k" * 255).status == 200
    answer = _post(alice, "k" * 256)
    answer.refused(422)
    assert list(answer.json["details"]) == ["Idempotency-Key"]
