"""The annotations of the open study as the views know them. No Qt."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

import numpy as np

from viewer.canvas.framing import Framing
from viewer.geometry.measuring import Measured, measure
from viewer.records import Annotation, Volume


class Keeper(Protocol):
    """Who stores what is drawn; the reading page, which journals it."""

    def put(self, annotation: Annotation) -> None: ...
    def remove(self, annotation_id: str) -> None: ...


class AnnotationBook:
    """What has been drawn, what is being drawn, and which one is chosen.

    A change shows at once and is handed to the keeper; what the keeper could not store it takes
    back by showing the stored ones again.
    """

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._all: dict[str, Annotation] = {}
        self._volumes: dict[str, Volume] = {}
        self._measured: dict[str, tuple[Annotation, Measured]] = {}
        self._listeners: list[Callable[[], None]] = []
        self.study_uid = ""
        self.author_id = ""
        self.draft: Annotation | None = None
        self._selected = ""

    @property
    def all(self) -> tuple[Annotation, ...]:
        """Every annotation of the study, in the order they were made."""
        return tuple(self._all.values())

    @property
    def selected(self) -> Annotation | None:
        """The chosen one."""
        return self._all.get(self._selected)

    def of_series(self, series_uid: str) -> tuple[Annotation, ...]:
        """What is drawn on a series, the half-drawn one last."""
        drawn = [one for one in self._all.values() if one.series_uid == series_uid]
        if self.draft is not None and self.draft.series_uid == series_uid:
            drawn = [one for one in drawn if one.id != self.draft.id]
            drawn.append(self.draft)
        return tuple(drawn)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call listener whenever something is drawn, changed, removed or chosen."""
        self._listeners.append(listener)

    def show(self, annotations: Iterable[Annotation]) -> None:
        """Take over what is stored; the choice stays if it is still there."""
        self._all = {one.id: one for one in annotations}
        self.draft = None
        self._tell()

    def set_volume(self, series_uid: str, volume: Volume | None) -> None:
        """Say on which voxels a series' numbers are computed; None lets them go."""
        if volume is None:
            self._volumes.pop(series_uid, None)
        else:
            self._volumes[series_uid] = volume
        self._measured.clear()

    def measured(self, annotation: Annotation) -> Measured | None:
        """The numbers of an annotation; None while its series is not open."""
        kept = self._measured.get(annotation.id)
        if kept is not None and kept[0] == annotation:
            return kept[1]
        volume = self._volumes.get(annotation.series_uid)
        if volume is None:
            return None
        found = measure(annotation, volume)
        self._measured[annotation.id] = (annotation, found)
        return found

    def half_mm(self, series_uid: str, framing: Framing) -> float:
        """How far from a shown plane a point still lies in its slice, in mm."""
        volume = self._volumes.get(series_uid)
        if volume is None:
            return 0.5
        across = volume.affine[:3, :3].T @ np.array(framing.plane.normal)
        return 0.5 * float(np.abs(across).max()) + 1e-3

    def signed(self, annotation: Annotation) -> Annotation:
        """The annotation with the study it belongs to and who draws."""
        return replace(annotation, study_uid=self.study_uid, author_id=self.author_id)

    def sketch(self, draft: Annotation | None) -> None:
        """Show what is being drawn, without storing it."""
        self.draft = draft

    def put(self, annotation: Annotation) -> None:
        """Keep an annotation, new or changed, and choose it."""
        self.draft = None
        self._all[annotation.id] = annotation
        self._selected = annotation.id
        self._keeper.put(annotation)
        self._tell()

    def rename(self, annotation_id: str, text: str) -> None:
        """Give an annotation other words."""
        self.put(replace(self._all[annotation_id], text=text))

    def remove(self, annotation_id: str) -> None:
        """Take an annotation away."""
        if self._all.pop(annotation_id, None) is not None:
            self._keeper.remove(annotation_id)
            self._tell()

    def select(self, annotation_id: str) -> None:
        """Choose an annotation; an empty id chooses none."""
        if annotation_id != self._selected:
            self._selected = annotation_id
            self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def label_lines(annotation: Annotation, measured: Measured | None, *, full: bool) -> list[str]:
    """The words beside an annotation; ``full`` adds the error bounds and where the mm come from."""
    lines = [annotation.text] if annotation.text else []
    if measured is None:
        return lines
    shown = [one for one in measured.values if full or one.name not in _DETAILS]
    several = len(measured.values) > 1
    for one in shown:
        bound = f" ± {_rounded_up(one.bound):.1f}" if full and one.bound is not None else ""
        words = f"{one.number:.0f}" if one.name == "count" else one.words(bound)
        lines.append(f"{one.name} {words}" if several else words)
    if full:
        lines += [measured.calibration, *([measured.method] if measured.method else [])]
    return lines


def _rounded_up(bound: float) -> float:
    """A bound to one decimal, never smaller than it is."""
    return math.ceil(bound * 10.0 - 1e-6) / 10.0


_DETAILS = frozenset({"perimeter", "min", "max", "count", "product"})
