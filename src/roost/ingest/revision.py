"""A tweet as its author wants it to be from now on."""

import msgspec

from roost.ingest.draft import Draft
from roost.model import Media, Poll, Tweet


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """All that an edit can change, not checked yet. `media` and `poll` are as they are to be."""

    text: str
    spoiler: str = ""
    sensitive: bool = False
    language: str = ""
    media: tuple[Media, ...] = ()
    poll: Poll | None = None

    def draft_of(self, tweet: Tweet) -> Draft:
        """What is checked of it as of a new tweet."""
        return Draft(
            text=self.text, visibility=tweet.visibility, spoiler=self.spoiler, language=self.language
        )

    def changes(self, tweet: Tweet) -> bool:
        """Whether a tweet would be another one after it."""
        after = (self.text, self.spoiler, self.sensitive, self.language, self.media, self.poll)
        before = (tweet.text, tweet.spoiler, tweet.sensitive, tweet.language, tweet.media, tweet.poll)
        return after != before
