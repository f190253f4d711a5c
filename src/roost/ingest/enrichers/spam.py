"""Enricher: whether a tweet looks like spam, and whether the same was said a short while ago.

The score is a sum of points for reasons, each of which is a signal of the tweet; docs/enrichment.md has the
table. From `SPAM_PERCENT_MIN` on it is SPAM. REPEATED or COPIED alone make it a DUPLICATE. Bots that say that
they are bots, and repeat themselves as a rule, are judged like everybody else: they do not trend, no more.
"""

import re
from collections.abc import Callable

from roost.ids import unix_ms_of
from roost.ingest.enrichers.windows import Sighting, Windows
from roost.limits import SPAM_NEW_ACCOUNT_S, SPAM_PERCENT_MIN
from roost.model import NO_FINDINGS, Findings, Signal, Tweet

AccountAge = Callable[[int], int]
"""When a user came, in ms."""

_NOT_SAID = re.compile(r"https?://\S+|@\w+|[\W_\d]+")
_LINKS_MANY, _LINKS_SOME, _LINKS_SHARE = 3, 2, 0.6
_MENTIONS_MANY = 6
_TAGS_MANY, _TAGS_SOME, _TAGS_SHARE = 6, 4, 0.6
_WORDS_SOME, _WORDS_SHARE = 8, 0.4
_OWN_MANY, _OTHERS_SOME, _OTHERS_MANY = 3, 2, 6
_HASTY_TWEETS = 7
_POINTS = {
    Signal.LINKS: 25,
    Signal.MENTIONS: 25,
    Signal.HASHTAGS: 20,
    Signal.REPETITIVE: 20,
    Signal.REPEATED: 20,
    Signal.COPIED: 25,
    Signal.HASTY: 25,
}
_MORE_REPEATED, _MORE_COPIED = 20, 15


class SpamEnricher:
    """`came_ms` says when an author came."""

    name = "spam"

    def __init__(self, came_ms: AccountAge = unix_ms_of) -> None:
        self._came_ms = came_ms
        self._windows = Windows()
        self.find(Tweet(1, 1, "so that the kernels are compiled"))

    def find(self, tweet: Tweet) -> Findings:
        seen = self._windows.see(tweet.tweet_id, tweet.author_id, fingerprinted(tweet.text))
        reasons = density_reasons(tweet) | self._history_reasons(tweet, seen)
        if not reasons:
            return NO_FINDINGS
        percent = score_of(reasons, seen)
        verdict = Signal.SPAM if percent >= SPAM_PERCENT_MIN else Signal.NONE
        if reasons & (Signal.REPEATED | Signal.COPIED):
            verdict |= Signal.DUPLICATE
        return Findings(signals=reasons | verdict, spam_percent=percent)

    def _history_reasons(self, tweet: Tweet, seen: Sighting) -> Signal:
        reasons = Signal.NONE
        if seen.own:
            reasons |= Signal.REPEATED
        if seen.others >= _OTHERS_SOME:
            reasons |= Signal.COPIED
        if seen.hasty >= _HASTY_TWEETS:
            age_ms = unix_ms_of(tweet.tweet_id) - self._came_ms(tweet.author_id)
            if age_ms < 1000 * SPAM_NEW_ACCOUNT_S:
                reasons |= Signal.HASTY
        return reasons


def fingerprinted(text: str) -> str:
    """What near-duplicates are told by: letters only, or the whole text where it has none to speak of."""
    lowered = text.lower()
    said = " ".join(_NOT_SAID.sub(" ", lowered).split())
    return said if len(said) >= 4 else lowered


def density_reasons(tweet: Tweet) -> Signal:
    """What a tweet's own text gives away."""
    entities, text = tweet.entities, tweet.text
    reasons = Signal.NONE
    links = len(entities.urls)
    if links >= _LINKS_SOME:
        covered = sum(span.end - span.start for span in entities.urls)
        if links >= _LINKS_MANY or covered >= _LINKS_SHARE * len(text):
            reasons |= Signal.LINKS
    if len(entities.mentions) >= _MENTIONS_MANY and len(tweet.addressed_ids) >= _MENTIONS_MANY:
        reasons |= Signal.MENTIONS
    words = text.split()
    tags = len(entities.hashtags) + len(entities.cashtags)
    if tags >= _TAGS_MANY or (tags >= _TAGS_SOME and tags >= _TAGS_SHARE * len(words)):
        reasons |= Signal.HASHTAGS
    if len(words) >= _WORDS_SOME and len(set(words)) < _WORDS_SHARE * len(words):
        reasons |= Signal.REPETITIVE
    return reasons


def score_of(reasons: Signal, seen: Sighting) -> int:
    """The points of the reasons, at most 100."""
    points = sum(worth for reason, worth in _POINTS.items() if reasons & reason)
    if seen.own >= _OWN_MANY:
        points += _MORE_REPEATED
    if seen.others >= _OTHERS_MANY:
        points += _MORE_COPIED
    return min(points, 100)
