"""Every bound, named. What is not bounded here is bounded by one of these.

Units stand last in a name; sizes are bytes where none does. The relations between limits are asserted at the
end, so that a change that breaks one fails at import.
"""

# Commit
COMMITS_WAITING_MAX = 10_000
"""Batches that wait for their group commit; above, writes are answered with Overloaded."""
COMMIT_GROUP_ROWS_MAX = 1_000
"""Rows of one group commit: the engine holds the interpreter lock about 5 us a row while it writes."""

# Event log
LOG_TAIL_EVENTS_MAX = 200_000
"""Newest events kept decoded in memory, so that processors near the end of the log need not read it back."""
LOG_READ_EVENTS_MAX = 4_096
"""Events that one read of the log returns at most."""
LOG_RECORD_BYTES_MAX = 16 << 20
"""One record: the events of one append."""

# Enrichment
ENRICH_QUICK_MS = 2.0
"""What a quick enricher may take of the event loop for one tweet. What it is given is bounded, so it cannot
take much more; one that does so again and again has to rest."""
ENRICH_OVERRUNS_MAX = 8
"""So many overruns in a row are no accident (a pause of the collector is one)."""
ENRICH_REST_S = 10.0
SENTIMENT_CHARACTERS_MAX = 512
"""So much of a text is looked at for its sentiment."""
LANGUAGE_TEXT_BYTES_MAX = 512
"""So much of a text is looked at for its language."""
LANGUAGE_LETTERS_MIN = 4
LANGUAGE_SHARE_MIN = 0.4
"""How likely the likeliest language has to be; docs/enrichment.md has the figures."""
SPAM_WINDOW_TWEETS = 4_096
"""Newest tweets that a tweet is compared with: 24 bytes each."""
SPAM_AUTHORS_MAX = 16_384
"""Authors whose own newest tweets are remembered; the longest unseen is forgotten first."""
SPAM_AUTHOR_TWEETS = 16
SPAM_WINDOW_S = 3_600
SPAM_HASTE_S = 600
SPAM_NEW_ACCOUNT_S = 86_400
SPAM_LETTERS_MIN = 20
"""What others said nearly the same of counts from this length on: shorter greetings are everybody's."""
SPAM_FINGERPRINT_BITS_MAX = 8
"""Of 62: two texts that differ in no more are nearly the same; docs/enrichment.md has the figures."""
SPAM_PERCENT_MIN = 60
ENRICH_SHARE_MAX = 0.3
"""Of the time, quick enrichers take so much at most: 5,000 tweets/s on a core. Beyond, they are left out."""
ENRICH_BURST_S = 0.5
PRESSURE_BEHIND_S = 0.05
"""Where home timelines are so far behind the log, quick enrichers are left out until later."""
PRESSURE_BEAT_S = 0.05
PRESSURE_BEATS = 6
"""Where the event loop comes late to so many beats in a row, likewise."""
PRESSURE_LATE_S = 0.005
PRESSURE_CALM_S = 0.002
"""Until it is on time again."""
ENRICH_PAUSE_S = 0.25
"""How long what was left out waits before it looks again whether there is time for it."""
ENRICH_LATE_AT_ONCE = 64
"""Tweets that late enrichers work on at once; above, they read the log no further for the moment."""
ENRICH_FINISH_AT_ONCE = 32
"""The same of tweets that something was left out of."""
ENRICH_CURSOR_EVENTS = 4_096
"""Events after which late enrichment notes how far it is; also whenever there is nothing to do."""

# Store
SCAN_ROWS_MAX = 10_000
"""Rows that one scan returns at most."""
EXPORT_ROWS_MAX = 10_000
"""Rows of one chunk of an export."""

# Hot state
ROWS_MAX = 1 << 27
"""Users of one shard: a row number, and the slot of a ring, have 27 bits."""
RING_CAPACITY_MIN = 16
RING_CAPACITY_MAX = 1_024
AUTHOR_RING_ENTRIES = 32
"""Newest tweets of an author that are kept in memory for pull, backfill and rebuild."""
REPOST_WINDOW_ENTRIES = 40
"""A retweet is hidden where the same tweet is among so many next older entries of the home timeline."""
SLICE_FOLLOWERS = 65_536
"""Followers that one slice of a large delivery reaches; small tweets go between two slices."""
DELIVERIES_WAITING_MAX = 100_000
"""Large deliveries under way; above, they are served by pull until there is room."""
DEFERRED_TWEETS_MAX = 4_096
"""Tweets whose delivery to semi-active followers waits; a full batch is delivered at once."""
DEFERRED_FLUSH_S = 1.0
"""The longest that a deferred tweet waits."""
SWEEP_S = 60.0
"""How often the rings of readers who have gone away are looked for."""
ARRAY_FILE_SYNC_BYTES = 32 << 20
"""A snapshot is synced to disk in pieces of so much."""
READS_NOTED_MAX = 256
"""Reads that are gathered before the writer is woken to note them."""
READS_WAITING_MAX = 65_536
"""Reads that wait for the writer to note them; above, the oldest are forgotten, which loses no tweet."""
WARM_REQUESTS_MAX = 10_000
"""Cold readers whose ring waits to be built; above, they go on being served by pull."""
INTERACTION_SEGMENT_EDGES_MAX = 1 << 27
"""Edges of one segment of the interaction graph: where a packed list begins has 31 bits."""
INTERACTION_ARCHIVES_MAX = 64
"""Segments of interactions that are kept on disk after they left the window."""
INTERACTION_ARCHIVES_WAITING_MAX = 4
"""Segments that wait to be written to the archive; above, the oldest of them is not archived."""
INTERACTION_ROW_WAIT_S = 10.0
"""How long the writer waits for a query that still reads a dropped segment until it says so, each time."""
PERFECT_HASH_TRIES_MAX = 16
"""Sizes that a perfectly hashed table is tried with, each a thirtieth larger."""
RECOMMENDATION_CANDIDATES_MAX = 2_500
"""Best results of a walk that are looked at for those that nothing speaks against (GraphJet's own bound)."""
INTERACTION_WEIGHT_MAX = 1e9
"""Of one kind, in a query: a node's edges all together stay far from infinity."""
PROOFS_MAX = 8
"""Users who are named as the reason of one recommendation."""
PROOF_SEEDS_MAX = 1_000
"""Users whose interactions one query for social proof looks through."""
WALKERS_AT_ONCE_MAX = 1_024
"""Walkers that one kernel moves together; so many edges of a node can be drawn at once."""
WALKS_MAX = 100_000
"""Walkers of one query."""
WALK_LENGTH_MAX = 1_001
"""Steps of one walker."""
FOLLOWEES_MAX = 50_000
"""Accounts that one user may follow."""

