"""The series held open: their voxels, states and overlays, within the memory budget. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from app.workflow.memory import budget_bytes, forecast, require_budget
from inference.pipeline.anatomy_outcome import AnatomyRun
from inference.records import Run
from viewer.canvas.captions import Caption
from viewer.canvas.linking import CursorLink
from viewer.canvas.stage import Overlays, Stage
from viewer.canvas.state import ViewState
from viewer.records import Series, Vector3


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
        self._budget = budget_bytes(budget_mb)
        self._open: dict[str, OpenSeries] = {}
        self._coming: dict[str, int] = {}

    def get(self, series_uid: str) -> OpenSeries | None:
        """Return a series that is held, or None."""
        return self._open.get(series_uid)

    def all(self) -> tuple[OpenSeries, ...]:
        """Return everything that is held."""
        return tuple(self._open.values())

    def make_room(
        self,
        series: Series,
        run: Run | None,
        on_screen: Iterable[str],
        anatomy: AnatomyRun | None = None,
    ) -> None:
        """Let go what is not on the screen if the next series would not fit beside it.

        Its room is kept until it is put or given up, so that several may be on their way.

        Raises
        ------
        MemoryBudgetError
            It does not fit even so; the sentence tells the forecast and the budget.
        """
        wanted, kept = forecast(series, run, anatomy).total, set(on_screen)
        for uid in [uid for uid in self._open if uid not in kept]:
            if self._held() + wanted <= self._budget:
                break
            self.drop(uid)
        require_budget(wanted, self._held(), self._budget)
        self._coming[series.uid] = wanted

    def give_up(self, series_uid: str) -> None:
        """A series will not come: its room is free again."""
        self._coming.pop(series_uid, None)

    def put(self, opened: OpenSeries) -> None:
        """Hold a series and link it with those of the same patient space.

        It opens where they are, unless that lies outside its own images.
        """
        uid = opened.series.uid
        self._open[uid] = opened
        self._coming.pop(uid, None)
        self.link.add(uid, opened.state)
        for other in self._open.values():
            if other.series.uid != uid and same_space(opened.series, other.series):
                self.link.connect(uid, other.series.uid, np.eye(4))
                if _holds(opened.stage, other.state.cursor_mm):
                    opened.state.move_cursor(other.state.cursor_mm)

    def drop(self, series_uid: str) -> None:
        """Let a series go."""
        self.link.remove(series_uid)
        self._open.pop(series_uid, None)

    def clear(self) -> None:
        """Let everything go."""
        self.link.clear()
        self._open.clear()
        self._coming.clear()

    def _held(self) -> int:
        open_now = sum(forecast(one.series).total for one in self._open.values())
        return open_now + sum(self._coming.values())


def _holds(stage: Stage, point_mm: Vector3) -> bool:
    """Whether a point lies in the images of a series."""
    index = np.array(stage.volume.to_index(point_mm))
    size = np.array(stage.volume.voxels.shape)[::-1]
    return bool(((index >= -0.5) & (index <= size - 0.5)).all())


def same_space(one: Series, other: Series) -> bool:
    """Whether two series state the same frame of reference, or are volumes of one series."""
    if one.source_uid and one.source_uid == other.source_uid:
        return True
    return bool(one.frame_of_reference) and one.frame_of_reference == other.frame_of_reference
