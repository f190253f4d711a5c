"""The search index: whether every tweet and user is in it once and nothing else, and is found."""

import asyncio
import random
from functools import partial

from roost.ids import ID_MAX
from roost.limits import VERIFY_SEARCH_FOUND, VERIFY_SEARCHES, VERIFY_SLICE_ROWS
from roost.model import NO_COUNTS, Tweet
from roost.search import (
    EVERYBODY,
    Asked,
    Language,
    Node,
    Tag,
    TweetFacts,
    Words,
    steps,
    tweet_facts,
    tweets_between,
    users_between,
)
from roost.service.local.kit import Kit
from roost.service.local.verification.reading import all_tweets, slices_of
from roost.service.local.verification.seam import Sample, Tally
from roost.store import tables, tweets_below

_PEOPLE: dict[str, int] = {}


async def check_search(kit: Kit, sample: Sample, tally: Tally) -> None:
    """Every tweet, every user, and for some words, hashtags and languages of a sample the newest tweets that
    everybody may find. Two passes over all tweets, 60 us each."""
    chosen = await _check_tweets(kit, sample, tally)
    await _check_users(kit, tally)
    await _check_searches(kit, _nodes(chosen, sample), tally)


async def _check_tweets(kit: Kit, sample: Sample, tally: Tally) -> list[Tweet]:
    """Answers some of the tweets, evenly chosen."""
    dice = random.Random(sample.seed)
    chosen: list[Tweet] = []
    seen = low = 0
    async for tweets in all_tweets(kit.store):
        originals = [tweet for tweet in tweets if not tweet.is_retweet]
        await _check_slice(kit, originals, low, tweets[-1].tweet_id + 1, tally)
        low = tweets[-1].tweet_id
        for tweet in originals:
            seen += 1
            if len(chosen) < VERIFY_SEARCHES:
                chosen.append(tweet)
            elif (place := dice.randrange(seen)) < VERIFY_SEARCHES:
                chosen[place] = tweet
    await _check_slice(kit, [], low, ID_MAX, tally)
    return chosen


async def _check_slice(kit: Kit, tweets: list[Tweet], low: int, high: int, tally: Tally) -> None:
    """That between two ids (exclusive) these are there, once each, and nothing else."""
    expected = [tweet.tweet_id for tweet in tweets]
    found = await kit.finder.read(
        lambda index: tweets_between(index, low, high, VERIFY_SLICE_ROWS + len(expected))
    )
    tally.compared += len(expected)
    if found != expected:
        for tweet_id in sorted({*found, *expected}):
            times = found.count(tweet_id)
            wanted = int(tweet_id in set(expected))
            if times != wanted:
                tally.differs(f"tweet {tweet_id}", f"{times} times in the index", f"{wanted} times")
    counts = await kit.counts.get_many(expected)
    held = await kit.finder.read(lambda index: index.like_steps(expected))
    for tweet_id, counted in zip(expected, counts, strict=True):
        attention = counted.likes + counted.replies + counted.quotes + 2 * counted.retweets
        wanted_steps = steps(counted.likes), steps(attention)
        if tweet_id in held and held[tweet_id] != wanted_steps:
            tally.differs(f"steps of likes and attention of tweet {tweet_id}", held[tweet_id], wanted_steps)


async def _check_users(kit: Kit, tally: Tally) -> None:
    low = 0
    async for users in slices_of(kit.store, tables.USERS):
        expected = [user.user_id for user in users if not user.is_gone]
        high = users[-1].user_id
        found = await kit.finder.read(
            partial(users_between, low=low, high=high + 1, limit=2 * VERIFY_SLICE_ROWS)
        )
        tally.compared += len(expected)
        if found != expected:
            differing = sorted(set(found) ^ set(expected)) or found
            tally.differs(f"users between {low} and {high}", f"not the same {differing}", "each once")
        low = high


def _nodes(tweets: list[Tweet], sample: Sample) -> list[Node]:
    """What is searched: a word, a hashtag and a language of each."""
    dice = random.Random(sample.seed)
    found: dict[Node, None] = {}
    for tweet in tweets:
        facts = tweet_facts(tweet, NO_COUNTS)
        if tokens := facts.tokens.split():
            found[Words((dice.choice(tokens),))] = None
        if facts.tags:
            found[Tag(dice.choice(facts.tags))] = None
        if facts.language:
            found[Language(facts.language)] = None
    return list(found)


async def _check_searches(kit: Kit, nodes: list[Node], tally: Tally) -> None:
    expected: dict[Node, list[int]] = {node: [] for node in nodes}
    async for tweets in tweets_below(kit.store, ID_MAX, VERIFY_SLICE_ROWS):
        for tweet in tweets:
            if not tweet.is_retweet:
                _note(tweet_facts(tweet, NO_COUNTS), expected)
        await asyncio.sleep(0)
    for node, ids in expected.items():
        found = await kit.finder.newest(Asked(node, _PEOPLE, EVERYBODY, 0, ID_MAX), VERIFY_SEARCH_FOUND)
        tally.compare(f"the newest tweets with {node}", found, ids)


def _note(facts: TweetFacts, expected: dict[Node, list[int]]) -> None:
    if EVERYBODY not in facts.readers:
        return
    tokens = set(facts.tokens.split())
    for node, ids in expected.items():
        if len(ids) < VERIFY_SEARCH_FOUND and _has(node, facts, tokens):
            ids.append(facts.tweet_id)


def _has(node: Node, facts: TweetFacts, tokens: set[str]) -> bool:
    match node:
        case Words((token,)):
            return token in tokens
        case Tag(tag):
            return tag in facts.tags
        case Language(code):
            return facts.language == code
        case _:
            raise AssertionError(node)
