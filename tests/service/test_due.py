"""What happens at its time: scheduled tweets are posted once, polls end once, files that nothing holds go."""

import io
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from roost.errors import Invalid, NotFound
from roost.media import SentFile
from roost.model import ComposedPoll, PageRequest, PollEnded, TweetPosted
from roost.service import Draft, MediaChange
from roost.service.local import MediaTidying
from roost.store import tables
from tests.media import samples
from tests.service.ground import Ground

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
POLL = ComposedPoll(("Yes", "No"), 3_600)


def later(ground: Ground, ms: int) -> int:
    return ground.clock.now_ms() + ms


def schedule(ground: Ground, author_id: int, at_ms: int, text: str = "Later", **more: Any) -> int:
    draft = Draft(text=text, **more)
    view = ground.do(ground.service.scheduled.add(author_id, at_ms, draft))
    return int(view.scheduled.scheduled_id)


def scheduled(ground: Ground, author_id: int) -> list[int]:
    page = ground.do(ground.service.scheduled.page(author_id, PageRequest(40)))
    return [view.scheduled.scheduled_id for view in page.items]


def pass_time(ground: Ground, ms: int) -> None:
    ground.clock.advance_ms(ms)
    ground.do(ground.node.due.tick())


def events_of(ground: Ground, kind: type[Any]) -> list[Any]:
    return [event for event in ground.do(ground.kit.log.read(0, 4_000)).events if isinstance(event, kind)]


def texts(ground: Ground) -> list[str]:
    return [event.tweet.text for event in events_of(ground, TweetPosted)]


def upload(ground: Ground, owner_id: int) -> Any:
    body = samples.jpeg()
    with tempfile.TemporaryFile() as file:
        file.write(body)
        sent = SentFile(cast(BinaryIO, file), len(body))
        return ground.do(ground.service.media.upload(owner_id, sent, MediaChange())).media


def test_a_scheduled_tweet_is_posted_at_its_time_and_once(ground: Ground) -> None:
    ann = ground.user("ann")
    early = schedule(ground, ann, later(ground, HOUR_MS), "early")
    late = schedule(ground, ann, later(ground, 2 * HOUR_MS), "late", poll=POLL)
    pass_time(ground, HOUR_MS - 1_000)
    assert (scheduled(ground, ann), texts(ground)) == ([late, early], [])
    pass_time(ground, 2_000)
    assert (scheduled(ground, ann), texts(ground)) == ([late], ["early"])
    pass_time(ground, HOUR_MS)
    pass_time(ground, HOUR_MS)
    assert (scheduled(ground, ann), texts(ground)) == ([], ["early", "late"])
    posted = events_of(ground, TweetPosted)[-1].tweet
    assert posted.poll.options == POLL.options
    assert posted.poll.ends_ms > ground.clock.now_ms() - 1_000


def test_what_came_due_while_the_server_was_down_is_posted_when_it_starts(ground: Ground) -> None:
    ann = ground.user("ann")
    schedule(ground, ann, later(ground, HOUR_MS))
    ground.restart()
    assert len(scheduled(ground, ann)) == 1
    pass_time(ground, 3 * DAY_MS)
    ground.restart()
    pass_time(ground, 1)
    assert texts(ground) == ["Later"]


def test_a_scheduled_tweet_can_be_moved_and_cancelled(ground: Ground) -> None:
    ann, bob = ground.user("ann"), ground.user("bob")
    moved = schedule(ground, ann, later(ground, HOUR_MS), "moved")
    gone = schedule(ground, ann, later(ground, HOUR_MS), "gone")
    ground.do(ground.service.scheduled.move(ann, moved, later(ground, 5 * HOUR_MS)))
    ground.do(ground.service.scheduled.cancel(ann, gone))
    with pytest.raises(NotFound):
        ground.do(ground.service.scheduled.cancel(bob, moved))
    pass_time(ground, 2 * HOUR_MS)
    assert texts(ground) == []
    pass_time(ground, 4 * HOUR_MS)
    assert texts(ground) == ["moved"]


def test_what_cannot_be_posted_any_more_is_kept_as_a_draft(ground: Ground) -> None:
    ann = ground.user("ann")
    parent = ground.post(ann, "parent")
    schedule(ground, ann, later(ground, HOUR_MS), "answer", reply_to_id=parent)
    ground.do(ground.service.tweets.delete(ann, parent))
    pass_time(ground, 2 * HOUR_MS)
    (draft,) = ground.do(ground.service.drafts.page(ann, PageRequest(40))).items
    assert (draft.draft.composed.text, scheduled(ground, ann)) == ("answer", [])


