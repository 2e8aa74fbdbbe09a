"""The template's region map, from the shares of the tissues and the lobes' planes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.measure.regions import Region
from inference.training.atlas.averaging import Frame
from inference.training.atlas.lobes import Place, lobes
from inference.training.atlas.tissues import BRAIN, CEREBRUM, Tissue

Shares = NDArray[np.float32]
Mask = NDArray[np.bool_]
Points = NDArray[np.float64]

_DEEP = {
    Tissue.THALAMUS: Region.THALAMUS,
    Tissue.BASAL_GANGLIA: Region.BASAL_GANGLIA,
    Tissue.BRAIN_STEM: Region.BRAIN_STEM,
    Tissue.CEREBELLUM: Region.CEREBELLUM,
    Tissue.LATERAL_VENTRICLE: Region.LATERAL_VENTRICLE,
    Tissue.THIRD_VENTRICLE: Region.THIRD_VENTRICLE,
    Tissue.FOURTH_VENTRICLE: Region.FOURTH_VENTRICLE,
}


def draw(shares: Shares, frame: Frame, to_stereotactic: Points) -> NDArray[np.uint8]:
    """Return the region of every voxel of the template (slices, rows, columns)."""
    points = frame.points()
    place = Place.of(points, to_stereotactic)
    brain = _sum(shares, BRAIN) > 0.5
    cavity = _cavity(shares, brain)
    regions = _outside(shares, points, cavity)
    around = cavity & ~brain
    regions[around] = Region.CONVEXITY
    regions[_lining(cavity, regions)] = Region.CONVEXITY
    _name_coverings(regions, brain, points)
    _name_brain(regions, shares, brain, place)
    _name_sella(regions, shares, points)
    return regions


def cerebrum(shares: Shares) -> Mask:
    """Return where the cerebrum is more likely than not."""
    return _sum(shares, CEREBRUM) > 0.5


def _sum(shares: Shares, tissues: tuple[Tissue, ...]) -> Shares:
    return np.asarray(sum(shares[tissue] for tissue in tissues))


def _cavity(shares: Shares, brain: Mask) -> Mask:
    """Return the inside of the skull: brain, fluid and veins, without holes."""
    inside = _sum(shares, (*BRAIN, Tissue.FLUID, Tissue.VEIN, Tissue.CHIASM)) > 0.5
    inside = ndimage.binary_closing(inside | brain, iterations=2)
    labels, count = ndimage.label(inside)
    sizes = ndimage.sum_labels(inside, labels, np.arange(1, count + 1))
    return np.asarray(ndimage.binary_fill_holes(labels == 1 + int(np.argmax(sizes))))


def _outside(shares: Shares, points: Points, cavity: Mask) -> NDArray[np.uint8]:
    """Return the regions outside the skull's inside."""
    head = ndimage.binary_fill_holes(shares[Tissue.AIR] < 0.5)
    far = _distance(~cavity)
    low = float(points[cavity][:, 2].min())
    base = points[..., 2] < _base_level(cavity, points)
    regions = np.where(head, Region.FACE, Region.ELSEWHERE).astype(np.uint8)
    regions[head & (far < 30) & ~base] = Region.SCALP
    bone = _sum(shares, (Tissue.BONE, Tissue.MARROW)) > 0.5
    regions[bone & (far < 20) & (points[..., 2] > low)] = Region.SKULL
    nose = ndimage.binary_dilation(shares[Tissue.MUCOSA] > 0.3, iterations=3)
    regions[head & nose & ~cavity] = Region.NOSE
    eye = ndimage.binary_dilation(shares[Tissue.EYE] > 0.3, iterations=4)
    regions[head & eye & ~cavity & ~nose] = Region.ORBIT
    return regions


def _base_level(cavity: Mask, points: Points) -> Points:
    """Return for each column (rows, columns) the height of the cavity's floor, in mm."""
    heights = np.where(cavity, points[..., 2], np.inf).min(axis=0)
    known = np.isfinite(heights)
    nearest = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    return np.asarray(heights[tuple(nearest)])


