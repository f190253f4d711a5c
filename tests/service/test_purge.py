"""What a deleted account leaves behind: in every table, whatever names the account has a reason.

The account does one of everything first, so that a table that no test fills, or that is not purged, is seen.
"""

import asyncio
import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec
import pytest

from roost.limits import EXPORT_ROWS_MAX
from roost.media import SentFile
from roost.model import (
    Announcement,
    ComposedPoll,
    FilterContext,
    MarkedTimeline,
    ModerationAction,
    NotificationKind,
    PageRequest,
    Visibility,
)
from roost.service import Draft, ListTerms, MediaChange, Registration
from roost.service.moderation import ReportForm
from roost.service.notices import PolicyChange
from roost.service.push_terms import PushTarget, PushTerms
from roost.service.views import FilterChange, KeywordChange, ProfileChange, RankedRequest, TweetChange
from roost.store import tables
from tests.media import samples
from tests.service.ground import Ground

STAYS = {
    "users": "a name and an id without a profile: both are never given again",
    "usernames": "the name is not given again, so that nobody is taken for who had it",
    "user_ids": "staff look accounts up; this one is passed over",
    "strikes": "what staff did, and why, is theirs to account for",
    "reports": "what was reported is for staff to judge, also when one of the two is gone; without its words",
    "notifications": "staff are told of reports, which stay",
    "notification_index": "ids alone; an entry goes with what it is about, which another owns",
    "tweets": "others' tweets answer, mention and quote whom they did",
    "tweets_by_author": "as tweets",
    "direct_tweets": "what others said to the account is theirs",
    "conversations": "the others' lists name who was addressed",
    "tweet_versions": "what others said before they edited it is theirs",
}
"""Tables that may name a deleted account, and why."""
NEVER = {
    "apps": "of nobody",
    "tweet_hours": "of nobody",
    "tweet_counts": "numbers alone",
    "settings": "of nobody",
    "media_holders": "by file and tweet; goes with these",
    "blobs_to_remove": "by blob, and gone when that is",
    "cards": "what strangers' pages say, by link, and gone in a week",
    "card_images": "by picture and tweet; goes with these",
    "idle_card_images": "by blob, and gone when that is",
    "tallies": "numbers alone: they keep the votes, as a result that was told does not change",
    "tags": "of nobody",
    "trend_bars": "staff's, for everybody",
    "trend_terms": "staff's, for everybody",
    "usage": "a packed estimate of how many used something; ids cannot be read from it, and days run out",
    "announcements": "staff's, for everybody",
    "emojis": "of nobody",
    "staff": "a deleted account has no role",
    "notification_erasures": "notes of an erasure, gone once it is done",
    "notification_fanouts": "events whose receivers are being told, gone once they are",
    "dead_letters": "events without words, until an operator retries or drops them",
    "switches": "of nobody",
    "purges": "that the account is to be purged",
}
"""Tables where no row names the account of this test by a number in a column of its own."""


def numbers_in(value: Any) -> Iterator[int]:
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.astuple(value)
    if isinstance(value, tuple):
        for part in value:
            yield from numbers_in(part)
    elif isinstance(value, int):
        yield value


def naming(ground: Ground, user_id: int) -> dict[str, list[Any]]:
    """The rows of each table that name a user."""
    found: dict[str, list[Any]] = {}
    for name, table in tables.TABLES.items():
        after: bytes | None = b""
        while after is not None:
            exported, after = ground.do(ground.kit.store.export(table, after, EXPORT_ROWS_MAX))
            if named := [row for row in exported if user_id in set(numbers_in(row))]:
                found.setdefault(name, []).extend(named)
    return found


@contextlib.contextmanager
def sent(body: bytes) -> Iterator[SentFile]:
    with tempfile.TemporaryFile() as file:
        file.write(body)
        yield SentFile(cast(BinaryIO, file), len(body))


def settle(ground: Ground) -> None:
    ground.settle()
    for runner in (ground.kit.background, ground.kit.indexing):
        assert ground.do(runner.applied(ground.kit.log.last, 20.0))


