"""The read path: from sources to the page of a home timeline."""

from roost.assembly.assemble import HomeAssembly, HomePage
from roost.assembly.lists import ListAssembly
from roost.assembly.recompute import recompute_home
from roost.assembly.reposts import without_reposts

__all__ = ["HomeAssembly", "HomePage", "ListAssembly", "recompute_home", "without_reposts"]
