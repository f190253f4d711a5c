"""Every endpoint that answers in pages, each with how it is filled."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api.client import Api, User
from tests.api.process import ServerProcess

CROWD = 26
"""How many accounts there are for lists of accounts: those that fill one, and those that come later."""


class World:
    """A server with a crowd of accounts that each list of accounts is filled from."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self.crowd = [server.user("crowd") for _ in range(CROWD)]
        self._names = 0

    def user(self, **facts: Any) -> User:
        return self.server.user("paged", **facts)

    def another(self) -> Iterator[User]:
        """The crowd, on connections of its own: those are for one thread at a time."""
        for user in self.crowd:
            yield User(user.url, user.token, user.id, user.username)

    def word(self) -> str:
        self._names += 1
        return f"paged{self._names}"


def _ids(shown: Any) -> list[str]:
    return [item["id"] for item in shown]


@dataclass
class Listing:
    """A list that is read in pages."""

    reader: Api
    path: str
    add: Callable[[], str]
    """Puts one more on the list, from another connection; answers what it is known by there."""
    query: dict[str, Any] = field(default_factory=dict)
    keys: Callable[[Any], list[str]] = _ids
    """What the entries of a page are known by."""
    is_frozen: bool = False
    """An order that was made once is gone on with: what arrives is not in it."""
    is_all_of_it: bool = True
    """False where others' entries may lie below: those are passed over."""


Maker = Callable[[World], Listing]


def _apart(user: User) -> User:
    """The same user on a connection for another thread."""
    return User(user.url, user.token, user.id, user.username)


def _acts(actor: User, form: Callable[[str], str], ids: Iterator[str]) -> Callable[[], str]:
    def act() -> str:
        one = next(ids)
        actor.post(form(one)).ok()
        return one

    return act


def _home(world: World) -> Listing:
    reader, author = world.user(), world.user()
    reader.follow(author)
    return Listing(reader, "/api/v1/timelines/home", lambda: author.status()["id"])


def _for_you(path: str) -> Maker:
    def make(world: World) -> Listing:
        reader, author = world.user(), world.user()
        reader.follow(author)
        return Listing(reader, path, lambda: author.status()["id"], is_frozen=True)

    return make


def _public(world: World) -> Listing:
    author = world.user()
    return Listing(
        world.server.nobody,
        "/api/v1/timelines/public",
        lambda: author.status()["id"],
        is_all_of_it=False,
    )


def _tag(world: World) -> Listing:
    author, word = world.user(), world.word()
    add = lambda: author.status(f"#{word}")["id"]  # noqa: E731
    return Listing(world.server.nobody, f"/api/v1/timelines/tag/{word}", add)


def _link(world: World) -> Listing:
    author, url = world.user(), f"https://{world.word()}.example.org/page"
    add = lambda: author.status(f"See {url}")["id"]  # noqa: E731
    return Listing(world.user(), "/api/v1/timelines/link", add, {"url": url})


def _list(world: World) -> Listing:
    reader, author = world.user(), world.user()
    reader.follow(author)
    made = reader.post("/api/v1/lists", {"title": "Paged"}).ok()["id"]
    reader.post(f"/api/v1/lists/{made}/accounts", {"account_ids": [author.id]}).ok()
    return Listing(reader, f"/api/v1/timelines/list/{made}", lambda: author.status()["id"])


def _account_statuses(world: World) -> Listing:
    author = world.user()
    path = f"/api/v1/accounts/{author.id}/statuses"
    return Listing(world.user(), path, lambda: author.status()["id"])


def _account_statuses_tagged(world: World) -> Listing:
    author, word = world.user(), world.word()

    def add() -> str:
        author.status("Without it")
        return str(author.status(f"#{word}")["id"])

    return Listing(world.user(), f"/api/v1/accounts/{author.id}/statuses", add, {"tagged": word})


def _marked(path: str, verb: str) -> Maker:
    """Bookmarks and favourites are ordered by when they were made."""

    def make(world: World) -> Listing:
        reader, author = world.user(), world.user()
        ids = iter(author.statuses(CROWD))  # so that the order is not that of the statuses
        return Listing(reader, path, _acts(_apart(reader), f"/api/v1/statuses/{{}}/{verb}".format, ids))

    return make


