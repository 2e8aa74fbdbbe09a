"""Which heat map of a run lies over the images, and whether it may. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.ports import Explained
from inference.records import Attribution, Grade, Run

SHOWN = frozenset({Grade.GOOD, Grade.FAIR})
"""Grades that are shown without being asked for; the others hide behind their score."""


@dataclass(frozen=True, slots=True, eq=False)
class ChosenHeat:
    """A map's worth, whether it is shown, and the map itself unless it is the stored one."""

    attribution: Attribution | None = None
    shown: bool = False
    heat: NDArray[np.float16] | None = None
    slice_index: int | None = None

    @property
    def asked(self) -> bool:
        """Whether it is one the reader asked for, of one slice, and not the run's own."""
        return self.heat is not None


class HeatChoice:
    """Remembers, while a study is open, what the reader asked for and wants to see anyway."""

    def __init__(self) -> None:
        self._anyway: set[tuple[str, str, str]] = set()
        self._asked: dict[str, tuple[Explained, int]] = {}

    def clear(self) -> None:
        """Forget all of it: poor maps are hidden again."""
        self._anyway.clear()
        self._asked.clear()

    def of(self, run: Run | None) -> ChosenHeat:
        """Return what there is of a run's heat maps."""
        if run is None:
            return ChosenHeat()
        asked = self._asked.get(run.id)
        attribution = asked[0].attribution if asked else run.attribution
        if attribution is None:
            return ChosenHeat()
        shown = attribution.grade in SHOWN or _key(run, attribution) in self._anyway
        if asked is None:
            return ChosenHeat(attribution, shown)
        return ChosenHeat(attribution, shown, asked[0].heat, asked[1])

    def show_anyway(self, run: Run) -> None:
        """Show the map that is chosen whatever its grade, until the study is closed."""
        attribution = self.of(run).attribution
        if attribution is not None:
            self._anyway.add(_key(run, attribution))

    def put(self, run: Run, explained: Explained, slice_index: int) -> None:
        """Choose a map that was asked for."""
        self._asked[run.id] = (explained, slice_index)

    def take_back(self, run: Run) -> None:
        """Choose the run's own map again."""
        self._asked.pop(run.id, None)


def _key(run: Run, attribution: Attribution) -> tuple[str, str, str]:
    return run.id, attribution.method, f"{attribution.target}/{attribution.layer}"
