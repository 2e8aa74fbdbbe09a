"""What a reader draws with each tool, in every plane, and the numbers beside it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from tests.viewer.canvas.conftest import volume
from viewer.canvas.annotation_layer import AnnotationLayer
from viewer.canvas.annotations import AnnotationBook, label_lines
from viewer.canvas.framing import Framing, frame_view
from viewer.canvas.stage import Stage, stage_of
from viewer.canvas.state import ViewState
from viewer.canvas.tools.tool import Pointer, Tool
from viewer.canvas.tools.toolbox import TOOLS, make_tools
from viewer.geometry.planes import ORTHOGONAL, PlaneKind
from viewer.records import Annotation, GeometryKind, Volume

SERIES = "1.2.3"


class Kept:
    """A keeper that remembers."""

    def __init__(self) -> None:
        self.put_: list[Annotation] = []
        self.removed: list[str] = []

    def put(self, annotation: Annotation) -> None:
        self.put_.append(annotation)

    def remove(self, annotation_id: str) -> None:
        self.removed.append(annotation_id)


class Desk:
    """A view of one plane, a book, and a hand."""

    def __init__(self, held: Volume, kind: PlaneKind) -> None:
        self.stage: Stage = stage_of(held)
        self.state: ViewState = self.stage.first_state()
        self.keeper = Kept()
        self.book = AnnotationBook(self.keeper)
        self.book.study_uid, self.book.author_id = "1.2", "acc"
        self.book.set_volume(SERIES, held)
        self.tools = make_tools(self.book, lambda _: "here")
        self.kind = kind

    @property
    def framing(self) -> Framing:
        return frame_view(self.stage, self.kind, self.state, 401, 301)

    def at(self, x: float, y: float, *, held: bool = False) -> Pointer:
        return Pointer(SERIES, self.kind.value, self.stage, self.state, self.framing, x, y, held)

    def drag(self, tool: Tool, *path: tuple[float, float]) -> None:
        tool.press(self.at(*path[0], held=True))
        for place in path[1:]:
            tool.move(self.at(*place, held=True))
        tool.release(self.at(*path[-1]))

    def click(self, tool: Tool, *places: tuple[float, float]) -> None:
        for place in places:
            tool.move(self.at(*place))
            tool.press(self.at(*place, held=True))
            tool.release(self.at(*place))

    def number(self, name: str) -> float:
        (drawn,) = self.keeper.put_[-1:]
        found = self.book.measured(drawn)
        assert found is not None
        return found.value(name).number


@pytest.fixture(params=ORTHOGONAL)
def kind(request: pytest.FixtureRequest) -> PlaneKind:
    return request.param


@pytest.fixture(params=[False, True], ids=["straight", "oblique"])
def desk(request: pytest.FixtureRequest, kind: PlaneKind) -> Desk:
    return Desk(volume("oblique" if request.param else "straight"), kind)


def test_a_dragged_line_has_the_length_of_its_pixels(desk: Desk) -> None:
    desk.drag(desk.tools["length"], (100, 100), (150, 120), (220, 190))
    expected = math.hypot(120, 90) * desk.framing.mm_per_px
    assert desk.number("length") == pytest.approx(expected, rel=1e-9)


def test_two_clicks_draw_the_same_line_as_a_drag(desk: Desk) -> None:
    desk.drag(desk.tools["length"], (100, 100), (220, 190))
    desk.click(desk.tools["length"], (100, 100), (220, 190))
    dragged, clicked = desk.keeper.put_
    assert dragged.points_mm == clicked.points_mm


def test_an_angle_is_the_angle_on_the_screen(desk: Desk) -> None:
    desk.click(desk.tools["angle"], (200, 100), (100, 100), (150, 100 + 50 * math.sqrt(3)))
    assert desk.number("angle") == pytest.approx(60.0, rel=1e-9)


def test_a_cobb_angle_is_that_of_its_two_lines(desk: Desk) -> None:
    tilt = math.tan(math.radians(20.0)) * 100
    desk.drag(desk.tools["cobb"], (100, 100), (200, 100 + tilt))
    desk.drag(desk.tools["cobb"], (200, 200), (100, 200 + tilt))
    assert desk.number("Cobb angle") == pytest.approx(40.0, rel=1e-9)


def test_the_short_axis_stands_across_the_long_one(desk: Desk) -> None:
    desk.drag(desk.tools["bidirectional"], (100, 100), (200, 100))
    desk.drag(desk.tools["bidirectional"], (150, 80), (170, 130))
    mm = desk.framing.mm_per_px
    assert desk.number("long axis") == pytest.approx(100 * mm, rel=1e-9)
    assert desk.number("short axis") == pytest.approx(50 * mm, rel=1e-9)
    assert desk.number("product") == pytest.approx(5000 * mm**2, rel=1e-9)


@pytest.mark.parametrize(("name", "share"), [("rectangle", 1.0), ("ellipse", math.pi / 4)])
def test_a_region_has_the_area_of_its_pixels(desk: Desk, name: str, share: float) -> None:
    desk.drag(desk.tools[name], (120, 100), (220, 180))
    expected = 100 * 80 * share * desk.framing.mm_per_px**2
    assert desk.number("area") == pytest.approx(expected, rel=1e-9)
    assert desk.number("count") > 0


def test_a_freehand_outline_has_its_shoelace_area(desk: Desk) -> None:
    path = [(100.0, 100.0), (200.0, 100.0), (200.0, 180.0), (100.0, 180.0)]
    desk.drag(desk.tools["freehand"], *path)
    assert desk.number("area") == pytest.approx(8000 * desk.framing.mm_per_px**2, rel=1e-9)


def test_a_probe_reads_the_voxel_under_it(desk: Desk) -> None:
    desk.click(desk.tools["probe"], (190, 140))
    (drawn,) = desk.keeper.put_
    i, j, k = (round(one) for one in desk.stage.volume.to_index(drawn.points_mm[0]))
    assert desk.number("value") == desk.stage.volume.voxels[k, j, i]


def test_an_arrow_carries_its_words(desk: Desk) -> None:
    desk.drag(desk.tools["arrow"], (100, 100), (150, 150))
    (drawn,) = desk.keeper.put_
    assert (drawn.text, drawn.study_uid, drawn.author_id) == ("here", "1.2", "acc")


def test_escape_forgets_what_is_half_drawn(desk: Desk) -> None:
    tool = desk.tools["angle"]
    desk.click(tool, (100, 100), (150, 100))
    assert desk.book.draft is not None
    tool.cancel()
    desk.click(tool, (10, 10))
    assert desk.book.draft is not None
    assert desk.keeper.put_ == []


def test_a_handle_moves_one_end_and_the_line_moves_whole(desk: Desk) -> None:
    desk.drag(desk.tools["length"], (100, 100), (200, 100))
    mm = desk.framing.mm_per_px
    desk.drag(desk.tools["pointer"], (200, 100), (260, 100))
    assert desk.number("length") == pytest.approx(160 * mm, rel=1e-6)
    before = desk.keeper.put_[-1].points_mm
    desk.drag(desk.tools["pointer"], (150, 100), (150, 140))
    after = desk.keeper.put_[-1].points_mm
    assert [math.dist(a, b) for a, b in zip(before, after, strict=True)] == pytest.approx(
        [40 * mm] * 2
    )
    assert len({one.id for one in desk.keeper.put_}) == 1


@pytest.mark.parametrize("name", ["length", "ellipse", "freehand"])
def test_turning_the_wheel_while_drawing_never_draws_across_slices(desk: Desk, name: str) -> None:
    """What is kept lies on one cut; a line whose other end would lie on another is not kept."""
    tool = desk.tools[name]
    tool.press(desk.at(100, 100, held=True))
    for place in ((140, 100), (140, 150)):
        tool.move(desk.at(*place, held=True))
    plane = desk.framing.plane
    desk.state.move_cursor(desk.stage.stepped(desk.kind, desk.state.cursor_mm, 2))
    tool.move(desk.at(180, 190, held=True))
    tool.release(desk.at(180, 190))
    for drawn in desk.keeper.put_:
        assert max(abs(plane.to_screen(point)[2]) for point in drawn.points_mm) < 1e-6
    assert len(desk.keeper.put_) == (1 if name == "freehand" else 0)
    assert desk.book.draft is None


def test_what_is_moved_stays_on_its_slice_and_keeps_the_bound_of_its_points(desk: Desk) -> None:
    desk.drag(desk.tools["length"], (100, 100), (200, 100))
    (drawn,) = desk.keeper.put_
    tool = desk.tools["pointer"]
    tool.press(desk.at(150, 100, held=True))
    plane = desk.framing.plane
    desk.state.move_cursor(desk.stage.stepped(desk.kind, desk.state.cursor_mm, 1))
    desk.state.zoom(desk.kind.value, 0.5)
    tool.release(desk.at(150, 160))
    moved = desk.keeper.put_[-1]
    assert moved.points_mm != drawn.points_mm
    assert max(abs(plane.to_screen(point)[2]) for point in moved.points_mm) < 1e-6
    assert moved.mm_per_px == drawn.mm_per_px


def test_a_line_begun_at_a_coarser_zoom_has_the_bound_of_that_zoom(desk: Desk) -> None:
    tool, coarse = desk.tools["length"], desk.framing.mm_per_px
    desk.click(tool, (100, 100))
    desk.state.zoom(desk.kind.value, 8.0)
    desk.click(tool, (200, 150))
    assert desk.framing.mm_per_px < coarse
    assert desk.keeper.put_[0].mm_per_px == coarse
    desk.drag(desk.tools["pointer"], (200, 150), (220, 150))
    assert desk.keeper.put_[-1].mm_per_px == coarse


def test_a_corner_of_a_box_is_pulled_and_the_opposite_one_stays(desk: Desk) -> None:
    desk.drag(desk.tools["rectangle"], (100, 100), (200, 180))
    desk.drag(desk.tools["pointer"], (200, 100), (240, 80))
    mm = desk.framing.mm_per_px
    assert desk.number("area") == pytest.approx(140 * 100 * mm**2, rel=1e-6)


def test_beside_everything_the_pointer_leaves_the_button_to_the_crosshair(desk: Desk) -> None:
    assert not desk.tools["pointer"].press(desk.at(50, 50, held=True))


@pytest.mark.usefixtures("qapp")
def test_an_annotation_is_on_its_slice_and_not_on_the_next(desk: Desk) -> None:
    desk.drag(desk.tools["length"], (100, 100), (200, 150))
    layer = AnnotationLayer(desk.book)

    def painted() -> bool:
        picture = QImage(401, 301, QImage.Format.Format_RGB32)
        picture.fill(0)
        painter = QPainter(picture)
        layer.paint(painter, SERIES, desk.framing, 1.0)
        painter.end()
        return any(picture.pixelColor(x, 125).green() > 60 for x in range(120, 180))

    assert painted()
    cursor = desk.stage.stepped(desk.kind, desk.state.cursor_mm, 2)
    desk.state.move_cursor(cursor)
    assert not painted()


def test_without_calibration_there_are_pixels_and_no_millimetre() -> None:
    desk = Desk(volume(kind=GeometryKind.UNKNOWN), PlaneKind.NATIVE)
    desk.drag(desk.tools["length"], (100, 100), (220, 190))
    found = desk.book.measured(desk.keeper.put_[0])
    assert found is not None
    assert found.value("length").unit == "px"
    assert found.calibration == "not calibrated: pixels"
    i0, j0, _ = desk.stage.volume.to_index(desk.keeper.put_[0].points_mm[0])
    i1, j1, _ = desk.stage.volume.to_index(desk.keeper.put_[0].points_mm[1])
    assert found.value("length").number == pytest.approx(math.hypot(i1 - i0, j1 - j0))


def test_the_chosen_annotation_tells_its_bound_and_where_the_millimetres_come_from() -> None:
    desk = Desk(volume(), PlaneKind.AXIAL)
    desk.drag(desk.tools["length"], (100, 100), (220, 190))
    drawn = desk.keeper.put_[0]
    short = label_lines(drawn, desk.book.measured(drawn), full=False)
    full = label_lines(drawn, desk.book.measured(drawn), full=True)
    assert len(short) == 1
    assert short[0].endswith(" mm")
    assert "±" in full[0]
    bound = float(full[0].split("±")[1].split()[0])
    assert bound >= 2 * math.sqrt(0.5) * drawn.mm_per_px
    assert full[1] == "positions and pixel spacing of the slices"


def test_every_tool_of_the_bar_exists_and_has_a_key_of_its_own() -> None:
    desk = Desk(volume(), PlaneKind.AXIAL)
    assert {one.name for one in TOOLS} == set(desk.tools)
    assert len({one.key for one in TOOLS}) == len(TOOLS)
    assert all(desk.tools[one.name].name == one.name for one in TOOLS)


@pytest.mark.parametrize("name", ["window", "pan", "zoom"])
def test_looking_tools_change_the_view_and_draw_nothing(name: str) -> None:
    desk = Desk(volume(), PlaneKind.AXIAL)
    looks: Callable[[], object] = lambda: (desk.state.window, desk.state.pose("axial"))  # noqa: E731
    before = looks()
    desk.drag(desk.tools[name], (100, 100), (140, 60))
    assert looks() != before
    assert desk.keeper.put_ == []


@pytest.mark.parametrize("kind", ORTHOGONAL)
@pytest.mark.parametrize("oblique", [False, True])
def test_a_framed_region_sets_the_window_and_leaves_no_trace(
    kind: PlaneKind, oblique: bool
) -> None:
    desk = Desk(volume("oblique" if oblique else "straight"), kind)
    index = [40, 30, 12]
    desk.state.move_cursor(desk.stage.volume.to_mm((40, 30, 12)))
    across = {PlaneKind.AXIAL: 2, PlaneKind.CORONAL: 1, PlaneKind.SAGITTAL: 0}[kind]
    low, high = [25, 20, 8], [55, 40, 16]
    low[across] = high[across] = index[across]
    corners = [desk.framing.to_px(desk.stage.volume.to_mm(tuple(end))) for end in (low, high)]
    desk.drag(desk.tools["region-window"], corners[0], corners[1])
    i, j, k = (slice(a, b + 1) for a, b in zip(low, high, strict=True))
    bottom, top = np.percentile(desk.stage.volume.voxels[k, j, i], [1.0, 99.0])
    window = desk.state.window
    assert window.centre == pytest.approx((bottom + top) / 2, abs=12.0)
    assert window.width == pytest.approx(top - bottom, abs=24.0)
    assert desk.keeper.put_ == []
    assert desk.book.draft is None


def test_a_click_frames_nothing() -> None:
    desk = Desk(volume(), PlaneKind.AXIAL)
    before = desk.state.window
    desk.click(desk.tools["region-window"], (200.0, 150.0))
    assert desk.state.window == before


def test_a_region_outside_the_images_changes_nothing() -> None:
    desk = Desk(volume(), PlaneKind.AXIAL)
    before = desk.state.window
    desk.drag(desk.tools["region-window"], (-90.0, -90.0), (-60.0, -60.0))
    assert desk.state.window == before
