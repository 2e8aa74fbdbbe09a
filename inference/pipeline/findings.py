"""Believed components to findings: wording by rules over measurements and calibrated scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.errors import TooManyRegionsError
from inference.measure.extent import centre_mm, largest_slice, measurements
from inference.measure.placing import OUTSIDE_SHARE, Placing
from inference.models.cards import Settings
from inference.pipeline.components import Component, scattered_words
from inference.pipeline.prepare import Prepared
from inference.records import Finding, FindingStatus
from viewer.records import Volume

TYPES = ("meningioma", "glioma", "pituitary")
CODE = "lesion.enhancing"
_MARKED_PER_SHOWN = 2
MOST_LABELS = int(np.iinfo(np.uint8).max)
_NAMES = {
    "meningioma": "suspected meningioma",
    "glioma": "suspected glioma",
    "pituitary": "suspected pituitary tumour",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Which study, series and run findings belong to."""

    study_uid: str
    series_uid: str
    run_id: str


class Drawn(Protocol):
    """What can be drawn: its value on the network's grid, and the slices it lies on."""

    @property
    def value(self) -> int: ...
    @property
    def slices(self) -> tuple[int, ...]: ...


def label_of(kinds: tuple[float, ...], settings: Settings) -> str:
    """Return the finding's wording; the type is left open unless one alone is likely enough."""
    best = certain_type(kinds, settings)
    return "Enhancing lesion, " + (_NAMES[TYPES[best]] if best is not None else "type uncertain")


def certain_type(kinds: tuple[float, ...], settings: Settings) -> int | None:
    """Return the one type whose probability reaches the threshold; None where several do, or none.

    The types that reach it are the conformal set (see inference.training.calibrate).
    """
    likely = [index for index, chance in enumerate(kinds) if chance >= settings.type_threshold]
    return likely[0] if len(likely) == 1 else None


def draw_labels(
    components: Sequence[Drawn],
    values: NDArray[np.uint16],
    lesion: NDArray[np.float32],
    prepared: Prepared,
    shape: tuple[int, int, int],
) -> NDArray[np.uint8]:
    """Return the outlines on the series' grid, 1..n in the order of ``components``.

    ``values`` and ``lesion`` (probability) lie on the network's grid. The edge is where the
    interpolated probability passes one half, not the staircase of network pixels.

    Raises
    ------
    TooManyRegionsError
        if there are more than a label map can number.
    """
    if len(components) > MOST_LABELS:
        raise TooManyRegionsError(scattered_words(len(components)))
    labels = np.zeros(shape, dtype=np.uint8)
    for number, component in enumerate(components, start=1):
        for k in component.slices:
            own = ndimage.binary_dilation(values[k] == component.value, np.ones((3, 3), dtype=bool))
            restored = prepared.restore(np.where(own, lesion[k], 0).astype(np.float32))
            drawn = labels[k]
            drawn[(restored >= 0.5) & (drawn == 0)] = number
    return labels


def settle(
    components: list[Component], labels: NDArray[np.uint8], placing: Placing
) -> tuple[list[Component], NDArray[np.uint8]]:
    """Return the components that stay, and the outlines numbered anew in their order.

    Left out is what was not drawn at all, and what lies outside brain, coverings and sella by a
    template that is believed: scalp, orbit, nasal mucosa.
    """
    table = np.zeros(MOST_LABELS + 1, dtype=np.uint8)
    kept: list[Component] = []
    for number, component in enumerate(components, start=1):
        mask = labels == number
        if mask.any() and placing.outside_share(mask) < OUTSIDE_SHARE:
            kept.append(component)
            table[number] = len(kept)
    return kept, table[labels]


def scattered(marked: int, shown: int, most: int) -> str:
    """Return why so many regions are mistakes rather than lesions, or "".

    What counts is ``shown``, what is left after ``settle``: a bright spot in the scalp is no reason
    to withhold the lesions. But where more than twice ``most`` were ``marked`` before it, the
    network does not know this picture, and the few left are not to be believed either.
    """
    count = shown if shown > most else marked
    if shown <= most and marked <= min(_MARKED_PER_SHOWN * most, MOST_LABELS):
        return ""
    return f"{scattered_words(count)[:-1]}, which on this model means mistakes rather than lesions."


def describe(
    component: Component,
    number: int,
    labels: NDArray[np.uint8],
    volume: Volume,
    placing: Placing,
    settings: Settings,
    origin: Origin,
) -> Finding:
    """Return the finding of label ``number``: measured on the series' grid, placed in LPS+ mm."""
    mask = labels == number
    centre = centre_mm(mask, volume.affine)
    kinds = component.types(settings)
    return Finding(
        id=f"{origin.run_id}.{number}",
        study_uid=origin.study_uid,
        series_uid=origin.series_uid,
        code=CODE,
        label=label_of(kinds, settings),
        status=FindingStatus.SUGGESTED,
        centre_mm=centre,
        slice_index=largest_slice(mask),
        side=placing.side_of(centre),
        place=placing.place_of(mask),
        measurements=measurements(mask, volume.affine),
        probability=component.probability(settings),
        kinds=tuple(zip(TYPES, kinds, strict=True)),
        run_id=origin.run_id,
        label_value=number,
    )