class Town:
    """`gone` does everything that can be done, with `near` and to them; `far` has a hand in some of it."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.do = ground, ground.do
        service = self.service
        self.staff = ground.user("staff", role=3)
        register = Registration(username="gone", email="gone@roost.example", password="a long password")
        self.gone = self.do(service.accounts.register(register)).user.user_id
        self.near, self.far = ground.user("near"), ground.user("far")
        self._follow()
        self.said = ground.post(self.near, "Something #word")
        self.liked = [ground.post(self.near, f"Number {number}") for number in range(3)]
        self._say()
        self._mark()
        self._choose()
        self._remark()
        self._keep_secrets()
        settle(ground)
        ground.restart()  # so that all is written

    @property
    def service(self) -> Any:
        return self.ground.service

    def _follow(self) -> None:
        edges = self.service.edges
        self.do(edges.follow(self.gone, self.near))
        self.do(edges.follow(self.near, self.gone, tells=True))
        self.do(edges.mute(self.gone, self.far))

    def _say(self) -> None:
        ground, tweets = self.ground, self.service.tweets
        files = []
        for _ in range(2):
            with sent(samples.jpeg()) as file:
                upload = self.do(self.service.media.upload(self.gone, file, MediaChange()))
                files.append(upload.media.media_id)
        text = "My #word https://python.org/a @near"
        self.tweet = ground.post(self.gone, text, media_ids=(files[0],))
        self.poll = ground.post(self.near, poll=ComposedPoll(("a", "b"), 3_600))
        self.own_poll = ground.post(self.gone, poll=ComposedPoll(("a", "b"), 3_600))
        self.do(self.service.polls.vote(self.gone, self.poll, [0]))
        self.do(self.service.polls.vote(self.near, self.own_poll, [1]))
        self.answer = ground.post(self.near, "An answer", reply_to_id=self.tweet)
        self.do(tweets.post(self.gone, Draft(text="Mine", reply_to_id=self.said), "a key"))
        ground.post(self.gone, "Look", quote_of_id=self.said)
        self.do(tweets.retweet(self.gone, self.said))
        self.do(tweets.retweet(self.near, self.tweet))
        ground.post(self.near, "@gone hear this", visibility=Visibility.DIRECT)
        ground.post(self.gone, "@near listen", visibility=Visibility.DIRECT)
        edited = ground.post(self.near, "Ask @gone")
        for author, tweet_id in ((self.near, edited), (self.gone, self.tweet)):
            change = TweetChange(text="Another #word https://python.org/a")
            self.do(self.service.tweet_edits.edit(author, tweet_id, change))
        self.do(self.service.scheduled.add(self.gone, ground.clock.now_ms() + 7_200_000, Draft(text="Later")))
        self.do(self.service.drafts.save(self.gone, Draft(text="Perhaps")))

    def _mark(self) -> None:
        service = self.service
        for tweet_id in (self.said, *self.liked):
            self.do(service.tweets.like(self.gone, tweet_id))
            self.do(service.tweet_marks.bookmark(self.gone, tweet_id))
        for user_id in (self.near, self.staff):
            self.do(service.tweets.like(user_id, self.tweet))
        self.do(service.tweet_marks.pin(self.gone, self.tweet))
        self.do(service.tweet_marks.mute_conversation(self.gone, self.said))
        self.do(service.markers.move(self.gone, {MarkedTimeline.HOME: self.said}))
        settle(self.ground)
        self.do(service.for_you.page(self.gone, RankedRequest(20)))

    def _choose(self) -> None:
        service, gone = self.service, self.gone
        mine = self.do(service.lists.create(gone, ListTerms(title="mine")))
        self.do(service.lists.add(gone, mine.list_id, [self.near]))
        self.do(service.lists.add_tags(gone, mine.list_id, ["word"]))
        theirs = self.do(service.lists.create(self.near, ListTerms(title="theirs")))
        self.do(service.lists.add(self.near, theirs.list_id, [gone]))
        self.do(service.followed_tags.follow(gone, "word"))
        self.do(service.featured_tags.feature(gone, "word"))
        keywords = (KeywordChange(keyword="bad", whole_word=True),)
        contexts = FilterContext.HOME
        self.do(service.filters.add(gone, FilterChange(title="t", contexts=contexts, keywords=keywords)))
        self.do(service.notifications.change_policy(gone, PolicyChange()))
        with sent(samples.png(8, 8)) as file:
            self.do(service.accounts.edit(gone, ProfileChange(display_name="Gone"), {"avatar": file}))

    def _remark(self) -> None:
        service, gone, near = self.service, self.gone, self.near
        for one, other in ((gone, near), (near, gone)):
            self.do(service.remarks.note(one, other, "a note"))
            self.do(service.remarks.endorse(one, other))
            self.do(service.moderation.report(one, ReportForm(other, comment="words")))
        self.do(service.suggestions.dismiss(gone, self.far))
        self.do(service.suggestions.dismiss(self.far, gone))
        notice = self.do(service.bulletin.announce(Announcement(0, "Hear"))).announcement_id
        self.do(service.bulletin.react(gone, notice, "👍"))
        self.do(service.bulletin.react(near, notice, "👍"))
        self.do(service.bulletin.dismiss(gone, notice))
        conversation = self.do(service.correspondence.page(gone, PageRequest(1)))
        self.do(service.correspondence.mark(gone, conversation.items[0].root_id, True))
        self.do(service.moderation.act(self.staff, gone, ModerationAction.WARN, "Be kind"))
        self._filter_notices()

    def _filter_notices(self) -> None:
        """Requests on both sides: one that waits, one that was accepted."""
        service = self.service
        for receiver, sender in ((self.far, "gone"), (self.gone, "far")):
            author = self.gone if sender == "gone" else self.staff
            for accept in (True, False):
                name = "far" if receiver == self.far else "gone"
                self.ground.post(author, f"@{name} hello", visibility=Visibility.DIRECT)
                settle(self.ground)
                found = self.do(service.notifications.requests(receiver, PageRequest(5))).items
                if accept:
                    ids = [each.request.request_id for each in found]
                    self.do(service.notifications.answer_requests(receiver, ids, True))
        self.waiting = self.ground.user("waiting")
        self.ground.post(self.waiting, "@gone hello", visibility=Visibility.DIRECT)
        other = self.ground.user("other")
        self.ground.post(self.gone, "@other hello", visibility=Visibility.DIRECT)
        settle(self.ground)
        assert self.do(service.notifications.requests(other, PageRequest(5))).items

    def _keep_secrets(self) -> None:
        service = self.service
        app, _ = self.do(service.access.register_app("App", ("urn:ietf:wg:oauth:2.0:oob",), ("read",)))
        self.do(service.access.grant_code(app, self.gone, ("read",), app.redirect_uris[0], ""))
        token = self.do(service.access.make_token(app.client_id, self.gone, ("read",)))
        session = self.do(service.access.session(token))
        keys = bytes.fromhex(_POINT)
        target = PushTarget("https://push.example/1", keys, b"s" * 16)
        self.do(service.web_push.subscribe(session, target, PushTerms(kinds=(NotificationKind.LIKE,)), ""))

    def delete(self) -> None:
        moderation = self.service.moderation
        moderation.purge_soon = lambda: None  # these tests say when
        for action in (ModerationAction.SUSPEND, ModerationAction.DELETE):
            self.do(moderation.act(self.staff, self.gone, action, "enough"))


_POINT = (
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
"""The base point of P-256."""


@pytest.fixture
def town(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Its groups of notifications are packed from the first one on."""
    monkeypatch.setattr("roost.processors.notification_ledger.NOTIFICATION_GROUP_TOLD_FIRST", 0)
    return Town(ground)


