"""What a search finds, the slow way: every tweet is asked."""

from collections.abc import Mapping

from roost.model import Tweet, TweetCounts, Visibility
from roost.search import (
    Between,
    By,
    Either,
    Every,
    Kind,
    Language,
    Likes,
    Mentions,
    Node,
    Not,
    Tag,
    To,
    Words,
)
from roost.text import tokens_of

_KINDS = {
    "reply": lambda tweet: tweet.reply_to_id != 0,
    "sensitive": lambda tweet: tweet.sensitive,
    "media": lambda tweet: len(tweet.media) > 0,
}


def fits(tweet: Tweet, counts: TweetCounts, node: Node, people: Mapping[str, int]) -> bool:
    if isinstance(node, Not):
        return not fits(tweet, counts, node.node, people)
    if isinstance(node, Every | Either):
        answers = [fits(tweet, counts, each, people) for each in node.nodes]
        return all(answers) if isinstance(node, Every) else any(answers)
    if isinstance(node, Words):
        said, wanted = tokens_of(f"{tweet.spoiler}\n{tweet.text}"), list(node.tokens)
        return any(said[start : start + len(wanted)] == wanted for start in range(len(said)))
    if isinstance(node, Between):
        return tweet.tweet_id > node.low and tweet.tweet_id < node.high
    if isinstance(node, Kind):
        return bool(_KINDS[node.kind](tweet))
    if isinstance(node, By | To | Mentions):
        somebody = people.get(node.name)
        places = {By: [tweet.author_id], To: [tweet.reply_to_author_id], Mentions: tweet.addressed_ids}
        return somebody is not None and somebody in places[type(node)]
    if isinstance(node, Likes):
        return counts.likes >= node.least
    if isinstance(node, Language):
        return tweet.language.split("-")[0].lower() == node.code
    assert isinstance(node, Tag)
    return node.tag in tweet.hashtags()


def is_for(tweet: Tweet, reader_id: int) -> bool:
    return (
        tweet.visibility is Visibility.PUBLIC
        or reader_id == tweet.author_id
        or reader_id in tweet.addressed_ids
    )
