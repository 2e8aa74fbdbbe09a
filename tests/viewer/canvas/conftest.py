"""A small volume whose every voxel tells where it is."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.canvas.stage import Stage, stage_of
from viewer.canvas.state import ViewState
from viewer.records import Geometry, GeometryKind, Volume


def phantom(kind: GeometryKind = GeometryKind.REGULAR) -> Volume:
    """20 slices of 40 x 50 voxels of 2 x 2 x 5 mm, axial, with one bright cube left-front-up."""
    voxels = np.full((20, 40, 50), 100, np.int16)
    voxels[14:17, 6:12, 36:44] = 900
    affine = np.diag([2.0, 2.0, 5.0, 1.0])
    affine[:3, 3] = (-49.0, -39.0, -50.0)
    return Volume(voxels, affine, Geometry(kind, 0.0))


@pytest.fixture
def stage() -> Stage:
    return stage_of(phantom())


@pytest.fixture
def state(stage: Stage) -> ViewState:
    return stage.first_state()
