"""The way of a tweet in: validate, id, enrich, commit."""

from roost.ingest.commit import Committer
from roost.ingest.draft import Draft, check_draft, clean_text, is_language
from roost.ingest.mentions import addressed_by, resolve_entities
from roost.ingest.pipeline import Pipeline, Posted

__all__ = [
    "Committer",
    "Draft",
    "Pipeline",
    "Posted",
    "addressed_by",
    "check_draft",
    "clean_text",
    "is_language",
    "resolve_entities",
]
