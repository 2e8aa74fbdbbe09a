"""The 3-D view: shows the pictures a child process renders, and turns the volume."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.canvas import painting
from viewer.canvas.captions import Caption
from viewer.canvas.state import ViewState
from viewer.canvas.volume_controls import VolumeControls
from viewer.canvas.volume_messages import LOOKS, Pose3D
from viewer.canvas.volume_process import Frame, VolumePainter
from viewer.records import Volume

SETTLE_MS = 200
DEGREES_PER_PX = 0.4
LONGEST_PX = 900
ZOOM_PER_STEP = 1.15

_WHAT_IT_IS = "3-D rendering, for overview, not for measuring"
_ORANGE = "Orange: what the machine outlined"
_KEYS = "Left drag or arrows: turn · wheel: zoom · R: look at the face again"


class Volume3DView(QWidget):
    """The volume as a whole, findings in front. Absent OpenGL leaves a sentence here, no more.

    Coarse while it moves, fine once it rests. The child process starts with the first volume.
    """

    maximise_requested = Signal()
    _frame_ready = Signal(object)
    _no_frames = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._painter: VolumePainter | None = None
        self._release: Callable[[], object] | None = None
        self._pose = Pose3D(1, 1, azimuth=25.0, elevation=15.0)
        self._picture: QImage | None = None
        self._caption = Caption()
        self._words: tuple[str, ...] = (_WHAT_IT_IS,)
        self._device = ""
        self._notice = ""
        self._last = QPointF()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._ask_fine)
        self._frame_ready.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._no_frames.connect(self._give_up, Qt.ConnectionType.QueuedConnection)
        self.setObjectName("volumeView")
        self.setAccessibleName("3-D view")
        self.setToolTip(_KEYS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(120, 120))
        self._state: ViewState | None = None
        self._cuts = False
        self.controls = VolumeControls(self)

    @property
    def pose(self) -> Pose3D:
        """From where the volume is seen."""
        return self._pose

    @property
    def notice(self) -> str:
        """What stands here instead of a picture, or an empty text."""
        return self._notice

    @property
    def device(self) -> str:
        """Name of the OpenGL renderer behind the last picture, or an empty text."""
        return self._device

    def show_volume(
        self, volume: Volume, labels: NDArray[np.uint8] | None, caption: Caption
    ) -> None:
        """Draw this volume, its nonzero labels in front; a picture follows when it is ready."""
        self._caption = caption
        outlined = labels is not None and bool(labels.any())
        self._words = (_WHAT_IT_IS, _ORANGE) if outlined else (_WHAT_IT_IS,)
        if self._painter is None:
            self._start()
        if self._painter is not None:
            self._notice = self._notice or "Rendering…"
            self._painter.show(volume.voxels, volume.affine, labels)
            self._ask(coarse=True)
            self._settle.start()
        self.update()

    def follow(self, state: ViewState) -> None:
        """Cut away to this cursor, where cutting is chosen."""
        if state is not self._state:
            self._state = state
            state.listen(self._follow_cursor)

    def set_preset(self, name: str) -> None:
        """Draw in that look (a name of viewer.canvas.volume_presets)."""
        self._move(replace(self._pose, preset=name))

    def look_from(self, side: str) -> None:
        """Look at the patient from A, P, L, R, H or F."""
        azimuth, elevation = LOOKS[side]
        self._move(replace(self._pose, azimuth=azimuth, elevation=elevation))

    def keep(self, shares: tuple[float, float, float, float, float, float]) -> None:
        """Keep this part of the grid only, shares along columns, rows and slices."""
        self._move(replace(self._pose, kept=shares))

    def cut_to_cursor(self, *, cut: bool) -> None:
        """Take away everything between the crosshair and the eye, or put it back."""
        self._cuts = cut
        self._follow_cursor()

    def _follow_cursor(self) -> None:
        state = self._state
        point = state.cursor_mm if self._cuts and state is not None else None
        if point != self._pose.cut_mm:
            self._move(replace(self._pose, cut_mm=point))

    def clear(self, notice: str = "") -> None:
        """Show nothing but a sentence; the child process stays for the next volume."""
        self._picture, self._notice = None, notice
        self._settle.stop()
        self.update()

    def close_renderer(self) -> None:
        """End the child process."""
        self._settle.stop()
        if self._release is not None:
            self._release()
        self._painter = None

    def _start(self) -> None:
        """The painter's thread must not keep this widget alive, nor outlive it."""
        here = weakref.ref(self)

        def arrived(frame: Frame) -> None:
            view = here()
            if view is not None:
                view._frame_ready.emit(frame)  # noqa: SLF001 - this view's own signal

        def missing(reason: str) -> None:
            view = here()
            if view is not None:
                view._no_frames.emit(reason)  # noqa: SLF001 - this view's own signal

        self._painter = VolumePainter(arrived, missing)
        self._release = weakref.finalize(self, self._painter.close)
        self.destroyed.connect(self._release)

    def _take(self, frame: Frame) -> None:
        height, width = frame.pixels.shape[:2]
        kind = QImage.Format.Format_RGBX8888
        if self._painter is None or self._notice not in {"", "Rendering…"}:
            return
        self._picture = QImage(frame.pixels.data, width, height, 4 * width, kind).copy()
        self._device, self._notice = frame.device, ""
        self.update()

    def _give_up(self, reason: str) -> None:
        self._picture, self._notice = None, reason
        self._settle.stop()
        self.update()

    def _ask(self, *, coarse: bool) -> None:
        """A picture of this view's device pixels, thinned on very large screens."""
        if self._painter is None:
            return
        ratio = self.devicePixelRatioF()
        scale = min(1.0, LONGEST_PX / max(1.0, max(self.width(), self.height()) * ratio))
        width = max(16, round(self.width() * ratio * scale))
        height = max(16, round(self.height() * ratio * scale))
        self._pose = replace(self._pose, width_px=width, height_px=height, coarse=coarse)
        self._painter.look(self._pose)

    def _ask_fine(self) -> None:
        self._ask(coarse=False)

    def _turn(self, right: float, down: float) -> None:
        """Turn as if the volume were dragged."""
        lift = min(max(self._pose.elevation + down, -89.0), 89.0)
        turned = (self._pose.azimuth - right) % 360.0
        self._move(replace(self._pose, azimuth=turned, elevation=lift))

    def _move(self, pose: Pose3D) -> None:
        self._pose = pose
        self._ask(coarse=True)
        self._settle.start()

    # Painting and hands

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        font = painter.font()
        font.setPixelSize(11 if self.width() < 420 else 12 if self.width() < 800 else 13)
        painter.setFont(font)
        area = QRectF(self.rect())
        if self._picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self._picture)
            where = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
            painting.text_block(painter, area, self._caption.patient, where)
            where = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
            painting.text_block(painter, area, self._words, where, alone=True)
        else:
            painting.notice(painter, area, self._notice)
        if self.hasFocus():
            painting.focus_ring(painter, area)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.controls.place()
        if self._picture is not None or self._notice == "Rendering…":
            self._move(self._pose)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._last = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        moved = event.position() - self._last
        self._last = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._turn(moved.x() * DEGREES_PER_PX, moved.y() * DEGREES_PER_PX)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.maximise_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        zoom = self._pose.zoom * ZOOM_PER_STEP ** (event.angleDelta().y() / 120.0)
        self._move(replace(self._pose, zoom=min(max(zoom, 0.3), 10.0)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        turns = {
            Qt.Key.Key_Left: (-10.0, 0.0),
            Qt.Key.Key_Right: (10.0, 0.0),
            Qt.Key.Key_Up: (0.0, -10.0),
            Qt.Key.Key_Down: (0.0, 10.0),
        }
        if event.key() in turns:
            self._turn(*turns[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_R:
            self._move(replace(self._pose, azimuth=0.0, elevation=0.0, zoom=1.0))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
