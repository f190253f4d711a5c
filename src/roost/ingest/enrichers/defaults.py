"""Which quick enrichers there are, in the order in which they are asked."""

from functools import partial

from roost.ids import unix_ms_of
from roost.ingest.enrichers.language import LanguageEnricher
from roost.ingest.enrichers.seam import QuickEnricher
from roost.ingest.enrichers.sentiment import SentimentEnricher
from roost.ingest.enrichers.spam import SpamEnricher
from roost.store import UserCache


def quick_enrichers(users: UserCache) -> list[QuickEnricher]:
    """Made ready for the first tweet: 30 ms, and some seconds the first time on a machine."""
    return [LanguageEnricher(), SentimentEnricher(), SpamEnricher(partial(_came_ms, users))]


def _came_ms(users: UserCache, user_id: int) -> int:
    """When a user came: as their profile says where it is at hand, else as their id does."""
    user = users.peek(user_id)
    return user.created_ms if user is not None else unix_ms_of(user_id)
