"""What measuring offers and needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from inference.records import Attribution, Finding, ModelCard, Run
from viewer.ports import Progress
from viewer.records import Series, Volume


class Priority(IntEnum):
    """Which of the waiting analyses goes next: the smallest, and of equals the first."""

    INTERACTIVE = 0
    BACKGROUND = 1


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Asks for a finding's map on one slice.

    ``marked`` is the finding's outline there, (rows, columns) of the series. ``category`` is the
    type that is explained: 1 meningioma, 2 glioma, 3 pituitary. ``method`` is the key of a method
    (inference.explain.methods.Method.key).
    """

    slice_index: int
    marked: NDArray[np.bool_]
    category: int
    method: str


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What one run gave: the run, its findings, the label map and the heat map.

    ``labels`` is uint8 and ``heat`` float16 in 0..1, both (slices, rows, columns) on the
    series' own grid, or None where the run gave none. The file names in ``run`` are empty:
    whoever stores the arrays fills them in.
    """

    run: Run
    findings: tuple[Finding, ...]
    labels: NDArray[np.uint8] | None
    heat: NDArray[np.float16] | None


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """A heat map a reader asked for, float16 in 0..1 on the series' own grid, and its worth."""

    heat: NDArray[np.float16]
    attribution: Attribution


@runtime_checkable
class Explainer(Protocol):
    """An analyser that can also be asked for a finding's other heat maps."""

    def explain(
        self, series: Series, volume: Volume, question: Question, progress: Progress
    ) -> Explained: ...
    def card(self) -> ModelCard: ...


@runtime_checkable
class Warming(Protocol):
    """An analyser that can get ready before anybody asks."""

    def warm_up(self) -> None:
        """Get ready without waiting for it, behind whatever runs."""


class Analyser(Protocol):
    """Runs models on volumes in a process of its own, one at a time."""

    def analyse(
        self,
        series: Series,
        volume: Volume,
        progress: Progress,
        priority: Priority = Priority.INTERACTIVE,
    ) -> Analysis: ...
    def card(self) -> ModelCard: ...
    def device(self) -> str: ...
    def close(self) -> None: ...


class RunShelf(Protocol):
    """The durable home of runs."""

    def put(self, run: Run) -> None: ...
    def get(self, run_id: str) -> Run | None: ...
    def of_study(self, study_uid: str) -> tuple[Run, ...]: ...


class FindingShelf(Protocol):
    """The durable home of findings; put replaces a finding of the same id."""

    def put(self, finding: Finding) -> None: ...
    def get(self, finding_id: str) -> Finding | None: ...
    def of_study(self, study_uid: str) -> tuple[Finding, ...]: ...
    def remove(self, finding_id: str) -> None: ...
