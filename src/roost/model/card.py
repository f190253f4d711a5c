"""What a linked page says of itself: shown as a preview below a tweet."""

import enum

import msgspec


class CardKind(enum.IntEnum):
    """Stored as its number."""

    LINK = 0
    PHOTO = 1
    VIDEO = 2
    RICH = 3


class Card(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """As it was read once. Empty and 0 stand for what the page did not say.

    Encoded by position: a new field goes at the end and has a default.
    """

    url: str
    """Where the link led in the end."""
    title: str = ""
    description: str = ""
    kind: CardKind = CardKind.LINK
    author_name: str = ""
    author_url: str = ""
    provider_name: str = ""
    provider_url: str = ""
    player_url: str = ""
    """A page that plays its film or sound, to be shown in a frame; empty for none."""
    embed_url: str = ""
    width: int = 0
    height: int = 0
    """Of the player; without one, of the picture."""
    image: str = ""
    """The blob with its picture."""
    image_description: str = ""
    blurhash: str = ""
    language: str = ""
    published_ms: int = 0
    link: str = ""
    """The address in the tweet, in the form that it is found by (`Tweet.links`)."""
