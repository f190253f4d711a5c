"""Small grammars that posts, answers and comments are made by, one file a language.

A file has sections. `[words]` names slots and what may stand in them, parted by `|`. Every other section is a
topic: its name, its hashtags, and after `~` what a content warning for it says. A line of a topic begins with
a sign that says what it is for:

    +  a post                       !  a post while everybody talks about it
    ?  a post that asks             >  an answer to a post
    =  an answer to a question      *  a further answer, by who was answered
    "  a comment with which a post is quoted

The topic `any` has lines that fit everywhere, and no posts. `{slot}` stands for one of the slot's words.
"""

import random
import re
from importlib.resources import files

import msgspec

POST, URGENT, QUESTION, ANSWER, REPLY_TO_QUESTION, FOLLOW_UP, COMMENT = "+", "!", "?", ">", "=", "*", '"'
ANY = "any"
_SIGNS = frozenset((POST, URGENT, QUESTION, ANSWER, REPLY_TO_QUESTION, FOLLOW_UP, COMMENT))
_SLOT = re.compile(r"\{(\w+)\}")
_HEADING = re.compile(r"\[(\w+)\]\s*([^~]*)(?:~\s*(.*))?")
_FIRST_LETTER = re.compile(r"[^\W\d_]")
_ANY_SHARE = 0.3


class Topic(msgspec.Struct, frozen=True):
    """`lines` by their sign."""

    name: str
    hashtags: tuple[str, ...]
    warning: str
    lines: dict[str, list[str]]


class Phrases(msgspec.Struct, frozen=True):
    """One language. `code` is its BCP 47 tag."""

    code: str
    words: dict[str, list[str]]
    topics: dict[str, Topic]

    def say(self, sign: str, topic: str, chance: random.Random) -> str:
        """A sentence of a kind that fits a topic; where the topic has none of the kind, one that fits all."""
        own, general = self._lines(topic, sign), self._lines(ANY, sign)
        take_general = bool(general) and (not own or chance.random() < _ANY_SHARE)
        text = self._fill(chance.choice(general if take_general else own), chance)
        return _FIRST_LETTER.sub(lambda letter: letter[0].upper(), text, count=1)

    def _lines(self, topic: str, sign: str) -> list[str]:
        return self.topics[topic].lines.get(sign, []) if topic in self.topics else []

    def _fill(self, template: str, chance: random.Random) -> str:
        """Every slot has one word, however often it stands in the template."""
        words = {name: chance.choice(self.words[name]) for name in dict.fromkeys(_SLOT.findall(template))}
        return template.format_map(words)

    @property
    def subjects(self) -> list[str]:
        """The names of the topics that one posts about."""
        return [name for name in self.topics if name != ANY]


def parse_phrases(code: str, text: str) -> Phrases:
    """Read a file's text. Raises ValueError, naming the line."""
    found = Phrases(code, {}, {})
    topic: Topic | None = None
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("# "):
            continue
        heading = _HEADING.fullmatch(stripped)
        try:
            if heading is not None:
                name, hashtags, warning = heading.groups("")
                topic = None if name == "words" else Topic(name, tuple(hashtags.split()), warning, {})
                if topic is not None:
                    found.topics[name] = topic
            elif topic is None:
                slot, _, words = stripped.partition(":")
                found.words[slot] = [word.strip() for word in words.split("|")]
            else:
                _add_line(found, topic, stripped)
        except ValueError as cause:
            raise ValueError(f"{code}, line {number}: {cause}") from None
    return found


def _add_line(phrases: Phrases, topic: Topic, line: str) -> None:
    sign, template = line[0], line[1:].strip()
    if sign not in _SIGNS or not template:
        raise ValueError(f"begins with none of {' '.join(sorted(_SIGNS))}")
    unknown = set(_SLOT.findall(template)) - set(phrases.words)
    if unknown:
        raise ValueError(f"has the unknown slot {min(unknown)}")
    topic.lines.setdefault(sign, []).append(template)


def load_phrases(code: str, name: str) -> Phrases:
    """The grammar of a language from its file in this package."""
    return parse_phrases(code, files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8"))
