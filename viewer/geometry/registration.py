"""Rigid registration of one volume onto another by mutual information, and whether to believe it.

SimpleITK is imported here only, and this module only in the registering process (see
viewer.geometry.registering). The method is Mattes mutual information (doi:10.1109/TMI.2003.809072)
over three resolutions with a regular-step gradient descent; samples are taken on a fixed seed and
one thread, so the same two volumes always give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from viewer.geometry.alignment import Grid, Registration
from viewer.records import Vector3

Tell = Callable[[float, str], None]

MOST_MM = 120.0
MOST_DEGREES = 60.0
LEAST_GAIN = 0.02
LEAST_SCORE = 0.12
LEAST_OVERLAP = 0.3
_SEED = 20
_SAMPLES = (0.25, 0.25, 1.0)
"""Share of the voxels that count at each resolution; at the last one all of them."""
_BINS = 40


def register(fixed: Grid, moving: Grid, tell: Tell, *, same_frame: bool = False) -> Registration:
    """Find the rigid motion that lays the moving volume over the fixed one.

    ``same_frame`` says that both claim one frame of reference, so the identity is tried first.
    """
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    one, other = _image(fixed), _image(moving)
    starts = _starts(fixed, one, other, same_frame=same_frame)
    identity = starts[0]
    before = _score(one, other, identity)
    ranked = sorted(starts, key=lambda start: -_score(one, other, start))[:2]
    best, best_score = identity, before
    for number, start in enumerate(ranked):
        share = number / len(ranked)
        found = _descend(one, other, start, partial(_tell_part, tell, share, len(ranked)))
        score = _score(one, other, found)
        if score > best_score:
            best, best_score = found, score
    return _judged(best, before, best_score, fixed, moving)


def _tell_part(tell: Tell, begun: float, parts: int, done: float) -> None:
    tell(begun + done / parts, "Registering the prior study")


def _starts(
    fixed: Grid,
    one: SimpleITK.Image,
    other: SimpleITK.Image,
    *,
    same_frame: bool,
) -> list[SimpleITK.Euler3DTransform]:
    """The identity, centre on centre of the grids, and centre of mass on centre of mass."""
    starts = [SimpleITK.Euler3DTransform()]
    starts[0].SetCenter(_middle(fixed))
    ways = [SimpleITK.CenteredTransformInitializerFilter.GEOMETRY]
    if not same_frame:
        ways.append(SimpleITK.CenteredTransformInitializerFilter.MOMENTS)
    for way in ways:
        made = SimpleITK.CenteredTransformInitializer(one, other, SimpleITK.Euler3DTransform(), way)
        start = SimpleITK.Euler3DTransform()
        start.SetCenter(made.GetFixedParameters()[:3])
        start.SetParameters(made.GetParameters())
        starts.append(start)
    return starts


def _descend(
    one: SimpleITK.Image,
    other: SimpleITK.Image,
    start: SimpleITK.Euler3DTransform,
    tell: Callable[[float], None],
) -> SimpleITK.Euler3DTransform:
    method = _method()
    method.SetMetricSamplingStrategy(method.REGULAR)
    method.SetMetricSamplingPercentagePerLevel(_SAMPLES, _SEED)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=1.0,
        minStep=1e-3,
        numberOfIterations=120,
        gradientMagnitudeTolerance=1e-6,
    )
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel([4, 2, 1])
    method.SetSmoothingSigmasPerLevel([4.0, 2.0, 0.0])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    moved = SimpleITK.Euler3DTransform(start)
    method.SetInitialTransform(moved, inPlace=True)
    method.AddCommand(
        SimpleITK.sitkIterationEvent,
        lambda: tell(
            min((method.GetCurrentLevel() + method.GetOptimizerIteration() / 120) / 3, 1.0)
        ),
    )
    method.Execute(one, other)
    return moved


def _score(
    one: SimpleITK.Image, other: SimpleITK.Image, transform: SimpleITK.Euler3DTransform
) -> float:
    """Mutual information with this transform; zero where the two do not overlap."""
    method = _method()
    method.SetMetricSamplingStrategy(method.NONE)
    method.SetInitialTransform(transform)
    try:
        return -float(method.MetricEvaluate(one, other))
    except RuntimeError:
        return 0.0


def _method() -> SimpleITK.ImageRegistrationMethod:
    method = SimpleITK.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(numberOfHistogramBins=_BINS)
    method.SetInterpolator(SimpleITK.sitkLinear)
    return method


def _judged(
    found: SimpleITK.Euler3DTransform, before: float, after: float, fixed: Grid, moving: Grid
) -> Registration:
    """Refuse what is too far, too little alike, or no better than nothing."""
    rotation = np.array(found.GetMatrix()).reshape(3, 3)
    centre = np.array(found.GetCenter())
    matrix = np.eye(4)
    matrix[:3, :3] = rotation
    matrix[:3, 3] = centre + np.array(found.GetTranslation()) - rotation @ centre
    degrees = float(np.degrees(np.arccos(np.clip((np.trace(rotation) - 1.0) / 2.0, -1.0, 1.0))))
    middle = np.array([*_middle(fixed), 1.0])
    shift = float(np.linalg.norm((matrix @ middle)[:3] - np.array(_middle(moving))))
    overlap = _overlap(fixed, moving, matrix)
    faults = (
        (after < LEAST_SCORE, "the two do not look like the same part of the body"),
        (degrees > MOST_DEGREES, f"it would turn the prior by {degrees:.0f}°"),
        (shift > MOST_MM, f"the two lie {shift:.0f} mm apart"),
        (overlap < LEAST_OVERLAP, f"they share only {overlap:.0%} of their volume"),
        (after < before - LEAST_GAIN, "no better position than the given one was found"),
    )
    reason = next((words for wrong, words in faults if wrong), "")
    return Registration(matrix, before, after, not reason, reason)


def _overlap(fixed: Grid, moving: Grid, matrix: NDArray[np.float64]) -> float:
    """Share of the smaller volume's points that lie in the other one."""
    shares = []
    for here, there, way in ((fixed, moving, matrix), (moving, fixed, np.linalg.inv(matrix))):
        corners = np.stack(
            np.meshgrid(
                *(np.linspace(0, side - 1, 12) for side in here.voxels.shape[::-1]), indexing="ij"
            ),
            axis=-1,
        ).reshape(-1, 3)
        points = np.c_[corners, np.ones(len(corners))] @ here.affine.T @ way.T
        index = (points @ np.linalg.inv(there.affine).T)[:, :3]
        size = np.array(there.voxels.shape[::-1])
        shares.append(float(((index >= -0.5) & (index <= size - 0.5)).all(axis=1).mean()))
    return max(shares)


def _middle(grid: Grid) -> Vector3:
    last = (np.array(grid.voxels.shape[::-1]) - 1.0) / 2.0
    point = grid.affine @ np.array([*last, 1.0])
    return float(point[0]), float(point[1]), float(point[2])


def _image(grid: Grid) -> SimpleITK.Image:
    image = SimpleITK.GetImageFromArray(grid.voxels)
    spacing = np.linalg.norm(grid.affine[:3, :3], axis=0)
    image.SetSpacing([float(mm) for mm in spacing])
    image.SetOrigin([float(mm) for mm in grid.affine[:3, 3]])
    image.SetDirection([float(one) for one in (grid.affine[:3, :3] / spacing).ravel()])
    return image
