"""Hypothesis strategies for every record of the model, and settings that make a property deterministic."""

from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st

from roost import model
from roost.ids import ID_MAX

SEEDED = settings(derandomize=True, deadline=None, max_examples=100, database=None)
"""The same examples in every run, and no example is judged by the wall clock."""

ids = st.integers(0, ID_MAX)
"""Any id, 0 and the highest one among them."""

texts = st.text(max_size=40)
hashes = st.binary(max_size=32)
positions = st.integers(0, 5_000)
seconds = st.integers(0, 1 << 40)
counts = st.integers(0, 1 << 40)
visibilities = st.sampled_from(model.Visibility)
edge_kinds = st.sampled_from(model.EdgeKind)


def tuples_of(items: st.SearchStrategy[Any], max_size: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=max_size).map(tuple)


spans = st.builds(model.Span, positions, positions)
mention_spans = st.builds(model.MentionSpan, positions, positions, ids, texts)
entities = st.builds(
    model.Entities, tuples_of(mention_spans), tuples_of(spans), tuples_of(spans), tuples_of(spans)
)
fractions = st.floats(-1, 1)
media = st.builds(
    model.Media,
    media_id=ids,
    owner_id=ids,
    kind=st.sampled_from(model.MediaKind),
    file=texts,
    focus_x=fractions,
    focus_y=fractions,
    description=texts,
)
polls = st.builds(model.Poll, tuples_of(texts), seconds, st.booleans(), st.booleans(), positions)
cards = st.builds(
    model.Card,
    url=texts,
    title=texts,
    description=texts,
    kind=st.sampled_from(model.CardKind),
    author_name=texts,
    player_url=texts,
    width=st.integers(0, 4_000),
    image=texts,
    published_ms=seconds,
    link=texts,
)
signals = st.integers(0, 3).map(model.Signal) | st.sampled_from(model.Signal)
sentiments = st.none() | st.integers(-100, 100)
findings = st.builds(
    model.Findings,
    language=texts,
    sentiment=sentiments,
    signals=signals,
    spam_percent=st.integers(0, 100),
    card=st.none() | cards,
    finished=st.booleans(),
)
tweets = st.builds(
    model.Tweet,
    tweet_id=ids,
    author_id=ids,
    text=texts,
    visibility=visibilities,
    language=texts,
    sensitive=st.booleans(),
    spoiler=texts,
    reply_to_id=ids,
    reply_to_author_id=ids,
    retweet_of_id=ids,
    retweet_of_author_id=ids,
    quote_of_id=ids,
    quote_of_author_id=ids,
    entities=entities,
    addressed_ids=tuples_of(ids),
    app_name=texts,
    app_website=texts,
    media=tuples_of(media),
    poll=st.none() | polls,
    edited_ms=seconds,
    edits=st.integers(0, 3),
    conversation_id=ids,
    quote_policy=st.sampled_from(model.QuotePolicy),
    quote_revoked=st.booleans(),
    language_guessed=st.booleans(),
    sentiment=sentiments,
    signals=signals,
    spam_percent=st.integers(0, 100),
    card=st.none() | cards,
    unfinished=st.booleans(),
)
enriched = st.builds(model.Enriched, tweets, findings)
choices = tuples_of(st.integers(0, 20))
votes = st.builds(model.Vote, ids, ids, ids, ids, choices, st.integers(0, 4), positions)
poll_endings = st.builds(model.PollEnding, ids, ids, seconds, positions)
uploads = st.builds(model.Upload, media, st.sampled_from(model.UploadState), texts, texts)
composed_polls = st.builds(model.ComposedPoll, tuples_of(texts), seconds, st.booleans(), st.booleans())
composed = st.builds(
    model.Composed,
    text=texts,
    visibility=visibilities,
    sensitive=st.booleans(),
    spoiler=texts,
    reply_to_id=ids,
    media_ids=tuples_of(ids),
    poll=st.none() | composed_polls,
    key=texts,
)
scheduled_tweets = st.builds(model.ScheduledTweet, ids, ids, seconds, composed)
saved_drafts = st.builds(model.SavedDraft, ids, ids, seconds, composed)
standings = st.builds(model.Standing, *([st.booleans()] * 6), reason=texts, changed_ms=seconds)
profile_fields = st.builds(model.ProfileField, texts, texts)
users = st.builds(
    model.User,
    user_id=ids,
    username=texts,
    created_ms=ids,
    display_name=texts,
    note=texts,
    protected=st.booleans(),
    bot=st.booleans(),
    discoverable=st.booleans(),
    fields=tuples_of(profile_fields),
    default_visibility=visibilities,
    default_sensitive=st.booleans(),
    default_language=texts,
    default_quote_policy=st.sampled_from(model.QuotePolicy),
    approves_follows=st.booleans(),
    hides_follows=st.booleans(),
    attribution_domains=tuples_of(texts),
    avatar=texts,
    header_description=texts,
    role=st.sampled_from(model.Role),
    standing=standings,
)
strikes = st.builds(
    model.Strike, ids, ids, ids, st.sampled_from(model.ModerationAction), texts, ids, tuples_of(ids)
)
reports = st.builds(
    model.Report,
    ids,
    ids,
    ids,
    st.sampled_from(model.ReportCategory),
    texts,
    tuples_of(ids),
    tuples_of(counts),
    ids,
    ids,
    seconds,
)
announcements = st.builds(model.Announcement, ids, texts, seconds, seconds, st.booleans(), seconds)
announcement_reactions = st.builds(model.AnnouncementReaction, ids, texts, ids)
announcement_dismissals = st.builds(model.AnnouncementDismissal, ids, ids)
emojis = st.builds(model.CustomEmoji, texts, texts, hashes, texts, st.booleans(), seconds)
edges = st.builds(
    model.Edge,
    kind=edge_kinds,
    source_id=ids,
    target_id=ids,
    edge_id=ids,
    shows_retweets=st.booleans(),
    hides_notifications=st.booleans(),
    until_ms=ids,
    tells=st.booleans(),
)
likes = st.builds(model.Like, ids, ids, ids, ids)
clicks = st.builds(model.Click, ids, ids, ids)
markers = st.builds(model.Marker, ids, st.sampled_from(model.MarkedTimeline), ids, counts, seconds)
user_lists = st.builds(model.UserList, ids, ids, texts, st.sampled_from(model.RepliesPolicy), st.booleans())
list_members = st.builds(model.ListMember, ids, ids, ids, ids)
list_tags = st.builds(model.ListTag, ids, ids, texts)
tag_follows = st.builds(model.TagFollow, ids, texts, ids)
bookmarks = st.builds(model.Bookmark, ids, ids, ids)
pins = st.builds(model.Pin, ids, ids, ids)
conversation_mutes = st.builds(model.ConversationMute, ids, ids, ids)
edits = st.builds(model.Edit, tweets, tweets)
group_tellings = st.builds(model.GroupTelling, ids, st.sampled_from(model.NotificationKind), ids, ids, ids)
fanout_places = st.builds(model.FanoutPlace, st.integers(0, 1), ids)
filter_keywords = st.builds(model.FilterKeyword, ids, texts, st.booleans())
filtered_tweets = st.builds(model.FilteredTweet, ids, ids)
filters = st.builds(
    model.Filter,
    filter_id=ids,
    title=texts,
    contexts=st.integers(0, 31).map(model.FilterContext),
    action=st.sampled_from(model.FilterAction),
    expires_ms=seconds,
    keywords=tuples_of(filter_keywords),
    tweets=tuples_of(filtered_tweets),
)
verdicts = st.sampled_from(model.Verdict)
notification_kinds = st.sampled_from(model.NotificationKind)
notifications = st.builds(
    model.Notification,
    ids,
    ids,
    notification_kinds,
    ids,
    seconds,
    tweet_id=ids,
    hour=positions,
    filtered=st.booleans(),
    subject_id=ids,
)
notification_policies = st.builds(model.NotificationPolicy, ids, *[verdicts] * 5)
notification_requests = st.builds(model.NotificationRequest, *[ids] * 7)
erasures = st.builds(model.NotificationErasure, *[ids] * 5)
conversation_marks = st.builds(model.ConversationMark, ids, ids, ids, ids)
filtersets = st.builds(model.FilterSet, ids, tuples_of(filters))
user_notes = st.builds(model.UserNote, ids, ids, texts)
endorsements = st.builds(model.Endorsement, ids, ids, ids, ids)
featured_tags = st.builds(model.FeaturedTag, ids, texts, ids, texts)
dismissals = st.builds(model.SuggestionDismissal, ids, ids)

