"""What a reader's filters do with a tweet on a page."""

from roost.model import FilterAction, FilterContext
from roost.service import TweetView

_STRICTEST_FIRST = ((FilterAction.HIDE, "hide"), (FilterAction.WARN, "warn"), (FilterAction.BLUR, "blur"))
_PUBLIC_PLACES = ("explore", "public", "tags", "search", "lists", "")


def context_of(path: str) -> FilterContext:
    """Where a page shows tweets, as filters see it."""
    first, _, rest = path.strip("/").partition("/")
    if first == "home":
        return FilterContext.HOME
    if first == "notifications":
        return FilterContext.NOTIFICATIONS
    if first.startswith("@"):
        return FilterContext.THREAD if rest[:1].isdigit() else FilterContext.ACCOUNT
    return FilterContext.PUBLIC if first in _PUBLIC_PLACES else FilterContext(0)


def verdict(view: TweetView, context: FilterContext) -> tuple[str, str]:
    """What to do, `hide`, `warn`, `blur` or nothing, and the title of the filter that says so."""
    found = [match.filter for match in view.filtered if match.filter.contexts & context]
    for action, name in (
        (FilterAction.HIDE, "hide"),
        (FilterAction.WARN, "warn"),
        (FilterAction.BLUR, "blur"),
    ):
        for one in found:
            if one.action is action:
                return name, one.title
    return "", ""
