"""What may be said of a file, and which files may stand in one tweet."""

from collections.abc import Sequence

from roost.errors import FieldProblem, Invalid
from roost.limits import MEDIA_DESCRIPTION_CHARACTERS_MAX, MEDIA_PER_TWEET_MAX
from roost.model import MediaKind, Upload, UploadState
from roost.service.views import MediaChange


def check_change(facts: MediaChange) -> None:
    """Raises Invalid."""
    if facts.description is not None and len(facts.description) > MEDIA_DESCRIPTION_CHARACTERS_MAX:
        limit = MEDIA_DESCRIPTION_CHARACTERS_MAX
        problem = FieldProblem("ERR_TOO_LONG", f"is too long (maximum is {limit} characters)")
        raise Invalid(f"Validation failed: Description {problem.text}", {"description": (problem,)})
    if facts.focus is not None and not all(-1 <= value <= 1 for value in facts.focus):
        problem = FieldProblem("ERR_INVALID", "must be two numbers from -1 to 1")
        raise Invalid(f"Validation failed: Focus {problem.text}", {"focus": (problem,)})


def check_together(uploads: Sequence[Upload]) -> None:
    """Whether one tweet may have these files. Raises Invalid."""
    if len(uploads) > MEDIA_PER_TWEET_MAX:
        raise _not_so(f"Cannot attach more than {MEDIA_PER_TWEET_MAX} files")
    if len({upload.media_id for upload in uploads}) < len(uploads):
        raise _not_so("Cannot attach a file twice")
    if len(uploads) > 1 and any(upload.media.kind is not MediaKind.IMAGE for upload in uploads):
        raise _not_so("Cannot attach a video to a post that already contains images")
    if any(upload.state is UploadState.FAILED for upload in uploads):
        raise _not_so("Cannot attach files that could not be processed")
    if any(upload.state is UploadState.PROCESSING for upload in uploads):
        raise _not_so("Cannot attach files that have not finished processing. Try again in a moment!")


def not_attachable(media_ids: Sequence[int]) -> Invalid:
    """For files that are not there for whoever wants to attach them."""
    named = ", ".join(map(str, media_ids))
    return _not_so(f"Media IDs ({named}) not found or already attached to another post")


def _not_so(text: str) -> Invalid:
    problem = FieldProblem("ERR_INVALID", text[:1].lower() + text[1:])
    return Invalid(f"Validation failed: {text}", {"media_ids": (problem,)})
