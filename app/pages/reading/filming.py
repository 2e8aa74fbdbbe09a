"""The pictures of a film, made one per turn of the event loop by a view nobody sees.

The reader goes on working meanwhile: the view on the screen is not touched, and however it is
resized, every picture has the size the first one had. A few pictures at most wait for the encoder.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

from app.pages.reading.images import StudyImages
from viewer.canvas.export import picture_of, pixels_of
from viewer.canvas.movie import FilmFailedError
from viewer.canvas.slice_view import SliceView
from viewer.canvas.state import ViewState
from viewer.ports import Progress

MOST_FRAMES = 600
_AHEAD = 4
_POLL_SECONDS = 0.05
_WAIT_MS = 5

Frame = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Frames:
    """How many pictures there are; ``show(view, number, ready)`` puts one into the view.

    ``ready`` is called with an empty text once it is there, or with the reason why it cannot be.
    """

    count: int
    show: Callable[[SliceView, int, Callable[[str], None]], None]


def slices_of(view: SliceView) -> Frames:
    """Every slice of a view from the first, whole steps apart where there are very many."""
    stage, state = view.stage, view.state
    if stage is None or state is None:
        return Frames(0, lambda *_: None)
    kind, start = view.kind, state.cursor_mm
    here, count = stage.slice_of(kind, start, state)
    step = -(-count // MOST_FRAMES)

    def show(unseen: SliceView, number: int, ready: Callable[[str], None]) -> None:
        if unseen.state is not None:
            steps = number * step - (here - 1)
            unseen.state.move_cursor(stage.stepped(kind, start, steps, unseen.state))
        ready("")

    return Frames(-(-count // step), show)


def volumes_of(view: SliceView, volumes: Sequence[str], images: StudyImages) -> Frames:
    """The slice a view shows, in every volume of its series; each is opened when its turn comes."""
    kind = view.kind

    def show(unseen: SliceView, number: int, ready: Callable[[str], None]) -> None:
        def put(uid: str) -> None:
            opened, looked = images.shelf.get(uid), unseen.state
            if opened is not None and looked is not None:
                state = opened.stage.first_state()
                state.look_like(looked)
                caption = opened.caption.noted(images.fetcher.volume_words(uid))
                unseen.show_stage(opened.stage, state, caption, kind=kind, series_uid=uid)
            ready("")

        images.load(volumes[number], put, ready)

    return Frames(len(volumes), show)


class FilmCamera(QObject):
    """Takes the pictures on the GUI thread; ``reel`` gives them out on another."""

    def __init__(self, view: SliceView, frames: Frames) -> None:
        super().__init__(view)
        self.count = frames.count
        self._frames = frames
        self._view = _double_of(view)
        self._number, self._ended, self._busy = 0, False, False
        self._ready: queue.Queue[Frame | str] = queue.Queue(_AHEAD)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._take)

    def start(self) -> None:
        """Begin; the first picture is taken in the next turn."""
        self._timer.start(0)

    def close(self) -> None:
        """Take no more pictures and let the unseen view go."""
        self._ended = True
        self._timer.stop()
        self._view.clear()
        self._view.deleteLater()
        self.deleteLater()

    def reel(self, progress: Progress) -> Iterator[Frame]:
        """Wait for each picture; for the thread that writes the film."""
        for number in range(self.count):
            yield self._next(progress, number / max(self.count, 1))

    def _next(self, progress: Progress, fraction: float) -> Frame:
        while True:
            progress(fraction, "Writing the film")  # raises where the film is cancelled
            try:
                found = self._ready.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if isinstance(found, str):
                raise FilmFailedError(found)
            return found

    def _take(self) -> None:
        if self._number >= self.count:
            self._timer.stop()
        elif not self._busy and not self._ready.full():
            self._timer.setInterval(0)
            self._busy = True
            self._frames.show(self._view, self._number, self._taken)
        else:
            self._timer.setInterval(_WAIT_MS)

    def _taken(self, trouble: str) -> None:
        if self._ended:
            return
        self._busy = False
        self._number += 1
        self._ready.put_nowait(trouble or pixels_of(picture_of(self._view)))
        if trouble:
            self._timer.stop()


def _double_of(view: SliceView) -> SliceView:
    """An unseen view of the same size that shows the same in the same way."""
    made = SliceView(view.kind, None, None, view.pose_name)
    made.resize(view.size())
    if view.stage is None or view.state is None:
        return made
    state = ViewState(view.state.cursor_mm, view.state.window)
    state.look_like(view.state)
    state.select(view.state.selected)
    made.show_stage(view.stage, state, view.caption, kind=view.kind, series_uid=view.series_uid)
    made.show_overlays(view.overlays)
    made.show_fusion(view.fusion)
    made.set_painted(view.painted)
    return made
