"""A second series over the first: it lies where the transform says, and shows what it is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.viewer.canvas.conftest import phantom
from tests.viewer.canvas.test_slice_view import picture
from viewer.canvas.captions import Caption, fused_lines
from viewer.canvas.framing import frame_view
from viewer.canvas.fusion import Fusion, FusionColours, colour_table, fuse
from viewer.canvas.grid import ViewGrid
from viewer.canvas.layers import Layers, cut_patch
from viewer.canvas.stage import Stage, stage_of
from viewer.geometry.planes import ORTHOGONAL, PlaneKind, rotation_about
from viewer.records import Geometry, GeometryKind, Volume, WindowLevel

CUBE_MM = (20.0, -24.0, 12.0)
WINDOW = WindowLevel(500.0, 1000.0)


def below_to_above() -> np.ndarray:
    """A rigid transform no axis of which stays where it was."""
    matrix = np.eye(4)
    matrix[:3, :3] = rotation_about((1.0, 0.0, 0.0), 0.4) @ rotation_about((0.0, 0.0, 1.0), -0.7)
    matrix[:3, 3] = (7.0, -31.0, 12.5)
    return matrix


def above() -> Stage:
    """Another scan of the same head, in its own space and grid: air with one bright cube."""
    affine = np.eye(4)
    affine[:3, :3] = np.diag([1.5, 1.25, 2.0])
    placed = below_to_above() @ np.array([*CUBE_MM, 1.0])
    affine[:3, 3] = placed[:3] - affine[:3, :3] @ np.array([30.0, 25.0, 20.0])
    voxels = np.zeros((40, 50, 60), np.int16)
    voxels[18:23, 23:28, 28:33] = 1000  # symmetric about index (30, 25, 20)
    return stage_of(Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0)))


@pytest.mark.parametrize("kind", ORTHOGONAL)
def test_a_cube_of_the_upper_series_lands_where_the_transform_puts_it(
    stage: Stage, kind: PlaneKind
) -> None:
    state = stage.first_state()
    state.move_cursor(CUBE_MM)
    framing = frame_view(stage, kind, state, 301, 241)
    fusion = fuse(above(), below_to_above(), WINDOW)
    cut = cut_patch(fusion.cutter, framing, (0, 0, 300, 240), 1).pixels
    rows, columns = np.nonzero(cut > 500)
    x, y = framing.to_px(CUBE_MM)
    assert columns.mean() == pytest.approx(x, abs=0.75)
    assert rows.mean() == pytest.approx(y, abs=0.75)
    # The wrong way round it would not even be in the picture's middle.
    wrong = fuse(above(), np.linalg.inv(below_to_above()), WINDOW)
    missed = cut_patch(wrong.cutter, framing, (0, 0, 300, 240), 1).pixels
    assert not (missed > 500).any() or abs(np.nonzero(missed > 500)[1].mean() - x) > 3.0


def test_the_picture_laid_on_top_covers_the_view_pixel_for_pixel(stage: Stage) -> None:
    state = stage.first_state()
    state.move_cursor(CUBE_MM)
    framing = frame_view(stage, PlaneKind.AXIAL, state, 301, 241)
    laid = Layers().fused(fuse(above(), below_to_above(), WINDOW), framing)
    assert laid is not None
    image, area = laid
    alpha = np.array(
        [
            [image.pixelColor(x, y).alpha() for x in range(image.width())]
            for y in range(image.height())
        ]
    )
    rows, columns = np.nonzero(alpha > 0)
    x, y = framing.to_px(CUBE_MM)
    per_x, per_y = area.width() / image.width(), area.height() / image.height()
    assert area.left() + (columns.mean() + 0.5) * per_x == pytest.approx(x + 0.5, abs=1.5)
    assert area.top() + (rows.mean() + 0.5) * per_y == pytest.approx(y + 0.5, abs=1.5)


def test_the_voxels_are_shared_not_copied() -> None:
    upper = above()
    fusion = fuse(upper, below_to_above(), WINDOW)
    assert np.shares_memory(fusion.cutter.voxels, upper.volume.voxels)


@pytest.fixture
def grid(qtbot: QtBot, stage: Stage) -> ViewGrid:
    made = ViewGrid()
    qtbot.addWidget(made)
    made.set_layout(1, 1)
    made.resize(300, 240)
    state = stage.first_state()
    state.move_cursor(CUBE_MM)
    state.toggle_crosshair()
    made.show_in(0, "one", stage, state, Caption(), PlaneKind.AXIAL)
    made.show()
    qtbot.waitUntil(lambda: not made.cells[0].waits)
    return made


def colour_at_cube(grid: ViewGrid) -> tuple[int, int, int]:
    framing = grid.cells[0].framing()
    assert framing is not None
    x, y = framing.to_px(CUBE_MM)
    red, green, blue = picture(grid.cells[0])[round(y), round(x)]
    return int(red), int(green), int(blue)


def test_opacity_runs_from_nothing_to_everything(grid: ViewGrid) -> None:
    plain = colour_at_cube(grid)
    top = tuple(int(value) for value in colour_table(FusionColours.HEAT)[-1])
    seen = []
    for opacity in (0.0, 0.5, 1.0):
        grid.show_fusion(fuse(above(), below_to_above(), WINDOW, opacity), "one")
        seen.append(colour_at_cube(grid))
    assert seen[0] == plain
    assert seen[2] == pytest.approx(top, abs=3)
    assert seen[1] == pytest.approx([(a + b) / 2 for a, b in zip(plain, top, strict=True)], abs=4)
    grid.show_fusion(None, "one")
    assert colour_at_cube(grid) == plain


def test_another_series_is_left_alone(grid: ViewGrid) -> None:
    grid.show_fusion(fuse(above(), below_to_above(), WINDOW, 1.0), "another")
    assert grid.cells[0].fusion is None


def test_holding_space_hides_the_upper_series(grid: ViewGrid) -> None:
    plain = colour_at_cube(grid)
    grid.show_fusion(fuse(above(), below_to_above(), WINDOW, 1.0), "one")
    state = grid.cells[0].state
    assert state is not None
    state.set_bare(bare=True)
    assert colour_at_cube(grid) == plain


def test_the_corner_says_what_lies_on_top() -> None:
    fusion = fuse(above(), below_to_above(), WINDOW, 0.4, name="PET")
    assert fused_lines(fusion) == ("over it 40%: PET",)
    assert fused_lines(None) == ()
    assert fused_lines(Fusion(fusion.cutter, WINDOW, 0.0)) == ()


@pytest.mark.parametrize("colours", FusionColours)
def test_every_colour_table_grows_lighter_by_even_steps(colours: FusionColours) -> None:
    """Perceived lightness (CIE L*) by the published formulas, not by the code under test."""
    srgb = colour_table(colours) / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    lightness = np.where(
        luminance > (6 / 29) ** 3, 116 * np.cbrt(luminance) - 16, luminance * (29 / 3) ** 3
    )
    steps = np.diff(lightness)
    even = (lightness[-1] - lightness[0]) / 255
    assert even > 0.3
    smooth = np.convolve(steps, np.ones(16) / 16, "valid")  # rounding to 8 bits is noise
    assert smooth == pytest.approx(even, abs=0.12)
    assert math.isclose(lightness[-1], 100.0 if colours is FusionColours.GRAY else 95.0, abs_tol=1)


def test_phantom_has_the_cube_within_reach() -> None:
    index = phantom().to_index(CUBE_MM)
    assert all(0 <= one < many for one, many in zip(index, (50, 40, 20), strict=True))