# Text
TEXT_BYTES_MAX = 64 << 10
"""A post's text before its weighted length is even measured."""
SPOILER_CHARACTERS_MAX = 500
USERNAME_CHARACTERS_MAX = 30
DISPLAY_NAME_CHARACTERS_MAX = 100
NOTE_CHARACTERS_MAX = 1_000
PROFILE_FIELDS_MAX = 8
PROFILE_FIELD_CHARACTERS_MAX = 255
ATTRIBUTION_DOMAINS_MAX = 100
EMAIL_CHARACTERS_MAX = 254
PASSWORD_CHARACTERS_MIN = 8
PASSWORD_CHARACTERS_MAX = 256
MENTIONS_MAX = 50
"""Users that one tweet may mention (the bound of Twitter's own tweet service)."""
LANGUAGE_CHARACTERS_MAX = 35
"""The longest BCP 47 tag that RFC 5646 asks implementations to take."""

# Access
APP_NAME_CHARACTERS_MAX = 200
REDIRECT_URIS_MAX = 16
URI_CHARACTERS_MAX = 2_000
SCOPES_MAX = 64
AUTHORIZATION_CODE_LIFE_S = 600
SIGN_IN_ATTEMPTS_PER_5_MIN = 25
"""Wrong or right passwords that one address may try."""
SESSIONS_OF_USER_MAX = 1_000
"""Tokens of one user that are listed, and that are ended in one write; all are, however many there are."""
GUESSES_FREE_PER_ACCOUNT_AND_ADDRESS = 5
"""Wrong passwords for one account from one address before the first wait."""
GUESSES_FREE_PER_ADDRESS = 20
GUESSES_FREE_PER_ACCOUNT = 50
GUESS_WAIT_S_MAX = 900
"""The longest wait between two guesses; waits double from 1 s."""
GUESSES_FORGOTTEN_S = 3_600
"""Wrong passwords are forgotten after so long without another."""
GUESSERS_MAX = 100_000
"""Accounts and addresses whose wrong passwords are counted; the longest unseen are forgotten first."""
PASSWORD_CHECKS_AT_ONCE = 2
"""argon2 takes 19 MiB and 40 ms of a core each."""
PASSWORD_CHECKS_WAITING_MAX = 64

# Moderation
MODERATION_REASON_CHARACTERS_MAX = 1_000
REPORT_COMMENT_CHARACTERS_MAX = 1_000
REPORT_TWEETS_MAX = 100
ADMIN_SCAN_ROWS_MAX = 2_000
"""Accounts or reports that one page of moderators' lists may look at; a page may then be shorter."""
STRIKES_SHOWN_MAX = 100
ADMIN_PAGE_DEFAULT = 100
ADMIN_PAGE_MAX = 200
STAFF_MAX = 1_000
PURGE_SLICE_ROWS = 100
"""What is deleted at once of a deleted account, before others get their turn."""
PURGE_SWEEP_ROWS = 1_000
"""Rows looked at in one go where nothing says which are a deleted account's: 3 to 5 ms."""
ANNOUNCEMENTS_MAX = 100
ANNOUNCEMENT_CHARACTERS_MAX = 5_000
ANNOUNCEMENT_REACTIONS_MAX = 8
"""Different emojis that an announcement can be reacted to with, as with Mastodon."""
ANNOUNCEMENT_REACTION_ROWS_MAX = 10_000
CUSTOM_EMOJIS_MAX = 5_000
EMOJI_BYTES_MAX = 256 << 10

