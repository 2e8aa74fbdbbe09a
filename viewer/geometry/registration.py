"""Rigid registration of one volume onto another by mutual information, and whether to believe it.

SimpleITK is imported here only, and this module only in the registering process (see
viewer.geometry.registering). The method is Mattes mutual information (doi:10.1109/TMI.2003.809072)
over three resolutions with a regular-step gradient descent; samples are taken on a fixed seed and
one thread, so the same two volumes always give the same answer.

Two bodies before an empty ground tell much about one another wherever they lie, so a high score
alone proves nothing: a limb laid over a head reaches one. What the same body does and another does
not is to lose much of the score as soon as it is moved. A result is believed only where it does.
What cannot be told this way: a head stored mirrored, because the halves of a head are so alike.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from viewer.geometry.alignment import Grid, Registration
from viewer.geometry.planes import rotation_about
from viewer.records import Vector3

Tell = Callable[[float, str], None]

MOST_MM = 120.0
MOST_DEGREES = 60.0
LEAST_SCORE = 0.12
LEAST_OVERLAP = 0.3
LEAST_SHARPNESS = 1.3
"""How many times the score must be what it is 10 mm or 10 degrees away (see docs/viewer.md)."""

LEAST_SLICES = 4
LEAST_MM = 30.0
"""A thinner volume hardly meets the other one any more where it is moved away by 10 mm."""

_SEED = 20
_SHARE = 0.25
_MOST_SAMPLES = 400_000
"""At the last resolution all voxels count, or in large volumes so many."""

_AWAY = 10.0
_BINS = 40


def register(fixed: Grid, moving: Grid, tell: Tell, *, same_frame: bool = False) -> Registration:
    """Find the rigid motion that lays the moving volume over the fixed one.

    ``same_frame`` says that both claim one frame of reference, so the identity is tried first.
    """
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    fault = _unusable(fixed) or _unusable(moving)
    if fault:
        return Registration(np.eye(4), 0.0, 0.0, ok=False, reason=fault)
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
    matrix = _matrix(best)
    reason = _fault(matrix, best_score, fixed, moving)
    if not reason and not _sharp(one, other, matrix, best_score, fixed):
        reason = "no position fits clearly better than those beside it"
    return Registration(matrix, before, best_score, not reason, reason)


def _unusable(grid: Grid) -> str:
    """Why no mutual information can be had of this volume, or an empty text."""
    if min(grid.voxels.shape) < LEAST_SLICES:
        return "one of the two has too few slices"
    size = np.linalg.norm(grid.affine[:3, :3], axis=0) * grid.voxels.shape[::-1]
    if float(size.min()) < LEAST_MM:
        return f"one of the two is only {size.min():.0f} mm thick"
    if not float(np.ptp(grid.voxels)) > 0.0:
        return "one of the two shows nothing"
    return ""


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
    last = min(1.0, _MOST_SAMPLES / one.GetNumberOfPixels())
    method.SetMetricSamplingPercentagePerLevel((_SHARE, _SHARE, last), _SEED)
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
    try:
        method.Execute(one, other)
    except RuntimeError:  # the two came to lie beside one another
        return start
    return moved


def _score(one: SimpleITK.Image, other: SimpleITK.Image, transform: SimpleITK.Transform) -> float:
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


def _matrix(transform: SimpleITK.Euler3DTransform) -> NDArray[np.float64]:
    rotation = np.array(transform.GetMatrix()).reshape(3, 3)
    centre = np.array(transform.GetCenter())
    matrix = np.eye(4)
    matrix[:3, :3] = rotation
    matrix[:3, 3] = centre + np.array(transform.GetTranslation()) - rotation @ centre
    return matrix


def _fault(matrix: NDArray[np.float64], score: float, fixed: Grid, moving: Grid) -> str:
    """Why this motion cannot be believed whatever is beside it, or an empty text."""
    cosine = (np.trace(matrix[:3, :3]) - 1.0) / 2.0
    degrees = float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
    middle = np.array([*_middle(fixed), 1.0])
    shift = float(np.linalg.norm((matrix @ middle)[:3] - np.array(_middle(moving))))
    overlap = _overlap(fixed, moving, matrix)
    faults = (
        (score < LEAST_SCORE, "the two do not look like the same part of the body"),
        (degrees > MOST_DEGREES, f"it would turn the prior by {degrees:.0f}°"),
        (shift > MOST_MM, f"the two lie {shift:.0f} mm apart"),
        (overlap < LEAST_OVERLAP, f"they share only {overlap:.0%} of their volume"),
    )
    return next((words for wrong, words in faults if wrong), "")


def _sharp(
    one: SimpleITK.Image,
    other: SimpleITK.Image,
    matrix: NDArray[np.float64],
    score: float,
    fixed: Grid,
) -> bool:
    """Whether the score falls off around the position found, as it does for the same body."""
    tried = [_score(one, other, _affine(matrix @ step)) for step in _steps_away(_middle(fixed))]
    away = [found for found in tried if found > 0.0]  # thin slabs may lie beside one another there
    return bool(away) and score >= LEAST_SHARPNESS * float(np.mean(away))


def _steps_away(middle: Vector3) -> list[NDArray[np.float64]]:
    """Both ways along and about each axis, through the middle."""
    steps = []
    for number, axis in enumerate(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))):
        for sign in (-1.0, 1.0):
            shift, turn = np.eye(4), np.eye(4)
            shift[number, 3] = sign * _AWAY
            turn[:3, :3] = rotation_about(axis, np.radians(sign * _AWAY))
            turn[:3, 3] = np.array(middle) - turn[:3, :3] @ np.array(middle)
            steps += [shift, turn]
    return steps


def _affine(matrix: NDArray[np.float64]) -> SimpleITK.AffineTransform:
    made = SimpleITK.AffineTransform(3)
    made.SetMatrix([float(one) for one in matrix[:3, :3].ravel()])
    made.SetTranslation([float(one) for one in matrix[:3, 3]])
    return made


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
