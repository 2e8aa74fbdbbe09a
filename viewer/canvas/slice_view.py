"""One plane of the volume on the screen, and the reader's hands on it.

Nothing here needs OpenGL: VTK cuts the plane on the CPU and a Qt painter shows it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.canvas import colours, painting
from viewer.canvas.captions import (
    HEAT_CAPTION,
    Caption,
    position_lines,
    scale_bar_mm,
    window_lines,
)
from viewer.canvas.framing import Framing, frame_view
from viewer.canvas.layers import Layers
from viewer.canvas.stage import Overlays, Stage
from viewer.canvas.state import HeatMode, ViewState
from viewer.canvas.turns import PaintTurns
from viewer.geometry.planes import PlaneKind, orientation_letters

WHEEL_STEP = 120
ZOOM_PER_STEP = 1.15
WINDOW_DRAG_PX = 300.0

_NO_REFORMAT = "No reformatting: this series does not say where its slices lie."
_KEYS = (
    "Wheel or arrows: scroll · left drag: crosshair · right drag: window · middle drag: pan · "
    "Ctrl+wheel: zoom · R reset · X crosshair · hold Space: no overlays · 1 to 9: windows"
)


class SliceView(QWidget):
    """Shows one plane through the cursor and lets the reader scroll, window, pan and zoom.

    All views given the same state stay linked: a view paints from the state and writes to it.
    """

    maximise_requested = Signal()

    def __init__(
        self, kind: PlaneKind, parent: QWidget | None = None, turns: PaintTurns | None = None
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._turns = turns or PaintTurns(self)
        self._stage: Stage | None = None
        self._state: ViewState | None = None
        self._caption = Caption()
        self._overlays = Overlays()
        self._layers = Layers()
        self._notice = ""
        self._late = False
        self._leave: Callable[[], None] | None = None
        self._wheel_rest = 0
        self._held = Qt.MouseButton.NoButton
        self._last = QPointF()
        self.setObjectName(f"{kind.value}View")
        self.setAccessibleName(f"{kind.value.capitalize()} view")
        self.setToolTip(_KEYS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(120, 120))
        self.setCursor(Qt.CursorShape.CrossCursor)

    @property
    def kind(self) -> PlaneKind:
        """Which plane this view shows."""
        return self._kind

    def show_stage(
        self, stage: Stage, state: ViewState, caption: Caption, *, in_turn: bool = False
    ) -> None:
        """Show a volume; the state is shared with the views beside this one.

        ``in_turn`` leaves the view black until its turn, so that no two are cut in one.
        """
        self.clear()
        self._stage, self._state, self._caption = stage, state, caption
        self._late = in_turn
        if self._kind not in stage.planes:
            self._stage, self._notice = None, _NO_REFORMAT
            return
        self._leave = state.listen(self._follow)
        if in_turn:
            self._turns.ask(self)
        else:
            self.update()

    def show_overlays(self, overlays: Overlays) -> None:
        """Lay outlines and heat over the image."""
        self._overlays = overlays
        self._layers.forget_overlays()
        self._follow()

    def clear(self, notice: str = "") -> None:
        """Show nothing but a sentence."""
        if self._leave is not None:
            self._leave()
            self._leave = None
        self._stage, self._state, self._notice = None, None, notice
        self._overlays = Overlays()
        self._layers.clear()
        self.update()

    @property
    def waits(self) -> bool:
        """Whether a new volume still waits for this view's turn."""
        return self._late

    def take_turn(self) -> None:
        """Paint now."""
        self._late = False
        self.repaint()

    def _follow(self) -> None:
        self._turns.ask(self)

    def framing(self) -> Framing | None:
        """Where this view's device pixels lie now, or None without a volume."""
        if self._stage is None or self._state is None:
            return None
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        return frame_view(self._stage, self._kind, self._state, max(1, width), max(1, height))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        self._choose_font(painter)
        framing = self.framing()
        if framing is None or self._stage is None or self._state is None or self._late:
            painting.notice(painter, QRectF(self.rect()), self._notice)
        else:
            self._paint_pixels(painter, framing, self._stage, self._state)
            if not self._state.bare:
                self._paint_words(painter, framing, self._stage, self._state)
        if self.hasFocus():
            painting.focus_ring(painter, QRectF(self.rect()))
        painter.end()

    def _choose_font(self, painter: QPainter) -> None:
        font = painter.font()
        font.setPixelSize(11 if self.width() < 420 else 12 if self.width() < 800 else 13)
        painter.setFont(font)

    def _paint_pixels(
        self, painter: QPainter, framing: Framing, stage: Stage, state: ViewState
    ) -> None:
        """Image, heat and outlines in device pixels."""
        ratio = self.devicePixelRatioF()
        painter.save()
        painter.scale(1.0 / ratio, 1.0 / ratio)
        shown = self._layers.gray(stage, framing, state.window)
        if shown is not None:
            painter.drawImage(shown[1].topLeft(), shown[0])
        if not state.bare:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            self._paint_heat(painter, framing, state, ratio)
            painter.translate(0.5, 0.5)
            for outline in self._layers.outlines(self._overlays.outlines, framing):
                chosen = outline.value == state.selected
                colour = colours.SELECTED_FINDING if chosen else colours.FINDING
                painting.lines(painter, outline.lines, colour, (2.4 if chosen else 1.3) * ratio)
        painter.restore()

    def _paint_heat(
        self, painter: QPainter, framing: Framing, state: ViewState, ratio: float
    ) -> None:
        layer, style = self._overlays.heat, state.heat
        if layer is None or style.mode is HeatMode.OFF:
            return
        if style.mode is HeatMode.WASH:
            picture, area = self._layers.heat_wash(layer, framing, style)
            painter.drawImage(area, picture)
            return
        painter.save()
        painter.translate(0.5, 0.5)
        drawn = self._layers.heat_lines(layer, framing, style.threshold)
        painting.lines(painter, drawn, colours.CONTOUR, 1.3 * ratio)
        painter.restore()

    def _paint_words(
        self, painter: QPainter, framing: Framing, stage: Stage, state: ViewState
    ) -> None:
        """Everything around the image in logical pixels."""
        area = QRectF(self.rect())
        ratio = self.devicePixelRatioF()
        if state.crosshair:
            x, y = framing.to_px(state.cursor_mm)
            painting.crosshair(painter, area, QPointF((x + 0.5) / ratio, (y + 0.5) / ratio))
        mm_per_px = framing.mm_per_px * ratio
        if stage.measured:
            painting.letters(painter, area, orientation_letters(framing.plane))
            length = scale_bar_mm(mm_per_px, area.height() * 0.25)
            if length:
                painting.scale_bar(painter, area, length / mm_per_px, f"{length} mm")
        top, bottom = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        painting.text_block(painter, area, self._caption.patient, top | left)
        painting.text_block(painter, area, self._caption.series, top | right)
        lines = position_lines(stage, self._kind, state)
        painting.text_block(painter, area, lines, bottom | left)
        lines = window_lines(stage, state, mm_per_px)
        painting.text_block(painter, area, lines, bottom | right)
        if self._overlays.heat is not None and state.heat.mode is not HeatMode.OFF:
            painting.legend(painter, area, state.heat.threshold, HEAT_CAPTION)

    # Hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held, self._last = event.button(), event.position()
        if event.button() is Qt.MouseButton.LeftButton:
            self._point_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        moved = event.position() - self._last
        self._last = event.position()
        framing = self.framing()
        if self._state is None or framing is None:
            return
        if self._held is Qt.MouseButton.LeftButton:
            self._point_at(event.position())
        elif self._held is Qt.MouseButton.RightButton:
            self._state.drag_window(moved.x() / WINDOW_DRAG_PX, moved.y() / WINDOW_DRAG_PX)
        elif self._held is Qt.MouseButton.MiddleButton:
            mm = framing.mm_per_px * self.devicePixelRatioF()
            self._state.pan(self._kind.value, moved.x() * mm, moved.y() * mm)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - Qt's signature
        self._held = Qt.MouseButton.NoButton

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.maximise_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Whole slices per 120 eighths of a degree; what a touchpad leaves over is kept."""
        self._wheel_rest += event.angleDelta().y()
        steps = int(self._wheel_rest / WHEEL_STEP)
        self._wheel_rest -= steps * WHEEL_STEP
        event.accept()
        framing = self.framing()
        if not steps or self._state is None or framing is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            ratio = self.devicePixelRatioF()
            at = event.position() * ratio
            anchor = framing.offset_mm(at.x() - 0.5, at.y() - 0.5)
            self._state.zoom(self._kind.value, ZOOM_PER_STEP**steps, anchor)
        else:
            self._step(-steps)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._stage is None or self._state is None or not self._act(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat() and self._state:
            self._state.set_bare(bare=False)
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self._state is not None:
            self._state.set_bare(bare=False)
        super().focusOutEvent(event)
        self.update()

    def _act(self, event: QKeyEvent) -> bool:
        """Do what the key means here; False if it means nothing."""
        if self._state is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        state = self._state
        actions: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Up: lambda: self._step(-1),
            Qt.Key.Key_Left: lambda: self._step(-1),
            Qt.Key.Key_Down: lambda: self._step(1),
            Qt.Key.Key_Right: lambda: self._step(1),
            Qt.Key.Key_PageUp: lambda: self._step(-5),
            Qt.Key.Key_PageDown: lambda: self._step(5),
            Qt.Key.Key_Home: lambda: self._step(-1_000_000),
            Qt.Key.Key_End: lambda: self._step(1_000_000),
            Qt.Key.Key_R: state.reset,
            Qt.Key.Key_X: state.toggle_crosshair,
            Qt.Key.Key_Space: lambda: state.set_bare(bare=True),
        }
        action = actions.get(event.key())
        if action is not None:
            action()
            return True
        return self._choose_preset(event.key() - Qt.Key.Key_1)

    def _choose_preset(self, number: int) -> bool:
        if self._stage is None or self._state is None:
            return False
        if not 0 <= number < len(self._stage.presets):
            return False
        self._state.set_window(self._stage.presets[number].window)
        return True

    def _step(self, steps: int) -> None:
        if self._stage is not None and self._state is not None:
            cursor = self._stage.stepped(self._kind, self._state.cursor_mm, steps)
            self._state.move_cursor(cursor)

    def _point_at(self, position: QPointF) -> None:
        framing = self.framing()
        if framing is None or self._stage is None or self._state is None:
            return
        at = position * self.devicePixelRatioF()
        point = framing.to_mm(at.x() - 0.5, at.y() - 0.5)
        self._state.move_cursor(self._stage.snap(point))
