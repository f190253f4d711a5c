"""Which rows each event makes: every side of a fact, none once it is taken back, and twice equals once."""

import asyncio
from itertools import pairwise
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from roost import model
from roost.errors import Conflict
from roost.model import (
    ConversationMuted,
    ConversationUnmuted,
    Edge,
    EdgeAdded,
    EdgeKind,
    EdgeRemoved,
    Event,
    FiltersChanged,
    Like,
    ListDeleted,
    ListMember,
    ListMemberAdded,
    ListMemberRemoved,
    ListSaved,
    ListTag,
    ListTagAdded,
    ListTagRemoved,
    MarkedTimeline,
    Marker,
    MarkerMoved,
    QuoteRevoked,
    TagFollow,
    TagFollowed,
    TagUnfollowed,
    Tweet,
    TweetBookmarked,
    TweetDeleted,
    TweetEdited,
    TweetLiked,
    TweetPinned,
    TweetPosted,
    TweetUnbookmarked,
    TweetUnliked,
    TweetUnpinned,
    User,
    UserCreated,
    UserList,
    UserUpdated,
    Visibility,
)
from roost.store import SIDES, Batch, claim_names, derive, tables, without_text
from roost.store.rows import (
    AuthorTweetRow,
    CountsRow,
    EdgeListRow,
    EdgeRow,
    HourRow,
    Mark,
    MarkRow,
    QuoteRow,
    ReplyRow,
    RetweetRow,
    Side,
    UserIdRow,
    UsernameRow,
)
from tests.store import trend_facts
from tests.store.samples import memory_store
from tests.strategies import EVENTS, SEEDED, edges, likes, tweets

HOUR = 122_222
TWEET_ID = (HOUR * 3_600_000 + 17) << 22 | 5
ORIGINAL = Tweet(TWEET_ID, 11, "hello", Visibility.UNLISTED)
REPLY = Tweet(TWEET_ID, 11, "no", Visibility.FOLLOWERS, reply_to_id=500, reply_to_author_id=12)
RETWEET = Tweet(TWEET_ID, 11, retweet_of_id=600, retweet_of_author_id=13)
USER_LIST = UserList(5, 1, "friends")
QUOTE = Tweet(TWEET_ID, 11, "look", quote_of_id=700, quote_of_author_id=14)

STAFF_FACTS: dict[type[Any], Any] = {
    model.Strike: model.Strike(1, 2, 3, model.ModerationAction.DELETE),
    model.Report: model.Report(1, 2, 3),
    model.Announcement: model.Announcement(1, "hello"),
    model.AnnouncementReaction: model.AnnouncementReaction(1, "a", 2),
    model.AnnouncementDismissal: model.AnnouncementDismissal(1, 2),
    model.CustomEmoji: model.CustomEmoji("a", "image/png", b"x"),
}
REMARKS: dict[type[Any], Any] = {
    model.UserNote: model.UserNote(1, 2, "a note"),
    model.Endorsement: model.Endorsement(1, 2, 3, 4),
    model.FeaturedTag: model.FeaturedTag(1, "birds", 2, "Birds"),
    model.SuggestionDismissal: model.SuggestionDismissal(1, 2),
}

MARK_FACTS: dict[type[Any], Any] = {
    model.Bookmark: model.Bookmark(1, 500, 77),
    model.Pin: model.Pin(1, 500, 77),
    model.ConversationMute: model.ConversationMute(1, 500, 77),
    model.Edit: model.Edit(ORIGINAL, ORIGINAL),
    model.Enriched: model.Enriched(ORIGINAL, model.NO_FINDINGS),
    model.FilterSet: model.FilterSet(1, (model.Filter(2, "spoilers", model.FilterContext.HOME),)),
}

Rows = dict[bytes, bytes]


def apply(rows: Rows, event: Event) -> None:
    """What a store does with the rows of an event. What happened is not subject to conditions."""
    batch = Batch()
    derive(event, batch)
    assert not batch.absent
    for start, stop in batch.forgotten:
        for key in [key for key in rows if start <= key < stop]:
            del rows[key]
    rows.update({key: value for key, value in batch.changes.items() if value is not None})
    for key in [key for key, value in batch.changes.items() if value is None]:
        rows.pop(key, None)


