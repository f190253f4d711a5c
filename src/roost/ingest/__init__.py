"""The way of a tweet in: validate, id, enrich, commit."""

from roost.ingest.commit import Committer
from roost.ingest.draft import Draft, clean_text, is_language
from roost.ingest.enrichers import (
    EnricherStatistics,
    LateEnricher,
    QuickEnricher,
    late_enrichers,
    quick_enrichers,
)
from roost.ingest.enrichment import Enrichment
from roost.ingest.late_enrichment import LateEnrichment
from roost.ingest.pipeline import Pipeline, Posted, note_key
from roost.ingest.polls import ask
from roost.ingest.pressure import Pressure
from roost.ingest.revision import Revision

__all__ = [
    "Committer",
    "Draft",
    "EnricherStatistics",
    "Enrichment",
    "LateEnricher",
    "LateEnrichment",
    "Pipeline",
    "Posted",
    "Pressure",
    "QuickEnricher",
    "Revision",
    "ask",
    "clean_text",
    "is_language",
    "late_enrichers",
    "note_key",
    "quick_enrichers",
]