# Pages: defaults and maxima are those of Mastodon
TIMELINE_PAGE_DEFAULT = 20
TIMELINE_PAGE_MAX = 40
ACCOUNT_PAGE_DEFAULT = 40
ACCOUNT_PAGE_MAX = 80
RELATIONSHIPS_MAX = 100
STATUSES_BY_ID_MAX = 100
TWEET_EDITS_MAX = 200
"""How often one tweet may be edited: all its versions are kept, and go with it."""
FILTERS_MAX = 200
"""Of one user."""
FILTER_KEYWORDS_MAX = 500
"""Of all filters of one user."""
FILTER_WORK_ON_LOOP_MAX = 1_000_000
"""Keywords times characters that are looked at on the event loop: 1 to 2 ms, at the worst 8 ms."""
FILTER_TWEETS_MAX = 500
"""Of all filters of one user, which are one row."""
FILTER_TITLE_CHARACTERS_MAX = 256
FILTER_KEYWORD_CHARACTERS_MAX = 512
PINS_MAX = 5
"""Tweets at the top of one profile, as Mastodon has it."""
CONTEXT_ANCESTORS_MAX = 4_096
CONTEXT_DESCENDANTS_MAX = 4_096
CONTEXT_ROWS_MAX = 20_000
"""Replies that one conversation may be looked at for; a reader may see few of them."""
CONTEXT_SLICE_TWEETS = 50
"""Tweets of a conversation that are worked on before other requests get their turn: 2 to 4 ms."""
CONTEXT_ANCESTORS_ANONYMOUS_MAX = 40
CONTEXT_DESCENDANTS_ANONYMOUS_MAX = 60
PUBLIC_SCAN_ROWS_MAX = 2_000
"""Tweets that one page of a public timeline may look at; a page may then be shorter, with a cursor."""
USER_SCAN_ROWS_MAX = 2_000
"""The same for a page of one user's tweets, of which it may leave out all: those without a hashtag, say."""
TAG_SCAN_ROWS_MAX = 2_000
"""The same for a page of a hashtag's or a link's tweets."""
TAG_TIMELINE_TAGS_MAX = 8
"""Hashtags that one timeline joins, needs, or leaves out."""
TAG_HISTORY_DAYS = 7
TAG_CHUNK_ROWS = 1_000
"""Rows of one look at a user's hashtags."""
FEATURED_TAGS_MAX = 10
"""Hashtags that one profile shows (Mastodon's limit)."""
FEATURED_TAG_ROWS_MAX = 10_000
"""Tweets that the count beside a featured hashtag goes up to."""
TAG_SUGGESTIONS_MAX = 10
USER_NOTE_CHARACTERS_MAX = 2_000
ENDORSEMENTS_MAX = 100
"""Users that one profile recommends."""
CENSUS_USERS_MAX = 10_000
"""Users that the directory lists in one order, and that suggestions are drawn from."""
CENSUS_FRESH_USERS_MAX = 20_000
"""Up to so many users the directory is always computed anew."""
CENSUS_KEPT_S = 60
FAMILIAR_FOLLOWERS_MAX = 100
"""Followers that are shown as familiar for one account."""
SUGGESTION_FOLLOWEES_MAX = 500
"""Followees whose followees are counted for suggestions, and how many of each."""
SUGGESTION_CANDIDATES_MAX = 400
SUGGESTION_READERS_MAX = 1_000
"""Readers whose suggestions are kept for their next pages, 7 kB each."""
SUGGESTION_FRIENDS_SHOWN_MAX = 3
"""Friends who are named as the reason for one suggestion."""
SUGGESTION_ACTS_MAX = 200
"""Interactions of a user by whose authors suggestions are found."""
NEAR_LIST_MAX = 10_000
"""Follows of one user that are looked at for suggestions, and users who follow one."""
NEAR_SCORED_MAX = 1_000_000
"""Users who are scored for one user's suggestions; who would be above is passed over."""
NEAR_WALKS = 1_000
NEAR_WALK_LENGTH = 4
NEAR_WALK_RESTART = 0.3
"""Walks for who has too few suggestions by two steps."""
DISMISSED_SUGGESTIONS_MAX = 10_000
"""Dismissed suggestions of one user that are looked at."""
SUGGESTIONS_DEFAULT = 40
SUGGESTIONS_MAX = 80

# Ranked timelines
FOR_YOU_CANDIDATES_MAX = 400
"""Newest entries of the home timeline that are ranked."""
CATCH_UP_ENTRIES_MAX = 800
"""Unread entries that are counted; above, the count says that there are more."""
RANKINGS_MAX = 5_000
"""Readers whose rankings are kept, 3.2 kB each; without theirs, a reader's next page is of a new ranking."""
RANKINGS_PER_READER_MAX = 4

# Recommendations
RECOMMENDATIONS_PAGE_DEFAULT = 20
RECOMMENDATIONS_PAGE_MAX = 40
RECOMMENDATIONS_KEPT = 200
"""Tweets of one reader's list."""
RECOMMENDATIONS_KEPT_S = 600
"""How old a list may be that is answered."""
RECOMMENDATION_READERS_MAX = 1_000
"""Readers whose lists are kept, some 80 kB each; those who were away longest are forgotten."""
RECOMMENDATION_REFRESH_ACTS = 3
"""After so many interactions of its reader a list is made anew."""
RECOMMENDATION_REFRESHES_MAX = 1_000
"""Lists that wait to be made anew; further ones are made when they are asked for."""
RECOMMENDATIONS_AT_ONCE = 2
"""Lists that are made at a time; who else asks waits."""
RECOMMENDATION_WAIT_S = 0.1
"""How long it is waited for that the graph has what was accepted before."""
RECOMMENDATION_CIRCLE_MAX = 500
"""Followees whose interactions are looked at; of more, some are drawn, always the same."""
RECOMMENDATION_SEEN_MAX = 1_000
"""Interactions of one user, or with one tweet, that are looked at."""
RECOMMENDATION_DAYS_MAX = 7
"""Older tweets are not recommended."""
RECOMMENDATION_HALF_LIFE_H = 24
"""After so many hours an interaction weighs half."""
RECOMMENDED_OF_AUTHOR_MAX = 3
"""Tweets of one author in a list."""
SIMILAR_USERS_MIN = 2
"""So many people must have done something to both of two tweets that are told to be similar."""
RECOMMENDATION_REASONS_MAX = 3
"""People who are named as the reason for one tweet."""
RECOMMENDATION_CHUNK = 40
"""Tweets that are looked at before others get their turn."""
FOR_YOU_RECOMMENDED_MAX = 40
"""Recommended tweets among those that a ranked timeline is made of."""