def rows_after(*history: Event) -> dict[str, list[Any]]:
    """The rows of each table that has any."""
    rows: Rows = {}
    for event in history:
        apply(rows, event)
    by_number = {table.number: table for table in tables.TABLES.values()}
    found: dict[str, list[Any]] = {}
    for key, value in sorted(rows.items()):
        table = by_number[key[0]]
        row = table.decode(value)
        assert table.key_of(row) == key
        found.setdefault(table.name, []).append(row)
    return found


WITHOUT_ROWS = {model.NotificationsGathered, model.NotificationsContinued, model.TweetClicked}
"""They are for a processor alone."""


def test_every_event_makes_rows() -> None:
    assert set(EVENTS) == set(get_args(Event))
    user, edge, like = User(1, "ann", 0), Edge(EdgeKind.MUTE, 1, 2, 3), Like(1, 2, 3, 4)
    upload, ending = model.Upload(model.Media(5, 1, model.MediaKind.IMAGE)), model.PollEnding(5, 1, 9)
    scheduled = model.ScheduledTweet(5, 1, 9, model.Composed())
    facts = {User: user, Tweet: ORIGINAL, Edge: edge, Like: like, model.Upload: upload}
    facts |= {model.Vote: model.Vote(5, 1, 6, 2, (0,), 1), model.PollEnding: ending}
    facts |= {model.ScheduledTweet: scheduled, model.SavedDraft: model.SavedDraft(5, 1, 9, model.Composed())}
    facts |= {
        Marker: Marker(1, MarkedTimeline.HOME, 2, 1, 0),
        UserList: USER_LIST,
        ListMember: ListMember(1, 2, 3, 4),
        ListTag: ListTag(1, 2, "birds"),
        TagFollow: TagFollow(1, "birds", 2),
    }
    facts |= STAFF_FACTS | MARK_FACTS | REMARKS | trend_facts.FACTS
    kind = model.NotificationKind.LIKE
    facts |= {
        model.NotificationPolicy: model.NotificationPolicy(1),
        model.NotificationRequest: model.NotificationRequest(1, 2, 3),
        model.Notification: model.Notification(1, 2, kind, 3, 4),
        model.NotificationErasure: model.NotificationErasure(1),
        model.ConversationMark: model.ConversationMark(1, 2),
        int: 1,
    }
    for event in set(EVENTS) - WITHOUT_ROWS:
        (field,) = msgspec.structs.fields(event)
        batch = Batch()
        derive(event(facts[field.type]), batch)
        assert len(batch) > 0 or batch.forgotten


@pytest.mark.parametrize("event_type", list(EVENTS))
def test_twice_equals_once(event_type: type[Any]) -> None:
    async def apply_twice(event: Event) -> None:
        store = memory_store()
        rows = []
        for _ in range(2):
            batch = Batch()
            derive(event, batch)
            await store.write(batch)
            rows.append(store.scan_raw(b"\x00", b"\xff", False, 1_000))
        assert rows[0] == rows[1]
        await store.close()

    @settings(SEEDED, max_examples=25)
    @given(EVENTS[event_type])
    def check(event: Event) -> None:
        asyncio.run(apply_twice(event))

    check()


