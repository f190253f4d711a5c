"""Lists beside each other's changes, and large ones."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from roost.errors import Invalid, NotFound
from roost.limits import LIST_CHANGES_AT_ONCE_MAX
from roost.model import PageRequest
from roost.service import ListTerms
from roost.store import tables
from tests.service.ground import Ground


def followees(ground: Ground, owner: int, count: int) -> list[int]:
    """So many new users, whom one follows."""
    users = [msgspec.json.encode({"type": "user", "username": f"many{number}"}) for number in range(count)]
    made, _ = ground.do(ground.service.bulk.ingest(users))
    ids = [int(result.id) for result in made]
    follow = {"type": "follow", "follower": owner, "followees": ids}
    ground.do(ground.service.bulk.ingest([msgspec.json.encode(follow)]))
    ground.settle()
    return ids


def test_a_large_list_is_filled_by_and_by_and_deleted_whole(ground: Ground) -> None:
    owner = ground.user("owner")
    members = followees(ground, owner, 200)
    lists = ground.service.lists
    made = ground.do(lists.create(owner, ListTerms(title="large", exclusive=True)))
    with pytest.raises(Invalid):
        ground.do(lists.add(owner, made.list_id, members * 3))
    assert LIST_CHANGES_AT_ONCE_MAX < 600
    for start in range(0, 200, 50):
        ground.do(lists.add(owner, made.list_id, members[start : start + 50]))
    posted = ground.post(members[0])
    assert ground.home(owner) == []
    ground.do(lists.delete(owner, made.list_id))
    assert ground.home(owner) == [posted]
    for table in (tables.LISTS, tables.LIST_MEMBERS, tables.LISTS_OF_MEMBER):
        assert ground.do(ground.kit.store.export(table, b"", 10))[0] == []


def test_a_list_has_its_limit(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.service.local.lists.LIST_MEMBERS_MAX", 3)
    owner = ground.user("owner")
    members = followees(ground, owner, 4)
    lists = ground.service.lists
    made = ground.do(lists.create(owner, ListTerms(title="full")))
    ground.do(lists.add(owner, made.list_id, members[:2]))
    with pytest.raises(Invalid, match="room for 3"):
        ground.do(lists.add(owner, made.list_id, members[2:]))
    ground.do(lists.add(owner, made.list_id, members[2:3]))
    page = ground.do(lists.members(owner, made.list_id, PageRequest(10)))
    assert [view.user.user_id for view in page.items] == members[2::-1]


def test_nobody_stays_on_a_list_whose_follow_ends_meanwhile(ground: Ground) -> None:
    owner = ground.user("owner")
    members = followees(ground, owner, 12)
    service = ground.service
    made = ground.do(service.lists.create(owner, ListTerms(title="list")))

    async def race(member: int, first: bool) -> None:
        works = [service.lists.add(owner, made.list_id, [member]), service.edges.unfollow(owner, member)]
        ended = await asyncio.gather(*(works if first else works[::-1]), return_exceptions=True)
        for outcome in ended:
            assert not isinstance(outcome, BaseException) or isinstance(outcome, NotFound)

    for number, member in enumerate(members):
        ground.do(race(member, number % 2 == 0))
    assert ground.do(service.lists.members(owner, made.list_id, PageRequest(40))).items == ()


def test_choices_hold_after_restarts(ground: Ground) -> None:
    """With a snapshot, and without one: the flag that says to look at them is kept, or found again."""
    reader, friend, stranger = (ground.user(name) for name in ("reader", "friend", "stranger"))
    ground.do(ground.service.edges.follow(reader, friend))
    ground.do(ground.service.followed_tags.follow(reader, "birds"))
    made = ground.do(ground.service.lists.create(friend, ListTerms(title="list", exclusive=True)))
    ground.do(ground.service.edges.follow(friend, stranger))
    ground.do(ground.service.lists.add(friend, made.list_id, [stranger]))
    tagged, plain = ground.post(stranger, "#birds"), ground.post(friend)
    for way in ("running", "snapshot", "tables"):
        if way != "running":
            ground.stop()
            if way == "tables":
                (Path(ground.settings.data_folder) / "home.snapshot").unlink()
            ground.restart_after_crash()
        assert ground.home(reader) == [plain, tagged]
        assert ground.home(friend) == [plain]
    assert ground.do(ground.service.operations.verify(3, 0)).differing == 0