def _lining(cavity: Mask, regions: NDArray[np.uint8]) -> Mask:
    """Return the inner 4 mm of bone: dura, and what a rough outline still reaches."""
    return np.asarray((_distance(~cavity) <= 4) & (regions == Region.SKULL))


def _name_coverings(regions: NDArray[np.uint8], brain: Mask, points: Points) -> None:
    """Tell falx, skull base, cisterns and cerebellopontine angle from the convexity."""
    x, y, z = np.abs(points[..., 0]), points[..., 1], points[..., 2]
    around = regions == Region.CONVEXITY
    lowest = np.where(brain, z, np.inf).min(axis=0)
    known = np.isfinite(lowest)
    nearest = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    below = z < lowest[tuple(nearest)] + 1
    regions[around & below & (z < 0)] = Region.CRANIAL_BASE
    regions[around & (x < 5) & (z > 0) & ~below] = Region.FALX
    regions[around & (x < 5) & (z <= 0) & ((y < -20) | (y > 66)) & ~below] = Region.FALX
    regions[around & (x < 24) & (z < 2) & (z > -60) & (y > -14) & (y < 34)] = Region.CISTERNS
    beside = (x >= 12) & (x < 32) & (z > -46) & (z < -20) & (y > 12) & (y < 36)
    regions[around & beside] = Region.ANGLE


def _name_brain(regions: NDArray[np.uint8], shares: Shares, brain: Mask, place: Place) -> None:
    """Give the brain its lobes and deep parts; white matter near a nucleus goes with it."""
    groups = np.stack([shares[tissue] for tissue in _DEEP])
    rest = _sum(shares, CEREBRUM)
    regions[brain] = lobes(place)[brain]
    white = brain & (shares[Tissue.WHITE_MATTER] > shares[Tissue.CORTEX])
    nuclei = _sum(shares, (Tissue.BASAL_GANGLIA, Tissue.THALAMUS)) > 0.4
    inner = (place.lateral < 32) & (place.up > -6) & (place.up < 22)
    regions[white & (_distance(~nuclei) <= 5) & inner] = Region.BASAL_GANGLIA
    island = (place.lateral > 29) & (place.lateral < 44) & (place.up > -14) & (place.up < 18)
    island &= (place.ahead > -22) & (place.ahead < 26)
    putamen = shares[Tissue.BASAL_GANGLIA] > 0.4
    regions[brain & island & (_distance(~putamen) <= 12)] = Region.INSULA
    ventricle = shares[Tissue.LATERAL_VENTRICLE] + shares[Tissue.CHOROID] > 0.4
    bridge = white & (place.lateral < 9) & (place.up > 0) & (_distance(~ventricle) <= 8)
    regions[bridge] = Region.CALLOSUM
    best = groups.argmax(axis=0)
    for number, (tissue, region) in enumerate(_DEEP.items()):
        own = shares[tissue] + (shares[Tissue.CHOROID] if number == 4 else 0)
        regions[brain & (best == number) & (own > rest)] = region
    medial = shares[Tissue.MEDIAL_TEMPORAL]
    regions[brain & (medial > 0.4)] = Region.TEMPORAL


def _name_sella(regions: NDArray[np.uint8], shares: Shares, points: Points) -> None:
    """Draw the sella and the cistern above it as a box about the optic chiasm."""
    weight = shares[Tissue.CHIASM]
    centre = (points * weight[..., None]).sum(axis=(0, 1, 2)) / weight.sum()
    x, y, z = (points[..., axis] - centre[axis] for axis in range(3))
    box = (np.abs(x) <= 14) & (y >= -12) & (y <= 10) & (z >= -22) & (z <= 5)
    tissue = _sum(shares, (*CEREBRUM, Tissue.BRAIN_STEM, Tissue.BASAL_GANGLIA)) > 0.6
    regions[box & ~tissue] = Region.SELLA


def _distance(mask: Mask) -> Points:
    """Return each voxel's distance in mm to the nearest voxel where ``mask`` is false."""
    return np.asarray(2.0 * ndimage.distance_transform_edt(mask))
