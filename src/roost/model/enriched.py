"""What changes when more is found out about a tweet."""

import msgspec

from roost.model.enrichment import NO_FINDINGS, Findings
from roost.model.tweet import Tweet


class Enriched(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`tweet` is the whole tweet from now on, `found` what is new of it."""

    tweet: Tweet
    found: Findings = NO_FINDINGS
