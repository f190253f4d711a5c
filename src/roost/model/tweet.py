"""A tweet as it was accepted. Never changed: an edit is a new fact, and counts are kept elsewhere."""

from operator import attrgetter

import msgspec

from roost.model.card import Card
from roost.model.enrichment import Findings, Signal
from roost.model.found_by import fold_link, fold_tag
from roost.model.media import Media
from roost.model.poll import Poll
from roost.model.quote import QuotePolicy
from roost.model.visibility import Visibility


class MentionSpan(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`text[start:end]` names the user `user_id`. Positions are code points, half-open."""

    start: int
    end: int
    user_id: int
    username: str


class Span(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`text[start:end]` is a hashtag, cashtag or URL. Positions are code points, half-open."""

    start: int
    end: int


class Entities(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a tweet's text contains, found once when it was accepted."""

    mentions: tuple[MentionSpan, ...] = ()
    hashtags: tuple[Span, ...] = ()
    cashtags: tuple[Span, ...] = ()
    urls: tuple[Span, ...] = ()


NO_ENTITIES = Entities()
_NOISE = Signal.SPAM | Signal.DUPLICATE


class Tweet(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An original, a reply, a retweet (no text of its own) or a quote. Ids that do not apply are 0.

    Encoded by position: a new field goes at the end and has a default, so that old rows still read.
    """

    tweet_id: int
    author_id: int
    text: str = ""
    visibility: Visibility = Visibility.PUBLIC
    language: str = ""
    """A BCP 47 code, or empty where nobody said."""
    sensitive: bool = False
    spoiler: str = ""
    """The content warning shown in place of the text; empty for none."""
    reply_to_id: int = 0
    reply_to_author_id: int = 0
    retweet_of_id: int = 0
    retweet_of_author_id: int = 0
    quote_of_id: int = 0
    quote_of_author_id: int = 0
    entities: Entities = NO_ENTITIES
    addressed_ids: tuple[int, ...] = ()
    """The users who are mentioned, each once: they may see a followers-only or direct tweet."""
    app_name: str = ""
    app_website: str = ""
    media: tuple[Media, ...] = ()
    poll: Poll | None = None
    edited_ms: int = 0
    """When it was last edited; 0 for never."""
    edits: int = 0
    """How often it was edited; its earlier versions are numbered from 0 on."""
    conversation_id: int = 0
    """The tweet that its conversation began with; 0 for a tweet that answers nothing."""
    quote_policy: QuotePolicy = QuotePolicy.PUBLIC
    quote_revoked: bool = False
    """Whether the author of what it quotes took that back: it is not shown here any more."""
    language_guessed: bool = False
    """Whether nobody said its language, and it was recognised."""
    sentiment: int | None = None
    """From -100 (negative) to 100 (positive); None where it is not known."""
    signals: Signal = Signal.NONE
    spam_percent: int = 0
    """How much it looks like spam, from 0 to 100; the reasons are among its signals."""
    card: Card | None = None
    """Of the first page that it links to; None where there is none, or not yet."""
    unfinished: bool = False
    """Whether something was left out when it was accepted, and is yet to be found out."""

    @property
    def is_reply(self) -> bool:
        return self.reply_to_id != 0

    @property
    def is_retweet(self) -> bool:
        return self.retweet_of_id != 0

    @property
    def is_noise(self) -> bool:
        """Whether it is spam or nearly the same as others: who counts what people say leaves it out."""
        return self.signals & _NOISE != 0

    @property
    def root_id(self) -> int:
        """The tweet that its conversation began with, be it itself."""
        return self.conversation_id or self.tweet_id

    @property
    def shown_id(self) -> int:
        """The tweet whose content a reader sees: the original of a retweet, else this one."""
        return self.retweet_of_id or self.tweet_id

    def enriched(self, found: Findings) -> "Tweet":
        """The tweet with what was found added; itself where that is nothing new. Adding twice equals once."""
        language, guessed = self.language, self.language_guessed
        if found.language and not language:
            language, guessed = found.language, True
        after = (
            language,
            guessed,
            self.sentiment if found.sentiment is None else found.sentiment,
            self.signals | found.signals,
            max(self.spam_percent, found.spam_percent),
            self.card if found.card is None else found.card,
            self.unfinished and not found.finished,
        )
        if after == _enrichment_of(self):
            return self
        return msgspec.structs.replace(self, **dict(zip(_ENRICHMENT, after, strict=True)))

    def plain(self) -> "Tweet":
        """The tweet without anything that enrichers found."""
        return msgspec.structs.replace(
            self,
            language="" if self.language_guessed else self.language,
            language_guessed=False,
            sentiment=None,
            signals=Signal.NONE,
            spam_percent=0,
            card=None,
            unfinished=False,
        )

    def hashtags(self) -> list[str]:
        """The words of its hashtags in the form that they are found by, each once, in order."""
        spans = self.entities.hashtags
        words = dict.fromkeys(fold_tag(self.text[span.start + 1 : span.end]) for span in spans)
        return [word for word in words if word]

    def links(self) -> list[str]:
        """Its web addresses in the form that they are found by, each once, in order."""
        spans = self.entities.urls
        found = dict.fromkeys(fold_link(self.text[span.start : span.end]) for span in spans)
        return [link for link in found if link]


class TweetCounts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How often a tweet was liked, retweeted, answered and quoted, by those who did not take it back."""

    likes: int = 0
    retweets: int = 0
    replies: int = 0
    quotes: int = 0


NO_COUNTS = TweetCounts()

_ENRICHMENT = (
    "language",
    "language_guessed",
    "sentiment",
    "signals",
    "spam_percent",
    "card",
    "unfinished",
)
_enrichment_of = attrgetter(*_ENRICHMENT)
