"""What finds out more about a tweet than its author said of it. One file each; none knows of another."""

from roost.ingest.enrichers.card import CardEnricher, late_enrichers
from roost.ingest.enrichers.defaults import quick_enrichers
from roost.ingest.enrichers.entities import addressed_by, resolve_entities
from roost.ingest.enrichers.seam import EnricherStatistics, LateEnricher, QuickEnricher

__all__ = [
    "CardEnricher",
    "EnricherStatistics",
    "LateEnricher",
    "QuickEnricher",
    "addressed_by",
    "late_enrichers",
    "quick_enrichers",
    "resolve_entities",
]
