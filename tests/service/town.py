"""Everything that users can do, at random and from a seed, with a whole Roost in this process."""

import random
from collections.abc import Callable

from roost.errors import RoostError
from roost.model import ComposedPoll, PageRequest, Verdict, Visibility
from roost.service import ListTerms, NotificationFilter, PolicyChange, TweetChange
from tests.service.ground import Ground

WORDS = ("heron", "gull", "tide", "Möwe", "#birds", "#coast", "潮", "https://example.com/tide")
VISIBILITIES = (Visibility.PUBLIC,) * 5 + (Visibility.UNLISTED, Visibility.FOLLOWERS, Visibility.DIRECT)


class Town:
    """Refusals are part of the game: what cannot be done is passed over."""

    def __init__(self, ground: Ground, seed: int, users: int = 6) -> None:
        self.ground = ground
        self.dice = random.Random(seed)
        self.names = [f"user{number}" for number in range(users)]
        self.users = [ground.user(name) for name in self.names]
        self.tweets: list[tuple[int, int]] = []
        """Author and tweet."""
        self.polls: list[int] = []
        self.lists: list[tuple[int, int]] = []
        self.done = 0
        for user in self.users:
            self._list(user)
            self.tweets.append((user, ground.post(user, "hello")))

    def live(self, steps: int) -> None:
        often: list[Callable[[int], None]] = [self._post, self._react, self._edge]
        seldom = [self._take_back, self._edit, self._poll, self._hide, self._on_list, self._notices]
        for _ in range(steps):
            act = self.dice.choice([*often * 3, *seldom])
            try:
                act(self.dice.choice(self.users))
                self.done += 1
            except RoostError:
                continue

    def _do(self, work: object) -> object:
        return self.ground.do(work)  # type: ignore[arg-type]

    def _some(self) -> tuple[int, int]:
        return self.dice.choice(self.tweets[-20:])

    def _text(self) -> str:
        said = self.dice.sample(WORDS, 3)
        if self.dice.random() < 0.4:
            said.append("@" + self.dice.choice(self.names))
        return " ".join(said)

    def _post(self, user: int) -> None:
        more = {}
        if self.tweets and (kind := self.dice.randrange(4)) < 2:
            more = {("reply_to_id", "quote_of_id")[kind]: self._some()[1]}
        visibility = self.dice.choice(VISIBILITIES)
        self.tweets.append((user, self.ground.post(user, self._text(), visibility=visibility, **more)))

    def _react(self, user: int) -> None:
        _, tweet = self._some()
        tweets = self.ground.service.tweets
        self._do(self.dice.choice((tweets.like, tweets.like, tweets.retweet))(user, tweet))

    def _take_back(self, user: int) -> None:
        author, tweet = self._some()
        tweets, quotes = self.ground.service.tweets, self.ground.service.quotes
        act = self.dice.randrange(4)
        if act == 0:
            self._do(tweets.delete(author, tweet))
            self.tweets.remove((author, tweet))
        elif act == 3:
            self._do(quotes.revoke(author, tweet, self._some()[1]))
        else:
            self._do((tweets.unlike, tweets.unretweet)[act - 1](user, tweet))

    def _edit(self, user: int) -> None:
        del user
        author, tweet = self._some()
        change = TweetChange(text=self._text())
        self._do(self.ground.service.tweet_edits.edit(author, tweet, change))

    def _poll(self, user: int) -> None:
        if not self.polls or self.dice.random() < 0.3:
            poll = ComposedPoll(options=("a", "b", "c"), lasts_s=3_600)
            self.polls.append(self.ground.post(user, "which?", poll=poll))
            self.tweets.append((user, self.polls[-1]))
        self._do(self.ground.service.polls.vote(user, self.dice.choice(self.polls), [self.dice.randrange(3)]))

    def _edge(self, user: int) -> None:
        edges, other = self.ground.service.edges, self.dice.choice(self.users)
        self._do((edges.unfollow if self.dice.random() < 0.2 else edges.follow)(user, other))

    def _hide(self, user: int) -> None:
        edges, other = self.ground.service.edges, self.dice.choice(self.users)
        acts = (edges.block, edges.unblock, edges.unblock, edges.mute, edges.unmute, edges.unmute)
        self._do(self.dice.choice(acts)(user, other))

    def _list(self, user: int) -> None:
        terms = ListTerms(title="birds", exclusive=self.dice.random() < 0.3)
        made = self.ground.do(self.ground.service.lists.create(user, terms))
        self.lists.append((user, made.list_id))
        self._do(self.ground.service.lists.add_tags(user, made.list_id, ["birds"]))

    def _on_list(self, user: int) -> None:
        owner, list_id = self.dice.choice(self.lists)
        lists = self.ground.service.lists
        act = self.dice.choice((lists.add, lists.add, lists.remove))
        self._do(act(owner, list_id, [self.dice.choice(self.users)]))
        self._do(self.ground.service.followed_tags.follow(user, "coast"))

    def _notices(self, user: int) -> None:
        notifications = self.ground.service.notifications
        page = self.ground.do(notifications.page(user, PageRequest(10), NotificationFilter()))
        act = self.dice.random()
        if act < 0.6 and page.items:
            chosen = self.dice.choice(page.items).notification.notification_id
            self._do(notifications.dismiss(user, chosen))
        elif act < 0.7:
            self._do(notifications.clear(user))
        elif act < 0.8:
            self._do(notifications.change_policy(user, PolicyChange(not_following=Verdict.FILTER)))
