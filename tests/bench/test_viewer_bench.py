"""The bench itself: wrong frames, changed voxels and absent peers cannot pass for results."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication

from tests.bench import running
from tests.bench.measuring import _scrolled, _unequal, _unlike
from tests.bench.ours.glass import digest, gray, on_the_glass, open_grid, show
from tests.bench.ours.scrolling import Wheel, stage_from
from tests.bench.phantoms import head
from tests.bench.reference import ALIKE, Truth, Viewport, facts_of
from tests.bench.rows import Cell, Goal, Row, table
from tests.bench.running import Outcome

SPACING = (2.0, 2.0, 3.0)


@pytest.fixture
def phantom(tmp_path: Path) -> Path:
    """A small head on the disk."""
    np.save(tmp_path / "truth.npy", head((24, 64, 64)))
    return tmp_path / "truth.npy"


@pytest.fixture
def shown(qapp: QApplication, phantom: Path) -> tuple[dict[str, NDArray[np.uint8]], Viewport]:
    """What the product has on the glass for the three planes, and the axial viewport."""
    grid = open_grid(qapp, alone=False)
    stage = stage_from(phantom, SPACING)
    state = stage.first_state()
    state.toggle_crosshair()
    show(grid, stage, state)
    while any(view.waits for view in grid.cells):
        qapp.processEvents()
    frames = {view.kind.value: gray(on_the_glass(view)) for view in grid.cells}
    axial = grid.cells[0].framing()
    assert axial is not None
    viewport = Viewport(axial.mm_per_px, (state.window.centre, state.window.width))
    grid.close()
    grid.deleteLater()
    return frames, viewport


def test_the_axial_plane_on_the_glass_is_the_phantoms(
    phantom: Path, shown: tuple[dict[str, NDArray[np.uint8]], Viewport]
) -> None:
    frames, viewport = shown
    assert Truth(phantom, SPACING).alike(frames["axial"], "axial", viewport) >= ALIKE


@pytest.mark.parametrize("wrong", ["mirrored", "upside down", "another slice", "another plane"])
def test_a_wrong_frame_is_not_taken_for_the_right_one(
    phantom: Path, shown: tuple[dict[str, NDArray[np.uint8]], Viewport], wrong: str
) -> None:
    frames, viewport = shown
    truth = Truth(phantom, SPACING)
    if wrong == "another slice":
        truth.voxels = np.roll(truth.voxels, 3, axis=0)
    frame = {
        "mirrored": frames["axial"][:, ::-1],
        "upside down": frames["axial"][::-1],
        "another slice": frames["axial"],
        "another plane": frames["coronal"],
    }[wrong]
    assert truth.alike(frame, "axial", viewport) < ALIKE


def test_one_changed_voxel_makes_a_row_void(phantom: Path) -> None:
    voxels = np.load(phantom)
    assert not _unequal(Outcome(facts_of(voxels, phantom)))
    voxels[3, 4, 5] += 1
    assert _unequal(Outcome(facts_of(voxels, phantom)))
    assert _unequal(Outcome(facts_of(voxels[::-1], phantom)))


def test_a_tick_that_changes_nothing_and_a_frame_not_compared_make_a_row_void() -> None:
    assert _scrolled(Outcome({"ms": [1.0, 2.0], "unchanged": 1})).value is None
    assert _scrolled(Outcome({"ms": [1.0, 2.0], "unchanged": 0})).value is not None
    assert _unlike(Outcome({"ms": [1.0]}))
    assert _unlike(Outcome({"ms": [1.0], "ssim": {"axial": 0.97}}))
    assert _unlike(Outcome({"ms": [1.0], "ssim": {"axial": float("nan")}}))
    assert not _unlike(Outcome({"ms": [1.0], "ssim": {"axial": 0.99}}))


def test_every_turn_of_the_wheel_changes_the_picture(qapp: QApplication, phantom: Path) -> None:
    grid = open_grid(qapp, alone=True)
    stage = stage_from(phantom, SPACING)
    show(grid, stage, stage.first_state())
    wheel, seen = Wheel(qapp, grid), []
    for _ in range(60):
        wheel.turn()
        seen.append(digest(on_the_glass(grid.cells[0]), middle=True))
    grid.close()
    grid.deleteLater()
    assert all(a != b for a, b in itertools.pairwise(seen))
    assert len(set(seen)) == 24


def test_a_peer_that_is_not_there_is_told_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PEERS_PYTHON", str(tmp_path / "python"))
    absent = running.run_peer("loading", "simpleitk")
    cell = Cell(None, reason=f"not run: {absent.reason}")
    text = table([Row("series", Cell(10.0), {"SimpleITK": cell}, Goal(times=5, over="SimpleITK"))])
    assert "not run" in text
    assert "is not installed" in text


@pytest.mark.parametrize(
    ("ours", "peer", "met"), [(10.0, 60.0, "yes"), (10.0, 40.0, "NO"), (None, 40.0, "NO")]
)
def test_a_goal_is_met_only_by_figures(ours: float | None, peer: float, met: str) -> None:
    row = Row("x", Cell(ours), {"SimpleITK": Cell(peer)}, Goal(20, 5, "SimpleITK"))
    assert row.met == met
