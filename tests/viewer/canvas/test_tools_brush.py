"""Painting labels with the mouse: one stroke from press to release, shown as it is made."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication

from tests.viewer.canvas.conftest import volume
from viewer.canvas.captions import Caption
from viewer.canvas.framing import Framing, frame_view
from viewer.canvas.label_layer import LabelLayer
from viewer.canvas.label_sheet import RADII_MM, BrushStyle, LabelSheet
from viewer.canvas.slice_view import SliceView
from viewer.canvas.stage import stage_of
from viewer.canvas.tools.tool import Pointer
from viewer.canvas.tools.toolbox import LABEL_TOOLS, TOOLS, make_label_tools
from viewer.geometry import labelling
from viewer.geometry.planes import ORTHOGONAL, PlaneKind
from viewer.records import GeometryKind, LabelChange, Volume

SERIES = "1.2.3"
WIDTH, HEIGHT = 401, 301


class Kept:
    """A keeper that remembers."""

    def __init__(self) -> None:
        self.strokes: list[LabelChange] = []

    def put(self, change: LabelChange) -> None:
        self.strokes.append(change)


class Desk:
    """A view of one plane, a sheet, and a hand."""

    def __init__(self, held: Volume, kind: PlaneKind) -> None:
        self.stage = stage_of(held)
        self.state = self.stage.first_state()
        self.keeper = Kept()
        self.sheet = LabelSheet(self.keeper)
        self.sheet.open("1.2", SERIES, held, None)
        self.sheet.set_style(BrushStyle(radius_mm=3.0))
        self.tools = make_label_tools(self.sheet)
        self.layer = LabelLayer(self.sheet)
        self.kind = kind

    @property
    def framing(self) -> Framing:
        return frame_view(self.stage, self.kind, self.state, WIDTH, HEIGHT)

    def at(self, x: float, y: float, *, held: bool = False, shift: bool = False) -> Pointer:
        return Pointer(
            SERIES, self.kind.value, self.stage, self.state, self.framing, x, y, held, shift
        )

    def drag(self, name: str, *path: tuple[float, float], shift: bool = False) -> None:
        tool = self.tools[name]
        tool.press(self.at(*path[0], held=True, shift=shift))
        for place in path[1:]:
            tool.move(self.at(*place, held=True, shift=shift))
        tool.release(self.at(*path[-1], shift=shift))

    def picture(self, *, ratio: float = 1.0, layer: LabelLayer | None = None) -> np.ndarray:
        """What the layer draws on black, (height, width, RGB)."""
        image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        painter.translate(0.5, 0.5)  # as the view does: pixel centres on integers
        (layer or self.layer).paint(painter, SERIES, self.framing, ratio)
        painter.end()
        pixels = np.frombuffer(image.constBits(), np.uint8).reshape(HEIGHT, WIDTH, 4)
        return pixels[..., 2::-1].copy()


@pytest.fixture(params=ORTHOGONAL)
def kind(request: pytest.FixtureRequest) -> PlaneKind:
    return request.param


@pytest.fixture(params=["straight", "oblique", "mirrored"])
def desk(request: pytest.FixtureRequest, kind: PlaneKind, qapp: QApplication) -> Desk:
    return Desk(volume(request.param), kind)


PATH = ((150.0, 120.0), (180.0, 130.0), (230.0, 170.0))


def test_a_stroke_is_one_change_from_press_to_release(desk: Desk) -> None:
    desk.drag("brush", *PATH)
    (change,) = desk.keeper.strokes
    assert (change.study_uid, change.series_uid) == ("1.2", SERIES)
    labels = np.zeros(desk.stage.volume.voxels.shape, np.uint8)
    labelling.apply(labels, change)
    assert np.array_equal(labels, desk.sheet.labels)
    desk.sheet.revert(change)
    assert not desk.sheet.labels.any()
    desk.sheet.apply(change)
    assert np.array_equal(labels, desk.sheet.labels)


def test_a_stroke_paints_the_shown_slice_within_its_radius_and_nothing_else(desk: Desk) -> None:
    desk.drag("brush", *PATH)
    found = np.argwhere(desk.sheet.labels)
    assert len(found) > 20
    path = [np.array(desk.at(*place).point_mm) for place in PATH]
    for k, j, i in found:
        at = np.array(desk.stage.volume.to_mm((int(i), int(j), int(k))))
        assert abs(desk.framing.plane.to_screen(tuple(at))[2]) < 1e-6
        assert min(_away(at, a, b) for a, b in itertools.pairwise(path)) <= 3.0 + 1e-6


def _away(at: np.ndarray, start: np.ndarray, end: np.ndarray) -> float:
    along = end - start
    share = min(max(float((at - start) @ along) / float(along @ along), 0.0), 1.0)
    return float(np.linalg.norm(at - start - share * along))


def test_a_ball_reaches_through_the_slices(desk: Desk) -> None:
    desk.sheet.set_style(BrushStyle(radius_mm=7.0, ball=True))
    desk.drag("brush", (200.0, 150.0))
    away = [
        desk.framing.plane.to_screen(desk.stage.volume.to_mm((int(i), int(j), int(k))))[2]
        for k, j, i in np.argwhere(desk.sheet.labels)
    ]
    assert min(away) < -3.0
    assert max(away) > 3.0
    assert max(map(abs, away)) <= 7.0


def test_the_eraser_and_the_brush_with_shift_take_away(desk: Desk) -> None:
    desk.drag("brush", *PATH)
    desk.drag("eraser", *PATH)
    assert not desk.sheet.labels.any()
    desk.drag("eraser", *PATH, shift=True)
    assert desk.sheet.labels.any()
    desk.drag("brush", *PATH, shift=True)
    assert not desk.sheet.labels.any()
    assert len(desk.keeper.strokes) == 4


def test_escape_takes_a_half_made_stroke_back_and_keeps_nothing(desk: Desk) -> None:
    desk.drag("brush", *PATH)
    before = desk.sheet.labels.copy()
    tool = desk.tools["brush"]
    tool.press(desk.at(100, 60, held=True))
    tool.move(desk.at(140, 200, held=True))
    assert not np.array_equal(desk.sheet.labels, before)
    tool.cancel()
    assert np.array_equal(desk.sheet.labels, before)
    tool.release(desk.at(140, 200))
    assert len(desk.keeper.strokes) == 1


def test_a_stroke_that_changes_nothing_is_not_kept(desk: Desk) -> None:
    desk.drag("eraser", *PATH)
    desk.drag("brush", *PATH)
    desk.drag("brush", *PATH)
    assert len(desk.keeper.strokes) == 1


def test_erased_and_painted_again_in_one_stroke_is_taken_back_to_the_first(desk: Desk) -> None:
    desk.drag("brush", *PATH)
    before = desk.sheet.labels.copy()
    desk.sheet.set_style(replace(desk.sheet.style, value=2))
    tool = desk.tools["brush"]
    tool.press(desk.at(*PATH[0], held=True, shift=True))
    tool.move(desk.at(*PATH[1], held=True, shift=True))
    tool.move(desk.at(*PATH[0], held=True))
    tool.release(desk.at(*PATH[0]))
    assert (desk.sheet.labels == 2).any()
    desk.sheet.revert(desk.keeper.strokes[-1])
    assert np.array_equal(desk.sheet.labels, before)


def test_a_double_click_is_a_second_dab_and_leaves_no_stroke_open(desk: Desk) -> None:
    desk.drag("brush", (200.0, 150.0))
    assert desk.tools["brush"].double_click(desk.at(120, 120))
    assert not desk.sheet.in_stroke
    assert len(desk.keeper.strokes) == 2


def test_a_stroke_stays_on_the_slice_it_began_on(desk: Desk) -> None:
    """Turning the wheel with the button held paints nothing on the slices that pass."""
    tool = desk.tools["brush"]
    tool.press(desk.at(200, 150, held=True))
    before = desk.sheet.labels.copy()
    cursor = desk.stage.stepped(desk.kind, desk.state.cursor_mm, 2)
    desk.state.move_cursor(cursor)
    tool.move(desk.at(240, 170, held=True))
    assert np.array_equal(desk.sheet.labels, before)


def test_a_series_that_is_not_being_painted_leaves_the_button_to_the_crosshair(desk: Desk) -> None:
    other = replace(desk.at(200, 150, held=True), series_uid="9.9")
    assert not desk.tools["brush"].press(other)
    desk.sheet.close()
    assert not desk.tools["brush"].press(desk.at(200, 150, held=True))


def test_the_brush_held_to_a_range_and_off_other_labels(desk: Desk) -> None:
    desk.sheet.set_style(BrushStyle(radius_mm=6.0, value=1, between=(0, 450)))
    desk.drag("brush", *PATH)
    first = desk.sheet.labels == 1
    voxels = desk.stage.volume.voxels
    assert voxels[first].max() <= 450
    desk.sheet.set_style(BrushStyle(radius_mm=6.0, value=2, own_only=True))
    desk.drag("brush", *PATH)
    assert np.array_equal(desk.sheet.labels == 1, first)
    assert voxels[desk.sheet.labels == 2].min() > 450
    desk.drag("eraser", *PATH)
    assert np.array_equal(desk.sheet.labels == 1, first)
    assert not (desk.sheet.labels == 2).any()


def test_the_radius_stays_within_bounds(desk: Desk) -> None:
    desk.sheet.set_style(BrushStyle(radius_mm=1e9))
    assert desk.sheet.style.radius_mm == RADII_MM[1]
    desk.sheet.set_style(BrushStyle(radius_mm=0.0))
    assert desk.sheet.style.radius_mm == RADII_MM[0]


def test_filling_between_slices_is_one_stroke(desk: Desk) -> None:
    volume_ = desk.stage.volume
    labels = np.zeros(volume_.voxels.shape, np.uint8)
    labels[4, 20:40, 20:50] = labels[10, 25:45, 30:60] = 1
    desk.sheet.open("1.2", SERIES, volume_, labels)
    change = desk.sheet.fill_between(0)
    assert change is not None
    assert desk.keeper.strokes == [change]
    assert all(desk.sheet.labels[k].any() for k in range(4, 11))
    desk.sheet.revert(change)
    assert np.array_equal(desk.sheet.labels, labels)
    desk.sheet.open("1.2", SERIES, volume_, None)
    assert desk.sheet.fill_between(0) is None


def test_what_was_opened_is_copied_and_a_foreign_shape_refused(desk: Desk) -> None:
    given = np.zeros(desk.stage.volume.voxels.shape, np.uint8)
    desk.sheet.open("1.2", SERIES, desk.stage.volume, given)
    desk.drag("brush", *PATH)
    assert not given.any()
    with pytest.raises(ValueError, match="shape"):
        desk.sheet.open("1.2", SERIES, desk.stage.volume, given[1:])


def test_millilitres_of_a_label_and_none_without_calibration() -> None:
    desk = Desk(volume("straight"), PlaneKind.AXIAL)
    assert desk.sheet.volume_ml(1) == 0.0
    desk.drag("brush", *PATH)
    count = np.count_nonzero(desk.sheet.labels)
    assert desk.sheet.volume_ml(1) == pytest.approx(count * 0.5 * 0.9 * 3.1 / 1000.0)
    unknown = Desk(volume("straight", GeometryKind.UNKNOWN), PlaneKind.NATIVE)
    unknown.drag("brush", *PATH)
    assert unknown.sheet.labels.any()
    assert unknown.sheet.volume_ml(1) is None


# What is seen


def _label_under(desk: Desk) -> np.ndarray:
    """The label of the voxel nearest to each pixel, one pixel at a time; -1 near a tie."""
    found = np.full((HEIGHT, WIDTH), -1)
    held, framing = desk.stage.volume, desk.framing
    inverse = np.linalg.inv(held.affine)
    y, x = np.indices((HEIGHT, WIDTH))
    mm = framing.mm_per_px
    right, down = (x - (WIDTH - 1) / 2) * mm, (y - (HEIGHT - 1) / 2) * mm
    points = (
        np.array(framing.plane.centre)
        + right[..., None] * np.array(framing.plane.right)
        + down[..., None] * np.array(framing.plane.down)
    )
    index = points @ inverse[:3, :3].T + inverse[:3, 3]
    nearest = np.rint(index).astype(int)
    size = np.array(held.voxels.shape)[::-1]
    within = ((nearest >= 0) & (nearest < size)).all(axis=-1)
    clear = (np.abs(np.abs(index - nearest) - 0.5) > 1e-4).all(axis=-1)
    i, j, k = np.moveaxis(np.where(within[..., None], nearest, 0), -1, 0)
    found[clear] = np.where(within, desk.sheet.labels[k, j, i], 0)[clear]
    return found


def test_every_painted_voxel_is_coloured_and_no_other_pixel(desk: Desk) -> None:
    labels = np.random.default_rng(2).integers(0, 2, (24, 60, 80)).astype(np.uint8)
    labels *= (np.indices(labels.shape)[2] > 30).astype(np.uint8)
    desk.sheet.open("1.2", SERIES, desk.stage.volume, labels)
    shown = desk.picture().any(axis=-1)
    truth = _label_under(desk)
    assert np.count_nonzero(truth == 1) > 2000
    assert shown[truth == 1].all()
    assert not shown[truth == 0].any()


def test_the_picture_follows_each_step_of_a_stroke_as_if_made_anew(desk: Desk) -> None:
    tool = desk.tools["brush"]
    desk.drag("brush", (100.0, 60.0), (300.0, 220.0))
    desk.picture()
    tool.press(desk.at(*PATH[0], held=True))
    for n in range(12):
        tool.move(desk.at(150 + 9 * n, 120 + 5 * n, held=True, shift=n > 8))
        followed = desk.picture()
        fresh = desk.picture(layer=LabelLayer(desk.sheet))
        # A pixel on the very border of two voxels may fall to either.
        assert np.count_nonzero((followed != fresh).any(axis=-1) & (_label_under(desk) >= 0)) == 0


def test_a_step_of_a_stroke_makes_only_its_own_part_of_the_picture_again(desk: Desk) -> None:
    labels = np.ones(desk.stage.volume.voxels.shape, np.uint8)
    desk.sheet.open("1.2", SERIES, desk.stage.volume, labels)
    desk.sheet.set_style(BrushStyle(radius_mm=2.0, value=2))
    desk.picture()
    whole = desk.layer.remade_pixels
    tool = desk.tools["brush"]
    tool.press(desk.at(200, 150, held=True))
    desk.picture()
    assert 0 < desk.layer.remade_pixels - whole < whole / 8
    before = desk.layer.remade_pixels
    desk.picture()
    assert desk.layer.remade_pixels == before


def test_a_stroke_may_run_on_beyond_what_was_painted_before(desk: Desk) -> None:
    desk.drag("brush", (200.0, 150.0))
    desk.picture()
    desk.drag("brush", (200.0, 150.0), (100.0, 100.0), (330.0, 230.0))
    truth = _label_under(desk)
    shown = desk.picture().any(axis=-1)
    assert shown[truth == 1].all()
    desk.tools["brush"].cancel()
    shown = desk.picture().any(axis=-1)
    assert not shown[truth == 0].any()


def test_each_label_has_its_colour_and_its_edge_is_stronger(desk: Desk) -> None:
    labels = np.zeros(desk.stage.volume.voxels.shape, np.uint8)
    k, j, i = (size // 2 for size in labels.shape)
    labels[k - 6 : k + 6, j - 12 : j + 12, i - 20 : i] = 1
    labels[k - 6 : k + 6, j - 12 : j + 12, i : i + 20] = 2
    desk.sheet.open("1.2", SERIES, desk.stage.volume, labels)
    seen = {tuple(map(int, colour)) for colour in np.unique(desk.picture().reshape(-1, 3), axis=0)}
    assert len(seen) in (3, 5)  # black, and fill and edge of each label the plane meets
    assert len({sum(colour) for colour in seen}) == len(seen)
    desk.layer.set_opacity(0.0)
    edges = desk.picture().any(axis=-1)
    assert 0 < np.count_nonzero(edges) < np.count_nonzero(_label_under(desk) > 0) / 4


def test_on_a_screen_of_two_pixels_each_the_labels_lie_in_the_same_place(desk: Desk) -> None:
    labels = np.zeros(desk.stage.volume.voxels.shape, np.uint8)
    labels[6:18, 15:45, 20:60] = 1
    desk.sheet.open("1.2", SERIES, desk.stage.volume, labels)
    one, two = desk.picture(), desk.picture(ratio=2.0)
    differ = one.any(axis=-1) != two.any(axis=-1)
    edges = np.count_nonzero(one.max(axis=-1) == one.max())
    assert np.count_nonzero(differ) <= edges


def test_the_brush_is_drawn_as_large_as_it_paints(desk: Desk) -> None:
    desk.sheet.set_style(BrushStyle(radius_mm=5.0))
    desk.tools["brush"].move(desk.at(200, 150))
    shown = desk.picture().max(axis=-1) > 60
    y, x = np.nonzero(shown)
    reach = 5.0 / desk.framing.mm_per_px
    assert (x.max() - x.min()) / 2 == pytest.approx(reach, abs=2.0)
    assert (y.max() - y.min()) / 2 == pytest.approx(reach, abs=2.0)
    assert np.hypot(x - 200, y - 150) == pytest.approx(np.full(x.shape, reach), abs=2.5)
    desk.tools["brush"].cancel()
    assert not desk.picture().any()


def test_the_layer_lets_everything_go_with_the_sheet(desk: Desk) -> None:
    desk.drag("brush", *PATH)
    assert desk.picture().any()
    desk.sheet.close()
    assert not desk.picture().any()


def test_label_tools_have_keys_of_their_own() -> None:
    tools = make_label_tools(LabelSheet(Kept()))
    assert {one.name for one in LABEL_TOOLS} == set(tools)
    assert all(tools[one.name].name == one.name for one in LABEL_TOOLS)
    assert len({one.key for one in (*TOOLS, *LABEL_TOOLS)}) == len(TOOLS) + len(LABEL_TOOLS)


# On a real view


@pytest.fixture
def view(qapp: QApplication) -> Iterator[SliceView]:
    shown = SliceView(PlaneKind.AXIAL)
    shown.resize(WIDTH, HEIGHT)
    yield shown
    shown.close()


def _send(view: SliceView, event: QEvent.Type, x: float, y: float, button: Qt.MouseButton) -> None:
    held = button if event is not QEvent.Type.MouseButtonRelease else Qt.MouseButton.NoButton
    sent = Qt.MouseButton.NoButton if event is QEvent.Type.MouseMove else button
    at = QPointF(x, y)
    QApplication.sendEvent(
        view, QMouseEvent(event, at, at, sent, held, Qt.KeyboardModifier.NoModifier)
    )


def test_a_mouse_on_a_view_paints(view: SliceView) -> None:
    desk = Desk(volume("straight"), PlaneKind.AXIAL)
    view.show_stage(desk.stage, desk.state, Caption(), series_uid=SERIES)
    view.set_tool(desk.tools["brush"])
    view.set_painted([desk.layer])
    left = Qt.MouseButton.LeftButton
    grabbed: Callable[[], np.ndarray] = lambda: _grab(view)  # noqa: E731
    before = grabbed()
    _send(view, QEvent.Type.MouseButtonPress, 150, 120, left)
    _send(view, QEvent.Type.MouseMove, 220, 150, left)
    _send(view, QEvent.Type.MouseButtonRelease, 220, 150, left)
    assert len(desk.keeper.strokes) == 1
    assert np.count_nonzero((grabbed() != before).any(axis=-1)) > 200
    desk.state.set_bare(bare=True)
    bare = grabbed()
    desk.sheet.revert(desk.keeper.strokes[0])
    assert np.array_equal(bare, grabbed())


def _grab(view: SliceView) -> np.ndarray:
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(HEIGHT, WIDTH, 4)[..., :3].copy()