def _of_accounts(path: str, verb: str) -> Maker:
    """Accounts with which the reader does something."""

    def make(world: World) -> Listing:
        reader = world.user()
        if verb == "endorse":
            reader.follow(*world.crowd)
        ids = (user.id for user in world.crowd)
        act = _acts(_apart(reader), f"/api/v1/accounts/{{}}/{verb}".format, ids)
        return Listing(reader, path.format(id=reader.id), act)

    return make


def _by_accounts(path: str, form: str, **facts: Any) -> Maker:
    """Accounts that do something with the reader, or a status of the reader's."""

    def make(world: World) -> Listing:
        reader = world.user(**facts)
        status = reader.status()["id"] if "statuses" in form else ""
        crowd = world.another()

        def add() -> str:
            actor = next(crowd)
            actor.post(form.format(status=status, id=reader.id)).ok()
            return actor.id

        return Listing(reader, path.format(status=status, id=reader.id), add)

    return make


def _quotes(world: World) -> Listing:
    author = world.user()
    quoted = author.status()["id"]
    writer = _apart(author)
    add = lambda: writer.status(quoted_status_id=quoted)["id"]  # noqa: E731
    return Listing(author, f"/api/v1/statuses/{quoted}/quotes", add)


def _newest(reader: User, path: str, keys: Callable[[Any], list[str]]) -> str:
    return keys(reader.get(path, limit=1).ok())[0]


def _told(path: str, keys: Callable[[Any], list[str]] = _ids) -> Maker:
    """Notifications, each of a mention by somebody whom the reader follows."""

    def make(world: World) -> Listing:
        reader, author = world.user(), world.user()
        reader.follow(author)
        looking = _apart(reader)

        def add() -> str:
            author.status(f"@{reader.username} hello")
            return _newest(looking, path, keys)

        return Listing(reader, path, add, keys=keys)

    return make


def _group_keys(shown: Any) -> list[str]:
    return [group["group_key"] for group in shown["notification_groups"]]


def _group_accounts(world: World) -> Listing:
    reader = world.user()
    status = reader.status()["id"]
    crowd = world.another()

    def add() -> str:
        actor = next(crowd)
        actor.do("favourite", status)
        return actor.id

    first = add()
    found = reader.get("/api/v2/notifications").ok()
    made = Listing(reader, f"/api/v2/notifications/{_group_keys(found)[0]}/accounts", add)
    began = iter([first])
    made.add = lambda: next(began, "") or add()
    return made


def _requests(world: World) -> Listing:
    """Of notifications that wait: each is of one account."""
    reader, path = world.user(), "/api/v1/notifications/requests"
    reader.patch("/api/v2/notifications/policy", {"for_not_following": "filter"}).ok()
    looking, crowd = _apart(reader), world.another()

    def add() -> str:
        next(crowd).status(f"@{reader.username} please")
        return str(looking.get(path, limit=1).ok()[0]["id"])

    return Listing(reader, path, add)


def _conversations(world: World) -> Listing:
    reader, author, path = world.user(), world.user(), "/api/v1/conversations"
    looking = _apart(reader)

    def add() -> str:
        author.status(f"@{reader.username} psst", visibility="direct")
        return str(looking.get(path, limit=1).ok()[0]["id"])

    return Listing(reader, path, add)


def _list_accounts(world: World) -> Listing:
    reader = world.user()
    reader.follow(*world.crowd)
    made = f"/api/v1/lists/{reader.post('/api/v1/lists', {'title': 'Paged'}).ok()['id']}/accounts"
    writer, crowd = _apart(reader), iter(world.crowd)

    def add() -> str:
        member = next(crowd)
        writer.post(made, {"account_ids": [member.id]}).ok()
        return member.id

    return Listing(reader, made, add)


def _followed_tags(world: World) -> Listing:
    reader = world.user()
    writer = _apart(reader)

    def add() -> str:
        word = world.word()
        return str(writer.post(f"/api/v1/tags/{word}/follow").ok()["name"])

    keys = lambda shown: [item["name"] for item in shown]  # noqa: E731
    return Listing(reader, "/api/v1/followed_tags", add, keys=keys)


