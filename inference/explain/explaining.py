"""The heat map of a run: what the network looked at for each finding, and how far to trust it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.explain.attending import spread
from inference.explain.grading import grade, worst
from inference.explain.methods import DEFAULT, Method
from inference.explain.native import pack
from inference.explain.scoring import Looked, look, scores_of
from inference.models.cards import Settings
from inference.models.unet import OutlineNet
from inference.pipeline.components import Component
from inference.pipeline.prepare import Prepared
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
    rows, columns = len(prepared.back_rows), len(prepared.back_columns)
    if prepared.turn[0]:
        rows, columns = columns, rows
    heat = np.zeros((len(prepared.images), rows, columns), dtype=np.float16)
    native: dict[int, Grid] = {}
    scores: dict[int, dict[str, float]] = {}
    share = max(1, MOST_EXPLAINED // len(components))
    for index, component in enumerate(components):
        progress(index / len(components), "asking what the network looked at")
        slices = largest_slices(component, values, share)
        regions = values[slices] == component.value
        category = 1 + int(np.argmax(component.types(settings)))
        given = (prepared.images[slices], regions, [category] * len(slices))
        looked = look(networks, *given, [method])[method]
        scaled = looked.native / max(float(looked.native.max()), 1e-12)
        for place, k in enumerate(slices):
            native[k] = np.maximum(native.get(k, np.float32(0)), scaled[place])
        progress((index + 0.5) / len(components), "scoring the heat map")
        best = int(np.argmax(regions.sum(axis=(1, 2))))
        one = Looked(looked.straight[best : best + 1], looked.mirrored[best : best + 1])
        scores[index] = scores_of(
            networks, prepared.images[slices[best]], regions[best], category, method, one
        )
    for k, grid in native.items():
        heat[k] = np.clip(prepared.restore(spread(grid[None], prepared.images.shape[1])[0]), 0, 1)
    return heat, _attribution(method, scores, native, prepared)


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