_weights = st.floats(0, 10)
trend_terms = st.builds(
    model.TrendTerms,
    users_min=st.integers(1, 1_000_000),
    surprise_min=st.floats(-10, 100),
    expected_min=st.floats(0.001, 1_000_000),
    dispersion=_weights,
    volume_weight=_weights,
    momentum_half_life_min=st.floats(0.001, 100_000),
    cooldown_min=st.integers(0, 100_000),
)
trend_settings = st.builds(model.TrendSetting, trend_terms, seconds)
trend_bars = st.builds(model.TrendBar, st.sampled_from(model.TrendKind), texts, st.booleans())

RECORDS: dict[type[msgspec.Struct], st.SearchStrategy[Any]] = {
    model.Card: cards,
    model.Findings: findings,
    model.Enriched: enriched,
    model.ConversationMark: conversation_marks,
    model.PushSubscription: st.builds(
        model.PushSubscription,
        ids,
        hashes,
        ids,
        texts,
        hashes,
        hashes,
        tuples_of(notification_kinds),
        st.sampled_from(model.PushPolicy),
        st.booleans(),
        hashes,
    ),
    model.Notification: notifications,
    model.NotificationErasure: erasures,
    model.NotificationPolicy: notification_policies,
    model.NotificationRequest: notification_requests,
    model.App: st.builds(model.App, texts, hashes, texts, tuples_of(texts), tuples_of(texts), ids, texts),
    model.AuthorizationCode: st.builds(
        model.AuthorizationCode, hashes, texts, ids, tuples_of(texts), texts, seconds, texts
    ),
    model.Credentials: st.builds(model.Credentials, ids, texts, texts),
    model.Composed: composed,
    model.ComposedPoll: composed_polls,
    model.Announcement: announcements,
    model.AnnouncementReaction: announcement_reactions,
    model.AnnouncementDismissal: announcement_dismissals,
    model.CustomEmoji: emojis,
    model.Report: reports,
    model.Standing: standings,
    model.Strike: strikes,
    model.Edge: edges,
    model.Entities: entities,
    model.Filter: filters,
    model.FilterKeyword: filter_keywords,
    model.FilterSet: filtersets,
    model.FilteredTweet: filtered_tweets,
    model.Like: likes,
    model.Click: clicks,
    model.Bookmark: bookmarks,
    model.Pin: pins,
    model.ConversationMute: conversation_mutes,
    model.Edit: edits,
    model.ListMember: list_members,
    model.ListTag: list_tags,
    model.Marker: markers,
    model.TagFollow: tag_follows,
    model.UserList: user_lists,
    model.Media: media,
    model.MentionSpan: mention_spans,
    model.Poll: polls,
    model.PollEnding: poll_endings,
    model.GroupTelling: group_tellings,
    model.FanoutPlace: fanout_places,
    model.SavedDraft: saved_drafts,
    model.ScheduledTweet: scheduled_tweets,
    model.Tally: st.builds(model.Tally, tuples_of(counts), counts),
    model.Upload: uploads,
    model.Vote: votes,
    model.ProfileField: profile_fields,
    model.Span: spans,
    model.Token: st.builds(model.Token, hashes, texts, ids, tuples_of(texts), seconds),
    model.Tweet: tweets,
    model.TweetCounts: st.builds(model.TweetCounts, counts, counts, counts, counts),
    model.User: users,
    model.UserCounts: st.builds(model.UserCounts, counts, counts, counts, counts),
    model.UserNote: user_notes,
    model.TrendBar: trend_bars,
    model.TrendSetting: trend_settings,
    model.TrendTerms: trend_terms,
    model.Endorsement: endorsements,
    model.FeaturedTag: featured_tags,
    model.SuggestionDismissal: dismissals,
}
"""Every record that is kept by position, and how to make one."""

