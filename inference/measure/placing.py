"""Where a finding lies: in words by the template where that is believed, side by the patient.

The side is decided by LPS+ x alone, against the mid-sagittal plane. The template may say how that
plane is tilted, never which half is which. Where template and outline of the head would put a
point on opposite sides, no side is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.errors import WeightsError
from inference.measure.atlas import Atlas, read_atlas
from inference.measure.place import MIDLINE_TOLERANCE_MM, HeadBox, head_box, place_of, side_of
from inference.measure.thinning import WORKING_MM, Thinned, thinned
from inference.measure.wording import Shares, worded
from viewer.records import Vector3, Volume

Matrix = NDArray[np.float64]

OUTSIDE_MM = 6.0
"""How far outside by the template counts as outside: the registration's own error."""
OUTSIDE_SHARE = 0.8
LEAST_BESIDE_MM = 25.0
_MOST_POINTS = 6000


@dataclass(frozen=True, slots=True, eq=False)
class Placing:
    """How a series lies to the patient's head, and to the template.

    ``to_template`` (4x4) maps the series' LPS+ mm to the template's; it is None where the
    registration is not believed, and ``reason`` says why. ``likeness`` and ``sharpness`` are the
    registration's scores, for the log.
    """

    affine: Matrix
    box: HeadBox
    to_template: Matrix | None = None
    reason: str = ""
    likeness: float = 0.0
    sharpness: float = 0.0
    plane_known: bool = False

    @property
    def believed(self) -> bool:
        """Whether places may be named by the template."""
        return self.to_template is not None

    def side_of(self, point_mm: Vector3) -> str:
        """Return the patient's side of an LPS+ mm point: left, right, midline or ""."""
        by_outline = side_of(point_mm, self.box)
        if self.to_template is None or not self.plane_known:
            return by_outline
        offset = plane_offset_mm(self.to_template, point_mm)
        if abs(offset) <= MIDLINE_TOLERANCE_MM:
            return "midline"
        side = "left" if offset > 0 else "right"
        return "" if {side, by_outline} == {"left", "right"} else side

    def place_of(self, mask: NDArray[np.bool_]) -> str:
        """Return in words where ``mask`` (slices, rows, columns) lies."""
        points = self._points(mask)
        middle = points.mean(axis=0)
        centre = (float(middle[0]), float(middle[1]), float(middle[2]))
        if self.to_template is None:
            return place_of(centre, self.box)
        return worded(self._shares(points), self.side_of(centre))

    def outside_share(self, mask: NDArray[np.bool_]) -> float:
        """Return the share of ``mask`` outside brain, coverings and sella; zero if unknown."""
        return self._shares(self._points(mask)).outside if self.to_template is not None else 0.0

    def _points(self, mask: NDArray[np.bool_]) -> Matrix:
        slices, rows, columns = np.nonzero(mask)
        step = max(1, len(slices) // _MOST_POINTS)
        index = np.stack([columns, rows, slices], axis=1)[::step].astype(np.float64)
        return np.asarray(index @ self.affine[:3, :3].T + self.affine[:3, 3])

    def _shares(self, points: Matrix) -> Shares:
        if self.to_template is None:
            raise ValueError("this series was not laid over the template")
        atlas = read_atlas()
        moved = points @ self.to_template[:3, :3].T + self.to_template[:3, 3]
        regions = np.asarray(atlas.look_up(atlas.regions, moved), dtype=np.uint8)
        nearest = np.asarray(atlas.look_up(atlas.nearest_lobe, moved), dtype=np.uint8)
        far = np.asarray(atlas.look_up(atlas.outside_mm, moved, beyond=99.0)) > OUTSIDE_MM
        return Shares(regions, nearest, float(far.mean()))


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A series laid over the template: the map, its scores, and why it is not to be believed."""

    matrix: Matrix
    likeness: float
    sharpness: float
    reason: str


def lay(thin: Thinned) -> Laid:
    """Lay a thinned series over the template head; for child processes, which have SimpleITK."""
    from inference.measure.aligning import align  # noqa: PLC0415  SimpleITK, child only

    found = align(thin, read_atlas())
    return Laid(found.matrix, found.peak.here, found.peak.sharpness, found.reason)


def placing(
    volume: Volume, head: NDArray[np.bool_], laying: Callable[[Thinned], Laid] = lay
) -> Placing:
    """Lay a series over the template head.

    Parameters
    ----------
    head
        Where the volume shows tissue (slices, rows, columns).
    laying
        Does the registration; as it stands for processes that have SimpleITK.
    """
    box = head_box(head, volume.affine)
    try:
        atlas = read_atlas()
    except WeightsError as error:
        return Placing(volume.affine, box, reason=str(error))
    thin = thinned(volume.voxels, head, volume.affine, WORKING_MM)
    if not thin.head.any():
        return Placing(volume.affine, box, reason="the image shows too little of a head")
    found = laying(thin)
    return Placing(
        affine=volume.affine,
        box=box,
        to_template=None if found.reason else found.matrix,
        reason=found.reason,
        likeness=found.likeness,
        sharpness=found.sharpness,
        plane_known=not found.reason and _both_sides(found.matrix, thin.head_points(), atlas),
    )


def plane_offset_mm(to_template: Matrix, point_mm: Vector3) -> float:
    """Return the distance from the template's midline plane, positive towards LPS+ x.

    The plane has no front: which of its two sides is left is read from x, not from the template.
    """
    normal = to_template[0, :3]
    length = float(np.linalg.norm(normal)) * (1.0 if normal[0] > 0 else -1.0)
    return float(normal @ np.array(point_mm) + to_template[0, 3]) / length


def _both_sides(to_template: Matrix, points: Matrix, atlas: Atlas) -> bool:
    """Whether the image shows the inside of the skull well beyond both sides of the midline."""
    moved = points @ to_template[:3, :3].T + to_template[:3, 3]
    inner = moved[np.asarray(atlas.look_up(atlas.depth_mm, moved)) > 0]
    if not len(inner):
        return False
    low, high = np.quantile(inner[:, 0], [0.01, 0.99])
    return bool(low < -LEAST_BESIDE_MM and high > LEAST_BESIDE_MM)
