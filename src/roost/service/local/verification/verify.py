"""All subjects, and going through them."""

import asyncio
from collections.abc import Sequence

from roost.errors import Invalid, Overloaded
from roost.limits import VERIFY_ATTEMPTS, VERIFY_WAIT_S
from roost.service.local.kit import Kit
from roost.service.local.verification.conversations import check_conversations
from roost.service.local.verification.counts import check_counts, check_polls
from roost.service.local.verification.interactions import check_interactions
from roost.service.local.verification.notices import check_notifications
from roost.service.local.verification.people import check_people
from roost.service.local.verification.seam import Sample, Subject, Tally
from roost.service.local.verification.search import check_search
from roost.service.local.verification.timelines import check_home, check_lists
from roost.service.local.verification.trends import check_trends
from roost.service.local.verification.usage import check_usage
from roost.service.local.verification.weeks import check_weeks
from roost.service.reports import Verification, VerifiedSubject

_FROM_THE_LOG = "remove the folder `interactions` while the server is stopped: it is read from the log anew"

SUBJECTS = (
    Subject("home", "entries of home timelines", "home", check_home),
    Subject("lists", "entries of lists' timelines", "home", check_lists),
    Subject("people", "numbers and relations of users", "home", check_people),
    Subject("counts", "tweets' counts", "counts", check_counts),
    Subject("polls", "polls", "polls", check_polls),
    Subject(
        "notifications", "notifications, groups, requests and causes", "notifications", check_notifications
    ),
    Subject("conversations", "direct conversations", "conversations", check_conversations),
    Subject("search", "tweets and users in the index, and searches", "search", check_search),
    Subject("weeks", "numbers of weeks", "weeks", check_weeks),
    Subject("usage", "things used on a day", "usage", check_usage),
    Subject("trends", "topics", "trends", check_trends),
    Subject(
        "interactions", "edges of the interaction graph", "interactions", check_interactions, _FROM_THE_LOG
    ),
)
_BY_NAME = {subject.name: subject for subject in SUBJECTS}


class Verifier:
    """One verification at a time."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._busy = asyncio.Lock()

    async def verify(self, sample: Sample, names: Sequence[str]) -> Verification:
        """Of all subjects where none is named. Raises Invalid, and Overloaded while another one runs, or
        where processors do not come to the end of the log."""
        if unknown := [name for name in names if name not in _BY_NAME]:
            raise Invalid(f"{unknown[0]} is no subject: choose among {', '.join(_BY_NAME)}")
        if self._busy.locked():
            raise Overloaded("Another verification is under way", retry_after_s=10)
        async with self._busy:
            wanted = [_BY_NAME[name] for name in dict.fromkeys(names)] or SUBJECTS
            found = [await self._verify(subject, sample) for subject in wanted]
        return Verification(sum(each.differing for each in found), found)

    async def _verify(self, subject: Subject, sample: Sample) -> VerifiedSubject:
        """Once more where something differs and something happened meanwhile."""
        for attempt in range(1, VERIFY_ATTEMPTS + 1):
            await self._settle()
            position = self._kit.log.last
            tally = Tally()
            await subject.check(self._kit, sample, tally)
            meanwhile = self._kit.log.last - position
            if not (tally.differing and meanwhile) or attempt == VERIFY_ATTEMPTS:
                break
        return VerifiedSubject(
            subject.name,
            subject.unit,
            subject.processor,
            tally.compared,
            tally.differing,
            tally.differences,
            tally.left_open,
            meanwhile,
            subject.remedy or f"`roost processors rebuild {subject.processor}` derives it anew",
        )

    async def _settle(self) -> None:
        """Until everything has been applied, and nothing came of that."""
        kit = self._kit
        while True:
            position = kit.log.last
            for runner in (kit.runner, kit.background, kit.indexing, kit.recommending):
                if not await runner.applied(position, VERIFY_WAIT_S):
                    raise Overloaded("Processors are behind the log: see `roost processors`", 30)
            if kit.log.last == position:
                return