EVENTS: dict[type[msgspec.Struct], st.SearchStrategy[Any]] = {
    model.PolicyChanged: st.builds(model.PolicyChanged, notification_policies),
    model.RequestAccepted: st.builds(model.RequestAccepted, notification_requests),
    model.RequestDismissed: st.builds(model.RequestDismissed, notification_requests),
    model.NotificationDismissed: st.builds(model.NotificationDismissed, notifications),
    model.NotificationsErased: st.builds(model.NotificationsErased, erasures),
    model.ConversationMarked: st.builds(model.ConversationMarked, conversation_marks),
    model.UserCreated: st.builds(model.UserCreated, users),
    model.UserUpdated: st.builds(model.UserUpdated, users),
    model.UserErased: st.builds(model.UserErased, ids),
    model.UserModerated: st.builds(model.UserModerated, strikes),
    model.ReportFiled: st.builds(model.ReportFiled, reports),
    model.ReportChanged: st.builds(model.ReportChanged, reports),
    model.AnnouncementPublished: st.builds(model.AnnouncementPublished, announcements),
    model.AnnouncementRemoved: st.builds(model.AnnouncementRemoved, announcements),
    model.AnnouncementReacted: st.builds(model.AnnouncementReacted, announcement_reactions),
    model.AnnouncementUnreacted: st.builds(model.AnnouncementUnreacted, announcement_reactions),
    model.AnnouncementDismissed: st.builds(model.AnnouncementDismissed, announcement_dismissals),
    model.EmojiAdded: st.builds(model.EmojiAdded, emojis),
    model.EmojiRemoved: st.builds(model.EmojiRemoved, emojis),
    model.TweetPosted: st.builds(model.TweetPosted, tweets),
    model.TweetDeleted: st.builds(model.TweetDeleted, tweets),
    model.EdgeAdded: st.builds(model.EdgeAdded, edges),
    model.EdgeRemoved: st.builds(model.EdgeRemoved, edges),
    model.TweetLiked: st.builds(model.TweetLiked, likes),
    model.TweetUnliked: st.builds(model.TweetUnliked, likes),
    model.TweetClicked: st.builds(model.TweetClicked, clicks),
    model.TweetEdited: st.builds(model.TweetEdited, edits),
    model.QuotePolicySet: st.builds(model.QuotePolicySet, tweets),
    model.QuoteRevoked: st.builds(model.QuoteRevoked, tweets),
    model.TweetEnriched: st.builds(model.TweetEnriched, enriched),
    model.TweetBookmarked: st.builds(model.TweetBookmarked, bookmarks),
    model.TweetUnbookmarked: st.builds(model.TweetUnbookmarked, bookmarks),
    model.TweetPinned: st.builds(model.TweetPinned, pins),
    model.TweetUnpinned: st.builds(model.TweetUnpinned, pins),
    model.ConversationMuted: st.builds(model.ConversationMuted, conversation_mutes),
    model.ConversationUnmuted: st.builds(model.ConversationUnmuted, conversation_mutes),
    model.FiltersChanged: st.builds(model.FiltersChanged, filtersets),
    model.MediaKept: st.builds(model.MediaKept, uploads),
    model.MediaRemoved: st.builds(model.MediaRemoved, uploads),
    model.PollVoted: st.builds(model.PollVoted, votes),
    model.PollEnded: st.builds(model.PollEnded, poll_endings),
    model.NotificationsGathered: st.builds(model.NotificationsGathered, group_tellings),
    model.NotificationsContinued: st.builds(
        model.NotificationsContinued,
        positions,
        st.one_of(
            st.builds(model.TweetPosted, tweets),
            st.builds(model.PollEnded, poll_endings),
            st.builds(model.TweetEdited, edits),
        ),
        fanout_places,
    ),
    model.TweetScheduled: st.builds(model.TweetScheduled, scheduled_tweets),
    model.TweetUnscheduled: st.builds(model.TweetUnscheduled, scheduled_tweets),
    model.DraftKept: st.builds(model.DraftKept, saved_drafts),
    model.DraftRemoved: st.builds(model.DraftRemoved, saved_drafts),
    model.MarkerMoved: st.builds(model.MarkerMoved, markers),
    model.ListSaved: st.builds(model.ListSaved, user_lists),
    model.ListDeleted: st.builds(model.ListDeleted, user_lists),
    model.ListMemberAdded: st.builds(model.ListMemberAdded, list_members),
    model.ListMemberRemoved: st.builds(model.ListMemberRemoved, list_members),
    model.ListTagAdded: st.builds(model.ListTagAdded, list_tags),
    model.ListTagRemoved: st.builds(model.ListTagRemoved, list_tags),
    model.TagFollowed: st.builds(model.TagFollowed, tag_follows),
    model.TagUnfollowed: st.builds(model.TagUnfollowed, tag_follows),
    model.UserNoted: st.builds(model.UserNoted, user_notes),
    model.TagFeatured: st.builds(model.TagFeatured, featured_tags),
    model.TagUnfeatured: st.builds(model.TagUnfeatured, featured_tags),
    model.UserEndorsed: st.builds(model.UserEndorsed, endorsements),
    model.UserUnendorsed: st.builds(model.UserUnendorsed, endorsements),
    model.SuggestionDismissed: st.builds(model.SuggestionDismissed, dismissals),
    model.TrendTermsSet: st.builds(model.TrendTermsSet, trend_settings),
    model.TrendBarSet: st.builds(model.TrendBarSet, trend_bars),
}
"""Every type of event, and how to make one."""

events = st.one_of(*EVENTS.values())