# Lists and followed hashtags
FOLLOWED_TAGS_PAGE_DEFAULT = 100
FOLLOWED_TAGS_PAGE_MAX = 200
LISTS_MAX = 50
"""Lists of one user (Mastodon's bound)."""
LIST_TITLE_CHARACTERS_MAX = 256
LIST_MEMBERS_MAX = 5_000
"""Users on one list."""
LIST_TAGS_MAX = 50
"""Hashtags of one list; each is a source of its timeline."""
LIST_CHANGES_AT_ONCE_MAX = 400
"""Users that are put on a list, or taken off it, at once: two rows each, in one commit."""
TAGS_FOLLOWED_MAX = 200
"""Hashtags that one user may follow; each is a source of their home timeline."""

# Search
SEARCH_QUERY_CHARACTERS_MAX = 500
SEARCH_CONDITIONS_MAX = 64
"""Words, phrases and operators of one search."""
SEARCH_DEPTH_MAX = 16
"""Parentheses within one another."""
SEARCH_TOKENS_MAX = 2_000
"""Words of one tweet that it is found by, those of its media's descriptions among them."""
SEARCH_GRAMS_MAX = 128
"""Parts of a name that it is found by; also parts of one search for a name."""
SEARCH_COMMIT_S = 0.5
"""How long what is new waits to be committed to the index with what else is new, unless there is much."""
SEARCH_BATCH_MAX = 2_000
"""New or changed tweets and users above which they are committed at once."""
SEARCH_PENDING_MAX = 20_000
"""Those that wait to be indexed; above, the log is read on only when some have been."""
SEARCH_FRESH_MAX = 500
"""Of those that wait, the newest so many are looked at one by one by every search."""
SEARCH_WRITER_BYTES = 32 << 20
"""Memory of the index's writer: what is above goes to disk before its commit."""
SEARCH_IDLE_EVENTS = 10_000
"""Events that change nothing in the index, after which its position is written all the same."""
SEARCH_THREADS = 2
SEARCH_WAITING_MAX = 200
"""Searches that wait for one of these threads."""
SEARCH_CHUNK = 30
"""Tweets that a search looks at first; it looks at more and more each time it has to go on."""
SEARCH_TWEETS_MAX = 2_000
"""Tweets that one page of a search looks at; a page may then be shorter, with a cursor. No offset leads
beyond."""
SEARCH_RANKED_MAX = 500
"""Tweets that come into question for the order by relevance, of each of: best words, newest, most noticed."""
SEARCH_SCORED_MAX = 100_000
"""About so many of the newest that fit are scored by their words."""
SEARCH_RANKINGS_KEPT = 256
"""Orders by relevance that are kept for their next pages; 8 kB each."""
SEARCH_REBUILD_ROWS = 500
"""Tweets or users that are read at once to make the index anew."""
SEARCH_PEOPLE_MAX = 5_000
"""Users that one search looks at the followers of; of the 500 most followed it looks at the names."""
SEARCH_PEOPLE_NAMES_MAX = 500
SEARCH_TAGS_MAX = 200
"""Hashtags that one search looks at."""
SEARCH_PAGE_DEFAULT = 20
SEARCH_PAGE_MAX = 40

# Trends
DISTINCT_KEPT = 512
"""Hashes by which users are counted: exactly up to twice as many, with a standard error of 4 % beyond."""
USAGE_DAYS = 7
USAGE_ENTRIES_MAX = 100_000
"""Hashtags and links whose use on one of the last days is in memory; about 50 MB."""
USAGE_FLUSH_S = 30
"""The longest that uses are only in memory; after a crash they are counted from the log."""
USAGE_DIRTY_MAX = 1_000
"""Uses that changed and are not written; above, they are written at once."""
USAGE_SCAN_ROWS = 500
USAGE_YIELD_EVENTS = 200
TREND_TOPICS_MAX = 8_192
"""Topics of a kind (hashtags, links, tweets; those of a language apart) whose users are counted: 2 kB
each."""
TREND_TOPIC_USERS_MAX = 1_024
"""Users of one topic on a day that are held; of more, only every second, fourth, ... is, at 3 to 4 %
error."""
TREND_PAIRS_MAX = 1 << 19
"""Users of all topics of a kind that are held, three quarters full at most: 24 bytes each."""
TREND_TAIL_COUNTERS = 1 << 15
"""Counters in each row of the sketch of what else is used: 32 bytes each."""
TREND_TAIL_MIN = 30
"""Minutes of one period of that sketch."""
TREND_SWEEP_MIN = 60
"""Minutes in which all users held are looked at, and those who are past their day let go."""
TREND_AHEAD_MIN = 2
"""What is dated further than this beyond the clock counts as if it were now."""
TREND_BATCH_EVENTS = 250
"""Events whose uses are counted before others get their turn: 4 ms."""
TREND_SNAPSHOT_S = 300
"""How often what trends are counted from is written; after a crash the rest is read from the log."""
TREND_BARS_MAX = 10_000
"""Hashtags, links and tweets that the staff keep from trending."""
TREND_RANKED_MAX = 1_000
"""What trends at most, of each kind."""
TREND_RANKINGS_KEPT = 16
"""Rankings of each kind that are kept, so that the pages of one are of one piece."""
TREND_LISTS_KEPT = 200
"""Kinds, languages and windows of which rankings are kept."""
TREND_KEPT_S = 10
"""A ranking of many topics is made anew after so long, if there is anything new."""
TREND_FRESH_TOPICS_MAX = 1_000
"""Of up to so many topics it is made anew at once."""
TRENDS_PAGE_DEFAULT = 10
TRENDS_PAGE_MAX = 20