def test_every_table_is_purged_or_has_a_reason(ground: Ground, town: Town) -> None:
    before = naming(ground, town.gone).keys()
    unseen = tables.TABLES.keys() - before - NEVER.keys()
    assert not unseen, "a table is new: have the account of this test fill it, or give a reason"
    assert not before & NEVER.keys()
    assert STAYS.keys() | NEVER.keys() <= tables.TABLES.keys()
    town.delete()
    ground.do(ground.service.purges.run())
    settle(ground)
    after = naming(ground, town.gone)
    left = {name: found for name, found in after.items() if name not in STAYS}
    assert left == {}
    assert {row.kind for row in after.get("notifications", ())} <= {NotificationKind.REPORT}
    assert all(row.reporter_id != town.gone or not row.comment for row in after["reports"])
    assert not [row for row in after["tweets"] if row.author_id == town.gone]
    assert not [row for row in after["conversations"] if row.user_id == town.gone]
    assert ground.do(ground.kit.store.scan(tables.PURGES, (0,), limit=10)) == []
    blobs = list((Path(ground.settings.data_folder) / "media").rglob("*.*"))
    assert blobs == [], "files and pictures are gone"


def numbers(ground: Ground, town: Town) -> Any:
    """What is counted, after all has been purged."""
    settle(ground)
    kit = ground.kit
    said = ground.do(kit.counts.get_many([town.said, *town.liked, town.answer]))
    poll = ground.do(ground.service.polls.get(town.near, town.poll))
    near = ground.do(ground.service.accounts.by_id(town.near)).counts
    return said, poll.tally.votes, poll.tally.voters, near.followers, near.following


def check_numbers(ground: Ground, town: Town) -> None:
    said, votes, voters, followers, following = numbers(ground, town)
    assert {(each.likes, each.retweets, each.replies, each.quotes) for each in said} == {(0, 0, 0, 0)}
    assert (votes, voters) == ((1,), 1), "numbers keep a vote"
    assert (followers, following) == (0, 0)


def test_numbers_are_right_afterwards(ground: Ground, town: Town) -> None:
    town.delete()
    ground.do(ground.service.purges.run())
    check_numbers(ground, town)


async def run_for(ground: Ground, turns: int) -> bool:
    """Purge for some turns of the loop at most; whether it came to its end."""
    task = asyncio.ensure_future(ground.service.purges.run())
    for _ in range(turns):
        await asyncio.sleep(0.001)
        if task.done():
            break
    ended = task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return ended


def test_it_goes_on_after_being_cut_short_anywhere(ground: Ground, town: Town) -> None:
    town.delete()
    cuts = Counter(ground.do(run_for(ground, turns)) for turns in range(1, 12))
    assert cuts[False]
    ground.restart()
    ground.do(ground.service.purges.run())
    settle(ground)
    assert naming(ground, town.gone).keys() <= STAYS.keys()
    check_numbers(ground, town)


def test_a_purge_that_is_done_again_changes_nothing(ground: Ground, town: Town) -> None:
    town.delete()
    ground.do(ground.service.purges.run())
    position = ground.kit.log.last
    ground.do(ground.service.purges.run())
    assert ground.kit.log.last == position
