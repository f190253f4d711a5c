"""What a tweet, and a user, is found by."""

from collections.abc import Sequence

import msgspec

from roost.limits import SEARCH_GRAMS_MAX, SEARCH_TOKENS_MAX
from roost.model import MediaKind, Tweet, TweetCounts, User, Visibility
from roost.text import grams_of, tokens_of

KINDS = ("media", "image", "video", "audio", "poll", "link", "reply", "quote", "sensitive")
_OF_MEDIA = {
    MediaKind.IMAGE: "image",
    MediaKind.VIDEO: "video",
    MediaKind.GIFV: "video",
    MediaKind.AUDIO: "audio",
}
EVERYBODY = 0
"""Stands for all readers."""


class TweetFacts(msgspec.Struct, frozen=True, gc=False):
    tweet_id: int
    author_id: int
    readers: tuple[int, ...]
    """`EVERYBODY`; or those who may find it, of whom nobody else may know."""
    tokens: str
    """What it says, as `tokens_of` has it, with a space between two."""
    tags: tuple[str, ...]
    reply_to_author_id: int
    mentioned_ids: tuple[int, ...]
    language: str
    kinds: tuple[str, ...]
    likes: int
    attention: int
    """Likes, answers and quotes, and retweets twice."""


class UserFacts(msgspec.Struct, frozen=True, gc=False):
    user_id: int
    grams: str
    """As `grams_of` has them, with a space between two."""


def tweet_facts(tweet: Tweet, counts: TweetCounts) -> TweetFacts:
    """20 us."""
    is_public = tweet.visibility is Visibility.PUBLIC
    return TweetFacts(
        tweet.tweet_id,
        tweet.author_id,
        (EVERYBODY,) if is_public else tuple(dict.fromkeys((tweet.author_id, *tweet.addressed_ids))),
        " ".join(tokens_of(searched_text(tweet))[:SEARCH_TOKENS_MAX]),
        tuple(tweet.hashtags()),
        tweet.reply_to_author_id,
        tweet.addressed_ids,
        language_of(tweet.language),
        _kinds(tweet),
        counts.likes,
        counts.likes + counts.replies + counts.quotes + 2 * counts.retweets,
    )


def user_facts(user: User) -> UserFacts:
    """10 us."""
    return UserFacts(
        user.user_id, " ".join(grams_of(f"{user.username} {user.display_name}")[:SEARCH_GRAMS_MAX])
    )


def searched_text(tweet: Tweet) -> str:
    """All that a tweet says: its warning, its text, what its media show and its poll asks."""
    if not (tweet.spoiler or tweet.media or tweet.poll):
        return tweet.text
    described = [media.description for media in tweet.media]
    options = tweet.poll.options if tweet.poll is not None else ()
    return "\n".join((tweet.spoiler, tweet.text, *described, *options))


def language_of(code: str) -> str:
    """The first part of a language's code, in lower case."""
    return code.lower().partition("-")[0].partition("_")[0]


def steps(count: int) -> int:
    """A count on a scale of powers of two: 0, 1, 2 for 2 and 3, 3 for 4 to 7, and so on."""
    return count.bit_length()


def _kinds(tweet: Tweet) -> tuple[str, ...]:
    if not (tweet.media or tweet.poll or tweet.entities.urls or tweet.reply_to_id or tweet.quote_of_id):
        return ("sensitive",) if tweet.sensitive else ()
    found: Sequence[tuple[str, bool]] = (
        ("media", bool(tweet.media)),
        ("poll", tweet.poll is not None),
        ("link", bool(tweet.entities.urls)),
        ("reply", tweet.is_reply),
        ("quote", bool(tweet.quote_of_id)),
        ("sensitive", tweet.sensitive),
    )
    kinds = [kind for kind, is_so in found if is_so]
    kinds += [_OF_MEDIA[media.kind] for media in tweet.media if media.kind in _OF_MEDIA]
    return tuple(dict.fromkeys(kinds))