# Requests
BODY_BYTES_MAX = 1 << 20
INGEST_BODY_BYTES_MAX = 16 << 20
INGEST_LINES_MAX = 20_000
INGEST_YIELD_LINES = 20
"""Lines of bulk ingest after which other requests get their turn: 2 ms of tweets, found out about."""
INGEST_SLICE_LINES = 200
"""Lines of bulk ingest that are committed together."""
HEADER_BYTES_MAX = 16 << 10
REQUEST_LINE_BYTES_MAX = 8 << 10
HEADERS_MAX = 100
PARAMETERS_MAX = 1_000
PARAMETER_DEPTH_MAX = 8
JSON_DEPTH_MAX = 32
PART_HEAD_BYTES_MAX = 2 << 10
"""The headers of one part of a multipart form."""
MULTIPART_SLICE_PARTS = 8
"""Parts of a form that are read before other requests get their turn."""
BODY_READ_S = 30
"""A client has so long to send a request's body."""
TLS_HANDSHAKE_S = 10
"""A connection whose TLS handshake is not done after so long is closed."""
KEEP_ALIVE_S = 30
"""A connection without a whole request head is closed after so long, be it idle or slow."""
CONNECTIONS_MAX = 24_000
FILES_BESIDE_CONNECTIONS_MAX = 4_000
"""Files of the store and the like, which the process may have open too."""
REQUESTS_AT_ONCE_MAX = 2_000
"""Requests being answered; above, 503 with Retry-After."""

# Streams
REFUSALS_LOGGED_EVERY_S = 1
"""How often one of many requests that come too often, or too many at once, is written to the log."""
STREAMS_MAX = 22_000
"""Streams open at once; above, 503 with Retry-After."""
STREAMS_PER_USER_MAX = 50
STREAMS_PER_ADDRESS_MAX = 1_000
"""Not counted on the loopback address unless rate limits hold there."""
STREAM_SUBSCRIPTIONS_MAX = 100
"""Subscriptions of one connection."""
STREAM_ADMISSIONS_PER_S = 1_000
"""Streams that are opened a second, once as many as are admitted at once have been; others come again."""
STREAM_ADMISSIONS_AT_ONCE = 1_000
STREAM_RETRY_S_MAX = 60
STREAM_BACKLOG_BYTES_MAX = 256 << 10
"""What a client has not taken yet; above, it is told that it is too slow, and closed."""
STREAM_SOCKET_BYTES_MAX = 64 << 10
"""What the kernel holds back for a client on top of that."""
STREAM_HELD_MESSAGES_MAX = 1_000
"""What happens while a client's missed messages are being found; above, it is closed likewise."""
STREAM_REPLAY_POSITIONS_MAX = 50_000
"""How far back, in events of the log, a client can go on from; above, it is told to refetch."""
STREAM_REPLAY_ENTRIES_MAX = 32_768
"""Happenings among these that are kept for it."""
STREAM_REPLAY_MESSAGES_MAX = 500
"""What a client may have missed; above, it is told to refetch."""
STREAM_RECALL_SLICE = 200
"""What may have been missed is looked at in slices of so much, and others get their turn in between."""
STREAM_RECALLS_AT_ONCE = 4
"""Subscriptions for which that goes on at a time; the others wait."""
STREAM_BATCH_EVENTS = 256
"""Events of the log whose messages are made together."""
STREAM_FLUSH_CONNECTIONS = 200
"""Connections that are written to before other requests get their turn."""
STREAM_POST_SUBSCRIPTIONS = 5_000
"""Subscriptions that a message is laid at before other requests get their turn."""
STREAM_COMMAND_BYTES_MAX = 4 << 10
"""A message from a client."""
STREAM_COMMANDS_PER_MIN = 600
"""Messages from one client; above, it is closed."""
STREAM_BEAT_S = 15
"""How often a stream of server-sent events gets a sign of life: a comment."""
STREAM_PING_S = 30
"""After how long without a word from its client a WebSocket gets a ping, which wants an answer."""
STREAM_CLOSING_S = 10
"""How long a client has to take its last words."""
# Polls
POLL_OPTIONS_MAX = 4
POLL_OPTION_CHARACTERS_MAX = 50
POLL_LASTS_S_MIN = 300
POLL_LASTS_S_MAX = 2_629_746
"""A month, as Mastodon counts it."""
POLLS_ENDED_AT_ONCE = 1_000

# Scheduled tweets and drafts
SCHEDULED_MAX = 300
SCHEDULED_A_DAY_MAX = 25
SCHEDULED_AHEAD_S_MIN = 300
SCHEDULED_AHEAD_S_MAX = 2_000 * 31_557_600
SCHEDULED_AT_ONCE = 200
"""Posted in one go before other work that is due."""
DRAFTS_MAX = 300
DUE_S = 1.0
"""How often it is looked for what is due."""

