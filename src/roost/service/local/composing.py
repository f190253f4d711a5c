"""Between what is posted and what is kept to be posted."""

from roost.ingest import Draft
from roost.model import Composed


def composed_of(draft: Draft, key: str = "") -> Composed:
    return Composed(
        text=draft.text,
        visibility=draft.visibility,
        language=draft.language,
        sensitive=draft.sensitive,
        spoiler=draft.spoiler,
        reply_to_id=draft.reply_to_id,
        quote_of_id=draft.quote_of_id,
        media_ids=draft.media_ids,
        poll=draft.poll,
        app_name=draft.app_name,
        app_website=draft.app_website,
        key=key,
        quote_policy=draft.quote_policy,
    )


def draft_of(composed: Composed) -> Draft:
    return Draft(
        text=composed.text,
        visibility=composed.visibility,
        language=composed.language,
        sensitive=composed.sensitive,
        spoiler=composed.spoiler,
        reply_to_id=composed.reply_to_id,
        quote_of_id=composed.quote_of_id,
        media_ids=composed.media_ids,
        poll=composed.poll,
        app_name=composed.app_name,
        app_website=composed.app_website,
        quote_policy=composed.quote_policy,
    )
