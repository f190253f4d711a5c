"""Who follows whom, in compact lists both ways; blocks and mutes; and who therefore may see what."""

from roost.graph.graph import Graph, GraphCapacity, GraphStatistics, flags_of
from roost.graph.hidden import Hidden
from roost.graph.near import Near, near_users, walked_users
from roost.graph.relations import relation_between, relations_with
from roost.graph.visibility import effective_visibility, may_list, may_quote, may_see

__all__ = [
    "Graph",
    "GraphCapacity",
    "GraphStatistics",
    "Hidden",
    "Near",
    "effective_visibility",
    "flags_of",
    "may_list",
    "may_quote",
    "may_see",
    "near_users",
    "relation_between",
    "relations_with",
    "walked_users",
]
