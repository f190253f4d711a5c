"""The read path: from sources to the page of a home timeline."""

from roost.assembly.assemble import HomeAssembly, HomePage
from roost.assembly.judging import Judge
from roost.assembly.lists import ListAssembly
from roost.assembly.recompute import recompute_home, recompute_list
from roost.assembly.relations import HotRelations
from roost.assembly.reposts import without_reposts
from roost.assembly.rules import HomeRules, ListRules, Rules, TagRules

__all__ = [
    "HomeAssembly",
    "HomePage",
    "HomeRules",
    "HotRelations",
    "Judge",
    "ListAssembly",
    "ListRules",
    "Rules",
    "TagRules",
    "recompute_home",
    "recompute_list",
    "without_reposts",
]
