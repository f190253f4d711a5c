"""Quick enrichers cost a tweet nothing: what fails, rests or is shed is finished later."""

import logging
import time

import pytest

from roost.ingest import Enrichment, Pressure
from roost.ingest.allowance import Allowance
from roost.limits import (
    ENRICH_OVERRUNS_MAX,
    PRESSURE_BEATS,
    PRESSURE_BEHIND_S,
    PRESSURE_CALM_S,
    PRESSURE_LATE_S,
)
from roost.model import Findings, Signal, Tweet, TweetEnriched
from roost.service import TweetChange
from tests.ingest.enrichers import Marking
from tests.service.ground import Ground

TWEET = Tweet(1, 2, "some words")


def failing(tweet: Tweet) -> Findings:
    raise ValueError("no text has ever been so bad")


def slow(tweet: Tweet) -> Findings:
    """As long as the budgets below allow, and a little more."""
    began = time.perf_counter()
    while time.perf_counter() == began:
        pass
    return Findings(signals=Signal.LINKS)


def test_findings_are_added_in_any_order_and_more_than_once() -> None:
    one, other = Findings(language="de", signals=Signal.SPAM), Findings(sentiment=-5, spam_percent=70)
    there, back = TWEET.enriched(one).enriched(other), TWEET.enriched(other).enriched(one)
    assert there == back
    assert there.enriched(one) is there
    assert there.plain() == TWEET
    assert there.is_noise


def test_one_that_fails_leaves_the_tweet_unfinished_and_the_others_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    enrichment = Enrichment([Marking(failing), Marking()])
    with caplog.at_level(logging.CRITICAL, "roost.enrichment"):
        made = enrichment.enrich(TWEET)
    assert (made.unfinished, made.signals) == (True, Signal.SPAM | Signal.LINKS)
    assert [each.failures for each in enrichment.statistics()] == [1, 0]


def test_one_that_is_late_again_and_again_rests() -> None:
    enrichment = Enrichment([Marking(slow)], budget_ms=0.0)
    made = [enrichment.enrich(TWEET) for _ in range(ENRICH_OVERRUNS_MAX + 3)]
    assert [each.unfinished for each in made] == [False] * ENRICH_OVERRUNS_MAX + [True] * 3
    (found,) = enrichment.statistics()
    assert (found.tweets, found.over_budget, found.left_out) == (ENRICH_OVERRUNS_MAX, ENRICH_OVERRUNS_MAX, 3)


def test_under_load_they_are_left_out() -> None:
    busy = True
    enrichment = Enrichment([Marking()], lambda: busy)
    assert enrichment.enrich(TWEET) == Tweet(1, 2, "some words", unfinished=True)
    busy = False
    assert enrichment.enrich(TWEET).signals == Signal.SPAM | Signal.LINKS


def test_what_was_left_out_comes_later(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = ground.user("ann")
    monkeypatch.setattr(ground.kit.enrichment, "_is_busy", lambda: True)
    tweet_id = ground.post(ann, "the trains in this country are always late")
    monkeypatch.setattr(ground.kit.enrichment, "_is_busy", lambda: False)
    begin = ground.kit.log.last
    assert ground.do(ground.kit.enriching.applied(begin, 20.0))
    ground.do(ground.kit.late_enrichment.settled())
    now = ground.do(ground.kit.tweets.get(tweet_id))
    assert (now.language, now.language_guessed, now.unfinished) == ("en", True, False)
    (event,) = ground.do(ground.kit.log.read(begin, 100)).events
    assert isinstance(event, TweetEnriched)
    assert not event.enriched.found.is_shown, "streams do not tell of a language alone"


def test_an_edit_is_looked_at_anew(ground: Ground) -> None:
    ann = ground.user("ann")
    tweet_id = ground.post(ann, "the trains in this country are always wonderful")
    edit = ground.service.tweet_edits.edit

    def change(text: str, language: str = "") -> Tweet:
        return ground.do(edit(ann, tweet_id, TweetChange(text=text, language=language))).tweet

    made = ground.do(ground.kit.tweets.get(tweet_id))
    assert (made.language, made.language_guessed, made.sentiment > 0) == ("en", True, True)
    german = change("die Züge in diesem Land kommen immer zu spät")
    assert (german.language, german.language_guessed, german.sentiment) == ("de", True, None)
    said = change("le train est encore en retard ce matin", "nl")
    assert (said.language, said.language_guessed) == ("nl", False)
    kept = change("il treno è di nuovo in ritardo")
    assert (kept.language, kept.language_guessed) == ("nl", False)
    assert change("il treno è di nuovo in ritardo").edits == kept.edits


def test_the_columns_in_memory_know_it(ground: Ground) -> None:
    from roost.home import language_of
    from roost.kernels import FOUND_MASK, IS_DUPLICATE, LANGUAGE_SHIFT, find_line

    ann = ground.user("ann")
    first = ground.post(ann, "the trains in this country are always late")
    second = ground.post(ann, "the trains in this country are always late!")

    def flags(tweet_id: int) -> int:
        columns = ground.kit.reader.state.columns
        return int(columns.lines[find_line(columns, tweet_id) + 3]) >> 32 & FOUND_MASK

    for _ in range(2):
        ground.settle()
        assert language_of(flags(first) >> LANGUAGE_SHIFT & 0x7FFF) == "en"
        assert not flags(first) & IS_DUPLICATE
        assert flags(second) & IS_DUPLICATE
        ground.restart()


def test_pressure_rises_after_late_beats_and_falls_with_one_on_time() -> None:
    pressure = Pressure()

    def after(late_s: float) -> bool:
        pressure.note(late_s)
        return pressure.is_high

    a_little_s = (PRESSURE_LATE_S + PRESSURE_CALM_S) / 2
    rises = [False] * (PRESSURE_BEATS - 1) + [True]
    assert [after(PRESSURE_LATE_S) for _ in range(PRESSURE_BEATS)] == rises
    assert after(a_little_s), "a little air is not enough"
    assert not after(0.0)
    assert not after(PRESSURE_LATE_S)
    assert not after(a_little_s), "and it begins anew"
    assert [after(PRESSURE_LATE_S) for _ in range(PRESSURE_BEATS)] == rises


def test_pressure_is_high_while_home_timelines_are_behind() -> None:
    behind_s = [0.0]
    pressure = Pressure(lambda: behind_s[0])
    for share, is_high in ((0.0, False), (1.1, True), (0.9, False)):
        behind_s[0] = share * PRESSURE_BEHIND_S
        pressure.note(0.0)
        assert pressure.is_high is is_high


def test_an_allowance_is_a_share_of_the_time_with_a_burst() -> None:
    now_s = 0.0
    allowance = Allowance(0.25, 2.0, lambda: now_s)
    assert allowance.is_left()
    allowance.spend(2.5)
    assert not allowance.is_left()
    now_s = 2.0
    assert not allowance.is_left()
    now_s = 2.1
    assert allowance.is_left()
    now_s = 1_000.0
    assert allowance.is_left()
    allowance.spend(2.0)
    assert not allowance.is_left(), "no more than the burst was saved"


def test_beyond_its_share_of_the_time_tweets_are_unfinished() -> None:
    enrichment = Enrichment([Marking()], share=0.0)
    made = [enrichment.enrich(TWEET)]
    while not made[-1].unfinished:
        made.append(enrichment.enrich(TWEET))
    assert len(made) > 1
    (found,) = enrichment.statistics()
    assert (found.tweets, found.left_out) == (len(made) - 1, 1)
