"""Histories of whatever can cause a notification, or take it back; and of what receivers decide."""

import random
from typing import Any

import msgspec

from roost import model
from roost.ids import first_id_at, unix_ms_of
from roost.model import Edge, EdgeKind, Like, Tweet, Verdict, Visibility
from tests.processors.naive_notifications import NOW_MS, POLL_ENDS_MS, STAFF, USERS, Naive


class History:
    """Makes events that could be, from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.naive = Naive()
        self.now_ms = NOW_MS
        self.likes: dict[tuple[int, int], Like] = {}
        self._last_id = 0

    def next_id(self) -> int:
        self.now_ms += self.random.choice((7, 7, 3_000, 60_000, 40 * 60_000))
        self._last_id = max(first_id_at(self.now_ms), self._last_id + 1)
        return self._last_id

    def event(self) -> Any:
        roll = self.random.random
        usual, rarer = [self._post, self._like, self._edge], [self._delete, self._decide]
        choices = [*5 * usual, *2 * rarer, self._edit, self._mute, self._poll, self._moderate]
        while True:
            found = self.random.choice(choices)()
            if found is not None and roll() < 0.95:
                return found

    def _user(self) -> int:
        return self.random.choice(USERS)

    def _some_tweet(self) -> Tweet | None:
        return self.random.choice(list(self.naive.tweets.values())) if self.naive.tweets else None

    def _post(self) -> Any:
        author, other = self._user(), self._some_tweet()
        tweet_id, kind = self.next_id(), self.random.randrange(5)
        visibility = self.random.choice(list(Visibility))
        people = tuple(sorted({self._user() for _ in range(self.random.randrange(3))} - {author}))
        if other is not None and not other.retweet_of_id and kind == 1:
            return model.TweetPosted(
                Tweet(tweet_id, author, retweet_of_id=other.tweet_id, retweet_of_author_id=other.author_id)
            )
        more: dict[str, Any] = {}
        if other is not None and kind == 2:
            more = {"reply_to_id": other.tweet_id, "reply_to_author_id": other.author_id}
        if other is not None and kind == 3:
            more = {"quote_of_id": other.tweet_id, "quote_of_author_id": other.author_id}
        said = _said(tweet_id % 3)
        return model.TweetPosted(
            Tweet(tweet_id, author, **said, visibility=visibility, addressed_ids=people, **more)
        )

    def _delete(self) -> Any:
        tweet = self._some_tweet()
        return None if tweet is None else model.TweetDeleted(tweet)

    def _edit(self) -> Any:
        tweet = self._some_tweet()
        if tweet is None or tweet.retweet_of_id:
            return None
        people = tuple(sorted({*tweet.addressed_ids, self._user()} - {tweet.author_id}))
        edited_ms = unix_ms_of(self.next_id())
        said = _said(edited_ms % 3)
        edited = msgspec.structs.replace(tweet, addressed_ids=people, edited_ms=edited_ms, **said)
        return model.TweetEdited(model.Edit(edited, tweet))

    def _mute(self) -> Any:
        tweet, user = self._some_tweet(), self._user()
        if tweet is None:
            return None
        mute = model.ConversationMute(user, tweet.root_id, self.next_id())
        is_muted = (user, tweet.root_id) in self.naive.muted
        return (model.ConversationUnmuted if is_muted else model.ConversationMuted)(mute)

    def _poll(self) -> Any:
        tweet, user = self._some_tweet(), self._user()
        if tweet is None or tweet.retweet_of_id:
            return None
        if self.random.random() < 0.3 and self.naive.votes[tweet.tweet_id]:
            return model.PollEnded(model.PollEnding(tweet.tweet_id, tweet.author_id, POLL_ENDS_MS))
        if user == tweet.author_id:
            return None
        return model.PollVoted(model.Vote(tweet.tweet_id, user, self.next_id(), tweet.author_id, (0,), 1))

    def _moderate(self) -> Any:
        reporter, target = self.random.sample(USERS, 2)
        if self.random.random() < 0.5:
            return model.ReportFiled(model.Report(self.next_id(), reporter, target))
        actions = (model.ModerationAction.SILENCE, model.ModerationAction.UNSILENCE)
        return model.UserModerated(
            model.Strike(self.next_id(), target, STAFF[0], self.random.choice(actions))
        )

    def _like(self) -> Any:
        tweet, user = self._some_tweet(), self._user()
        if tweet is None or tweet.retweet_of_id:
            return None
        held = self.likes.pop((user, tweet.tweet_id), None)
        if held is not None:
            return model.TweetUnliked(held)
        like = Like(user, tweet.tweet_id, tweet.author_id, self.next_id())
        self.likes[user, tweet.tweet_id] = like
        return model.TweetLiked(like)

    def _edge(self) -> Any:
        kind = self.random.choice((EdgeKind.FOLLOW, EdgeKind.FOLLOW, *EdgeKind))
        source, target = self.random.sample(USERS, 2)
        held = self.naive.edges.get((kind, source, target))
        if held is not None and self.random.random() < 0.6:
            return model.EdgeRemoved(held)
        edge_id = held.edge_id if held is not None else self.next_id()
        hides = self.random.random() < 0.5
        tells = self.random.random() < 0.5 if held is None else held.tells
        return model.EdgeAdded(Edge(kind, source, target, edge_id, hides_notifications=hides, tells=tells))

    def _decide(self) -> Any:
        kind, user = self.random.randrange(6), self._user()
        if kind == 0:
            verdicts = [self.random.choice(list(Verdict)) for _ in range(2)]
            more = {"private_mentions": self.random.choice(list(Verdict))}
            return model.PolicyChanged(model.NotificationPolicy(user, *verdicts, **more))
        held = [found for found in self.naive.held.values() if found.receiver_id == user]
        if not held:
            return None
        one = self.random.choice(held)
        if kind == 1:
            return model.NotificationDismissed(one)
        if kind == 2 and one.hour:
            return model.NotificationsErased(
                model.NotificationErasure(user, one.kind, one.tweet_id, one.hour, 0)
            )
        if kind == 3 and self.random.random() < 0.3:
            return model.NotificationsErased(model.NotificationErasure(user))
        waiting = [found for found in held if found.filtered]
        if kind >= 4 and waiting:
            chosen = self.random.choice(waiting)
            ids = [n.notification_id for n in waiting if n.actor_id == chosen.actor_id]
            request = model.NotificationRequest(user, min(ids), chosen.actor_id)
            return (model.RequestAccepted if kind == 4 else model.RequestDismissed)(request)
        return None


def _said(number: int) -> dict[str, Any]:
    """Some words, most of them with a hashtag."""
    text = ("#tide words", "words", "#gull words")[number]
    return {"text": text, "entities": model.Entities(hashtags=(model.Span(0, 5),) if number != 1 else ())}
