"""Buttons do what the map says, the tool comes first, and planes are turned by their rings."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.canvas.captions import Caption
from viewer.canvas.framing import HANDLE_SHARE, crossing_lines
from viewer.canvas.mouse import LEFT_WINDOWS, MOUSE_MAPS, STANDARD, Act, MouseMap
from viewer.canvas.slice_view import SliceView
from viewer.canvas.stage import Stage
from viewer.canvas.state import ViewState
from viewer.canvas.tools.tool import Pointer
from viewer.geometry.planes import PlaneKind

LEFT, RIGHT, MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def view(qtbot: QtBot, stage: Stage, state: ViewState) -> SliceView:
    made = SliceView(PlaneKind.AXIAL)
    qtbot.addWidget(made)
    made.resize(400, 400)
    made.show_stage(stage, state, Caption(), series_uid="1")
    return made


def send(
    view: SliceView,
    what: QEvent.Type,
    at: QPointF,
    button: Qt.MouseButton,
    held: Qt.MouseButton,
    keys: Qt.KeyboardModifier = NONE,
) -> None:
    event = QMouseEvent(what, at, QPointF(view.mapToGlobal(at)), button, held, keys)
    QApplication.sendEvent(view, event)


def drag(
    view: SliceView,
    button: Qt.MouseButton,
    start: tuple[float, float],
    end: tuple[float, float],
    keys: Qt.KeyboardModifier = NONE,
) -> None:
    none = Qt.MouseButton.NoButton
    send(view, QEvent.Type.MouseButtonPress, QPointF(*start), button, button, keys)
    for share in (0.25, 0.5, 0.75, 1.0):
        at = QPointF(*(a + share * (b - a) for a, b in zip(start, end, strict=True)))
        send(view, QEvent.Type.MouseMove, at, none, button, keys)
    send(view, QEvent.Type.MouseButtonRelease, QPointF(*end), button, none, keys)


def done(state: ViewState, before: tuple[object, ...]) -> set[str]:
    now = looks(state)
    names = ("crosshair or tool", "window", "pan", "zoom")
    return {name for name, one, other in zip(names, before, now, strict=True) if one != other}


def looks(state: ViewState) -> tuple[object, ...]:
    pose = state.pose("axial")
    return state.cursor_mm, state.window, pose.pan_mm, pose.zoom


@pytest.mark.parametrize("mouse", MOUSE_MAPS, ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("button", "keys", "field"),
    [
        (LEFT, NONE, "left"),
        (RIGHT, NONE, "right"),
        (MIDDLE, NONE, "middle"),
        (LEFT, SHIFT, "shift_left"),
    ],
)
def test_each_button_does_what_the_map_says_and_nothing_else(
    view: SliceView,
    state: ViewState,
    mouse: MouseMap,
    button: Qt.MouseButton,
    keys: Qt.KeyboardModifier,
    field: str,
) -> None:
    view.set_mouse(mouse)
    before = looks(state)
    drag(view, button, (60.0, 300.0), (110.0, 260.0), keys)
    changed = done(state, before)
    act: Act = getattr(mouse, field)
    assert act.value in changed
    assert changed <= {act.value, "pan"}  # zooming may move what lies under the middle


def test_every_act_can_be_put_on_a_button(view: SliceView, stage: Stage, state: ViewState) -> None:
    view.set_mouse(MouseMap("scrolling", left=Act.SCROLL))
    before, _ = stage.slice_of(PlaneKind.AXIAL, state.cursor_mm)
    drag(view, LEFT, (200.0, 100.0), (200.0, 148.0))
    after, _ = stage.slice_of(PlaneKind.AXIAL, state.cursor_mm)
    assert after == before + 6


def test_the_tooltip_tells_the_buttons(view: SliceView) -> None:
    assert "Left drag: crosshair or tool" in view.toolTip()
    view.set_mouse(LEFT_WINDOWS)
    assert "Left drag: window" in view.toolTip()


def test_the_standard_is_what_the_reading_room_promises() -> None:
    assert MOUSE_MAPS[0] is STANDARD
    assert (STANDARD.left, STANDARD.right, STANDARD.middle) == (Act.POINT, Act.WINDOW, Act.PAN)


def test_a_second_button_does_not_disturb_the_first(view: SliceView, state: ViewState) -> None:
    send(view, QEvent.Type.MouseButtonPress, QPointF(100, 100), MIDDLE, MIDDLE)
    before = state.cursor_mm
    both = MIDDLE | LEFT
    send(view, QEvent.Type.MouseButtonPress, QPointF(100, 100), LEFT, both)
    send(view, QEvent.Type.MouseMove, QPointF(140, 100), Qt.MouseButton.NoButton, both)
    send(view, QEvent.Type.MouseButtonRelease, QPointF(140, 100), LEFT, MIDDLE)
    send(view, QEvent.Type.MouseMove, QPointF(180, 100), Qt.MouseButton.NoButton, MIDDLE)
    assert state.cursor_mm == before
    framing = view.framing()
    assert framing is not None
    assert state.pose("axial").pan_mm[0] == pytest.approx(80.0 * framing.mm_per_px)


class Taking:
    """A tool that takes the button or leaves it, and remembers."""

    name = "taking"

    def __init__(self, *, takes: bool) -> None:
        self.takes = takes
        self.heard: list[str] = []

    def press(self, at: Pointer) -> bool:
        self.heard.append(f"press held={at.held} shift={at.shift}")
        return self.takes

    def move(self, at: Pointer) -> bool:
        self.heard.append(f"move held={at.held}")
        return self.takes

    def release(self, at: Pointer) -> bool:
        self.heard.append("release")
        return self.takes

    def double_click(self, at: Pointer) -> bool:
        return self.takes

    def cancel(self) -> None:
        self.heard.append("cancel")


@pytest.mark.parametrize("mouse", MOUSE_MAPS, ids=lambda one: one.name)
def test_a_chosen_tool_has_the_left_button_first(
    view: SliceView, state: ViewState, mouse: MouseMap
) -> None:
    tool = Taking(takes=True)
    view.set_mouse(mouse)
    view.set_tool(tool)
    before = looks(state)
    drag(view, LEFT, (60.0, 300.0), (110.0, 260.0), SHIFT)
    assert looks(state) == before
    assert tool.heard == ["press held=True shift=True", *["move held=True"] * 4, "release"]


def test_what_the_tool_leaves_the_view_does(view: SliceView, state: ViewState) -> None:
    tool = Taking(takes=False)
    view.set_tool(tool)
    before = state.cursor_mm
    drag(view, LEFT, (60.0, 300.0), (110.0, 260.0))
    assert state.cursor_mm != before
    assert tool.heard == ["press held=True shift=False"]


def test_other_buttons_pass_the_tool_by(view: SliceView, state: ViewState) -> None:
    tool = Taking(takes=True)
    view.set_tool(tool)
    before = state.window
    drag(view, RIGHT, (60.0, 300.0), (110.0, 260.0))
    assert state.window != before
    assert tool.heard == []


@pytest.mark.parametrize("tool", [None, Taking(takes=False)], ids=["no tool", "a tool that passes"])
def test_a_ring_on_the_crosshair_turns_the_other_planes(
    view: SliceView, stage: Stage, state: ViewState, tool: Taking | None
) -> None:
    view.set_tool(tool)
    framing = view.framing()
    assert framing is not None
    cursor, plane = state.cursor_mm, framing.plane
    x, y = framing.to_px(cursor)
    reach = HANDLE_SHARE * 400
    angle = math.radians(25.0)
    end = (x + reach * math.cos(angle), y + reach * math.sin(angle))
    drag(view, LEFT, (x + reach, y), end)
    assert state.cursor_mm == cursor
    after = view.framing()
    assert after is not None
    assert after.plane == plane, "the picture one turns in stays"
    lines = {kind: (a, b) for kind, a, b in crossing_lines(stage, PlaneKind.AXIAL, state, after)}
    right, down = lines[PlaneKind.CORONAL]
    assert math.degrees(math.atan2(down, right)) % 180.0 == pytest.approx(25.0, abs=0.5)


def test_without_the_crosshair_there_are_no_rings(view: SliceView, state: ViewState) -> None:
    state.toggle_crosshair()
    framing = view.framing()
    assert framing is not None
    x, y = framing.to_px(state.cursor_mm)
    drag(view, LEFT, (x + HANDLE_SHARE * 400, y), (x + 100, y + 100))
    assert not state.tilted


def test_keys_turn_flip_and_invert_this_view(view: SliceView, state: ViewState) -> None:
    QTest.keyClick(view, Qt.Key.Key_I)
    QTest.keyClick(view, Qt.Key.Key_H)
    QTest.keyClick(view, Qt.Key.Key_BracketRight)
    assert state.inverted
    assert state.pose("axial").mirrored
    assert state.pose("axial").quarter_turns == 1
    assert not state.pose("coronal").turned
    QTest.keyClick(view, Qt.Key.Key_R)
    assert not state.inverted
    assert not state.pose("axial").turned


def test_escape_ends_what_the_tool_began(view: SliceView) -> None:
    tool = Taking(takes=True)
    view.set_tool(tool)
    QTest.mousePress(view, LEFT, pos=QPoint(50, 50))
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert tool.heard[-1] == "cancel"


def test_zoom_and_pan_need_no_mouse(view: SliceView, stage: Stage, state: ViewState) -> None:
    cursor = state.cursor_mm
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert state.pose("axial").zoom > 1.0
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert state.pose("axial").zoom == pytest.approx(1.0)
    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(view, Qt.Key.Key_Up, SHIFT)
    framing = view.framing()
    assert framing is not None
    right, down = (mm / framing.mm_per_px for mm in state.pose("axial").pan_mm)
    assert (right, down) == pytest.approx((24.0, -24.0))
    assert state.cursor_mm == cursor
