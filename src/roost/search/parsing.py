"""From what somebody writes to a tree of conditions.

    query     = either
    either    = every { "or" every }
    every     = { [ "-" ] one }
    one       = "(" either ")" | [ operator ":" ] ( word | quoted )

A parser reads on after each mistake, notes where it was, and takes what it cannot understand for words: so
the same parser serves those who want to know (`parse`) and those who want results whatever was written
(`parse_leniently`).
"""

import re

import msgspec

from roost.errors import MalformedQuery
from roost.limits import SEARCH_CONDITIONS_MAX, SEARCH_DEPTH_MAX, SEARCH_QUERY_CHARACTERS_MAX
from roost.model import fold_tag
from roost.search.operators import condition, is_operator, likely_operator
from roost.search.query import Either, Every, Mentions, Node, Not, Tag, Words
from roost.text import tokens_of

_TOKEN = re.compile(
    r"""(?P<open>\()|(?P<close>\))|(?P<minus>-)(?=[^\s])|(?P<lone>-(?=\s|\Z))"""
    r"""|(?:(?P<operator>[A-Za-z_]+):(?=[^\s)]))?(?:"(?P<quoted>[^"]*)(?P<end>"|\Z)|(?P<word>[^\s()"]+))"""
    r"""|(?P<other>\S)"""
)
_USERNAME = re.compile(r"[@＠](\w+)\Z", re.ASCII)


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with `text[start:stop]`."""

    text: str
    start: int
    stop: int


def parse(text: str) -> Node:
    """Raises MalformedQuery with the first mistake."""
    if len(text) > SEARCH_QUERY_CHARACTERS_MAX:
        most = SEARCH_QUERY_CHARACTERS_MAX
        raise MalformedQuery(f"a search has {most} characters at most", most, len(text))
    parser = _Parser(text)
    node = parser.parse()
    if parser.problems:
        first = min(parser.problems, key=lambda problem: problem.start)
        raise MalformedQuery(first.text, first.start, first.stop)
    if node is None:
        raise MalformedQuery("there is nothing to search for", 0, len(text))
    return node


def parse_leniently(text: str) -> Node | None:
    """Never fails; None where nothing is asked for."""
    cut = text[:SEARCH_QUERY_CHARACTERS_MAX]
    return _Parser(cut).parse() or _every([Words((token,)) for token in tokens_of(cut)])


class _Parser:
    def __init__(self, text: str) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._tokens = list(_TOKEN.finditer(text))
        self._next = 0
        self._depth = 0
        self._conditions = 0

    def parse(self) -> Node | None:
        parts: list[Node] = []
        while self._next < len(self._tokens):
            found = self._either()
            if found is not None:
                parts.append(found)
            if self._next < len(self._tokens):
                self._problem("this parenthesis closes none", self._take())
        return _every(parts)

    def _either(self) -> Node | None:
        choices: list[Node] = []
        waiting: re.Match[str] | None = None
        while True:
            found = self._every()
            if found is not None:
                choices.append(found)
                waiting = None
            elif waiting is not None:
                self._problem('there must be something after "or"', waiting)
            token = self._peek()
            if token is None or token["close"]:
                break
            waiting = self._take()
            if found is None:
                self._problem('there must be something before "or"', waiting)
        if not choices:
            return None
        return choices[0] if len(choices) == 1 else Either(tuple(choices))

    def _every(self) -> Node | None:
        """Up to an "or", a closing parenthesis or the end."""
        parts: list[Node] = []
        while (token := self._peek()) is not None and not token["close"] and not _is_or(token):
            found = self._one()
            if found is not None:
                parts.append(found)
        return _every(parts)

    def _one(self) -> Node | None:
        token = self._take()
        if token["minus"]:
            following = self._peek()
            if following is None or following["close"] or _is_or(following) or following["minus"]:
                self._problem("there must be something right after a minus", token)
                return None
            inner = self._one()
            return Not(inner) if inner is not None else None
        if token["open"]:
            return self._group(token)
        if token["lone"] or token["other"]:
            self._problem("there must be something right after a minus", token)
            return None
        return self._condition(token)

    def _group(self, opening: re.Match[str]) -> Node | None:
        if self._depth == SEARCH_DEPTH_MAX:
            self._problem(f"parentheses stand in one another {SEARCH_DEPTH_MAX} deep at most", opening)
            return None
        self._depth += 1
        inner = self._either()
        self._depth -= 1
        closing = self._peek()
        if closing is None:
            self._problem("this parenthesis is not closed", opening)
            return inner
        self._take()
        if inner is None:
            self._problem("there is nothing in these parentheses", opening, closing.end())
        return inner

    def _condition(self, token: re.Match[str]) -> Node | None:
        if self._conditions == SEARCH_CONDITIONS_MAX:
            self._problem(f"a search has {SEARCH_CONDITIONS_MAX} conditions at most", token)
            return None
        self._conditions += 1
        if token["quoted"] is not None and not token["end"]:
            self._problem("this quotation mark is not closed", token)
        operator = (token["operator"] or "").lower()
        value = token["quoted"] if token["quoted"] is not None else token["word"]
        if operator and is_operator(operator):
            found = condition(operator, value)
            if not isinstance(found, str):
                return found
            self._problem(found, token)
        elif not operator and value.endswith(":") and is_operator(value[:-1].lower()):
            self._problem("there must be something right after an operator", token)
        elif operator and (meant := likely_operator(operator)):
            self._problem(f'there is no operator "{operator}:", but "{meant}:"; or put it in quotes', token)
        return self._plain(token, value if not operator else token[0])

    def _plain(self, token: re.Match[str], value: str) -> Node | None:
        """A word or phrase, a hashtag, or a user who is mentioned."""
        quoted = token["quoted"] is not None
        if not quoted and value[0] in "#＃" and (tag := fold_tag(value[1:].strip("#＃.,;:!?"))):
            return Tag(tag)
        name = _USERNAME.match(value) if not quoted else None
        if name is not None:
            return Mentions(name[1].lower())
        tokens = tokens_of(value)
        if tokens:
            return Words(tuple(tokens))
        if quoted:
            self._problem("there is no word in these quotation marks", token)
        else:
            self._problem("there is no word in this", token)
        return None

    def _peek(self) -> re.Match[str] | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self) -> re.Match[str]:
        self._next += 1
        return self._tokens[self._next - 1]

    def _problem(self, text: str, token: re.Match[str], stop: int = 0) -> None:
        self.problems.append(Problem(text, token.start(), stop or token.end()))


def _every(parts: list[Node]) -> Node | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _is_or(token: re.Match[str]) -> bool:
    return token["word"] is not None and not token["operator"] and token["word"].lower() == "or"
