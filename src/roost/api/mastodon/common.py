"""What the resources share."""

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from roost.api.calls import Answer, Call, json_answer, raw_json_answer
from roost.api.mastodon.accounts_json import AccountsJson
from roost.api.mastodon.emojis_json import Emojis
from roost.api.mastodon.notifications_json import NotificationsJson
from roost.api.mastodon.pages import link_header, parse_id
from roost.api.mastodon.statuses_json import StatusesJson
from roost.errors import Invalid, NotFound
from roost.limits import CONTEXT_SLICE_TWEETS
from roost.model import CustomEmoji, Page
from roost.service import ConversationView, TweetView, UserView


class NoParameters(msgspec.Struct):
    """Takes nothing."""


class Mastodon:
    """The JSON makers of one server address."""

    def __init__(self, public_url: str) -> None:
        self.public_url = public_url
        self.emojis = Emojis(public_url)
        self.accounts = AccountsJson(public_url, self.emojis)
        self.statuses = StatusesJson(public_url, self.accounts)
        self.notifications = NotificationsJson(self.accounts, self.statuses)

    def use_emojis(self, known: Mapping[str, CustomEmoji]) -> None:
        """From now on texts have these custom emojis."""
        self.emojis.use(known)
        self.accounts.forget()
        self.statuses.use_emojis(self.emojis.of)

    def status(self, view: TweetView, call: Call) -> Answer:
        return raw_json_answer(self.statuses.encoded(view, call.user_id))

    def status_page(self, page: Page[TweetView], call: Call) -> Answer:
        body = self.statuses.page(page.items, call.user_id)
        return raw_json_answer(body, headers=link_header(call, page))

    async def long_list(self, views: Sequence[TweetView], viewer_id: int) -> bytes:
        """A JSON array of any number of statuses, made in slices between which others get their turn."""
        parts: list[bytes] = []
        for start in range(0, len(views), CONTEXT_SLICE_TWEETS):
            if start:
                await asyncio.sleep(0)
            parts.append(self.statuses.page(views[start : start + CONTEXT_SLICE_TWEETS], viewer_id)[1:-1])
        return b"[" + b",".join(parts) + b"]"

    def conversation(self, view: ConversationView, viewer_id: int) -> bytes:
        people = b",".join(self.accounts.encoded(user) for user in view.people)
        unread = b"true" if view.unread else b"false"
        last = self.statuses.encoded(view.last, viewer_id)
        return b'{"id":"%d","unread":%s,"accounts":[%s],"last_status":%s}' % (
            view.root_id,
            unread,
            people,
            last,
        )

    def account(self, view: UserView) -> Answer:
        return raw_json_answer(self.accounts.encoded(view))

    def account_page(self, page: Page[UserView], call: Call) -> Answer:
        body = b"[" + b",".join([self.accounts.encoded(view) for view in page.items]) + b"]"
        return raw_json_answer(body, headers=link_header(call, page))


def path_id(call: Call) -> int:
    """The `{id}` of the path. Raises NotFound: what is no id names nothing that exists."""
    try:
        return parse_id(call.path["id"])
    except Invalid as cause:
        raise NotFound from cause


def empty_list() -> Answer:
    """For lists that nothing can be on yet."""
    return json_answer([])
