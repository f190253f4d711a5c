"""What finds out more about a tweet than its author said of it. One file each; none knows of another."""

from roost.ingest.enrichers.entities import addressed_by, resolve_entities
from roost.ingest.enrichers.seam import EnricherStatistics, LateEnricher, QuickEnricher

__all__ = [
    "EnricherStatistics",
    "LateEnricher",
    "QuickEnricher",
    "addressed_by",
    "resolve_entities",
]