few_ids = st.integers(1, 3)
few_tweets = st.builds(
    Tweet, few_ids, few_ids, reply_to_id=st.integers(0, 3), retweet_of_id=st.integers(0, 3)
)
few_edges = st.builds(Edge, st.sampled_from(EdgeKind), few_ids, few_ids, few_ids)
few_likes = st.builds(Like, few_ids, few_ids, few_ids, few_ids)
few_users = st.builds(User, few_ids, st.sampled_from(["ann", "Ann", "bob"]), few_ids)
few_facts = {"user": few_users, "tweet": few_tweets, "edge": few_edges, "like": few_likes}
few_composed = st.builds(model.Composed, media_ids=st.lists(few_ids, max_size=2).map(tuple))
few_facts |= {
    "upload": st.builds(
        model.Upload, st.builds(model.Media, few_ids, few_ids, st.just(model.MediaKind.IMAGE))
    ),
    "vote": st.builds(model.Vote, few_ids, few_ids, few_ids, few_ids, st.just((0, 1)), few_ids),
    "ending": st.builds(model.PollEnding, few_ids, few_ids, few_ids),
    "scheduled": st.builds(model.ScheduledTweet, few_ids, few_ids, few_ids, few_composed),
    "draft": st.builds(model.SavedDraft, few_ids, few_ids, few_ids, few_composed),
}
few_facts |= {
    "marker": st.builds(Marker, few_ids, st.sampled_from(MarkedTimeline), few_ids, few_ids, few_ids),
    "userlist": st.builds(UserList, few_ids, few_ids, st.just("friends")),
    "member": st.builds(ListMember, few_ids, few_ids, few_ids, few_ids),
    "tag": st.builds(ListTag, few_ids, few_ids, st.sampled_from(["birds", "bees"])),
    "follow": st.builds(TagFollow, few_ids, st.sampled_from(["birds", "bees"]), few_ids),
    "strike": st.builds(model.Strike, few_ids, few_ids, few_ids, st.sampled_from(model.ModerationAction)),
    "report": st.builds(model.Report, few_ids, few_ids, few_ids),
    "announcement": st.builds(model.Announcement, few_ids, st.just("hello")),
    "reaction": st.builds(model.AnnouncementReaction, few_ids, st.sampled_from("ab"), few_ids),
    "dismissal": st.builds(model.AnnouncementDismissal, few_ids, few_ids),
    "emoji": st.builds(model.CustomEmoji, st.sampled_from("ab"), st.just("image/png"), st.just(b"x")),
    "policy": st.builds(model.NotificationPolicy, few_ids, st.sampled_from(model.Verdict)),
    "request": st.builds(model.NotificationRequest, few_ids, few_ids, few_ids),
    "notification": st.builds(
        model.Notification, few_ids, few_ids, st.sampled_from(model.NotificationKind), few_ids, few_ids
    ),
    "erasure": st.builds(model.NotificationErasure, few_ids, few_ids, few_ids, few_ids, few_ids),
    "mark": st.builds(model.ConversationMark, few_ids, few_ids, few_ids, few_ids),
}
few_facts |= trend_facts.FEW | {
    "bookmark": st.builds(model.Bookmark, few_ids, few_ids, few_ids),
    "pin": st.builds(model.Pin, few_ids, few_ids, few_ids),
    "silence": st.builds(model.ConversationMute, few_ids, few_ids, few_ids),
    "edit": st.builds(model.Edit, few_tweets, few_tweets),
    "enriched": st.builds(model.Enriched, few_tweets),
    "filterset": st.builds(
        model.FilterSet,
        few_ids,
        st.sampled_from([(), (model.Filter(2, "spoilers", model.FilterContext.HOME),)]),
    ),
    "note": st.builds(model.UserNote, few_ids, few_ids, st.sampled_from(["", "a note"])),
    "endorsement": st.builds(model.Endorsement, few_ids, few_ids, few_ids, few_ids),
    "featured": st.builds(model.FeaturedTag, few_ids, st.sampled_from("ab"), few_ids, st.just("A")),
    "suggestion": st.builds(model.SuggestionDismissal, few_ids, few_ids),
    "user_id": few_ids,
}
few_events = st.one_of(
    [st.builds(event, few_facts[event.__struct_fields__[0]]) for event in EVENTS if event not in WITHOUT_ROWS]
)


@given(st.lists(few_events, max_size=12), st.integers(0, 12))
@settings(SEEDED, max_examples=300)
def test_delivering_the_end_of_a_history_again_changes_nothing(history: list[Event], start: int) -> None:
    """A processor that crashed goes on from its cursor: what it had applied already comes again."""
    rows: Rows = {}
    for event in history:
        apply(rows, event)
    before = dict(rows)
    for event in history[start:]:
        apply(rows, event)
    assert rows == before


