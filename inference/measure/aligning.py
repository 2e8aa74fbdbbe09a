"""Affine registration of a series to the template head, and whether to believe it.

SimpleITK is imported here only, and this module only inside the analysing process (see
inference.measure.placing). Mattes mutual information (doi:10.1109/TMI.2003.809072), first with a
similarity, then, where the image covers enough, with an affine map; samples are taken on a fixed
seed and one thread, so the same series always gives the same answer.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from inference.measure.atlas import Atlas
from inference.measure.likeness import Peak, Samples, peak, samples_of, whole_likeness
from inference.measure.plausible import implausible, unsharp
from inference.measure.thinning import Thinned

Matrix = NDArray[np.float64]

COVERED_MM = 80.0
_TRIED = 2
_FAR_MM, _NEAR_MM = 3.0, (1.0, 0.3)
_BINS = 32
_SEED = 20
_PITCHES = (-18.0, 0.0, 18.0)
_COARSE_POINTS = 2500


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How to get from a series to the template.

    ``matrix`` (4x4) maps LPS+ mm of the series to the template's; with ``reason`` not empty it is
    not to be believed.
    """

    matrix: Matrix
    peak: Peak
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """The series, its head with a margin, the template, and the point that maps turn about."""

    fixed: SimpleITK.Image
    mask: SimpleITK.Image
    moving: SimpleITK.Image
    centre: NDArray[np.float64]

    def descend(
        self,
        kind: SimpleITK.Similarity3DTransform | SimpleITK.AffineTransform,
        start: Matrix,
        shrinks: tuple[int, int],
        step_mm: float,
    ) -> Matrix:
        """Return the map of this kind that is found from ``start``, or ``start`` if none is."""
        moved = start[:3, :3] @ self.centre + start[:3, 3] - self.centre
        kind.SetCenter([float(mm) for mm in self.centre])
        kind.SetMatrix([float(one) for one in start[:3, :3].ravel()])
        kind.SetTranslation([float(mm) for mm in moved])
        method = _method(shrinks, step_mm)
        method.SetMetricFixedMask(self.mask)
        method.SetInitialTransform(kind, inPlace=True)
        try:
            method.Execute(self.fixed, self.moving)
        except RuntimeError:
            return start
        return _matrix(kind)


def align(thin: Thinned, atlas: Atlas) -> Alignment:
    """Lay a series, thinned to about WORKING_MM, over the template head."""
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    samples = samples_of(thin.voxels, thin.affine, thin.around)
    pair = _Pair(
        _image(thin.voxels, thin.affine),
        SimpleITK.Cast(_image(thin.around, thin.affine), SimpleITK.sitkUInt8),
        _image(atlas.enhanced, atlas.affine),
        samples.points.mean(axis=0),
    )
    best, best_score = np.eye(4), -1.0
    for start in _starts(thin, samples, atlas):
        begun = SimpleITK.Similarity3DTransform()
        found = pair.descend(begun, start, (3, 2), _FAR_MM)
        score = whole_likeness(samples, found, atlas)
        if score > best_score:
            best, best_score = found, score
    if min(thin.covered_mm()) >= COVERED_MM:
        best = _freed(pair, best, best_score, samples, atlas)
    found_peak = peak(samples, best, atlas)
    return Alignment(best, found_peak, implausible(best) or unsharp(found_peak))


def _freed(pair: _Pair, similar: Matrix, score: float, samples: Samples, atlas: Atlas) -> Matrix:
    """Return the affine map found from a similarity, or the similarity where that is better.

    A first step too long can throw a fit away that was nearly right: then a shorter one is tried.
    """
    for step_mm in _NEAR_MM:
        found = pair.descend(SimpleITK.AffineTransform(3), similar, (2, 1), step_mm)
        if not implausible(found) and whole_likeness(samples, found, atlas) > score:
            return found
    return similar


def _starts(thin: Thinned, samples: Samples, atlas: Atlas) -> list[Matrix]:
    """Return the likeliest of many shifts and nods, by their likeness on a few points."""
    few = samples.every(max(1, len(samples.points) // _COARSE_POINTS))
    centre = few.points.mean(axis=0)
    ranked = []
    for pitch, shift in itertools.product(_PITCHES, thin.shifts_to(atlas)):
        start = _nod(pitch, centre)
        start[:3, 3] += shift
        ranked.append((whole_likeness(few, start, atlas), start))
    ranked.sort(key=lambda one: -one[0])
    chosen: list[Matrix] = []
    for _, start in ranked:
        if all(_apart_mm(start, other, centre) > 20 for other in chosen):
            chosen.append(start)
        if len(chosen) == _TRIED:
            break
    return chosen


def _nod(degrees: float, centre: NDArray[np.float64]) -> Matrix:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    made = np.eye(4)
    made[1:3, 1:3] = [[cosine, -sine], [sine, cosine]]
    made[:3, 3] = centre - made[:3, :3] @ centre
    return made


def _apart_mm(one: Matrix, other: Matrix, centre: NDArray[np.float64]) -> float:
    """Return how far two maps take a point above the centre apart."""
    point = np.array([*centre, 1.0]) + np.array([0.0, 0.0, 60.0, 0.0])
    return float(np.linalg.norm(((one - other) @ point)[:3]))


def _method(shrinks: tuple[int, int], step_mm: float) -> SimpleITK.ImageRegistrationMethod:
    method = SimpleITK.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(numberOfHistogramBins=_BINS)
    method.SetMetricSamplingStrategy(method.REGULAR)
    method.SetMetricSamplingPercentage(0.5, _SEED)
    method.SetInterpolator(SimpleITK.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=step_mm,
        minStep=0.02,
        numberOfIterations=60,
        relaxationFactor=0.6,
        gradientMagnitudeTolerance=1e-6,
    )
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel(list(shrinks))
    method.SetSmoothingSigmasPerLevel([2.0 * (shrink - 1) for shrink in shrinks])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    return method


def _matrix(found: SimpleITK.Transform) -> Matrix:
    origin = np.array(found.TransformPoint((0.0, 0.0, 0.0)))
    made = np.eye(4)
    for axis in range(3):
        point = [0.0, 0.0, 0.0]
        point[axis] = 100.0
        made[:3, axis] = (np.array(found.TransformPoint(point)) - origin) / 100.0
    made[:3, 3] = origin
    return made


def _image(voxels: NDArray[np.generic], affine: Matrix) -> SimpleITK.Image:
    image = SimpleITK.GetImageFromArray(np.asarray(voxels, dtype=np.float32))
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    image.SetSpacing([float(mm) for mm in spacing])
    image.SetOrigin([float(mm) for mm in affine[:3, 3]])
    image.SetDirection([float(one) for one in (affine[:3, :3] / spacing).ravel()])
    return image