# Media
MEDIA_PER_TWEET_MAX = 4
IMAGE_BYTES_MAX = 16 << 20
FILM_BYTES_MAX = 99 << 20
"""A film or a sound, and an animated picture, as they are sent."""
MEDIA_BODY_BYTES_MAX = 100 << 20
"""A form with a file, and perhaps its thumbnail."""
PROFILE_PICTURE_BYTES_MAX = 8 << 20
PROFILE_BODY_BYTES_MAX = 17 << 20
UPLOAD_MEMORY_BYTES_MAX = 256 << 10
"""A part of a form that is larger waits on disk."""
UPLOADS_AT_ONCE_MAX = 64
"""Forms with files that are being received; above, 503 with Retry-After."""
UPLOAD_READ_S = 600
"""A client has so long to send a form with a file."""
IMAGE_PIXELS_MAX = 33_177_600
"""A picture that is sent; it is looked at before any pixel is decoded. 132 MB as RGBA."""
IMAGE_KEPT_PIXELS_MAX = 8_294_400
"""A picture as it is shown: larger ones are made smaller."""
PREVIEW_PIXELS_MAX = 640 * 360
BLURHASH_SIDE_PIXELS = 32
ANIMATION_FRAMES_MAX = 2_000
ANIMATION_PIXELS_MAX = 1_000_000_000
"""Of all frames together."""
ANIMATION_KEPT_PIXELS_MAX = 1_000_000
FILM_PIXELS_MAX = 8_294_400
"""Of one frame."""
FILM_FRAME_RATE_MAX = 120
FILM_ENCODED_PIXELS_MAX = 1_500_000_000
"""Of all frames of a film that is encoded anew."""
MEDIA_DESCRIPTION_CHARACTERS_MAX = 1_500
MEDIA_WORKERS = 2
"""Processes that decode files at once."""
MEDIA_WAITING_MAX = 64
"""Files that wait for one; above, 503 with Retry-After."""
MEDIA_WORKER_BYTES_MAX = 3 << 29
"""Address space of one of these processes."""
MEDIA_WORKER_CPU_S = 60
MEDIA_WORKER_S = 120
"""A file that is not processed after so long is refused."""
MEDIA_FILE_BYTES_MAX = 128 << 20
"""A file that such a process writes."""
MEDIA_IDLE_S = 86_400
"""A file that nothing holds for so long is removed."""
BLOB_TAKEN_S = 3_600
"""A blob that no fact has taken for so long after it was written is removed."""
BLOBS_REMOVED_AT_ONCE = 16
S3_CONNECT_S = 5
S3_REQUEST_S = 30
"""One request to an object store, with its retries; a reader that takes longer asks for the rest anew."""
S3_ATTEMPTS_MAX = 4
S3_RETRY_S_MAX = 5
"""The longest pause between two attempts."""
S3_PART_BYTES = 8 << 20
"""A larger blob is put in parts of so much."""
S3_PARTS_AT_ONCE = 2
BLOB_CHUNK_BYTES = 256 << 10
"""So much of a file is in memory for each client that reads it."""

# Pages that tweets link to, and their cards
PAGE_BYTES_MAX = 1 << 20
"""Of a longer page, its beginning is read."""
PAGE_WORKERS = 2
"""Processes that read pages, or pictures of cards, at once."""
PAGE_WORKER_BYTES_MAX = 384 << 20
PAGE_WORKER_CPU_S = 3
PAGE_WORKER_S = 20
PAGE_SCRIPTS_MAX = 32
"""Descriptions as JSON-LD of one page that are looked at."""
CARD_FRESH_S = 86_400
"""What was read at a link is good for so long: then the next tweet with it has it read anew."""
CARD_KEPT_S = 7 * 86_400
"""And for so long trends tell of it."""
CARD_IMAGE_IDLE_S = 2 * 86_400
"""A card's picture that no tweet shows for so long is removed."""
CARD_BUDGET_S = 300
"""To follow a link, read its page, and fetch and make the picture of its card. Each has bounds of its own
that begin when it is its turn; this one is for what these forget."""
CARD_IMAGE_BYTES_MAX = 8 << 20
CARD_TITLE_CHARACTERS_MAX = 300
CARD_DESCRIPTION_CHARACTERS_MAX = 1_000
CARD_NAME_CHARACTERS_MAX = 200
CARD_PLAYER_PIXELS_MAX = 4_096

# Requests to places that users name
LINKS_AT_ONCE = 8
"""Links that are followed at a time; the others wait."""
LINKS_WAITING_MAX = 200
"""Pages and pictures that are fetched, read or waited for; above, new ones are not followed."""
LINK_WAIT_S = 60
"""Who has waited for so long for their turns is not followed."""
LINK_TOTAL_S = 15
"""A page, or the picture of its card, with all redirects, but without waiting for one's turns."""
LINK_ANSWER_S = 5
"""From the look-up of the name to the answer's head."""
LINK_IDLE_S = 4
"""An answer's body that brings nothing for so long is given up."""
LINK_REDIRECTS_MAX = 5
LINK_CONNECTIONS_PER_HOST_MAX = 2
"""Of the links that are followed at a time, so many are at one host."""
LINK_HOST_LINKS_MAX = 16
"""Links to one host that are followed or wait; above, new ones are not followed."""
LINK_HOST_PER_S = 1
"""Requests to one host, once as many as are allowed at once have been made."""
LINK_HOST_AT_ONCE = 10
LINK_HOST_WAIT_S = 8
"""A host whose turn would come later than so is not asked."""
LINK_HOSTS_MAX = 10_000
"""Hosts whose rate is known; when all of these were just asked, no other is."""
LINK_FAILURES_MAX = 10_000
"""Links that led nowhere, which are not tried again for a while; the oldest are forgotten first."""
LINK_FAILED_S = 3_600
LINK_FAILED_FOR_NOW_S = 300
"""The same for what may be better soon: a host that is slow, down or busy."""
OUTGOING_LOOKUPS_AT_ONCE = 4
"""Names that are looked up at a time; the others wait."""
OUTGOING_ADDRESSES_MAX = 8
"""Addresses of one name that a connection is tried at."""

# Rate limits (Mastodon's own defaults)
RATE_WINDOW_S = 300
RATE_REQUESTS_PER_WINDOW = 300
RATE_USER_REQUESTS_PER_WINDOW = 1_500
"""By all tokens of a user together."""
RATE_PAGES_PER_WINDOW = 1_500
"""Pages, forms and parts of pages of the web app."""
RATE_REGISTRATIONS_PER_WINDOW = 5
REGISTRATION_WINDOW_S = 1_800
RATE_DELETES_PER_WINDOW = 30
DELETE_WINDOW_S = 1_800
RATE_EXPORTS_PER_WINDOW = 5
"""Archives of one's own account: 1 s of work each at the most."""
EXPORT_WINDOW_S = 1_800
RATE_MEDIA_PER_WINDOW = 30
MEDIA_WINDOW_S = 1_800
RATE_CALLERS_MAX = 100_000
"""Callers whose rate is known; the longest unseen is forgotten first, which only ever is lenient."""

