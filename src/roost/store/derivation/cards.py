"""Rows of the pictures that cards show: which tweets have them, and which of them perhaps none has."""

from roost.model import Tweet
from roost.store import tables
from roost.store.batch import Batch
from roost.store.rows import CardImageRow, IdleCardImageRow


def hold_card_of(tweet: Tweet, batch: Batch) -> None:
    """A tweet shows its card's picture from now on."""
    image = image_of(tweet)
    if image:
        batch.put(tables.CARD_IMAGES, CardImageRow(image, tweet.tweet_id))
        batch.delete(tables.IDLE_CARD_IMAGES, (0, image))
        batch.delete(tables.BLOBS_TO_REMOVE, (image,))


def let_go_card_of(tweet: Tweet, batch: Batch) -> None:
    """A tweet, or an earlier edition of one, shows it no more; perhaps another does."""
    image = image_of(tweet)
    if image:
        batch.delete(tables.CARD_IMAGES, (image, tweet.tweet_id))
        batch.put(tables.IDLE_CARD_IMAGES, IdleCardImageRow(0, image, 0))


def image_of(tweet: Tweet) -> str:
    """The blob with its card's picture; empty for none."""
    return tweet.card.image if tweet.card is not None else ""
