"""The way in on one core, from the draft to the encoded event, with each enricher's share; and languages.

No fsync, no timelines: `deliver` measures those. The texts are real posts where the data set is there, else
our own ones: languages and scripts are mixed as they come.
"""

import asyncio
import gzip
import itertools
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from benchmarks.report import Benchmark, Figure, Report, at_least, digest, machine, median, single
from roost.clock import ManualClock
from roost.eventlog import EmbeddedLog
from roost.eventlog.coding import encode_record
from roost.ids import Snowflakes
from roost.ingest import Committer, Draft, Enrichment, Pipeline, quick_enrichers
from roost.ingest.enrichers.language import LanguageEnricher
from roost.ingest.enrichers.sentiment import SentimentEnricher
from roost.model import Tweet, TweetPosted
from roost.store import KEYSPACES, Batch, KeyValueStore, MarksCache, TweetCache, UserCache, derive
from roost.text import RULES_V3, parse

_OWN = Path(__file__).parent / "data/posts.tsv"
_MOODS = Path(__file__).parent / "data/moods.tsv"
_REAL = Path(__file__).parents[2] / "shared/data/languages/tweets.tsv.gz"
_SLICE = 200
_AUTHORS = 5_000
_GOAL_TWEETS_PER_S = 5_000.0
_CHARACTERS = 140
"""Texts are cut there, so that each fits under the length of a tweet in any script."""
Sample = tuple[str, str]
"""Language and text."""


def run(small: bool, say: Callable[[str], None]) -> Report:
    own, real = _own(), _real()
    texts = [text for _, text in (real or own) if parse(text[:_CHARACTERS], RULES_V3).measure.valid]
    rounds, each = (3, 1_000) if small else (9, 10_000)
    say(f"{rounds} rounds of {each:,} tweets through the whole pipeline")
    rates, hashed, enrichment = asyncio.run(_pipeline(texts, rounds, each))
    goals = [
        at_least(median("tweets through the pipeline, one core", rates, "tweets/s"), _GOAL_TWEETS_PER_S),
    ]
    figures = _shares(enrichment)
    say("languages of own posts")
    enricher = LanguageEnricher()
    goals.append(at_least(_right("own posts in 28 languages, recognised", enricher, own), 98.0))
    if real:
        figures += _by_language(enricher, real)
    else:
        say("no labelled posts: shared/data/languages is not there")
    figures += _english()
    figures += _library(texts[: 200 if small else 5_000])
    size = f"{rounds} x {each:,} tweets"
    return Report("enrich", size, machine(), goals, figures, hashed)


def _own() -> list[Sample]:
    return [_sample(line) for line in _OWN.read_text().splitlines()]


def _sample(line: str) -> Sample:
    language, text = line.split("\t")
    return language, text


def _real() -> list[Sample]:
    if not _REAL.is_file():
        return []
    with gzip.open(_REAL, "rt") as lines:
        next(lines)
        parts = [line.rstrip("\n").split("\t") for line in lines]
    order = np.random.default_rng(1).permutation(len(parts))
    return [(parts[index][0], parts[index][2]) for index in order]


async def _nothing(tweet_id: int) -> Tweet:
    raise AssertionError(tweet_id)


async def _compose(pipeline: Pipeline, text: str, index: int) -> Tweet:
    draft = Draft(text=text[:_CHARACTERS])
    return await pipeline.compose(1 + index * 7_919 % _AUTHORS, draft, _nothing, _nothing)


def _encode(made: Sequence[Tweet]) -> None:
    """What one append takes before the disk: rows and record."""
    batch, events = Batch(), [TweetPosted(tweet) for tweet in made]
    for event in events:
        derive(event, batch)
    encode_record(events)


async def _pipeline(texts: Sequence[str], rounds: int, each: int) -> tuple[list[float], str, Enrichment]:
    """Tweets per second of each round, and a hash of what was recognised."""
    clock = ManualClock(1_750_000_000_000)
    store = KeyValueStore(KEYSPACES["memory"](Path()))
    tweets, users = TweetCache(store), UserCache(store)
    enrichment = Enrichment(quick_enrichers(users), share=1_000.0)  # none is ever left out
    ids = Snowflakes(clock, 1, -1)
    committer = Committer(EmbeddedLog(store, Batch), tweets, users, MarksCache(store))
    pipeline = Pipeline(
        store, committer, tweets, users, ids, clock, RULES_V3, frozenset({"roost.example"}), enrichment
    )
    stream = itertools.cycle(texts)
    rates: list[float] = []
    kinds: list[str] = []
    for number in range(rounds + 1):
        began_s = time.process_time()
        for _ in range(each // _SLICE):
            clock.advance_ms(40)
            made = [await _compose(pipeline, next(stream), index) for index in range(_SLICE)]
            _encode(made)
            kinds += [f"{tweet.language}{int(tweet.signals)}{tweet.sentiment}" for tweet in made]
        if number > 0:  # the first one warms caches
            rates.append(each / (time.process_time() - began_s))
    await store.close()
    return rates, digest(*kinds), enrichment


def _shares(enrichment: Enrichment) -> list[Figure]:
    """The median time of each enricher."""
    return [
        single(f"{found.name}, p50", found.time.p50_ms * 1e3, "us a tweet")
        for found in enrichment.statistics()
    ]


def _right(name: str, enricher: LanguageEnricher, samples: Sequence[Sample]) -> Figure:
    right = sum(enricher.guess(text)[0] == language for language, text in samples)
    return single(name, 100 * right / len(samples), "%")


def _by_language(enricher: LanguageEnricher, samples: Sequence[Sample]) -> list[Figure]:
    """Of each language's posts, how many are recognised, and how many are taken for another one."""
    figures = []
    for wanted in sorted({language for language, _ in samples}):
        guesses = [enricher.guess(text)[0] for language, text in samples if language == wanted]
        right = sum(guess == wanted for guess in guesses)
        wrong = sum(guess not in (wanted, "") for guess in guesses)
        figures.append(single(f"{wanted}: recognised", 100 * right / len(guesses), "%"))
        figures.append(single(f"{wanted}: taken for another", 100 * wrong / len(guesses), "%"))
    return figures


def _english() -> list[Figure]:
    """Sentiments of own English posts with a mood: told right, and the wrong way round."""
    enricher = SentimentEnricher()
    lines = [_sample(line) for line in _MOODS.read_text().splitlines()]
    told = [(mood, enricher.judge(text, "en") or 0) for mood, text in lines if mood != "neutral"]
    right = sum((sentiment > 0) == (mood == "positive") for mood, sentiment in told if sentiment)
    wrong = sum(bool(sentiment) for _, sentiment in told) - right
    return [
        single("sentiments of own English posts, right", 100 * right / len(told), "%"),
        single("sentiments of own English posts, the wrong way round", 100 * wrong / len(told), "%"),
    ]


def _library(texts: Sequence[str]) -> list[Figure]:
    """The same model by its library and by our kernel, from the same texts."""
    library = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    enricher = LanguageEnricher()
    found = []
    for name, judge in (
        ("py3langid itself", library.classify),
        ("language, in all", enricher.guess),
    ):
        rounds = []
        for _ in range(3):
            began_s = time.process_time()
            for text in texts:
                judge(text)
            rounds.append((time.process_time() - began_s) / len(texts) * 1e6)
        found.append(median(name, rounds, "us a text"))
    return found


BENCHMARK = Benchmark("enrich", "tweets per second from the draft to the encoded event; languages", run)
