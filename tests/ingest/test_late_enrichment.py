"""What late enrichers find is added to the tweet as it then is, or to nothing."""

import logging

import pytest

from roost.model import Card, Enriched, Findings, ModerationAction, Role, Signal, Tweet, TweetEnriched
from roost.processors.push import happenings_of
from roost.push import MessageKind
from roost.service import TweetChange
from roost.store import Batch
from tests.ingest.enrichers import Failing, FullDisk, Held, Prompt, Unlucky, feed, late
from tests.service.ground import Ground

LINKING = "look: https://birds.org"


def tweet_of(ground: Ground, tweet_id: int):
    return ground.do(ground.kit.tweets.get(tweet_id))


def findings_after(ground: Ground, position: int) -> list[TweetEnriched]:
    events = ground.do(ground.kit.log.read(position, 1_000)).events
    return [event for event in events if isinstance(event, TweetEnriched)]


def test_what_is_found_is_on_the_tweet_in_caches_and_tables(ground: Ground) -> None:
    ann = ground.user("ann")
    made = late(ground, Prompt())
    begin = ground.kit.log.last
    plain, linking = ground.post(ann, "no link"), ground.post(ann, LINKING)
    ground.do(feed(ground, made, begin))
    ground.do(made.settled())
    assert tweet_of(ground, plain).card is None
    assert tweet_of(ground, linking).card.title == "Birds"
    (event,) = findings_after(ground, begin)
    assert event.enriched.tweet == tweet_of(ground, linking)
    ground.restart()
    assert tweet_of(ground, linking).card.title == "Birds"


def test_applied_twice_it_is_found_once(ground: Ground) -> None:
    ann, prompt = ground.user("ann"), Prompt()
    made = late(ground, prompt)
    begin = ground.kit.log.last
    ground.post(ann, LINKING)
    ground.do(feed(ground, made, begin))
    ground.do(made.settled())
    again = late(ground, prompt)
    ground.do(ground.kit.log.commit_cursor(again.name, begin))
    ground.do(again.begin())
    ground.do(feed(ground, again, begin))
    ground.do(again.settled())
    assert len(prompt.asked) == len(findings_after(ground, begin)) == 1


def test_a_deleted_tweet_stays_away(ground: Ground) -> None:
    ann, held = ground.user("ann"), Held()
    made = late(ground, held)
    begin = ground.kit.log.last
    tweet_id = ground.post(ann, LINKING)
    ground.do(feed(ground, made, begin, [held]))
    ground.do(ground.service.tweets.delete(ann, tweet_id))
    held.let_go.set()
    ground.do(made.settled())
    assert tweet_of(ground, tweet_id) is None
    assert findings_after(ground, begin) == []


def test_a_deleted_account_gets_nothing_back(ground: Ground) -> None:
    owner = ground.user("owner", role=Role.OWNER)
    ann, held = ground.user("ann"), Held()
    made = late(ground, held)
    begin = ground.kit.log.last
    tweet_id = ground.post(ann, LINKING)
    ground.do(feed(ground, made, begin, [held]))
    for action in (ModerationAction.SUSPEND, ModerationAction.DELETE):
        ground.do(ground.service.moderation.act(owner, ann, action, "enough"))
    held.let_go.set()
    ground.do(made.settled())
    ground.do(ground.node._housekeeping.tidy())
    assert tweet_of(ground, tweet_id) is None
    assert findings_after(ground, begin) == []


def test_an_edit_is_enriched_anew_and_what_was_found_for_the_text_before_is_dropped(ground: Ground) -> None:
    ann, held = ground.user("ann"), Held()
    made = late(ground, held)
    begin = ground.kit.log.last
    tweet_id = ground.post(ann, LINKING)
    ground.do(feed(ground, made, begin, [held]))
    middle = ground.kit.log.last
    ground.do(ground.service.tweet_edits.edit(ann, tweet_id, TweetChange(text="now: https://cats.org")))
    held.let_go.set()
    ground.do(made.settled())
    assert tweet_of(ground, tweet_id).card is None
    ground.do(feed(ground, made, middle))
    ground.do(made.settled())
    assert tweet_of(ground, tweet_id).card.link == "https://cats.org/"
    assert [tweet.text for tweet in held.asked] == [LINKING, "now: https://cats.org"]


