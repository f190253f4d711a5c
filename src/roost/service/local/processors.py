"""Operators look at processors, retry and drop dead letters, and have processors rebuilt."""

from collections.abc import Sequence

from roost.errors import NotFound
from roost.limits import DEAD_LETTERS_MAX
from roost.processors import ProcessorRunner, ProcessorStatistics
from roost.service.local.kit import Kit
from roost.service.processor_ports import DeadLetter, Retried
from roost.store import rows


class LocalProcessors:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def statistics(self) -> list[ProcessorStatistics]:
        """Of all, those that writers wait for first."""
        return [found for runner in self._kit.runners for found in runner.statistics()]

    async def dead_letters(self, name: str, above: int, limit: int) -> list[DeadLetter]:
        """Those of one processor beyond a position; or, for an empty name, the first ones of each."""
        names = [name] if name else [found.name for found in self.statistics()]
        if name:
            self._runner_of(name)
        letters: list[rows.DeadLetterRow] = []
        for each in names:
            if len(letters) < limit:
                letters += await self._kit.dead_letters.page(each, above, limit - len(letters))
        return [_shown(letter) for letter in letters]

    async def retry(self, name: str, positions: Sequence[int]) -> Retried:
        """Apply the events of dead letters, in the log's order; of all there are, where none are named."""
        runner = self._runner_of(name)
        applied: list[int] = []
        failed: list[DeadLetter] = []
        for position in await self._chosen(name, positions):
            letter = await runner.retry(name, position)
            if letter is None:
                applied.append(position)
            else:
                failed.append(_shown(letter))
        return Retried(applied, failed)

    async def drop(self, name: str, positions: Sequence[int]) -> list[int]:
        """Forget dead letters, for good; all there are, where none are named. Which they were."""
        self._runner_of(name)
        chosen = await self._chosen(name, positions)
        letters = self._kit.dead_letters
        await self._kit.store.write(letters.removal(name, *chosen))
        letters.removed(name, *chosen)
        return chosen

    async def rebuild(self, name: str) -> None:
        """Begin to; `statistics` tells how far it is. Raises Invalid and Conflict."""
        self._runner_of(name).rebuild(name)

    def _runner_of(self, name: str) -> ProcessorRunner:
        for runner in self._kit.runners:
            if name in runner.names:
                return runner
        raise NotFound(f"There is no processor {name[:100]}")

    async def _chosen(self, name: str, positions: Sequence[int]) -> list[int]:
        """In order; raises NotFound before anything is done where one is not there."""
        there = [row.position for row in await self._kit.dead_letters.page(name, 0, DEAD_LETTERS_MAX)]
        for position in positions:
            if position not in there:
                raise NotFound(f"{name} has no dead letter of position {position}")
        return sorted(set(positions)) if positions else there


def _shown(letter: rows.DeadLetterRow) -> DeadLetter:
    return DeadLetter(
        letter.processor, letter.position, letter.kind, letter.error, letter.attempts, letter.failed_ms
    )
