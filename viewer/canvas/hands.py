"""What mouse, wheel and keys do to a view."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from viewer.canvas.framing import HANDLE_SHARE, Framing, crossing_lines
from viewer.canvas.mouse import Act, MouseMap
from viewer.canvas.stage import Stage
from viewer.canvas.state import ViewState
from viewer.canvas.tools.tool import Pointer, Tool
from viewer.geometry.planes import ORTHOGONAL, PlaneKind

WHEEL_STEP = 120
ZOOM_PER_STEP = 1.15
WINDOW_DRAG_PX = 300.0
HANDLE_PX = 9.0

ZOOM_DRAG_PX = 150.0
SCROLL_DRAG_PX = 8.0
PAN_KEY_PX = 24.0

_PANS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}

_KEYS = (
    "Wheel or arrows: scroll · Ctrl+wheel or + and -: zoom · Shift+arrows: pan"
    " · rings on the crosshair: turn the other planes"
    " · R reset · X crosshair · I invert · H and V flip · [ and ] turn · hold Space: no overlays"
    " · 1 to 9: windows"
)


def keys(mouse: MouseMap) -> str:
    """What buttons and keys do in a view, in words."""
    return f"{mouse.words()} · {_KEYS}"


class Handled(Protocol):
    """The view the hands are on, as far as they need to know it."""

    kind: PlaneKind
    pose_name: str
    series_uid: str
    stage: Stage | None
    state: ViewState | None
    tool: Tool | None
    mouse: MouseMap

    def framing(self) -> Framing | None: ...
    def refresh(self) -> None: ...
    def width(self) -> int: ...
    def height(self) -> int: ...
    def devicePixelRatioF(self) -> float: ...


class Hands:
    """Turns events on a view into changes of its state, or hands them to the chosen tool."""

    def __init__(self, view: Handled) -> None:
        self._view = view
        self._held = Qt.MouseButton.NoButton
        self._last = QPointF()
        self._wheel_rest = 0
        self._with_tool = False
        self._act: Act | None = None
        self._scroll_rest = 0.0
        self._angle: float | None = None

    def press(self, event: QMouseEvent) -> None:
        """Begin a drag, a tool's act or the turning of planes; one button at a time."""
        if self._busy and self._held in event.buttons() and self._held is not event.button():
            return
        self._held, self._last = event.button(), event.position()
        self._angle, self._act = None, self._meaning(event)
        self._scroll_rest = 0.0
        if event.button() is Qt.MouseButton.LeftButton:
            tool, at = self._view.tool, self._pointer(event, held=True)
            self._with_tool = tool is not None and at is not None and tool.press(at)
            if self._with_tool:
                self._view.refresh()
                return
        if self._act is Act.POINT:
            if self._on_handle(event.position()):
                self._angle = self._angle_at(event.position())
            else:
                self._point_at(event.position())

    def move(self, event: QMouseEvent) -> None:
        """Go on with what the button began; without a button, only the tool hears of it."""
        moved = event.position() - self._last
        self._last = event.position()
        view = self._view
        framing = view.framing()
        if view.state is None or framing is None:
            return
        held = self._busy
        if view.tool is not None and (self._with_tool or not held):
            at = self._pointer(event, held=self._with_tool)
            if at is not None and view.tool.move(at):
                view.refresh()
        if self._angle is not None:
            self._turn_planes(event.position(), framing)
        elif held and not self._with_tool:
            self._drag(event.position(), moved, framing)

    def release(self, event: QMouseEvent) -> None:
        """End the drag of the button that began it."""
        if event.button() is not self._held:
            return
        tool, at = self._view.tool, self._pointer(event, held=False)
        if self._with_tool and tool is not None and at is not None and tool.release(at):
            self._view.refresh()
        self._held, self._with_tool, self._angle = Qt.MouseButton.NoButton, False, None

    @property
    def _busy(self) -> bool:
        return self._held is not Qt.MouseButton.NoButton

    def _meaning(self, event: QMouseEvent) -> Act | None:
        mouse = self._view.mouse
        if event.button() is Qt.MouseButton.LeftButton:
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            return mouse.shift_left if shift else mouse.left
        return {
            Qt.MouseButton.RightButton: mouse.right,
            Qt.MouseButton.MiddleButton: mouse.middle,
        }.get(event.button())

    def _drag(self, position: QPointF, moved: QPointF, framing: Framing) -> None:
        """One step of a drag that means something to the view itself."""
        view, state = self._view, self._view.state
        if state is None:
            return
        if self._act is Act.POINT:
            self._point_at(position)
        elif self._act is Act.WINDOW:
            state.drag_window(moved.x() / WINDOW_DRAG_PX, moved.y() / WINDOW_DRAG_PX)
        elif self._act is Act.PAN:
            mm = framing.mm_per_px * view.devicePixelRatioF()
            state.pan(view.pose_name, moved.x() * mm, moved.y() * mm)
        elif self._act is Act.ZOOM:
            state.zoom(view.pose_name, 2.0 ** (-moved.y() / ZOOM_DRAG_PX))
        elif self._act is Act.SCROLL:
            self._scroll_rest += moved.y() / SCROLL_DRAG_PX
            steps = int(self._scroll_rest)
            self._scroll_rest -= steps
            self.step(steps)

    def double_click(self, event: QMouseEvent) -> bool:
        """Offer a double click to the tool; whether it is spent (also by other buttons)."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return True
        tool, at = self._view.tool, self._pointer(event, held=False)
        spent = tool is not None and at is not None and tool.double_click(at)
        if spent:
            self._view.refresh()
        return spent

    def wheel(self, event: QWheelEvent) -> None:
        """Whole slices per 120 eighths of a degree; what a touchpad leaves over is kept."""
        self._wheel_rest += event.angleDelta().y()
        steps = int(self._wheel_rest / WHEEL_STEP)
        self._wheel_rest -= steps * WHEEL_STEP
        event.accept()
        view = self._view
        framing = view.framing()
        if not steps or view.state is None or framing is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            at = event.position() * view.devicePixelRatioF()
            anchor = framing.offset_mm(at.x() - 0.5, at.y() - 0.5)
            view.state.zoom(view.pose_name, ZOOM_PER_STEP**steps, anchor)
        else:
            self.step(-steps)

    def key(self, event: QKeyEvent) -> bool:
        """Do what the key means here; False if it means nothing."""
        view = self._view
        state, modifiers = view.state, event.modifiers()
        if view.stage is None or state is None:
            return False
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            return False
        if event.key() == Qt.Key.Key_Escape and view.tool is not None:
            view.tool.cancel()
            view.refresh()
            return True
        if modifiers & Qt.KeyboardModifier.ShiftModifier and event.key() in _PANS:
            self._nudge(*_PANS[Qt.Key(event.key())])
            return True
        name = view.pose_name
        actions: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Up: lambda: self.step(-1),
            Qt.Key.Key_Left: lambda: self.step(-1),
            Qt.Key.Key_Down: lambda: self.step(1),
            Qt.Key.Key_Right: lambda: self.step(1),
            Qt.Key.Key_PageUp: lambda: self.step(-5),
            Qt.Key.Key_PageDown: lambda: self.step(5),
            Qt.Key.Key_Home: lambda: self.step(-1_000_000),
            Qt.Key.Key_End: lambda: self.step(1_000_000),
            Qt.Key.Key_Plus: lambda: state.zoom(name, ZOOM_PER_STEP),
            Qt.Key.Key_Equal: lambda: state.zoom(name, ZOOM_PER_STEP),
            Qt.Key.Key_Minus: lambda: state.zoom(name, 1.0 / ZOOM_PER_STEP),
            Qt.Key.Key_R: state.reset,
            Qt.Key.Key_X: state.toggle_crosshair,
            Qt.Key.Key_I: state.toggle_inverted,
            Qt.Key.Key_H: lambda: state.flip(name, sideways=True),
            Qt.Key.Key_V: lambda: state.flip(name, sideways=False),
            Qt.Key.Key_BracketLeft: lambda: state.turn(name, -1),
            Qt.Key.Key_BracketRight: lambda: state.turn(name, 1),
            Qt.Key.Key_Space: lambda: state.set_bare(bare=True),
        }
        action = actions.get(event.key())
        if action is not None:
            action()
            return True
        return self._choose_preset(event.key() - Qt.Key.Key_1)

    def key_up(self, event: QKeyEvent) -> bool:
        """Lay over the image again what a held key hid; False if the key means nothing here."""
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat() or self._view.state is None:
            return False
        self.rest()
        return True

    def rest(self) -> None:
        """The keyboard is elsewhere: nothing is held any more."""
        if self._view.state is not None:
            self._view.state.set_bare(bare=False)

    def step(self, steps: int) -> None:
        """Scroll by whole slices."""
        view = self._view
        if steps and view.stage is not None and view.state is not None:
            cursor = view.stage.stepped(view.kind, view.state.cursor_mm, steps, view.state)
            view.state.move_cursor(cursor)

    def _nudge(self, right: float, down: float) -> None:
        """Shift the image by a few pixels."""
        view, framing = self._view, self._view.framing()
        if framing is not None and view.state is not None:
            mm = PAN_KEY_PX * framing.mm_per_px * view.devicePixelRatioF()
            view.state.pan(view.pose_name, right * mm, down * mm)

    def _choose_preset(self, number: int) -> bool:
        stage, state = self._view.stage, self._view.state
        if stage is None or state is None or not 0 <= number < len(stage.presets):
            return False
        state.set_window(stage.presets[number].window)
        return True

    def _pointer(self, event: QMouseEvent, *, held: bool) -> Pointer | None:
        view, framing = self._view, self._view.framing()
        if framing is None or view.stage is None or view.state is None:
            return None
        at = event.position() * view.devicePixelRatioF()
        keys = event.modifiers()
        return Pointer(
            view.series_uid,
            view.pose_name,
            view.stage,
            view.state,
            framing,
            at.x() - 0.5,
            at.y() - 0.5,
            held=held,
            shift=bool(keys & Qt.KeyboardModifier.ShiftModifier),
            alt=bool(keys & Qt.KeyboardModifier.AltModifier),
        )

    def _point_at(self, position: QPointF) -> None:
        view, framing = self._view, self._view.framing()
        if framing is None or view.stage is None or view.state is None:
            return
        at = position * view.devicePixelRatioF()
        point = framing.to_mm(at.x() - 0.5, at.y() - 0.5)
        view.state.move_cursor(point if view.state.tilted else view.stage.snap(point))

    # Turning the other planes by the rings on the crosshair

    def _on_handle(self, position: QPointF) -> bool:
        view, framing = self._view, self._view.framing()
        if framing is None or view.stage is None or view.state is None:
            return False
        if view.kind is PlaneKind.NATIVE or not view.state.crosshair or not view.stage.measured:
            return False
        ratio = view.devicePixelRatioF()
        x, y = framing.to_px(view.state.cursor_mm)
        reach = HANDLE_SHARE * min(view.width(), view.height())
        for _, right, down in crossing_lines(view.stage, view.kind, view.state, framing):
            for sign in (-1.0, 1.0):
                ring = QPointF(x / ratio + sign * reach * right, y / ratio + sign * reach * down)
                if math.dist(ring.toTuple(), position.toTuple()) <= HANDLE_PX:
                    return True
        return False

    def _angle_at(self, position: QPointF) -> float:
        view, framing = self._view, self._view.framing()
        if framing is None or view.state is None:
            return 0.0
        ratio = view.devicePixelRatioF()
        x, y = framing.to_px(view.state.cursor_mm)
        return math.atan2(position.y() - y / ratio, position.x() - x / ratio)

    def _turn_planes(self, position: QPointF, framing: Framing) -> None:
        """From right to down is a right-handed turn about the plane's normal, into the screen."""
        state, angle = self._view.state, self._angle_at(position)
        if state is None or self._angle is None:
            return
        others = [kind for kind in ORTHOGONAL if kind is not self._view.kind]
        state.tilt_planes(others, framing.plane.normal, angle - self._angle)
        self._angle = angle
