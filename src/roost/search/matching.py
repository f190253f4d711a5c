"""Whether a tweet is one of those that a search asks for."""

from roost.search.facts import TweetFacts
from roost.search.query import (
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
    People,
    Tag,
    To,
    Words,
)


def matches(node: Node, facts: TweetFacts, people: People) -> bool:
    """As the index would say, had it these facts. 1 us a condition."""
    match node:
        case Words(tokens):
            return f" {' '.join(tokens)} " in f" {facts.tokens} "
        case Every(nodes):
            return all(matches(each, facts, people) for each in nodes)
        case Either(nodes):
            return any(matches(each, facts, people) for each in nodes)
        case Not(inner):
            return not matches(inner, facts, people)
        case Likes(least):
            return facts.likes >= least
        case Between(low, high):
            return low < facts.tweet_id < high
        case Tag(tag):
            return tag in facts.tags
        case Kind(kind):
            return kind in facts.kinds
        case Language(code):
            return facts.language == code
        case By(name):
            return people.get(name) == facts.author_id
        case To(name):
            return people.get(name, -1) == facts.reply_to_author_id
        case Mentions(name):
            return people.get(name) in facts.mentioned_ids
