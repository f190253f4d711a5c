"""All ports, in this process."""

from roost.ranking import rank_plainly
from roost.service.local.access import LocalAccess
from roost.service.local.accounts import LocalAccounts
from roost.service.local.bulk import LocalBulk
from roost.service.local.bulletin import LocalBulletin
from roost.service.local.census import Census
from roost.service.local.conversations import LocalConversations
from roost.service.local.correspondence import LocalCorrespondence
from roost.service.local.drafts import LocalDrafts
from roost.service.local.edges import LocalEdges
from roost.service.local.featured_tags import LocalFeaturedTags
from roost.service.local.filters import LocalFilters
from roost.service.local.followed_tags import LocalFollowedTags
from roost.service.local.for_you import LocalForYou
from roost.service.local.kit import Kit
from roost.service.local.lists import LocalLists
from roost.service.local.markers import LocalMarkers
from roost.service.local.media import LocalMedia
from roost.service.local.moderation import LocalModeration
from roost.service.local.notification_work import NotificationWork
from roost.service.local.notifications import LocalNotifications
from roost.service.local.operations import LocalOperations
from roost.service.local.people import LocalPeople
from roost.service.local.polls import LocalPolls
from roost.service.local.processors import LocalProcessors
from roost.service.local.purges import Purges
from roost.service.local.quotes import LocalQuotes
from roost.service.local.recommendations import LocalRecommendations
from roost.service.local.remarks import LocalRemarks
from roost.service.local.scheduled import LocalScheduled
from roost.service.local.search import LocalSearch
from roost.service.local.streams import LocalStreams
from roost.service.local.suggestions import LocalSuggestions
from roost.service.local.tags import LocalTags
from roost.service.local.timelines import LocalTimelines
from roost.service.local.trend_control import LocalTrendControl
from roost.service.local.trends import LocalTrends
from roost.service.local.tweet_edits import LocalTweetEdits
from roost.service.local.tweet_marks import LocalTweetMarks
from roost.service.local.tweets import LocalTweets
from roost.service.local.web_push import LocalWebPush


class LocalService:
    """Implements `ports.Service`."""

    def __init__(self, kit: Kit) -> None:
        self.access = LocalAccess(kit)
        self.media = LocalMedia(kit)
        self.scheduled = LocalScheduled(kit, self.media)
        self.drafts = LocalDrafts(kit, self.media)
        self.accounts = LocalAccounts(kit, self.access, self.media)
        self.edges = LocalEdges(kit)
        self.tweets = LocalTweets(kit, self.media)
        self.tweet_edits = LocalTweetEdits(kit, self.tweets, self.media)
        self.filters = LocalFilters(kit, self.tweets)
        self.quotes = LocalQuotes(kit, self.tweets)
        self.tweet_marks = LocalTweetMarks(kit, self.tweets)
        self.polls = LocalPolls(kit, self.tweets)
        self.conversations = LocalConversations(kit, self.tweets)
        self.correspondence = LocalCorrespondence(kit, self.tweets)
        self.notifications = LocalNotifications(kit, self.tweets)
        self.web_push = LocalWebPush(kit, self.notifications)
        self.notification_work = NotificationWork(kit)
        self.timelines = LocalTimelines(kit, self.tweets)
        self.lists = LocalLists(kit)
        self.markers = LocalMarkers(kit)
        self.featured_tags = LocalFeaturedTags(kit)
        self.tags = LocalTags(kit, self.featured_tags)
        census = Census(kit.reader, kit.clock)
        self.remarks = LocalRemarks(kit)
        self.people = LocalPeople(kit, census)
        self.trends = LocalTrends(kit, self.tags)
        self.recommendations = LocalRecommendations(kit, self.tweets, self.trends)
        self.for_you = LocalForYou(kit, rank_plainly, self.recommendations)
        self.trend_control = LocalTrendControl(kit)
        self.search = LocalSearch(kit, self.tags)
        self.suggestions = LocalSuggestions(kit, census, self.people)
        self.followed_tags = LocalFollowedTags(kit, self.tags)
        self.moderation = LocalModeration(kit, self.accounts, self.access)
        self.bulletin = LocalBulletin(kit)
        self.purges = Purges(kit, self.media, self.for_you)
        self.bulk = LocalBulk(kit)
        self.operations = LocalOperations(kit, self.recommendations)
        self.processors = LocalProcessors(kit)
        self.streams = LocalStreams(kit, self.access, self.tweets, self.correspondence, self.bulletin)
        self.access.listen(self.streams.end_tokens)

    async def load(self) -> None:
        """Read what is kept in memory whole, and finish what a crash cut short; before the first request."""
        await self.bulletin.load()
        await self.tweets.finish_deletions()

    async def tidy(self) -> None:
        """Write down what can wait, and go on with what takes long; now and then."""
        await self.access.write_used()
        await self.purges.run()

    def close(self) -> None:
        self.accounts.close()
