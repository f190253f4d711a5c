"""What a search asks of a tweet, as a tree: made by `parsing`, asked by `matching`, sought by `lookup`."""

from collections.abc import Iterator, Mapping

import msgspec

from roost.ids import ID_MAX
from roost.text import tokens_of


class Words(msgspec.Struct, frozen=True):
    """These words, as `tokens_of` has them, side by side in this order."""

    tokens: tuple[str, ...]


class Tag(msgspec.Struct, frozen=True):
    """A hashtag, as `fold_tag` has it."""

    tag: str


class By(msgspec.Struct, frozen=True):
    """Whose author is so called. Usernames are in lower case; `me` is whoever asks."""

    name: str


class To(msgspec.Struct, frozen=True):
    """An answer to somebody who is so called."""

    name: str


class Mentions(msgspec.Struct, frozen=True):
    """What mentions somebody who is so called."""

    name: str


class Language(msgspec.Struct, frozen=True):
    """In a language, by the first part of its code."""

    code: str


class Kind(msgspec.Struct, frozen=True):
    """One of `facts.KINDS`."""

    kind: str


class Between(msgspec.Struct, frozen=True):
    """With an id between the two, exclusive."""

    low: int = 0
    high: int = ID_MAX


class Likes(msgspec.Struct, frozen=True):
    """Liked so often, or more often."""

    least: int


class Not(msgspec.Struct, frozen=True):
    node: "Node"


class Every(msgspec.Struct, frozen=True):
    nodes: tuple["Node", ...]


class Either(msgspec.Struct, frozen=True):
    nodes: tuple["Node", ...]


Node = Words | Tag | By | To | Mentions | Language | Kind | Between | Likes | Not | Every | Either
People = Mapping[str, int]
"""The ids of the users whom a search names; none for who is not there."""
EVERYTHING = Every(())


def leaves(node: Node) -> Iterator[Node]:
    """All conditions in a tree, from left to right."""
    match node:
        case Not(inner):
            yield from leaves(inner)
        case Every(nodes) | Either(nodes):
            for each in nodes:
                yield from leaves(each)
        case _:
            yield node


def named(node: Node) -> set[str]:
    """The usernames that a search names."""
    return {leaf.name for leaf in leaves(node) if isinstance(leaf, By | To | Mentions)}


def with_strangers_as_words(node: Node, people: People) -> Node:
    """A tree in which a mention of nobody who is there is a search for the name's words."""
    match node:
        case Not(inner):
            return Not(with_strangers_as_words(inner, people))
        case Every(nodes):
            return Every(tuple(with_strangers_as_words(each, people) for each in nodes))
        case Either(nodes):
            return Either(tuple(with_strangers_as_words(each, people) for each in nodes))
        case Mentions(name) if name not in people and (tokens := tokens_of(name)):
            return Words(tuple(tokens))
        case _:
            return node
