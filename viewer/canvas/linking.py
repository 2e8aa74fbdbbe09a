"""Series that scroll together: one cursor moves, the others follow. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from viewer.canvas.state import ViewState
from viewer.records import Vector3

Transform = NDArray[np.float64]
"""4x4: LPS+ mm of the first series to LPS+ mm of the second."""


class CursorLink:
    """Moves the cursors of all series when one of them moves.

    Two series are linked where a transform between them is known: the identity in a shared frame
    of reference, a rigid one where they were registered, a shift the reader chose. What is known
    of neighbours leads further: one registered series of a prior study brings its whole frame of
    reference along. Of several ways the shortest counts. Others stay.
    """

    def __init__(self) -> None:
        self._states: dict[str, ViewState] = {}
        self._leave: dict[str, Callable[[], None]] = {}
        self._seen: dict[str, Vector3] = {}
        self._transforms: dict[tuple[str, str], Transform] = {}
        self._ways: dict[str, dict[str, Transform]] = {}
        self._moving = False

    @property
    def states(self) -> Mapping[str, ViewState]:
        """The linked states by series UID."""
        return self._states

    def add(self, series_uid: str, state: ViewState) -> None:
        """Let a series take part; a state of the same series is replaced."""
        self.remove(series_uid)
        self._states[series_uid] = state
        self._seen[series_uid] = state.cursor_mm
        self._leave[series_uid] = state.listen(lambda: self._follow(series_uid))

    def remove(self, series_uid: str) -> None:
        """Let a series go; how it lies to others is remembered."""
        if series_uid in self._states:
            self._leave.pop(series_uid)()
            del self._states[series_uid], self._seen[series_uid]

    def clear(self) -> None:
        """Let all series and transforms go."""
        for series_uid in tuple(self._states):
            self.remove(series_uid)
        self._transforms.clear()
        self._ways.clear()

    def connect(self, one: str, other: str, transform: Transform) -> None:
        """Say how two series lie to one another; the way back is the inverse."""
        self._transforms[one, other] = transform
        self._transforms[other, one] = np.asarray(np.linalg.inv(transform), np.float64)
        self._ways.clear()

    def disconnect(self, one: str, other: str) -> None:
        """Forget how two series lie to one another; they scroll apart unless others join them."""
        self._transforms.pop((one, other), None)
        self._transforms.pop((other, one), None)
        self._ways.clear()

    def transform(self, one: str, other: str) -> Transform | None:
        """How to get from one series to another, None where nobody knows."""
        return self._ways_from(one).get(other)

    def hold_together(self, one: str, other: str) -> None:
        """Link two series by a shift, so that what both show now stays together."""
        shift = np.eye(4)
        here, there = self._states[one].cursor_mm, self._states[other].cursor_mm
        shift[:3, 3] = np.array(there) - np.array(here)
        self.connect(one, other, shift)

    def align(self, series_uid: str) -> None:
        """Move the cursors of all linked series to where this one's is."""
        self._seen.pop(series_uid, None)
        self._follow(series_uid)

    def _follow(self, series_uid: str) -> None:
        point = self._states[series_uid].cursor_mm
        if self._moving or point == self._seen.get(series_uid):
            return
        self._moving = True
        try:
            self._seen[series_uid] = point
            ways = self._ways_from(series_uid)
            for other, state in self._states.items():
                transform = ways.get(other)
                if other == series_uid or transform is None:
                    continue
                moved = transform @ np.array([*point, 1.0])
                state.move_cursor((float(moved[0]), float(moved[1]), float(moved[2])))
                self._seen[other] = state.cursor_mm
        finally:
            self._moving = False

    def _ways_from(self, series_uid: str) -> dict[str, Transform]:
        """The transforms to every series that can be reached, by the fewest steps."""
        if series_uid not in self._ways:
            found, edge = {series_uid: np.eye(4)}, [series_uid]
            while edge:
                here = edge.pop(0)
                for (start, end), transform in self._transforms.items():
                    if start == here and end not in found:
                        found[end] = transform @ found[here]
                        edge.append(end)
            self._ways[series_uid] = found
        return self._ways[series_uid]
