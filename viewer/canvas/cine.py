"""Playing the slices of a view, or the volumes of a series in time, like a film."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from viewer.canvas.slice_view import SliceView

FPS_LIMITS = (1.0, 60.0)


class AtTheEnd(StrEnum):
    """What a film does when it has run out."""

    REPEAT = "repeat"
    SWING = "back and forth"
    STOP = "stop"


class Reel(Protocol):
    """What is played: a row of pictures with one of them shown."""

    def place(self) -> tuple[int, int] | None:
        """Which picture (from 0) of how many is shown; None where there is nothing to play."""

    def show(self, number: int) -> None:
        """Show that picture."""


class SliceReel:
    """The slices of a view, whichever series and plane it shows by then."""

    def __init__(self, view: SliceView) -> None:
        self._view = view

    def place(self) -> tuple[int, int] | None:
        """Where the view stands in its stack."""
        stage, state = self._view.stage, self._view.state
        if stage is None or state is None:
            return None
        number, count = stage.slice_of(self._view.kind, state.cursor_mm, state)
        return number - 1, count

    def show(self, number: int) -> None:
        """Scroll there."""
        stage, state, here = self._view.stage, self._view.state, self.place()
        if stage is not None and state is not None and here is not None:
            kind, steps = self._view.kind, number - here[0]
            state.move_cursor(stage.stepped(kind, state.cursor_mm, steps, state))


class VolumeReel:
    """The volumes of a series in time, or of any other row; ``show`` puts one on the screen."""

    def __init__(self, count: int, show: Callable[[int], None], first: int = 0) -> None:
        self._count, self._show, self._number = count, show, first

    def place(self) -> tuple[int, int] | None:
        """The volume shown last."""
        return (self._number, self._count) if self._count else None

    def show(self, number: int) -> None:
        """Put that volume on the screen."""
        self._number = number
        self._show(number)


def following(number: int, count: int, *, forward: bool, end: AtTheEnd) -> tuple[int, bool] | None:
    """The next picture of a film and which way it then runs; None where it is over."""
    step = 1 if forward else -1
    if count < 2:
        return None
    if 0 <= number + step < count:
        return number + step, forward
    if end is AtTheEnd.REPEAT:
        return (0 if forward else count - 1), forward
    if end is AtTheEnd.SWING:
        return number - step, not forward
    return None


class Cine(QObject):
    """Plays a reel at so many pictures a second.

    No picture is left out: where painting cannot keep up, the film runs slower. It goes on from
    whatever is shown, so the reader may scroll while it plays.
    """

    playing_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reel: Reel | None = None
        self._fps = 10.0
        self._forward = True
        self.end = AtTheEnd.REPEAT
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.step)
        self.set_fps(self._fps)

    @property
    def playing(self) -> bool:
        """Whether the film runs."""
        return self._timer.isActive()

    @property
    def fps(self) -> float:
        """Pictures a second."""
        return self._fps

    @property
    def forward(self) -> bool:
        """Whether the numbers go up."""
        return self._forward

    def set_fps(self, fps: float) -> None:
        """Play so many pictures a second, from 1 to 60; a running film goes on at that speed."""
        self._fps = min(max(fps, FPS_LIMITS[0]), FPS_LIMITS[1])
        self._timer.setInterval(round(1000.0 / self._fps))

    def set_forward(self, *, forward: bool) -> None:
        """Play forwards or backwards."""
        self._forward = forward

    def play(self, reel: Reel) -> None:
        """Play this from the picture it shows."""
        self._reel = reel
        was = self.playing
        self._timer.start()
        if not was:
            self.playing_changed.emit()

    def stop(self) -> None:
        """Stop at the picture that is shown."""
        self._reel = None
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit()

    def toggle(self, reel: Reel) -> None:
        """Play, or stop what plays."""
        if self.playing:
            self.stop()
        else:
            self.play(reel)

    def step(self) -> None:
        """Show the next picture; stop where there is none."""
        reel = self._reel
        place = reel.place() if reel is not None else None
        after = (
            following(*place, forward=self._forward, end=self.end) if place is not None else None
        )
        if reel is None or after is None:
            self.stop()
            return
        number, self._forward = after
        reel.show(number)
