"""Enricher: who is mentioned. Usernames become user ids; a name that nobody has stays plain text."""

from collections.abc import Sequence

from roost import text as rules_of_text
from roost.errors import FieldProblem, Invalid
from roost.limits import MENTIONS_MAX
from roost.model import NO_ENTITIES, Entities, MentionSpan, Span
from roost.store import Store, UserCache, tables


async def resolve_entities(store: Store, users: UserCache, found: rules_of_text.Entities) -> Entities:
    """What was found in a text, with users for mentions. Raises Invalid above `MENTIONS_MAX` users."""
    if found == rules_of_text.NO_ENTITIES:
        return NO_ENTITIES
    mentions = await _resolve_mentions(store, users, found.mentions) if found.mentions else ()
    return Entities(
        mentions,
        tuple(Span(entity.start, entity.end) for entity in found.hashtags),
        tuple(Span(entity.start, entity.end) for entity in found.cashtags),
        tuple(Span(entity.start, entity.end) for entity in found.urls),
    )


def addressed_by(entities: Entities) -> tuple[int, ...]:
    """The mentioned users, each once, in the order of their mention."""
    return tuple(dict.fromkeys(mention.user_id for mention in entities.mentions))


async def _resolve_mentions(
    store: Store, users: UserCache, mentions: Sequence[rules_of_text.Mention]
) -> tuple[MentionSpan, ...]:
    keys = list(dict.fromkeys(mention.username.lower() for mention in mentions))
    if len(keys) > MENTIONS_MAX:
        problem = FieldProblem("ERR_TOO_MANY", f"mentions more than {MENTIONS_MAX} users")
        raise Invalid(f"Validation failed: Text {problem.text}", {"text": (problem,)})
    rows = await store.get_many(tables.USERNAMES, [(key,) for key in keys])
    found = await users.get_many([row.user_id for row in rows if row is not None])
    named = {user.username.lower(): user for user in found if user is not None and not user.is_gone}
    return tuple(
        MentionSpan(mention.start, mention.end, named[key].user_id, named[key].username)
        for mention in mentions
        if (key := mention.username.lower()) in named
    )
