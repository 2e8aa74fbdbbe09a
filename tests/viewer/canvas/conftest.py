"""A small volume whose every voxel tells where it is."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.canvas.stage import Stage, stage_of
from viewer.canvas.state import ViewState
from viewer.geometry.planes import rotation_about
from viewer.records import Geometry, GeometryKind, Volume


def phantom(kind: GeometryKind = GeometryKind.REGULAR) -> Volume:
    """20 slices of 40 x 50 voxels of 2 x 2 x 5 mm, axial, with one bright cube left-front-up."""
    voxels = np.full((20, 40, 50), 100, np.int16)
    voxels[14:17, 6:12, 36:44] = 900
    affine = np.diag([2.0, 2.0, 5.0, 1.0])
    affine[:3, 3] = (-49.0, -39.0, -50.0)
    return Volume(voxels, affine, Geometry(kind, 0.0))


def volume(turn: str = "straight", kind: GeometryKind = GeometryKind.REGULAR) -> Volume:
    """0.5 x 0.9 x 3.1 mm voxels, on the patient's axes, turned away from them, or mirrored."""
    voxels = np.random.default_rng(3).integers(0, 900, (24, 60, 80)).astype(np.int16)
    affine = np.diag([-0.5 if turn == "mirrored" else 0.5, 0.9, 3.1, 1.0])
    if turn != "straight":
        affine[:3, :3] = (
            rotation_about((1.0, 0.0, 0.0), 0.35)
            @ rotation_about((0.0, 0.0, 1.0), -0.2)
            @ affine[:3, :3]
        )
    affine[:3, 3] = (-20.0, -27.0, 11.0)
    return Volume(voxels, affine, Geometry(kind, 0.0))


@pytest.fixture
def stage() -> Stage:
    return stage_of(phantom())


@pytest.fixture
def state(stage: Stage) -> ViewState:
    return stage.first_state()