def test_a_card_outlives_an_edit_that_keeps_the_link(ground: Ground) -> None:
    ann = ground.user("ann")
    made = late(ground, Prompt())
    begin = ground.kit.log.last
    tweet_id = ground.post(ann, LINKING)
    ground.do(feed(ground, made, begin))
    ground.do(made.settled())
    edit = ground.service.tweet_edits.edit
    ground.do(edit(ann, tweet_id, TweetChange(text=f"really, {LINKING}")))
    assert tweet_of(ground, tweet_id).card is not None
    ground.do(edit(ann, tweet_id, TweetChange(text="never mind")))
    assert tweet_of(ground, tweet_id).card is None


def test_one_that_fails_or_takes_too_long_costs_the_others_nothing(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    ann = ground.user("ann")
    slow = Held(budget_s=0.001)
    made = late(ground, Failing(), slow, Prompt())
    begin = ground.kit.log.last
    tweet_id = ground.post(ann, LINKING)
    with caplog.at_level(logging.CRITICAL, "roost.enrichment"):
        ground.do(feed(ground, made, begin))
        ground.do(made.settled())
    assert tweet_of(ground, tweet_id).card is not None
    failing, held, prompt = made.statistics()
    assert (failing.failures, held.over_budget, prompt.tweets) == (1, 1, 1)
    assert not slow.let_go.is_set()


def test_what_a_stop_cuts_short_is_begun_again(ground: Ground) -> None:
    ann, held = ground.user("ann"), Held()
    made = late(ground, held)
    begin = ground.kit.log.last
    tweet_id = ground.post(ann, LINKING)
    ground.post(ann, "something else")
    ground.do(feed(ground, made, begin, [held]))
    ground.do(made.stop())
    ground.do(made.rest())
    assert ground.do(ground.kit.log.cursor(made.name)) == begin
    ground.restart()
    prompt = Prompt()
    again = late(ground, prompt)
    ground.do(ground.kit.log.commit_cursor(again.name, begin))
    ground.do(again.begin())
    ground.do(feed(ground, again, begin))
    ground.do(again.settled())
    assert tweet_of(ground, tweet_id).card is not None
    ground.do(again.rest())
    assert ground.do(ground.kit.log.cursor(again.name)) > begin


def test_nothing_is_lost_where_the_disk_is_full_for_a_moment(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    ann, disk = ground.user("ann"), FullDisk(ground.kit.committer, 2)
    made = late(ground, Unlucky(), disk=disk)
    begin = ground.kit.log.last
    tweet_id = ground.post(ann, LINKING)
    with caplog.at_level(logging.CRITICAL, "roost.enrichment"):
        ground.do(feed(ground, made, begin))
        ground.do(made.settled())
    assert tweet_of(ground, tweet_id).card.title == "Birds"
    assert disk.refusals == 0
    assert made.statistics()[0].failures == 1


def test_what_is_redone_is_done_before_its_letter_goes_and_the_cursor_never_goes_back(ground: Ground) -> None:
    ann = ground.user("ann")
    made = late(ground, Prompt())
    begin = ground.kit.log.last
    tweet_id = ground.post(ann, LINKING)
    (event,) = ground.do(ground.kit.log.read(begin, 1_000)).events
    ground.post(ann, "something else")
    made.pass_over(ground.kit.log.last)
    ground.do(made.rest())
    cursor = ground.do(ground.kit.log.cursor(made.name))
    ground.do(made.redo(begin + 1, event, Batch()))
    assert tweet_of(ground, tweet_id).card.title == "Birds"
    assert ground.do(ground.kit.log.cursor(made.name)) == cursor


def test_streams_tell_of_cards_and_of_nothing_else() -> None:
    tweet = Tweet(1, 2, "words")
    shown = [Findings(card=Card("https://birds.org/"))]
    hidden = [
        Findings("en"),
        Findings(sentiment=50),
        Findings(signals=Signal.SPAM, spam_percent=90),
        Findings(finished=True),
    ]
    for found in (*shown, *hidden):
        event = TweetEnriched(Enriched(tweet.enriched(found), found))
        told = [(each.kind, each.tweet) for each in happenings_of(7, event)]
        expected = [(MessageKind.EDIT, tweet.enriched(found))] if found in shown else []
        assert told == expected
