"""Left is left: letters and pixels agree for every way a volume can be stored and shown."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from viewer.canvas.captions import side_warning
from viewer.canvas.framing import frame_view
from viewer.canvas.layers import cut_patch
from viewer.canvas.stage import Stage, stage_of
from viewer.canvas.state import ViewState
from viewer.geometry.planes import ORTHOGONAL, Letters, PlaneKind, orientation_letters
from viewer.records import Geometry, GeometryKind, Volume

# A cube at the patient's left, front and head; LPS+ mm.
CUBE_MM = (24.0, -30.0, 36.0)
_VOXEL_MM = 2.9
_SIDE_OF = {"L": (0, 1), "R": (0, -1), "P": (1, 1), "A": (1, -1), "H": (2, 1), "F": (2, -1)}

STORED = [
    (order, signs)
    for order in itertools.permutations(range(3))
    for signs in itertools.product((1.0, -1.0), repeat=3)
]
POSES = [
    (turns, mirrored, upside_down)
    for turns in range(4)
    for mirrored in (False, True)
    for upside_down in (False, True)
]


def head(order: tuple[int, ...], signs: tuple[float, ...]) -> Stage:
    """A head stored along these patient axes: axis order[n] runs with sign signs[n]."""
    spacing, count = (3.0, 4.0, 5.0), (32, 28, 24)
    affine = np.eye(4)
    affine[:3, :3] = 0.0
    for axis in range(3):
        affine[order[axis], axis] = signs[axis] * spacing[axis]
    middle = (np.array(count) - 1) / 2.0
    affine[:3, 3] = -affine[:3, :3] @ middle
    voxels = np.full(count[::-1], 10, np.int16)
    i, j, k = np.rint(np.linalg.solve(affine, np.array([*CUBE_MM, 1.0]))[:3]).astype(int)
    voxels[k - 1 : k + 2, j - 1 : j + 2, i - 1 : i + 2] = 1000
    return stage_of(Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0)))


def bright_mm(stage: Stage, kind: PlaneKind, state: ViewState) -> tuple[float, float]:
    """How far right of the middle and below it the cube shows, in mm."""
    framing = frame_view(stage, kind, state, 201, 201)
    patch = cut_patch(stage.cutter, framing, (0, 0, 200, 200), 1)
    rows, columns = np.nonzero(patch.pixels > 500)
    mm = framing.mm_per_px
    return float(columns.mean() - 100) * mm, float(rows.mean() - 100) * mm


def bright_side(stage: Stage, kind: PlaneKind, state: ViewState) -> tuple[int, int]:
    """On which side of the middle the cube shows: (right of it, below it) as signs."""
    right, down = bright_mm(stage, kind, state)
    return int(np.sign(right)), int(np.sign(down))


def letters_of(stage: Stage, kind: PlaneKind, state: ViewState) -> Letters:
    return orientation_letters(frame_view(stage, kind, state, 201, 201).plane)


def agree(edges: Letters, shown: tuple[float, float]) -> bool:
    """Whether the cube shows where letters and what is known of the patient put it.

    Its distances from the middle differ along the three axes, so exchanged axes are caught too.
    """
    for letter, mm in zip((edges.right, edges.bottom), shown, strict=True):
        axis, sign = _SIDE_OF[letter[0]]
        if abs(CUBE_MM[axis] * sign - mm) > _VOXEL_MM:
            return False
    return True


@pytest.mark.parametrize(("order", "signs"), STORED)
def test_the_cube_lies_where_the_letters_say(
    order: tuple[int, ...], signs: tuple[float, ...]
) -> None:
    """48 ways to store a head, every plane: left, front and up are where the screen says."""
    stage = head(order, signs)
    state = stage.first_state()
    state.move_cursor(stage.snap(CUBE_MM))
    for kind in (*ORTHOGONAL, PlaneKind.NATIVE):
        assert agree(letters_of(stage, kind, state), bright_mm(stage, kind, state))
    assert bright_side(stage, PlaneKind.AXIAL, state) == (1, -1)
    assert bright_side(stage, PlaneKind.CORONAL, state) == (1, -1)
    assert bright_side(stage, PlaneKind.SAGITTAL, state) == (-1, -1)


@pytest.mark.parametrize(("order", "signs"), STORED)
@pytest.mark.parametrize("neurological", [False, True])
def test_letters_follow_every_flip_and_turn(
    order: tuple[int, ...], signs: tuple[float, ...], neurological: bool
) -> None:
    """48 ways to store it, 16 ways to turn and flip each view, both conventions, four planes."""
    stage = head(order, signs)
    for turns, mirrored, upside_down in POSES:
        state = stage.first_state()
        state.move_cursor(stage.snap(CUBE_MM))
        state.set_neurological(neurological=neurological)
        for kind in (*ORTHOGONAL, PlaneKind.NATIVE):
            state.turn(kind.value, turns)
            if mirrored:
                state.flip(kind.value, sideways=True)
            if upside_down:
                state.flip(kind.value, sideways=False)
            assert agree(letters_of(stage, kind, state), bright_mm(stage, kind, state))


@pytest.mark.parametrize(("order", "signs"), STORED)
def test_turned_planes_show_the_cube_where_the_cursor_finds_it(
    order: tuple[int, ...], signs: tuple[float, ...]
) -> None:
    """Oblique too, a point of the patient and its pixel are one and the same, both ways."""
    stage = head(order, signs)
    state = stage.first_state()
    state.move_cursor(stage.snap(CUBE_MM))
    state.tilt_planes(ORTHOGONAL, (0.6, 0.0, 0.8), 0.35)
    state.flip("coronal", sideways=True)
    state.turn("sagittal", 1)
    for kind in ORTHOGONAL:
        framing = frame_view(stage, kind, state, 201, 201)
        rows, columns = np.nonzero(
            cut_patch(stage.cutter, framing, (0, 0, 200, 200), 1).pixels > 500
        )
        x, y = framing.to_px(stage.snap(CUBE_MM))
        assert columns.mean() == pytest.approx(x, abs=1.0)
        assert rows.mean() == pytest.approx(y, abs=1.0)
        assert framing.to_mm(x, y) == pytest.approx(stage.snap(CUBE_MM), abs=1e-6)


def test_letters_that_did_not_follow_would_be_caught() -> None:
    """The harness goes red for a viewer that keeps its letters when the picture is flipped."""
    stage = head((0, 1, 2), (1.0, 1.0, 1.0))
    state = stage.first_state()
    state.move_cursor(stage.snap(CUBE_MM))
    kept = letters_of(stage, PlaneKind.AXIAL, state)
    for turns, mirrored, upside_down in POSES:
        state.reset()
        state.turn("axial", turns)
        if mirrored:
            state.flip("axial", sideways=True)
        if upside_down:
            state.flip("axial", sideways=False)
        same = letters_of(stage, PlaneKind.AXIAL, state) == kept
        assert agree(kept, bright_mm(stage, PlaneKind.AXIAL, state)) == same


def test_a_flip_mirrors_the_picture_as_it_stands() -> None:
    stage = head((0, 1, 2), (1.0, 1.0, 1.0))
    state = stage.first_state()
    state.move_cursor(stage.snap(CUBE_MM))
    for turns in range(4):
        across, down = bright_side(stage, PlaneKind.AXIAL, state)
        state.flip("axial", sideways=True)
        assert bright_side(stage, PlaneKind.AXIAL, state) == (-across, down), turns
        state.flip("axial", sideways=False)
        assert bright_side(stage, PlaneKind.AXIAL, state) == (-across, -down), turns
        state.flip("axial", sideways=True)
        state.flip("axial", sideways=False)
        state.turn("axial", 1)
        assert bright_side(stage, PlaneKind.AXIAL, state) == (-down, across), turns


def test_neurological_puts_the_left_on_the_left() -> None:
    stage = head((0, 1, 2), (1.0, 1.0, 1.0))
    state = stage.first_state()
    state.move_cursor(stage.snap(CUBE_MM))
    state.set_neurological(neurological=True)
    assert bright_side(stage, PlaneKind.AXIAL, state)[0] == -1
    assert bright_side(stage, PlaneKind.SAGITTAL, state) == (-1, -1)


def warning(stage: Stage, kind: PlaneKind, state: ViewState) -> str:
    return side_warning(stage, frame_view(stage, kind, state, 201, 201).plane, state)


@pytest.mark.parametrize(("order", "signs"), STORED)
def test_a_warning_stands_wherever_left_is_on_the_left(
    order: tuple[int, ...], signs: tuple[float, ...]
) -> None:
    """However the head is stored, flipped and turned, and whichever convention was asked for."""
    stage = head(order, signs)
    for neurological, flipped, turns in itertools.product((False, True), (False, True), range(4)):
        state = stage.first_state()
        state.set_neurological(neurological=neurological)
        for kind in (*ORTHOGONAL, PlaneKind.NATIVE):
            if flipped:
                state.flip(kind.value, sideways=True)
            state.turn(kind.value, turns)
            plane = frame_view(stage, kind, state, 201, 201).plane
            words = warning(stage, kind, state)
            towards_left = -np.array(plane.right)  # what the left edge faces, LPS+
            if towards_left[0] > 0.9:
                assert words.startswith("Left on the left")
            elif towards_left[0] < -0.9:
                assert bool(words) == neurological
                assert "Left on the left" not in words
            else:
                assert words == ""


@pytest.mark.parametrize(("order", "signs"), STORED)
def test_the_neurological_switch_reaches_slices_as_acquired(
    order: tuple[int, ...], signs: tuple[float, ...]
) -> None:
    stage = head(order, signs)
    state = stage.first_state()
    before = frame_view(stage, PlaneKind.NATIVE, state, 201, 201).plane
    state.set_neurological(neurological=True)
    after = frame_view(stage, PlaneKind.NATIVE, state, 201, 201).plane
    assert after.down == before.down
    if abs(before.right[0]) > 0.9:
        assert orientation_letters(after).left == "L"
    else:
        assert after.right == before.right


def test_without_geometry_nothing_is_said_of_sides_and_nothing_mirrored() -> None:
    base = head((0, 1, 2), (1.0, 1.0, 1.0)).volume
    stage = stage_of(Volume(base.voxels, base.affine, Geometry(GeometryKind.UNKNOWN, 0.0)))
    state = stage.first_state()
    before = frame_view(stage, PlaneKind.AXIAL, state, 201, 201)
    state.set_neurological(neurological=True)
    assert frame_view(stage, PlaneKind.AXIAL, state, 201, 201) == before
    assert warning(stage, PlaneKind.AXIAL, state) == ""
