"""Snapshots: what comes back after a restart, and what happens when a snapshot cannot be used."""

import logging
from pathlib import Path

import pytest

from roost.errors import Corrupt
from roost.home import Shard, ShardCapacity, ShardState, capture, read_arrays, restore, write_arrays
from roost.model import PageRequest
from roost.processors import SNAPSHOT_FILE
from tests.service.ground import Ground


def fill(ground: Ground) -> list[int]:
    """Users who follow each other in a ring, with blocks, mutes, tweets and deletions."""
    ids = [ground.user(f"user{number}", protected=number == 3) for number in range(8)]
    for number, user_id in enumerate(ids):
        ground.do(ground.service.edges.follow(user_id, ids[(number + 1) % 8]))
        ground.do(ground.service.edges.follow(user_id, ids[(number + 2) % 8]))
    ground.do(ground.service.edges.block(ids[0], ids[5]))
    ground.do(ground.service.edges.mute(ids[1], ids[2]))
    for turn in range(40):
        tweet_id = ground.post(ids[turn % 8], f"tweet {turn}")
        if turn % 9 == 0:
            ground.do(ground.service.tweets.delete(ids[turn % 8], tweet_id))
    return ids


def timelines(ground: Ground, ids: list[int]) -> list[list[int]]:
    return [ground.home(user_id, 40) for user_id in ids]


def test_a_restart_changes_nothing(ground: Ground) -> None:
    ids = fill(ground)
    before = timelines(ground, ids)
    counts = [ground.do(ground.service.accounts.by_id(user_id)).counts for user_id in ids]
    ground.restart()
    assert timelines(ground, ids) == before
    assert [ground.do(ground.service.accounts.by_id(user_id)).counts for user_id in ids] == counts


def test_the_same_log_gives_the_same_digest(ground: Ground) -> None:
    fill(ground)
    ground.settle()
    events = ground.do(ground.kit.log.read(0, 4_000)).events
    digests = set()
    for strategy, step in (("push", 7), ("pull", 1_000), ("cost", 1)):
        shard = Shard(ShardCapacity(256, 1 << 16, 64, 16, 256), strategy)
        for start in range(0, len(events), step):
            shard.apply(start + 1, events[start : start + step])
            shard.apply(start + 1, events[start : start + step])  # delivered twice
        shard.settle(1_750_000_000)
        digests.add(capture(shard.state).digest())
        shard.close()
    assert len(digests) == 1


def test_a_snapshot_round_trip_keeps_the_digest(ground: Ground, tmp_path: Path) -> None:
    fill(ground)
    ground.settle()
    copy = capture(ground.kit.reader.state)
    write_arrays(tmp_path / "copy", copy.notes, copy.arrays)
    state = ShardState(ShardCapacity(256, 1 << 16, 64, 16, 256))
    restore(state, *read_arrays(tmp_path / "copy"), now_ms=0)
    assert capture(state).digest() == copy.digest()
    assert state.position == ground.kit.reader.state.position


@pytest.mark.parametrize("where", [3, 20, 40, 4_097, -4_096, "cut", "empty", "foreign"])
def test_a_damaged_snapshot_is_refused_and_the_state_rebuilt(
    tmp_path: Path, where: int | str, caplog: pytest.LogCaptureFixture
) -> None:
    ground = Ground(tmp_path)
    ids = fill(ground)
    before = timelines(ground, ids)
    ground.stop()
    path = tmp_path / SNAPSHOT_FILE
    damage(path, where)
    with pytest.raises(Corrupt):
        read_arrays(path)
    with caplog.at_level(logging.WARNING, "roost.home"):
        ground.restart_after_crash()
    assert "Rebuilding the home state from the tables" in caplog.text
    assert timelines(ground, ids) == before
    assert ground.do(ground.service.operations.verify(100, 0)).differing == 0
    ground.stop()
    ground.close()


def damage(path: Path, where: int | str) -> None:
    body = bytearray(path.read_bytes())
    if where == "cut":
        del body[len(body) // 2 :]
    elif where == "empty":
        body.clear()
    elif where == "foreign":
        body[:8] = b"ANOTHER."
    else:
        body[int(where)] ^= 0x40
    path.write_bytes(body)


def test_a_snapshot_from_another_log_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As after a store was put back from an older copy: the snapshot knows more than the log."""
    ground = Ground(tmp_path / "one")
    ids = fill(ground)
    ground.stop()
    other = Ground(tmp_path / "two")
    some = other.user("somebody")
    said = other.post(some)
    other.stop()
    (tmp_path / "one" / SNAPSHOT_FILE).rename(tmp_path / "two" / SNAPSHOT_FILE)
    with caplog.at_level(logging.WARNING, "roost.home"):
        other.restart_after_crash()
    assert "but the log ends at" in caplog.text
    assert other.home(some) == [said]
    assert len(ids) == 8
    other.stop()
    ground.close()
    other.close()


def test_the_log_is_forgotten_behind_the_snapshot(tmp_path: Path) -> None:
    ground = Ground(tmp_path, log_keep_events=10)
    ids = fill(ground)
    before = timelines(ground, ids)
    ground.restart()
    ground.restart()
    statistics = ground.service.operations.statistics().log
    assert statistics.first > 1
    assert statistics.last - statistics.first < 40
    assert timelines(ground, ids) == before
    ground.post(ids[0])
    page = ground.do(ground.service.timelines.home(ids[0], PageRequest(1)))
    assert len(page.items) == 1
    ground.stop()
    ground.close()
