"""The template head: pictures and regions on one grid, symmetric about x = 0."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.training.atlas.averaging import (
    Frame,
    label_shares,
    mean_shape,
    to_stereotactic,
)
from inference.training.atlas.drawing import cerebrum, draw
from inference.training.atlas.heads import marks_of, read_heads
from inference.training.atlas.tissues import Tissue, brightness, group_of

VOXEL_MM = 2.0
_SHAPE = (98, 120, 96)
_CORNER_MM = (-95.0, -119.0, -105.0)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """What the atlas file holds, whole: the file keeps the half with x > 0.

    ``plain`` and ``enhanced`` are pictures 0..1; all are (slices, rows, columns).
    """

    plain: NDArray[np.float32]
    enhanced: NDArray[np.float32]
    regions: NDArray[np.uint8]
    frame: Frame
    heads: tuple[str, ...]


def grid() -> Frame:
    """Return the template's grid: 2 mm voxels, as many on the left as on the right."""
    affine = np.diag([VOXEL_MM, VOXEL_MM, VOXEL_MM, 1.0])
    affine[:3, 3] = _CORNER_MM
    return Frame(_SHAPE, affine)


def build(folder: Path) -> Template:
    """Average the labelled heads of ``folder``."""
    frame, table = grid(), group_of()
    marks = [marks_of(head) for head in read_heads(folder)]
    mean, maps = mean_shape(marks)
    shares = np.zeros((len(Tissue), *frame.shape), dtype=np.float32)
    names = []
    for head, laid in zip(read_heads(folder), maps, strict=True):
        shares += label_shares(head, laid, frame, table, len(Tissue))
        names.append(head.name)
        _log.info("%s laid over the mean", head.name)
    shares = shares + shares[..., ::-1]
    shares /= np.maximum(shares.sum(axis=0), 1)
    inside = frame.points()[cerebrum(shares)]
    stereotactic = to_stereotactic(mean, inside.min(axis=0), inside.max(axis=0))
    _log.info("to stereotactic space: %s", np.array2string(stereotactic, precision=3))
    return Template(
        plain=brightness(shares, enhanced=False),
        enhanced=brightness(shares, enhanced=True),
        regions=draw(shares, frame, stereotactic),
        frame=frame,
        heads=tuple(names),
    )
