"""The template head that ships with the program: two pictures and the regions, in LPS+ mm.

Only the left half is kept; the right is its mirror image, so the plane x = 0 is the midline.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

import resources
from inference.errors import WeightsError
from inference.measure.regions import LOBES, OUTSIDE, Region

ATLAS_FILE = "atlas.npz"
CARD_FILE = "atlas.json"


@dataclass(frozen=True, eq=False)
class Atlas:
    """Pictures 0..255 and region values, (slices, rows, columns), on one grid.

    ``plain`` looks like T1, ``enhanced`` like T1 after contrast. ``affine`` leads from
    (column, row, slice) to the template's LPS+ mm.
    """

    plain: NDArray[np.uint8]
    enhanced: NDArray[np.uint8]
    regions: NDArray[np.uint8]
    affine: NDArray[np.float64]

    @cached_property
    def head_extent(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The lowest and the highest corner of the cranium with its scalp, in LPS+ mm."""
        face = (Region.ELSEWHERE, Region.FACE, Region.NOSE, Region.ORBIT)
        index = np.argwhere(~np.isin(self.regions, face))
        corners = np.stack([index.min(axis=0), index.max(axis=0)])[:, ::-1]
        placed = corners @ self.affine[:3, :3].T + self.affine[:3, 3]
        return placed[0], placed[1]

    @cached_property
    def outside_mm(self) -> NDArray[np.float32]:
        """How far each voxel lies outside brain, coverings and sella; zero within."""
        inside = ~np.isin(self.regions, list(OUTSIDE))
        spacing = np.linalg.norm(self.affine[:3, :3], axis=0)[::-1]
        return np.asarray(ndimage.distance_transform_edt(~inside, spacing), dtype=np.float32)

    @cached_property
    def depth_mm(self) -> NDArray[np.float32]:
        """How deep each voxel lies inside the skull; zero outside."""
        inside = ~np.isin(self.regions, list(OUTSIDE))
        spacing = np.linalg.norm(self.affine[:3, :3], axis=0)[::-1]
        return np.asarray(ndimage.distance_transform_edt(inside, spacing), dtype=np.float32)

    @cached_property
    def nearest_lobe(self) -> NDArray[np.uint8]:
        """The region of each voxel's nearest lobe or cerebellum."""
        known = np.isin(self.regions, (*LOBES, Region.CEREBELLUM))
        nearest = ndimage.distance_transform_edt(
            ~known, return_distances=False, return_indices=True
        )
        return np.asarray(self.regions[tuple(nearest)])

    def index(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the fractional (slice, row, column) of the template's LPS+ mm points (n, 3)."""
        back = np.linalg.inv(self.affine)
        return np.asarray((points_mm @ back[:3, :3].T + back[:3, 3])[:, ::-1])

    def look_up(
        self, values: NDArray[np.generic], points_mm: NDArray[np.float64], beyond: float = 0.0
    ) -> NDArray[np.generic]:
        """Return the nearest voxel's value at each of the template's LPS+ mm points (n, 3)."""
        index = np.rint(self.index(points_mm)).astype(np.int64)
        inside = np.asarray(((index >= 0) & (index < values.shape)).all(axis=1))
        k, j, i = np.where(inside[:, None], index, 0).T
        return np.asarray(np.where(inside, values[k, j, i], beyond))


def shipped_atlas() -> Path:
    """Return the folder of the template head that ships with the program."""
    return Path(resources.__path__[0]) / "atlas"


@lru_cache(maxsize=2)
def read_atlas(folder: Path | None = None) -> Atlas:
    """Return the template head in ``folder``, by default the shipped one.

    Raises
    ------
    WeightsError
        It is absent, or not the one its card names.
    """
    folder = folder or shipped_atlas()
    try:
        content = (folder / ATLAS_FILE).read_bytes()
        card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError("The template head is absent.") from error
    if hashlib.sha256(content).hexdigest() != card.get("sha256"):
        raise WeightsError("The template head is not the one its card names; not used.")
    with np.load(io.BytesIO(content), allow_pickle=False) as held:
        plain, enhanced, regions = (_whole(held[name]) for name in ("plain", "enhanced", "regions"))
        return Atlas(plain, enhanced, regions, np.asarray(held["affine"], dtype=np.float64))


def _whole(half: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.concatenate([half[..., ::-1], half], axis=-1))