def test_how_many_and_how_soon(ground: Ground) -> None:
    ann = ground.user("ann")
    for at_ms in (-HOUR_MS, 0, 299_000, 2_010 * 366 * DAY_MS):
        with pytest.raises(Invalid):
            schedule(ground, ann, later(ground, at_ms))
    with pytest.raises(Invalid):
        schedule(ground, ann, later(ground, HOUR_MS), "")
    day = (ground.clock.now_ms() // DAY_MS + 2) * DAY_MS
    for minute in range(25):
        schedule(ground, ann, day + 60_000 * minute)
    with pytest.raises(Invalid, match="25 scheduled posts"):
        schedule(ground, ann, day + HOUR_MS)
    schedule(ground, ann, day + DAY_MS)


def test_the_same_key_schedules_once(ground: Ground) -> None:
    ann = ground.user("ann")
    at_ms = later(ground, HOUR_MS)
    first, second = (
        ground.do(ground.service.scheduled.add(ann, at_ms, Draft(text="x"), "key")) for _ in range(2)
    )
    assert first == second


def test_a_poll_ends_once_at_its_time(ground: Ground) -> None:
    ann, bob = ground.user("ann"), ground.user("bob")
    tweet = ground.post(ann, "Which?", poll=POLL)
    gone = ground.post(ann, "Which?", poll=POLL)
    ground.do(ground.service.tweets.delete(ann, gone))
    ground.do(ground.service.polls.vote(bob, tweet, [1]))
    pass_time(ground, HOUR_MS - 60_000)
    assert events_of(ground, PollEnded) == []
    ground.restart()
    pass_time(ground, HOUR_MS)
    pass_time(ground, HOUR_MS)
    (ended,) = events_of(ground, PollEnded)
    assert ended.ending.tweet_id == tweet
    view = ground.do(ground.service.polls.get(bob, tweet))
    assert (view.ended, view.tally.votes, view.choices) == (True, (0, 1), (1,))
    with pytest.raises(Invalid, match="already ended"):
        ground.do(ground.service.polls.vote(ann, tweet, [0]))


def test_votes_are_counted_the_same_after_a_restart(ground: Ground) -> None:
    ann = ground.user("ann")
    voters = [ground.user(f"voter{number}") for number in range(7)]
    tweet = ground.post(ann, "Which?", poll=ComposedPoll(("a", "b", "c"), 3_600, multiple=True))
    for number, voter in enumerate(voters):
        ground.do(ground.service.polls.vote(voter, tweet, [number % 3]))
        if number % 2:
            ground.do(ground.service.polls.vote(voter, tweet, [(number + 1) % 3]))
        if number == 3:
            ground.restart()
    ground.restart()
    tally = ground.do(ground.service.polls.get(ann, tweet)).tally
    assert (tally.votes, tally.voters) == ((4, 3, 3), 7)


def tidy(ground: Ground) -> None:
    ground.do(MediaTidying(ground.kit, ground.service.media).tidy())


def is_there(ground: Ground, media: Any) -> bool:
    row = ground.do(ground.kit.store.get(tables.UPLOADS, (media.media_id,)))
    names = [Path(path).name for path in files_below(ground.kit.settings.data_folder)]
    assert (row is not None) == (media.file in names) == (media.preview in names)
    return row is not None


def test_a_file_that_nothing_holds_for_a_day_goes(ground: Ground) -> None:
    ann = ground.user("ann")
    idle, posted, planned, drafted, dropped = (upload(ground, ann) for _ in range(5))
    tweet = ground.post(ann, media_ids=(posted.media_id,))
    plan = schedule(ground, ann, later(ground, 9 * DAY_MS), media_ids=(planned.media_id,))
    draft = ground.do(ground.service.drafts.save(ann, Draft(text="", media_ids=(drafted.media_id,))))
    other = ground.do(ground.service.drafts.save(ann, Draft(text="", media_ids=(dropped.media_id,))))
    ground.do(ground.service.drafts.save(ann, Draft(text=""), other.draft.draft_id))
    tidy(ground)
    every = [idle, posted, planned, drafted, dropped]
    assert all(is_there(ground, media) for media in every)
    ground.clock.advance_ms(DAY_MS + HOUR_MS)
    tidy(ground)
    assert [is_there(ground, media) for media in every] == [False, True, True, True, False]
    ground.do(ground.service.tweets.delete(ann, tweet))
    ground.do(ground.service.scheduled.cancel(ann, plan))
    ground.do(ground.service.drafts.remove(ann, draft.draft.draft_id))
    for expected in (True, False):
        tidy(ground)
        assert [is_there(ground, media) for media in every[1:4]] == [expected] * 3
        ground.clock.advance_ms(DAY_MS + HOUR_MS)
    assert files_below(ground.kit.settings.data_folder) == []


def files_below(folder: str) -> list[str]:
    return [str(path) for path in (Path(folder) / "media").rglob("*") if path.is_file()]


def test_a_scheduled_tweets_file_is_its_own(ground: Ground) -> None:
    ann = ground.user("ann")
    media = upload(ground, ann)
    schedule(ground, ann, later(ground, HOUR_MS), media_ids=(media.media_id,))
    with pytest.raises(Invalid, match="already attached"):
        ground.post(ann, media_ids=(media.media_id,))
    pass_time(ground, 2 * HOUR_MS)
    assert [one.media_id for one in events_of(ground, TweetPosted)[-1].tweet.media] == [media.media_id]


def test_a_blob_that_no_fact_took_goes(ground: Ground) -> None:
    """As a crash between the two leaves it."""
    ground.user("ann")
    ground.do(ground.service.media._put("0" * 32 + ".jpg", io.BytesIO(b"left over")))
    tidy(ground)
    assert len(files_below(ground.kit.settings.data_folder)) == 1
    ground.clock.advance_ms(2 * HOUR_MS)
    tidy(ground)
    assert files_below(ground.kit.settings.data_folder) == []


def test_a_file_is_one_tweets_however_many_drafts_have_it(ground: Ground) -> None:
    ann = ground.user("ann")
    media_id = upload(ground, ann).media_id
    for _ in range(120):
        ground.do(ground.service.drafts.save(ann, Draft(text="Perhaps", media_ids=(media_id,))))
    ground.post(ann, "At last", media_ids=(media_id,))
    with pytest.raises(Invalid):
        ground.post(ann, "Once more", media_ids=(media_id,))
    with pytest.raises(Invalid):
        ground.do(ground.service.media.delete(ann, media_id))
