"""The facts that `golden/v1.bin` holds: every type of event, no field at its default.

The file was written once, by version 1 of the coding. It is never written again: a change after which it
reads as anything else would lose what is on disks. New fields have defaults, and so do not appear here.
"""

from roost.model import (
    Edge,
    EdgeAdded,
    EdgeKind,
    EdgeRemoved,
    Entities,
    Event,
    Like,
    MentionSpan,
    ProfileField,
    Span,
    Tweet,
    TweetDeleted,
    TweetLiked,
    TweetPosted,
    TweetUnliked,
    User,
    UserCreated,
    UserUpdated,
    Visibility,
)

USER = User(
    user_id=1_735_689_600_123_456_789,
    username="Anna_Bé",
    created_ms=1_700_000_000_001,
    display_name="Anna 🦜",
    note="Birds, and\nnothing else.",
    protected=True,
    bot=True,
    discoverable=False,
    fields=(ProfileField("Site", "https://birds.example"), ProfileField("", "\x00")),
    default_visibility=Visibility.FOLLOWERS,
    default_sensitive=True,
    default_language="pt-BR",
)

TWEET = Tweet(
    tweet_id=(1 << 63) - 1,
    author_id=1_735_689_600_123_456_789,
    text="@bob look: #roost $RST https://roost.example 🐦",
    visibility=Visibility.DIRECT,
    language="en",
    sensitive=True,
    spoiler="birds",
    reply_to_id=1,
    reply_to_author_id=23,
    retweet_of_id=24,
    retweet_of_author_id=127,
    quote_of_id=128,
    quote_of_author_id=65_536,
    entities=Entities(
        mentions=(MentionSpan(0, 4, 23, "bob"),),
        hashtags=(Span(11, 17),),
        cashtags=(Span(18, 22),),
        urls=(Span(23, 44), Span(300, 70_000)),
    ),
    addressed_ids=(23, 4_294_967_296),
    app_name="Perch",
    app_website="https://perch.example",
)

RETWEET = Tweet(tweet_id=900, author_id=7, visibility=Visibility.UNLISTED, retweet_of_id=800)

EDGES = tuple(
    Edge(
        kind, 5, 6, 7_000 + kind, shows_retweets=False, hides_notifications=False, until_ms=1_800_000_000_000
    )
    for kind in (EdgeKind.FOLLOW, EdgeKind.FOLLOW_REQUEST, EdgeKind.BLOCK, EdgeKind.MUTE)
)

LIKE = Like(user_id=5, tweet_id=900, author_id=7, like_id=901)

GOLDEN_EVENTS: list[Event] = [
    UserCreated(USER),
    UserUpdated(USER),
    TweetPosted(TWEET),
    TweetDeleted(TWEET),
    TweetPosted(RETWEET),
    *(EdgeAdded(edge) for edge in EDGES),
    EdgeRemoved(EDGES[0]),
    TweetLiked(LIKE),
    TweetUnliked(LIKE),
]
