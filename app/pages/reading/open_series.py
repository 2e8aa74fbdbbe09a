"""The series held open: their voxels, states and overlays, within the memory budget. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from app.errors import MemoryBudgetError
from viewer.canvas.captions import Caption
from viewer.canvas.linking import CursorLink
from viewer.canvas.stage import Overlays, Stage
from viewer.canvas.state import ViewState
from viewer.records import Series

OVERHEAD = 1.3
"""What a volume takes with its planes, as a share of its voxels."""


@dataclass(slots=True)
class OpenSeries:
    """A series that is ready to be shown, and how it is looked at."""

    series: Series
    stage: Stage
    state: ViewState
    caption: Caption
    overlays: Overlays = field(default_factory=Overlays)


class SeriesShelf:
    """Holds what is on the screen; the rest goes as soon as room is needed."""

    def __init__(self, budget_mb: int) -> None:
        self.link = CursorLink()
        self._budget = budget_mb << 20
        self._open: dict[str, OpenSeries] = {}

    def get(self, series_uid: str) -> OpenSeries | None:
        """Return a series that is held, or None."""
        return self._open.get(series_uid)

    def all(self) -> tuple[OpenSeries, ...]:
        """Return everything that is held."""
        return tuple(self._open.values())

    def make_room(self, series: Series, on_screen: Iterable[str]) -> None:
        """Let go what is not on the screen if the next series would not fit beside it.

        Raises
        ------
        MemoryBudgetError
            It does not fit even so; the sentence tells the forecast and the budget.
        """
        wanted, kept = forecast_bytes(series), set(on_screen)
        for uid in [uid for uid in self._open if uid not in kept]:
            if self._held() + wanted <= self._budget:
                break
            self.drop(uid)
        if self._held() + wanted > self._budget:
            raise MemoryBudgetError(
                f"Opening this series needs {_mib(wanted)} of memory beside the "
                f"{_mib(self._held())} in use; {_mib(self._budget)} are allowed. "
                "Show fewer series at once, or raise the budget."
            )

    def put(self, opened: OpenSeries) -> None:
        """Hold a series and link it with those of the same patient space."""
        uid = opened.series.uid
        self._open[uid] = opened
        self.link.add(uid, opened.state)
        for other in self._open.values():
            if other.series.uid != uid and same_space(opened.series, other.series):
                self.link.connect(uid, other.series.uid, np.eye(4))
                if len(self._open) > 1:
                    opened.state.move_cursor(other.state.cursor_mm)

    def drop(self, series_uid: str) -> None:
        """Let a series go."""
        self.link.remove(series_uid)
        self._open.pop(series_uid, None)

    def clear(self) -> None:
        """Let everything go."""
        self.link.clear()
        self._open.clear()

    def _held(self) -> int:
        return sum(forecast_bytes(one.series) for one in self._open.values())


def forecast_bytes(series: Series) -> int:
    """Return the bytes a series will take once open, known before a byte of it is read."""
    return round(math.prod(series.shape) * np.dtype(series.dtype).itemsize * OVERHEAD)


def same_space(one: Series, other: Series) -> bool:
    """Whether two series state the same frame of reference, or are volumes of one series."""
    if one.source_uid and one.source_uid == other.source_uid:
        return True
    return bool(one.frame_of_reference) and one.frame_of_reference == other.frame_of_reference


def _mib(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MiB"