# Sessions
SESSIONS_MAX = 100_000
"""Tokens whose last position is remembered."""
IDEMPOTENCY_LIFE_S = 3_600
IDEMPOTENCY_KEY_CHARACTERS_MAX = 255

HOUSEKEEPING_S = 600
"""How often what has run out is forgotten."""

# Web app
WEB_SESSION_LIFE_S = 400 * 86_400
"""A browser stays signed in so long after its last sign-in; browsers keep no cookie longer."""
WEB_REPORT_TWEETS = 10
"""Newest tweets of somebody that the form for reporting offers to attach."""
WEB_THREAD_TWEETS_MAX = 100
"""Tweets before one, and answers to it, on a page of its thread."""
WEB_RENDER_SLICE_S = 0.004
"""A page is made for so long before others get their turn; then the tweet at hand is finished."""
WEB_PACKED_ON_LOOP_BYTES_MAX = 64 << 10
"""Larger pages are compressed in a thread; these take 1 ms."""
WEB_UNREAD_MAX = 100
"""Unread notifications that the navigation counts."""
WEB_VISIT_LIFE_S = 86_400
WEB_THEME_LIFE_S = 400 * 86_400

# Caches (entries)
TWEET_CACHE_ENTRIES = 200_000
USER_CACHE_ENTRIES = 200_000
COUNTS_CACHE_ENTRIES = 500_000
TALLIES_CACHE_ENTRIES = 50_000
"""Polls whose votes are kept counted in memory."""
MARKS_CACHE_ENTRIES = 50_000
LISTS_CACHE_ENTRIES = 2_000
"""Lists whose members and hashtags are in memory: 60 bytes each, 20 members on most."""
CHOICES_CACHE_ENTRIES = 10_000
"""Users with exclusive lists or followed hashtags whose choices are in memory."""
TOKEN_CACHE_ENTRIES = 100_000
FILTER_CACHE_ENTRIES = 100_000
"""Users whose filters are known, or that they have none."""
FILTER_CACHE_KEYWORDS = 500_000
"""Keywords of all of them, about 500 bytes each."""
FRAGMENT_CACHE_ENTRIES = 50_000
"""Statuses, and accounts, kept as JSON: about 2.5 kB and 1 kB each."""

# Processors
PROCESSOR_REST_S = 1.0
"""How long a processor waits for events before it tidies up."""
PROCESSOR_RETRY_S_FIRST = 0.05
"""The pause before the second attempt at the same events; each further one is twice as long."""
PROCESSOR_RETRY_S_MAX = 5.0
"""The longest pause between two attempts at the same events."""
PROCESSOR_BATCH_ATTEMPTS = 2
"""A batch that failed so often for no reason of its surroundings is halved, until the event is found."""
PROCESSOR_EVENT_ATTEMPTS = 5
"""An event that failed so often by itself becomes a dead letter."""
REBUILD_CHUNK_ROWS = 200
"""Rows that a rebuild reads before others get their turn: 2 ms."""
REBUILD_WRITE_ROWS = 500
"""Rows that differ which a rebuild writes at once when it takes its place."""
READY_LAG_EVENTS = 10_000
"""A server whose home timelines are so far behind is not ready."""
DEAD_LETTERS_MAX = 1_000
"""Of one processor; one that would have more stops before the event, until some are retried or dropped."""
DEAD_LETTER_ERROR_CHARACTERS_MAX = 500
DEAD_LETTERS_PAGE_DEFAULT = 100
COUNTS_DIRTY_MAX = 50_000
"""Counters changed in memory and not yet written; above, they are written at once."""
COUNTS_FLUSH_S = 1.0
WEEKS_KEPT = 12
"""Weeks of which a server says what happened."""
WEEKS_WRITE_S = 10

