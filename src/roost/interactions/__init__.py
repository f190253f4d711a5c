"""What users do to tweets, as a live graph in memory, and what can be recommended from it."""

from roost.interactions.compiling import compile_kernels
from roost.interactions.filters import Filters, TweetFacts
from roost.interactions.graph import InteractionGraph, InteractionStatistics, View
from roost.interactions.kinds import ALL_KINDS, KIND_WEIGHTS, InteractionKind
from roost.interactions.proof import top_by_proof
from roost.interactions.reading import Interaction, interactions_of, interactions_with
from roost.interactions.recommend import recommend
from roost.interactions.sealing import SealJob
from roost.interactions.segments import InteractionCapacity, Segment
from roost.interactions.similarity import Measure, Sampled, Similar, similar_tweets, similar_users
from roost.interactions.snapshot import (
    Arrays,
    LiveCapture,
    capture_live,
    capture_sealed,
    restore_live,
    restore_sealed,
)
from roost.interactions.walks import Proof, Recommended, Walk, salsa, subgraph_salsa
from roost.interactions.weighing import UNIFORM, Weighing, sampling_for
from roost.kernels import Barrier, is_barred, make_id_set

__all__ = [
    "ALL_KINDS",
    "KIND_WEIGHTS",
    "UNIFORM",
    "Arrays",
    "Barrier",
    "Filters",
    "Interaction",
    "InteractionCapacity",
    "InteractionGraph",
    "InteractionKind",
    "InteractionStatistics",
    "LiveCapture",
    "Measure",
    "Proof",
    "Recommended",
    "Sampled",
    "SealJob",
    "Segment",
    "Similar",
    "TweetFacts",
    "View",
    "Walk",
    "Weighing",
    "capture_live",
    "capture_sealed",
    "compile_kernels",
    "interactions_of",
    "interactions_with",
    "is_barred",
    "make_id_set",
    "recommend",
    "restore_live",
    "restore_sealed",
    "salsa",
    "sampling_for",
    "similar_tweets",
    "similar_users",
    "subgraph_salsa",
    "top_by_proof",
]
