"""Whether the server has time for what is optional."""

import asyncio
import time
from collections.abc import Callable

from roost.limits import PRESSURE_BEAT_S, PRESSURE_BEATS, PRESSURE_BEHIND_S, PRESSURE_CALM_S, PRESSURE_LATE_S


class Pressure:
    """Looks a beat at a time whether the event loop comes late to it, and whether home timelines are behind:
    `behind_s` says how long the oldest tweet that is not on its followers' home timelines has waited.

    High as soon as home timelines are behind; and after some beats in a row to which the loop came late,
    until one that was on time again. What is left out under pressure makes the room in which the pressure
    falls: so optional work gets what is left of the time, and no more. (How much the loop's thread computes
    would not say it: where other threads hold the interpreter lock, the loop is late without computing.)
    """

    def __init__(self, behind_s: Callable[[], float] = lambda: 0.0) -> None:
        self.is_high = False
        self._behind_s = behind_s
        self._late = 0
        """Beats in a row that were late."""

    async def watch(self) -> None:
        """Look again and again, until cancelled. 10 us a beat."""
        while True:
            began_s = time.perf_counter()
            await asyncio.sleep(PRESSURE_BEAT_S)
            self.note(time.perf_counter() - began_s - PRESSURE_BEAT_S)

    def note(self, late_s: float) -> None:
        """A beat came so late."""
        if late_s >= PRESSURE_LATE_S:
            self._late = min(self._late + 1, PRESSURE_BEATS)
        elif late_s < PRESSURE_CALM_S or self._late < PRESSURE_BEATS:
            self._late = 0
        self.is_high = self._late >= PRESSURE_BEATS or self._behind_s() > PRESSURE_BEHIND_S