def _scheduled(world: World) -> Listing:
    reader = world.user()
    writer = _apart(reader)
    when = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    add = lambda: writer.status(scheduled_at=when)["id"]  # noqa: E731
    return Listing(reader, "/api/v1/scheduled_statuses", add)


def _drafts(world: World) -> Listing:
    reader = world.user()
    writer = _apart(reader)
    add = lambda: str(writer.post("/roost/v1/drafts", {"text": "Unfinished"}).ok()["id"])  # noqa: E731
    return Listing(reader, "/roost/v1/drafts", add)


def _admin_accounts(path: str) -> Maker:
    def make(world: World) -> Listing:
        word = world.word()
        operator = Api(world.server.url, world.server.operator.token)
        numbers = iter(range(100))

        def add() -> str:
            username = f"{word}_{next(numbers)}"
            return str(operator.post("/roost/v1/users", {"username": username}).ok()["id"])

        return Listing(world.server.operator, path, add, {"username": word})

    return make


def _reports(world: World) -> Listing:
    target, reporter = world.user(), world.user()
    add = lambda: str(reporter.post("/api/v1/reports", {"account_id": target.id}).ok()["id"])  # noqa: E731
    query = {"target_account_id": target.id}
    return Listing(world.server.operator, "/api/v1/admin/reports", add, query)


PAGED: dict[str, Maker] = {
    "/api/v1/timelines/home": _home,
    "/api/v1/timelines/list/1": _for_you("/api/v1/timelines/list/1"),
    "/roost/v1/timelines/for_you": _for_you("/roost/v1/timelines/for_you"),
    "/api/v1/timelines/public": _public,
    "/api/v1/timelines/tag/{hashtag}": _tag,
    "/api/v1/timelines/link": _link,
    "/api/v1/timelines/list/{id}": _list,
    "/api/v1/accounts/{id}/statuses": _account_statuses,
    "/api/v1/accounts/{id}/statuses?tagged": _account_statuses_tagged,
    "/api/v1/bookmarks": _marked("/api/v1/bookmarks", "bookmark"),
    "/api/v1/favourites": _marked("/api/v1/favourites", "favourite"),
    "/api/v1/accounts/{id}/followers": _by_accounts(
        "/api/v1/accounts/{id}/followers", "/api/v1/accounts/{id}/follow"
    ),
    "/api/v1/accounts/{id}/following": _of_accounts("/api/v1/accounts/{id}/following", "follow"),
    "/api/v1/blocks": _of_accounts("/api/v1/blocks", "block"),
    "/api/v1/mutes": _of_accounts("/api/v1/mutes", "mute"),
    "/api/v1/follow_requests": _by_accounts(
        "/api/v1/follow_requests", "/api/v1/accounts/{id}/follow", protected=True
    ),
    "/api/v1/statuses/{id}/favourited_by": _by_accounts(
        "/api/v1/statuses/{status}/favourited_by", "/api/v1/statuses/{status}/favourite"
    ),
    "/api/v1/statuses/{id}/reblogged_by": _by_accounts(
        "/api/v1/statuses/{status}/reblogged_by", "/api/v1/statuses/{status}/reblog"
    ),
    "/api/v1/statuses/{id}/quotes": _quotes,
    "/api/v1/notifications": _told("/api/v1/notifications"),
    "/api/v2/notifications": _told("/api/v2/notifications", _group_keys),
    "/api/v2/notifications/{group_key}/accounts": _group_accounts,
    "/api/v1/notifications/requests": _requests,
    "/api/v1/conversations": _conversations,
    "/api/v1/lists/{id}/accounts": _list_accounts,
    "/api/v1/followed_tags": _followed_tags,
    "/api/v1/endorsements": _of_accounts("/api/v1/endorsements", "endorse"),
    "/api/v1/accounts/{id}/endorsements": _of_accounts("/api/v1/accounts/{id}/endorsements", "endorse"),
    "/api/v1/scheduled_statuses": _scheduled,
    "/roost/v1/drafts": _drafts,
    "/api/v1/admin/accounts": _admin_accounts("/api/v1/admin/accounts"),
    "/api/v2/admin/accounts": _admin_accounts("/api/v2/admin/accounts"),
    "/api/v1/admin/reports": _reports,
}