def test_a_tweet_is_found_by_id_by_time_and_by_author() -> None:
    assert rows_after(TweetPosted(ORIGINAL)) == {
        "tweets": [ORIGINAL],
        "tweet_hours": [HourRow(HOUR // 8_766, HOUR)],
        "tweets_by_author": [AuthorTweetRow(11, TWEET_ID, Visibility.UNLISTED)],
    }


def test_a_reply_is_found_by_its_parent_too() -> None:
    found = rows_after(TweetPosted(REPLY))
    assert found.pop("replies") == [ReplyRow(500, TWEET_ID, 11)]
    assert found.pop("tweets_by_author") == [AuthorTweetRow(11, TWEET_ID, Visibility.FOLLOWERS, 500, 12)]
    assert set(found) == {"tweets", "tweet_hours"}


def test_a_retweet_is_found_by_its_original_and_marked_for_its_author() -> None:
    found = rows_after(TweetPosted(RETWEET))
    assert found.pop("retweets") == [RetweetRow(600, TWEET_ID, 11, Visibility.PUBLIC)]
    assert found.pop("marks") == [MarkRow(11, 600, Mark.RETWEETED, TWEET_ID)]
    assert found.pop("tweets_by_author") == [AuthorTweetRow(11, TWEET_ID, Visibility.PUBLIC, 0, 0, 600, 13)]
    assert set(found) == {"tweets", "tweet_hours"}


def test_a_quote_is_a_tweet_of_its_own() -> None:
    found = rows_after(TweetPosted(QUOTE))
    assert found.pop("quotes") == [QuoteRow(700, TWEET_ID, 11, Visibility.PUBLIC)]
    assert set(found) == {"tweets", "tweet_hours", "tweets_by_author"}
    revoked = msgspec.structs.replace(QUOTE, quote_revoked=True)
    found = rows_after(TweetPosted(QUOTE), QuoteRevoked(revoked))
    assert (found["tweets"], found.get("quotes")) == ([revoked], None)


@given(tweets, st.lists(tweets, min_size=1, max_size=3))
@settings(SEEDED, max_examples=100)
def test_an_edited_tweet_is_found_by_what_it_says_now_and_leaves_nothing_when_it_goes(
    first: Tweet, later: list[Tweet]
) -> None:
    kept = ("tweet_id", "author_id", "reply_to_id", "retweet_of_id", "quote_of_id", "quote_revoked")
    place = {name: getattr(first, name) for name in kept}
    versions = [
        msgspec.structs.replace(tweet, **place, edits=number) for number, tweet in enumerate([first, *later])
    ]
    history: list[Event] = [TweetPosted(versions[0])]
    history += [TweetEdited(model.Edit(after, before)) for before, after in pairwise(versions)]
    found = rows_after(*history)
    assert [row.tweet for row in found["tweet_versions"]] == versions[:-1]
    assert (found["tweets"], len(found["tweets_by_author"])) == ([versions[-1]], 1)
    anew = rows_after(TweetPosted(versions[-1]))
    for table in ("tweets_by_author", "tagged", "linked", "media_holders", "card_images", "poll_endings"):
        assert found.get(table) == anew.get(table)
    left = rows_after(*history, TweetDeleted(without_text(versions[-1])))
    assert set(left) <= {"tweet_hours", "tags", "idle_media", "idle_card_images"}


def test_bookmarks_and_pins_are_found_newest_last_and_leave_no_row() -> None:
    bookmark, pin, mute = (
        MARK_FACTS[model.Bookmark],
        MARK_FACTS[model.Pin],
        MARK_FACTS[model.ConversationMute],
    )
    made = (TweetBookmarked(bookmark), TweetPinned(pin), ConversationMuted(mute))
    assert rows_after(*made) == {
        "bookmarks": [bookmark],
        "pins": [pin],
        "marks": [MarkRow(1, 500, mark, 77) for mark in (Mark.BOOKMARKED, Mark.PINNED, Mark.MUTED)],
    }
    undone = (TweetUnbookmarked(bookmark), TweetUnpinned(pin), ConversationUnmuted(mute))
    assert rows_after(*made, *undone) == {}


def test_the_filters_of_a_user_are_one_row() -> None:
    filters = MARK_FACTS[model.FilterSet]
    assert rows_after(FiltersChanged(filters)) == {"filters": [filters]}
    assert rows_after(FiltersChanged(filters), FiltersChanged(model.FilterSet(1))) == {}


@given(tweets)
@settings(SEEDED, max_examples=100)
def test_a_deleted_tweet_leaves_only_its_hour(tweet: Tweet) -> None:
    """Other tweets may be of that hour, and have its hashtags. What was kept suffices to find every row."""
    left = rows_after(TweetPosted(tweet), TweetDeleted(without_text(tweet)))
    left.pop("tags", None)
    hour = tables.hour_of(tweet.tweet_id)
    let_go = left.pop("idle_media", [])
    assert {row.media_id for row in let_go} == {media.media_id for media in tweet.media}
    assert [row.image for row in left.pop("idle_card_images", [])] == pictures_of(tweet)
    assert left == {"tweet_hours": [HourRow(tables.year_of(hour), hour)]}


def pictures_of(tweet: Tweet) -> list[str]:
    return [tweet.card.image] if tweet.card is not None and tweet.card.image else []


def test_a_deleted_tweet_takes_its_counts_along() -> None:
    batch = Batch()
    derive(TweetDeleted(ORIGINAL), batch)
    assert batch.changes[tables.TWEET_COUNTS.key_of(CountsRow(TWEET_ID, 1, 2, 3, 4))] is None


@given(tweets)
@settings(SEEDED, max_examples=100)
def test_without_text_a_tweet_keeps_all_but_what_it_said(tweet: Tweet) -> None:
    silent = without_text(tweet)
    assert (silent.hashtags(), silent.links()) == (tweet.hashtags(), tweet.links())
    found = [*(f"#{tag}" for tag in tweet.hashtags()), *tweet.links()]
    assert (silent.text, silent.spoiler) == (" ".join(found), "")
    pictured = tweet.card is not None and tweet.card.image
    assert silent.card == (model.Card("", image=tweet.card.image) if pictured else None)
    said = {"text", "spoiler", "entities", "card"}
    for name in set(Tweet.__struct_fields__) - said:
        assert getattr(silent, name) == getattr(tweet, name)


@pytest.mark.parametrize(
    ("kind", "near", "far"),
    [
        (EdgeKind.FOLLOW, Side.FOLLOWS, Side.FOLLOWED_BY),
        (EdgeKind.FOLLOW_REQUEST, Side.REQUESTS, Side.REQUESTED_BY),
        (EdgeKind.BLOCK, Side.BLOCKS, Side.BLOCKED_BY),
        (EdgeKind.MUTE, Side.MUTES, Side.MUTED_BY),
    ],
)
def test_an_edge_is_found_from_both_sides(kind: EdgeKind, near: Side, far: Side) -> None:
    edge = Edge(kind, 1, 2, 77, False, False, 5)
    assert SIDES[kind] == (near, far)
    assert rows_after(EdgeAdded(edge)) == {
        "edges": [EdgeRow(1, 2, near, edge), EdgeRow(2, 1, far, edge)],
        "edge_lists": [EdgeListRow(1, near, 77, 2), EdgeListRow(2, far, 77, 1)],
    }


def test_every_kind_of_edge_has_two_sides_of_its_own() -> None:
    assert set(SIDES) == set(EdgeKind)
    sides = [side for both in SIDES.values() for side in both]
    assert sorted(sides) == sorted(Side)


def test_edges_of_other_kinds_and_directions_stay() -> None:
    kept = [Edge(EdgeKind.FOLLOW, 2, 1, 8), Edge(EdgeKind.MUTE, 1, 2, 9), Edge(EdgeKind.FOLLOW, 1, 3, 10)]
    gone = Edge(EdgeKind.FOLLOW, 1, 2, 7)
    without = rows_after(*map(EdgeAdded, kept))
    assert rows_after(*map(EdgeAdded, [gone, *kept]), EdgeRemoved(gone)) == without


@given(edges)
@settings(SEEDED, max_examples=100)
def test_a_removed_edge_leaves_no_row(edge: Edge) -> None:
    assert rows_after(EdgeAdded(edge), EdgeRemoved(edge)) == {}


def test_a_like_is_found_by_tweet_and_by_user_and_marked() -> None:
    like = Like(1, 500, 2, 77)
    assert rows_after(TweetLiked(like)) == {
        "marks": [MarkRow(1, 500, Mark.LIKED, 77)],
        "likes": [like],
        "likes_of_user": [like],
    }


@given(likes)
@settings(SEEDED, max_examples=100)
def test_a_like_taken_back_leaves_no_row(like: Like) -> None:
    assert rows_after(TweetLiked(like), TweetUnliked(like)) == {}


@given(likes, likes)
@settings(SEEDED, max_examples=100)
def test_a_like_taken_back_leaves_the_others(gone: Like, kept: Like) -> None:
    assume(gone.like_id != kept.like_id and (gone.user_id, gone.tweet_id) != (kept.user_id, kept.tweet_id))
    assert rows_after(TweetLiked(kept), TweetLiked(gone), TweetUnliked(gone)) == rows_after(TweetLiked(kept))


def test_lists_and_followed_hashtags_are_found_both_ways_and_leave_no_row() -> None:
    member, tag, follow = ListMember(5, 1, 2, 77), ListTag(5, 1, "birds"), TagFollow(1, "bees", 78)
    made = (ListSaved(USER_LIST), ListMemberAdded(member), ListTagAdded(tag), TagFollowed(follow))
    assert rows_after(*made) == {
        "lists": [USER_LIST],
        "list_members": [member],
        "lists_of_member": [member],
        "list_tags": [tag],
        "lists_of_tag": [tag],
        "followed_tags": [follow],
        "tag_followers": [follow],
    }
    undone = (ListMemberRemoved(member), ListTagRemoved(tag), ListDeleted(USER_LIST), TagUnfollowed(follow))
    assert rows_after(*made, *undone) == {}


def test_a_marker_replaces_the_one_before() -> None:
    markers = [Marker(1, MarkedTimeline.HOME, last, version, 9) for version, last in enumerate((50, 40))]
    other = Marker(1, MarkedTimeline.NOTIFICATIONS, 3, 1, 9)
    assert rows_after(*map(MarkerMoved, [*markers, other])) == {"markers": [markers[1], other]}


def test_a_user_is_found_by_id_and_by_name_without_regard_to_case() -> None:
    user = User(7, "AnnaB", 1_000)
    assert rows_after(UserCreated(user)) == {
        "users": [user],
        "usernames": [UsernameRow("annab", 7)],
        "user_ids": [UserIdRow(7)],
    }
    changed = msgspec.structs.replace(user, display_name="Anna", note="hi")
    assert rows_after(UserCreated(user), UserUpdated(changed)) == {
        "users": [changed],
        "usernames": [UsernameRow("annab", 7)],
        "user_ids": [UserIdRow(7)],
    }


@pytest.mark.parametrize(
    ("second", "complaint"),
    [
        (User(8, "ANNAB", 0), "Username has already been taken"),
        (User(7, "other", 0), "The account id is in use"),
    ],
)
async def test_a_name_or_id_is_given_once(second: User, complaint: str) -> None:
    store = memory_store()
    first = User(7, "AnnaB", 1_000)
    for user in (first, second):
        batch = Batch()
        claim_names(user, batch)
        derive(UserCreated(user), batch)
        if user is first:
            await store.write(batch)
            continue
        with pytest.raises(Conflict) as conflict:
            await store.write(batch)
        assert conflict.value.text == complaint
    assert await store.scan(tables.USERS, (7,), limit=2) == [first]
    assert await store.get(tables.USERS, (8,)) is None
    assert await store.get(tables.USERNAMES, ("other",)) is None
    await store.close()
