"""The heat map of a run: what the network looked at for each finding, and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.errors import InferenceError
from inference.explain.attending import spread
from inference.explain.grading import grade, worst
from inference.explain.methods import DEFAULT, Method, named
from inference.explain.scoring import Looked, look, scores_of
from inference.models.cards import Settings
from inference.models.predict import mirrored_logits
from inference.models.unet import OutlineNet
from inference.pipeline.components import Component
from inference.pipeline.native import pack
from inference.pipeline.prepare import Prepared
from inference.ports import Question
from inference.records import Attribution
from viewer.ports import Progress

Grid = NDArray[np.float32]
MOST_EXPLAINED = 12


def explain(
    networks: Sequence[OutlineNet],
    prepared: Prepared,
    components: Sequence[Component],
    values: NDArray[np.uint16],
    settings: Settings,
    progress: Progress,
    method: Method = DEFAULT,
) -> tuple[NDArray[np.float16], Attribution]:
    """Return the heat of all findings (slices, rows, columns) in 0..1 and what it is worth.

    Each finding's largest slices are explained and scaled together, so that 1 is the strongest
    attention to that finding; its largest slice is scored. The scores and the grade that are
    handed on are those of the finding whose map is worth least.

    Parameters
    ----------
    components, values
        The findings, at least one, and their values on the network's grid.
    progress
        Told from 0 to 1.
    """
    native: dict[int, Grid] = {}
    scores: dict[int, dict[str, float]] = {}
    share = max(1, MOST_EXPLAINED // len(components))
    for index, component in enumerate(components):
        slices = largest_slices(component, values, share)
        regions = values[slices] == component.value
        category = 1 + int(np.argmax(component.types(settings)))
        part = _part(progress, index, len(components))
        maps, scores[index] = _one(
            networks, prepared.images[slices], regions, category, method, part
        )
        for k, grid in zip(slices, maps, strict=True):
            native[k] = np.maximum(native.get(k, np.float32(0)), grid)
    return _laid(native, prepared), _attribution(method, scores, native, prepared)


def answer(
    networks: Sequence[OutlineNet], prepared: Prepared, question: Question, progress: Progress
) -> tuple[NDArray[np.float16], Attribution]:
    """Return the map of one finding on one slice, scaled to its own maximum, and its scores.

    Raises InferenceError where the method is not on offer, or the network itself outlines nothing
    of the finding there.
    """
    method = named(question.method)
    if method is None:
        raise InferenceError("There is no such heat map.")
    k = question.slice_index
    image = prepared.images[k : k + 1]
    outline, _ = mirrored_logits(networks, image)
    region = _shared(outline[0].argmax(axis=0) > 0, question.marked, prepared)
    given = (image, region[None], question.category, method, progress)
    maps, scores = _one(networks, *given)
    native = {k: maps[0]}
    return _laid(native, prepared), _attribution(method, {0: scores}, native, prepared)


def _one(
    networks: Sequence[OutlineNet],
    images: Grid,
    regions: NDArray[np.bool_],
    category: int,
    method: Method,
    progress: Progress,
) -> tuple[Grid, dict[str, float]]:
    """Return a finding's maps scaled together, and the scores on its largest slice."""
    progress(0.0, "asking what the network looked at")
    looked = look(networks, images, regions, [category] * len(images), [method])[method]
    progress(0.5, "scoring the heat map")
    best = int(np.argmax(regions.sum(axis=(1, 2))))
    one = Looked(looked.straight[best : best + 1], looked.mirrored[best : best + 1])
    scores = scores_of(networks, images[best], regions[best], category, method, one)
    return looked.native / max(float(looked.native.max()), 1e-12), scores


def _shared(
    found: NDArray[np.bool_], marked: NDArray[np.bool_], prepared: Prepared
) -> NDArray[np.bool_]:
    """Return the parts of the network's own outline that meet the finding's."""
    labels, count = ndimage.label(found, np.ones((3, 3), dtype=bool))
    region = np.zeros(found.shape, dtype=bool)
    for number in range(1, count + 1):
        part = labels == number
        if (prepared.restore(part.astype(np.float32)) >= 0.5)[marked].any():
            region |= part
    if not region.any():
        raise InferenceError("On this slice the model outlines nothing of the finding.")
    return region


def _laid(native: Mapping[int, Grid], prepared: Prepared) -> NDArray[np.float16]:
    """Return maps by slice, interpolated, on the series' grid."""
    rows, columns = len(prepared.back_rows), len(prepared.back_columns)
    if prepared.turn[0]:
        rows, columns = columns, rows
    heat = np.zeros((len(prepared.images), rows, columns), dtype=np.float16)
    side = prepared.images.shape[1]
    for k, grid in native.items():
        heat[k] = np.clip(prepared.restore(spread(grid[None], side)[0]), 0, 1)
    return heat


def _part(progress: Progress, index: int, count: int) -> Progress:
    def report(fraction: float, text: str, /) -> None:
        progress((index + fraction) / count, text)

    return report


def largest_slices(component: Component, values: NDArray[np.uint16], count: int) -> list[int]:
    """Return the slices on which a component is largest, in order."""
    areas = {k: int((values[k] == component.value).sum()) for k in component.slices}
    return sorted(sorted(areas, key=lambda k: -areas[k])[:count])


def _attribution(
    method: Method,
    scores: dict[int, dict[str, float]],
    native: dict[int, Grid],
    prepared: Prepared,
) -> Attribution:
    grades = {index: grade(found) for index, found in scores.items()}
    least = worst(grades)
    found, reason = grades[least]
    first = next(iter(native.values()))
    finite = {name: value for name, value in scores[least].items() if np.isfinite(value)}
    return Attribution(
        method=method.title,
        layer=method.layer,
        native_grid=(first.shape[0], first.shape[1]),
        faithfulness=finite,
        target=method.target.value,
        grade=found,
        reason=reason if len(scores) == 1 else f"finding {least + 1}: {reason}",
        native=pack(native, prepared, method.cell_px),
    )
