"""Whom walks for somebody do not pass, so that nothing comes of what is not theirs to know."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.graph import Graph
from roost.interactions import Barrier, make_id_set
from roost.service.local.kit import Kit

Ids = NDArray[np.int64]
_NOBODY = np.empty(0, np.int64)


class _Withheld(NamedTuple):
    graph: Graph
    changes: int
    limited: Ids
    protected: Ids
    """As a set."""


class Barriers:
    """For any thread."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._kept: _Withheld | None = None

    def of(self, viewer_id: int, now_ms: int) -> Barrier:
        """Who is silenced, or shown to nobody; who hides from the viewer, or is hidden by them; and who is
        protected, but for those whom the viewer follows, and the viewer. 0 is somebody without an account.

        20 us, and 0.1 us for each of these but the protected ones, whose set is kept until it changes."""
        graph, withheld = self._kit.reader.state.graph, self._withheld()
        row = graph.row_of(viewer_id) if viewer_id else -1
        hidden, known = _NOBODY, _NOBODY
        if row >= 0:
            hidden = graph.user_ids[graph.hidden.rows(row, now_ms)]
            known = np.append(graph.user_ids[graph.followees(row)], viewer_id)
        always = np.concatenate([withheld.limited, hidden])
        return Barrier(make_id_set(always), withheld.protected, make_id_set(known))

    def _withheld(self) -> _Withheld:
        graph, kept = self._kit.reader.state.graph, self._kept
        changes = graph.withheld_changes
        if kept is None or kept.graph is not graph or kept.changes != changes:
            limited, protected = graph.withheld()
            kept = self._kept = _Withheld(graph, changes, limited, make_id_set(protected))
        return kept
