"""Replay: what a row of activity becomes, when it is due, and what a server then shows."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.load import (
    NOTHING,
    PlannedTweet,
    Planner,
    Replay,
    Timetable,
    TweetLine,
    UserLine,
    lines_of_follows,
    read_activity,
    read_follows,
    user_ids,
    user_lines,
)
from roost.load.files import MENTION, REPLY, RETWEET
from tests.load.ground import Ground, on_a_server

rows = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6), st.sampled_from((RETWEET, MENTION, REPLY))))


def planned(given_rows: list[tuple[int, int, int]]) -> tuple[Planner, list[PlannedTweet]]:
    planner = Planner()
    return planner, [tweet for row in given_rows for tweet in planner.plan(*row)]


class NaivePlan:
    """What the rows mean, said as plainly as can be: every tweet is looked for in the list of all."""

    def __init__(self) -> None:
        self.tweets: list[tuple[str, int, int]] = []
        """(kind, author, what it refers to or -1)"""

    def newest(self, author: int, kinds: tuple[str, ...]) -> int:
        found = [i for i, (kind, by, _) in enumerate(self.tweets) if by == author and kind in kinds]
        if not found:
            self.tweets.append(("original", author, -1))
            return len(self.tweets) - 1
        return found[-1]

    def play(self, actor: int, other: int, kind: int) -> None:
        if kind == MENTION:
            self.tweets.append(("original", actor, -1))
        elif kind == REPLY:
            referred = self.newest(other, ("original", "reply"))
            self.tweets.append(("reply", actor, referred))
        else:
            referred = self.newest(other, ("original",))
            if ("retweet", actor, referred) not in self.tweets:
                self.tweets.append(("retweet", actor, referred))


@given(rows)
def test_rows_become_what_the_plain_meaning_says(given_rows: list[tuple[int, int, int]]) -> None:
    naive = NaivePlan()
    for row in given_rows:
        naive.play(*row)
    _, tweets = planned(given_rows)
    kinds = ["retweet" if t.retweets else "original" if t.refers_to == NOTHING else "reply" for t in tweets]
    found = [(kind, tweet.author, tweet.refers_to) for kind, tweet in zip(kinds, tweets, strict=True)]
    assert found == naive.tweets
    assert [tweet.number for tweet in tweets] == list(range(len(tweets)))


def test_a_second_retweet_of_the_same_tweet_is_left_out() -> None:
    planner, tweets = planned([(1, 2, RETWEET), (1, 2, RETWEET), (2, 1, MENTION), (1, 2, RETWEET)])
    assert [(tweet.author, tweet.retweets) for tweet in tweets] == [
        (2, False),
        (1, True),
        (2, False),
        (1, True),
    ]
    assert planner.left_out == 1


def test_a_mention_names_the_user_by_the_files_number() -> None:
    (tweet,) = Planner(offset=1_000).plan(1_001, 1_007, MENTION)
    assert tweet.text.startswith("@u7 ")


times = st.lists(st.integers(0, 10_000), min_size=1, max_size=50).map(
    lambda seconds: np.array(sorted(seconds))
)


@given(times, st.floats(0.5, 1e5))
def test_rows_are_due_in_order_and_all_in_the_end(times_s: np.ndarray, speed: float) -> None:
    timetable = Timetable(times_s, speed)
    assert timetable.due_s(0) == 0
    for row in range(len(times_s)):
        due_s = timetable.due_s(row)
        assert due_s == (times_s[row] - times_s[0]) / speed
        assert timetable.rows_by(due_s) > row
        assert timetable.rows_by(np.nextafter(due_s, -1)) <= np.searchsorted(times_s, times_s[row])
    assert timetable.rows_by(timetable.due_s(len(times_s) - 1)) == len(times_s)


def test_without_a_speed_everything_is_due_at_once() -> None:
    timetable = Timetable(np.array([10, 99_999]), 0)
    assert timetable.rows_by(0.0) == 2
    assert timetable.due_s(1) == 0


FOLLOWS = "1 2\n1 3\n2 3\n3 1\n3 3\n1 2\n"
ACTIVITY = """\
1 2 100 RT
3 2 101 RT
2 3 102 RE
1 3 103 MT
3 1 104 RE
2 1 105 RT
2 1 106 RT
"""


@pytest.mark.parametrize("speed", [0, 1_000, 10])
def test_a_small_file_on_a_server(tmp_path: Path, speed: float) -> None:
    """What the module's text promises, read back through the API."""
    (tmp_path / "follows.txt").write_text(FOLLOWS)
    (tmp_path / "activity.txt").write_text(ACTIVITY)
    follows = read_follows(tmp_path / "follows.txt", offset=100)
    activity = read_activity(tmp_path / "activity.txt", offset=100)

    async def work(ground: Ground) -> None:
        ids = user_ids(follows, activity)
        assert ids.tolist() == [101, 102, 103]
        await ground.client().send_many(user_lines(ids, 100))
        await ground.client().send_many(lines_of_follows(follows))
        told: list[int] = []
        replay = Replay(ground.client(), activity, speed, 100)
        await replay.run(told.append)
        assert sum(told) == 7
        assert (replay.planner.left_out, replay.schedule.given_up) == (1, 0)
        await ground.applied()
        await expect_what_was_played(ground)

    on_a_server(tmp_path / "data", work)


