"""Pictures and a poll, as the form for writing sends them."""

from roost.api import Call
from roost.errors import Invalid
from roost.limits import MEDIA_PER_TWEET_MAX
from roost.model import ComposedPoll
from roost.service import MediaChange
from roost.web.forms import text_of

FILES = tuple(f"file{number}" for number in range(1, MEDIA_PER_TWEET_MAX + 1))
"""The fields with which a browser without script sends files; `alt1` and so on describe them."""
POLL_FIELDS = ("option1", "option2", "option3", "option4")
POLL_DAYS = {"0.25": 6 * 3_600, "1": 86_400, "3": 3 * 86_400, "7": 7 * 86_400}


async def media_of(call: Call) -> tuple[int, ...]:
    """The ids of what is attached: files sent before, by a script, whose descriptions come now; then files
    sent along. Raises Invalid."""
    texts = _texts(call.parameters.get("media_ids"))
    ids = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 20]
    words = call.parameters.get("alt")
    for media_id in ids:
        alt = words.get(str(media_id)) if isinstance(words, dict) else None
        if isinstance(alt, str) and alt:
            await call.service.media.edit(call.user_id, media_id, MediaChange(description=alt))
    for number, name in enumerate(FILES, 1):
        sent = call.files.get(name)
        if sent is not None and sent.size:
            if len(ids) == MEDIA_PER_TWEET_MAX:
                raise Invalid(f"At most {MEDIA_PER_TWEET_MAX} files can be attached")
            facts = MediaChange(description=text_of(call, f"alt{number}"))
            upload = await call.service.media.upload(call.user_id, sent, facts, None, True)
            ids.append(upload.media_id)
    return tuple(ids)


def poll_of(call: Call) -> ComposedPoll | None:
    """The poll, where two options or more were filled in; one alone is a mistake. Raises Invalid."""
    options = tuple(text for name in POLL_FIELDS if (text := text_of(call, name).strip()))
    if not options:
        return None
    if len(options) < 2:
        raise Invalid("A poll needs two options at least")
    lasts_s = POLL_DAYS.get(text_of(call, "poll_days"), POLL_DAYS["1"])
    return ComposedPoll(options, lasts_s, multiple=bool(text_of(call, "poll_multiple")))


def _texts(value: object) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [text for text in found if isinstance(text, str)]