assert COMMIT_GROUP_ROWS_MAX >= LIST_CHANGES_AT_ONCE_MAX * 2
# Notifications
NOTIFICATION_SLICE_ROWS = 250
"""Receivers of one event that are told at one position of the log, or rows that one write takes back."""
NOTIFICATION_GROUP_TOLD_FIRST = 10
"""Of a group, so many have a row each, and are streamed and pushed each; what comes then is packed."""
NOTIFICATION_GROUP_TELL_S = 10
"""A group that has more is streamed once in so long, and pushed when it reaches 100, 1,000, 10,000 ..."""
NOTIFICATION_PACK_MEMBERS = 100
"""Notifications of one receiver in one row, where they are packed."""
NOTIFICATION_PACKS_AT_ONCE = 20
"""Packs that are read, or changed, before requests get their turn."""
NOTIFICATION_WORK_S = 1.0
"""How often is looked which groups are to be told of."""
NOTIFICATION_WORK_EVENTS = 500
"""Groups that are told of by one write to the log."""
NOTIFICATION_FANOUTS_AT_ONCE = 8
"""Events with very many receivers that are gone on with by one write to the log."""
NOTIFICATION_YIELD_EVENTS = 64
"""Events, or receivers of one, that notifications are derived for before requests get their turn."""
NOTIFICATION_CURSOR_EVENTS = 4_096
"""Events without any notification after which the cursor is written all the same."""
NOTIFICATION_PAGE_DEFAULT = 40
NOTIFICATION_PAGE_MAX = 80
NOTIFICATION_SCAN_ROWS_MAX = 2_000
"""Notifications that one page may look at; it may then be shorter, with a cursor."""
NOTIFICATIONS_COUNTED_DEFAULT = 100
NOTIFICATIONS_COUNTED_MAX = 1_000
"""Unread notifications, or groups of them, are counted up to this."""
NOTIFICATION_REQUESTS_COUNTED_MAX = 1_000
NOTIFICATION_REQUESTS_AT_ONCE_MAX = 200
"""Requests that are accepted or dismissed by one call."""
GROUP_LOOKED_AT_ONCE = 16
"""Of a group's newest, so many are looked at for those that its receiver may see, before older ones are."""
GROUP_SAMPLE_ACTORS = 8
"""Of those who make up a group of notifications, so many are shown with it."""
CONVERSATION_SCAN_ROWS = 1_000
"""Of a conversation whose last tweet is deleted, so many are looked at for the one before."""
CONVERSATIONS_PENDING_MAX = 1_000
"""Rows of conversations that are gathered for one write."""
PUSH_NOTICES_WAITING_MAX = 10_000
"""Notifications to be pushed that wait to be encrypted; above, the oldest are not pushed."""
PUSH_QUEUE_MAX = 10_000
"""Push messages that wait to be sent; above, new ones are dropped."""
PUSH_WORKERS = 16
"""Push messages that are sent at once."""
PUSH_CONNECTIONS_MAX = 64
PUSH_CONNECTIONS_PER_HOST_MAX = 8
PUSH_TIMEOUT_S = 10
"""From the look-up of the name to the answer's head; its body is not read."""
PUSH_ATTEMPTS_MAX = 3
PUSH_RETRY_S = 2.0
"""The pause before the second attempt at a push message; four times as much before the third."""
PUSH_RETRY_S_MAX = 60.0
"""The longest pause, whatever a push service asks for."""
PUSH_KEPT_S = 172_800
"""How long a push service is to keep a message for a receiver who is not there."""
PUSH_SIGNATURE_LIFE_S = 43_200
"""Push services take 24 hours at most (RFC 8292)."""
PUSH_SUBSCRIPTIONS_PER_USER_MAX = 50
PUSH_TEXT_CHARACTERS_MAX = 140
"""Of a post, so much is pushed: a message may have 4,096 bytes in all."""
DELETIONS_LOOKED_BACK = 10_000
"""Events at the end of the log that a start looks at for deletions which a crash cut short."""
GONE_TWEETS_KEPT = 10_000
"""Tweets deleted lately that are known, so that a like that was under way does not come after that."""
VERIFY_SUBJECTS_MAX = 32
"""Named in one verification."""
VERIFY_SLICE_ROWS = 250
"""Rows that a verification looks at before other requests get their turn."""
VERIFY_DIFFERENCES_MAX = 100
"""Differences of a subject that are named; above, they are counted only."""
VERIFY_SHOWN_CHARACTERS = 500
"""Of either side of a difference."""
VERIFY_ATTEMPTS = 3
"""At a subject that differs while events come."""
VERIFY_WAIT_S = 60.0
"""For processors that are behind the log."""
VERIFY_SEARCHES = 24
"""Tweets of whose words, hashtags and languages some are searched for."""
VERIFY_SEARCH_FOUND = 1_000
"""Of what each of these searches finds, so many are compared."""
NEW_ACCOUNT_DAYS = 30
"""How long an account is new to policies; Mastodon's figure."""
NEW_FOLLOWER_DAYS = 3
"""How long a follower is none yet to policies; Mastodon's figure."""

assert STREAMS_MAX + REQUESTS_AT_ONCE_MAX <= CONNECTIONS_MAX, "streams leave room for requests"
assert STREAM_REPLAY_POSITIONS_MAX <= LOG_TAIL_EVENTS_MAX, "what is replayed is in memory"
assert COMMIT_GROUP_ROWS_MAX >= INGEST_SLICE_LINES * 3, "a slice of ingest fits one group"
assert max(CATCH_UP_ENTRIES_MAX, FOR_YOU_CANDIDATES_MAX) + REPOST_WINDOW_ENTRIES <= RING_CAPACITY_MAX
assert TIMELINE_PAGE_MAX + REPOST_WINDOW_ENTRIES <= RING_CAPACITY_MAX
assert DEFERRED_TWEETS_MAX < LOG_TAIL_EVENTS_MAX
assert INGEST_LINES_MAX * 64 < INGEST_BODY_BYTES_MAX, "a full batch of short lines fits the body"
assert RING_CAPACITY_MIN & (RING_CAPACITY_MIN - 1) == 0
assert TREND_TOPICS_MAX * 32 < TREND_PAIRS_MAX * 5 // 8, "32 users of every topic can be held"
assert max(SEARCH_RANKED_MAX, VERIFY_SEARCH_FOUND) <= SEARCH_TWEETS_MAX, "so many are found at once"
assert AUTHOR_RING_ENTRIES & (AUTHOR_RING_ENTRIES - 1) == 0
assert CARD_IMAGE_IDLE_S > CARD_FRESH_S, "what is read of a link does not lose its picture"
assert CARD_BUDGET_S > 2 * (LINK_WAIT_S + LINK_TOTAL_S) + PAGE_WORKER_S + MEDIA_WORKER_S, "a page, a picture"
assert LINK_CONNECTIONS_PER_HOST_MAX * 4 <= LINKS_AT_ONCE, "one host leaves places for others"
assert ENRICH_LATE_AT_ONCE <= MEDIA_WAITING_MAX, "every page that was fetched is read"
assert LINK_HOST_LINKS_MAX * 4 <= ENRICH_LATE_AT_ONCE <= LINKS_WAITING_MAX, "so do those who wait for it"
