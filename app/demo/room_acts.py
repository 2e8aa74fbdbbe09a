"""The reading room without a person: every tool once, every kind of layout, all undone again."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.demo.stage import Stage
from app.demo.steps import expect
from app.pages.reading.page import ReadingPage
from app.workflow import annotating
from viewer.canvas.hanging import PLANES, hangings, in_layout
from viewer.canvas.slice_view import SliceView
from viewer.geometry.planes import PlaneKind
from viewer.geometry.slab import Slab, SlabMode

# Where each tool draws, from the middle of the axial view, as shares of its smaller half.
_DRAGS: dict[str, tuple[tuple[float, float], ...]] = {
    "length": ((-0.5, -0.3), (-0.1, -0.2)),
    "bidirectional": ((0.1, -0.5), (0.45, -0.35), (0.25, -0.55), (0.3, -0.3)),
    "cobb": ((-0.5, -0.65), (0.0, -0.6), (-0.5, 0.65), (0.0, 0.55)),
    "rectangle": ((-0.55, 0.05), (-0.3, 0.25)),
    "ellipse": ((0.15, 0.1), (0.45, 0.3)),
    "freehand": ((0.1, 0.4), (0.4, 0.4), (0.4, 0.6), (0.15, 0.65)),
}
_SIDES = (1, 2, 3, 4, 5)


def read_in_the_room(stage: Stage, page: ReadingPage) -> None:
    """Draw with each tool, look in each way, hang in each size; then undo what was drawn."""
    hand, view = stage.hand, page.grid.slices[PlaneKind.AXIAL]
    for name, places in _DRAGS.items():
        page.tools.choose(name)
        for start in range(0, len(places), 2 if name != "freehand" else len(places)):
            end = len(places) if name == "freehand" else start + 2
            _drag(view, places[start:end])
        hand.pause(60)
    page.tools.choose("angle")
    for place in ((0.5, -0.1), (0.3, -0.2), (0.55, -0.25)):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=_at(view, place))
    page.tools.choose("probe")
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=_at(view, (0.0, 0.3)))
    session, wanted = stage.signed_in(), len(_DRAGS) + 2
    hand.until(
        lambda: len(annotating.annotations_of(session, stage.study_uid)) == wanted,
        "every measurement to be stored",
    )
    page.tools.choose("pointer")
    hand.pause(300)
    hand.picture("08a-tools")
    page.drawing.mark()
    hand.until(lambda: bool(page.drawing.key_images), "the key image")
    _look(stage, page, view)
    _hang(stage, page)
    for left in range(wanted, -1, -1):
        page.drawing.undo()
        hand.until(partial(_shows, page, left), "an edit to be undone")
    expect(not annotating.annotations_of(session, stage.study_uid), "undo left something behind")
    stage.steps.note(f"{wanted} measurements and a key image drawn, stored, and undone one by one")


def _shows(page: ReadingPage, count: int) -> bool:
    return len(page.drawing.book.all) + len(page.drawing.key_images) == count


def _look(stage: Stage, page: ReadingPage, view: SliceView) -> None:
    """Turned planes, a thick cut, and the neurological view with its warning."""
    state, framing = page.state, view.framing()
    if state is None or framing is None:
        return
    view.setFocus()
    others = (PlaneKind.CORONAL, PlaneKind.SAGITTAL)
    state.tilt_planes(others, framing.plane.normal, 0.4)
    stage.hand.pause(400)
    stage.hand.picture("08b-turned-planes")
    state.straighten()
    state.set_slab(Slab(SlabMode.MIP, 20.0))
    state.toggle_inverted()
    state.set_neurological(neurological=True)
    stage.hand.pause(400)
    stage.hand.picture("08c-slab-inverted-neurological")
    state.set_neurological(neurological=False)
    state.reset()


def _hang(stage: Stage, page: ReadingPage) -> None:
    """Every hanging that makes sense for the study, then one to twenty-five cells."""
    active = page.images.series
    facts = page.menus.facts()
    wanted = list(hangings(facts)[1:])
    wanted += [in_layout(facts, side, side, active.uid if active else "") for side in _SIDES]
    for number, hanging in enumerate(wanted):
        page.images.hang(hanging)
        stage.hand.pause(700)
        stage.hand.picture(f"08d-{number}-{hanging.name.replace(' ', '-').lower()}")
    page.images.hang(PLANES)
    stage.hand.until(
        lambda: page.grid.of_planes and page.grid.active.framing() is not None, "the planes again"
    )
    stage.hand.pause(1500)


def _drag(view: SliceView, places: tuple[tuple[float, float], ...]) -> None:
    first, last = _at(view, places[0]), _at(view, places[-1])
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=first)
    for place in places[1:]:
        QTest.mouseMove(view, _at(view, place))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=last)


def _at(view: SliceView, place: tuple[float, float]) -> QPoint:
    half = min(view.width(), view.height()) / 2
    middle = view.rect().center()
    return QPoint(round(middle.x() + place[0] * half), round(middle.y() + place[1] * half))
