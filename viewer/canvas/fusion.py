"""A second series laid over the first, through a rigid transform. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from viewer.canvas.colours import cool_table, heat_table
from viewer.canvas.stage import Stage
from viewer.geometry.reslice import Reslicer
from viewer.records import WindowLevel


class FusionColours(StrEnum):
    """How the values of the series on top become colours."""

    HEAT = "heat"
    COOL = "cool"
    GRAY = "gray"


@dataclass(frozen=True, slots=True, eq=False)
class Fusion:
    """What is laid over a view: the other series in this one's space, and how it looks.

    ``opacity`` runs from 0 to 1; ``name`` is what the corner of the view calls it. The cutter's
    affine maps the other series' voxels into the space of the series below.
    """

    cutter: Reslicer
    window: WindowLevel
    opacity: float = 0.4
    colours: FusionColours = FusionColours.HEAT
    name: str = ""


def fuse(
    stage: Stage,
    transform: NDArray[np.float64],
    window: WindowLevel,
    opacity: float = 0.4,
    colours: FusionColours = FusionColours.HEAT,
    name: str = "",
) -> Fusion:
    """Lay a series over another; ``transform`` (4x4) maps LPS mm of the one below to its own.

    The voxels are shared, only the affine is new.
    """
    affine = np.linalg.inv(transform) @ stage.volume.affine
    return Fusion(Reslicer(stage.cutter.voxels, affine), window, opacity, colours, name)


@cache
def colour_table(colours: FusionColours) -> NDArray[np.uint8]:
    """256 RGB colours, shape (256, 3)."""
    if colours is FusionColours.HEAT:
        return heat_table()
    if colours is FusionColours.COOL:
        return cool_table()
    return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
