"""From per-slice probabilities to three-dimensional lesions that can be believed or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, special

from inference.errors import TooManyRegionsError
from inference.models.cards import Settings
from inference.pipeline.joining import joined_pieces

Grid = NDArray[np.float32]
FEATURES = ("logit of mean probability", "log of area in cm2")
_SEED = 0.5


@dataclass(frozen=True, slots=True)
class Component:
    """One lesion on the network's grid: one piece, or several that lie close together.

    ``features`` are those of its largest slice, in the order of FEATURES. ``slice_score`` is the
    slice-level head's probability of any lesion there. ``type_logits`` are the area-weighted mean
    logits of meningioma, glioma, pituitary, not yet divided by a temperature.
    """

    value: int
    volume_ml: float
    depth_mm: float
    slices: tuple[int, ...]
    features: tuple[float, ...]
    slice_score: float
    type_logits: tuple[float, ...]

    def probability(self, settings: Settings) -> float:
        """Return the calibrated probability that this is a lesion, at even prior odds."""
        intercept, *weights = settings.lesion_weights
        score = intercept + float(np.dot(weights, self.features))
        return float(1 / (1 + np.exp(-np.clip(score, -30, 30))))

    def types(self, settings: Settings) -> tuple[float, ...]:
        """Return the calibrated probabilities of the types, summing to one."""
        scaled = np.array(self.type_logits) / settings.type_temperature
        return tuple(float(chance) for chance in special.softmax(scaled))


def logit(probability: float) -> float:
    """Return log odds, clipped to +-7 so that a certain score stays finite."""
    inside = min(max(probability, 1e-3), 1 - 1e-3)
    return float(np.log(inside / (1 - inside)))


def find_components(
    outline: Grid,
    whole: Grid,
    pixel_mm: float,
    gap_mm: float,
    slip_px: tuple[float, float] = (0.0, 0.0),
) -> tuple[list[Component], NDArray[np.uint16]]:
    """Return the lesions and where each lies.

    Parameters
    ----------
    outline
        Pixel logits (slices, 4, side, side).
    whole
        Slice logits (slices, 4).
    pixel_mm, gap_mm
        Size of a network pixel and distance between slices along their normal.
    slip_px
        How far each slice lies aside of the one before (see inference.pipeline.joining).

    Returns
    -------
    tuple
        Components, and their values on the network's grid (slices, side, side); 0 is none.

    Raises
    ------
    TooManyRegionsError
        if there are more than 65,535.
    """
    lesion = lesion_probability(outline)
    present = 1 - special.softmax(whole, axis=1)[:, 0]
    labels, count = joined_pieces(lesion > _SEED, pixel_mm, gap_mm, slip_px)
    if count > np.iinfo(np.uint16).max:
        raise TooManyRegionsError(scattered_words(count))
    boxes = ndimage.find_objects(labels)
    components = []
    for value in range(1, count + 1):
        box = boxes[value - 1]
        inside = labels[box] == value
        areas = inside.sum((1, 2))
        indices = np.flatnonzero(areas) + box[0].start
        largest = int(areas.argmax())
        area_mm2 = float(areas[largest]) * pixel_mm**2
        mean = float(lesion[box][largest][inside[largest]].mean())
        k = box[0].start + largest
        components.append(
            Component(
                value=value,
                volume_ml=float(areas.sum()) * pixel_mm**2 * gap_mm / 1000,
                depth_mm=len(indices) * gap_mm,
                slices=tuple(int(index) for index in indices),
                features=(logit(mean), float(np.log(area_mm2 / 100))),
                slice_score=float(present[k]),
                type_logits=_type_logits(outline, whole, box, inside),
            )
        )
    return components, labels.astype(np.uint16)


def scattered_words(count: int) -> str:
    """Return the sentence that withholds a crowd of marks."""
    return f"Not analysed reliably: {count:,} scattered regions were marked."


def lesion_probability(outline: Grid) -> Grid:
    """Return the probability of any lesion per pixel, (slices, side, side)."""
    lesion = np.empty((len(outline), *outline.shape[2:]), dtype=np.float32)
    for k in range(len(outline)):  # slice by slice: a softmax takes three times its input
        lesion[k] = 1 - special.softmax(outline[k : k + 1], axis=1)[0, 0]
    return lesion


def believed(components: list[Component], settings: Settings) -> list[Component]:
    """Return the components that are large, deep and probable enough, largest first.

    A component must lie on two slices or more, and the slice-level head must agree with the
    outline that there is a lesion at all.
    """
    kept = [
        c
        for c in components
        if len(c.slices) > 1
        and c.volume_ml >= settings.smallest_ml
        and c.depth_mm >= settings.smallest_depth_mm
        and c.slice_score >= settings.slice_threshold
        and c.probability(settings) >= settings.lesion_threshold
    ]
    return sorted(kept, key=lambda c: -c.volume_ml)


def _type_logits(
    outline: Grid, whole: Grid, box: tuple[slice, ...], inside: NDArray[np.bool_]
) -> tuple[float, ...]:
    """Return mean of the pixels' and the slices' type logits, both weighted by area."""
    pixels = outline[box[0], 1:, box[1], box[2]]
    areas = inside.sum((1, 2)).astype(np.float32)
    by_pixel = (pixels * inside[:, None]).sum((0, 2, 3)) / areas.sum()
    by_slice = (whole[box[0], 1:] * areas[:, None]).sum(0) / areas.sum()
    return tuple(float(value) for value in (by_pixel + by_slice) / 2)