async def expect_what_was_played(ground: Ground) -> None:
    one, two, three = [await statuses(ground, user_id) for user_id in (101, 102, 103)]
    assert [kind(status) for status in one] == ["post", "retweet of 102"]
    assert [kind(status) for status in two] == ["retweet of 101", "reply to 103", "post"]
    assert [kind(status) for status in three] == ["reply to 101", "post", "retweet of 102"]
    assert [mention["username"] for mention in one[0]["mentions"]] == ["u3"]
    assert three[0]["in_reply_to_id"] == one[0]["id"], "u1's newest tweet is the mention"
    assert two[0]["reblog"]["id"] == one[0]["id"]
    assert one[1]["reblog"]["id"] == two[2]["id"] == three[2]["reblog"]["id"]
    assert two[1]["in_reply_to_id"] == three[1]["id"]
    following = await ground.pages("/api/v1/accounts/101/following")
    assert sorted(account["username"] for account in following) == ["u2", "u3"]


async def statuses(ground: Ground, user_id: int) -> list[dict[str, Any]]:
    return await ground.pages(f"/api/v1/accounts/{user_id}/statuses")


def kind(status: dict[str, Any]) -> str:
    if status["reblog"] is not None:
        return f"retweet of {status['reblog']['account']['id']}"
    answered = status["in_reply_to_account_id"]
    return f"reply to {answered}" if answered is not None else "post"


def test_who_refers_to_a_refused_tweet_is_given_up(tmp_path: Path) -> None:
    """The file names a user whom the server does not have."""
    path = tmp_path / "activity.txt"
    path.write_text("1 2 100 RT\n3 1 101 RE\n1 3 102 RE\n3 4 103 RE\n4 1 104 MT\n")
    activity = read_activity(path)

    async def work(ground: Ground) -> None:
        await ground.client().send([UserLine(f"u{number}", number) for number in (1, 3)])
        client = ground.client()
        replay = Replay(client, activity)
        await replay.run()
        report = client.recorder.report()
        # Refused: what u2 and u4 are made to post for others to act on, and u4's mention.
        assert report.refused == 3
        assert all("there is no account" in refusal.error for refusal in report.refusals)
        assert replay.schedule.given_up == 2
        assert replay.schedule.unfinished == 0
        assert len(await ground.pages("/api/v1/accounts/1/statuses")) == 2

    on_a_server(tmp_path / "data", work)


def test_a_replay_may_go_on_a_server_that_has_tweets(tmp_path: Path) -> None:
    async def work(ground: Ground) -> None:
        await ground.client().send([UserLine("u1", 1), UserLine("u2", 2)])
        await ground.client().send([TweetLine(2, "from before")])
        path = tmp_path / "activity.txt"
        path.write_text("1 2 100 RT\n")
        await Replay(ground.client(), read_activity(path)).run()
        (retweet,) = await statuses(ground, 1)
        assert "with news" in retweet["reblog"]["content"]

    on_a_server(tmp_path / "data", work)
