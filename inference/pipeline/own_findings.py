"""What a clinic's own model marked, as findings: measured and placed here, named by its card."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.errors import TooManyRegionsError
from inference.measure.extent import centre_mm, largest_slice, measurements
from inference.measure.placing import Placing
from inference.models.own.records import OwnCard
from inference.pipeline.components import scattered_words
from inference.pipeline.findings import Origin
from inference.pipeline.joining import joined_pieces
from inference.pipeline.prepare import Prepared
from inference.records import Finding, FindingStatus
from viewer.records import Volume

Grid = NDArray[np.float32]
REGION, SLICE = "own-model.region", "own-model.slice"
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class Region:
    """One connected region of one class on the network's grid.

    ``probability`` is the mean over it, as the model gives it: nobody calibrated it.
    """

    value: int
    slices: tuple[int, ...]
    name: str
    volume_ml: float
    probability: float


def regions(
    answer: Grid, card: OwnCard, prepared: Prepared
) -> tuple[list[Region], NDArray[np.uint16], Grid]:
    """Return the regions, largest first; their values, and the likeliest class's probability.

    ``answer`` is (slices, findings' classes, side, side); both grids are (slices, side, side). A
    pixel belongs to its likeliest class where that is likelier than not.

    Raises
    ------
    TooManyRegionsError
        if there are more than can be numbered.
    """
    best, chance = answer.argmax(axis=1), answer.max(axis=1)
    values = np.zeros(chance.shape, np.uint16)
    found: list[Region] = []
    for number, name in enumerate(card.output.findings):
        mask = (best == number) & (chance > _SURE)
        pieces, count = joined_pieces(mask, prepared.pixel_mm, prepared.gap_mm, prepared.slip_px)
        if count + len(found) > np.iinfo(np.uint16).max:
            raise TooManyRegionsError(scattered_words(count + len(found)))
        for piece, box in enumerate(ndimage.find_objects(pieces)[:count], start=1):
            inside = pieces[box] == piece
            millilitres = float(inside.sum()) * prepared.pixel_mm**2 * prepared.gap_mm / 1000
            if millilitres < card.output.smallest_ml:
                continue
            value = len(found) + 1
            values[box][inside] = value
            slices = np.flatnonzero(inside.any(axis=(1, 2))) + box[0].start
            mean = float(chance[box][inside].mean())
            named = tuple(int(k) for k in slices)
            found.append(Region(value, named, name, millilitres, min(mean, 1.0)))
    return sorted(found, key=lambda one: -one.volume_ml), values, chance


def describe_region(
    region: Region, number: int, labels: NDArray[np.uint8], volume: Volume, place: Placing,
    origin: Origin,
) -> Finding:  # fmt: skip
    """Return the finding of label ``number``, measured on the series' own grid."""
    mask = labels == number
    centre = centre_mm(mask, volume.affine)
    return Finding(
        id=f"{origin.run_id}.{number}",
        study_uid=origin.study_uid,
        series_uid=origin.series_uid,
        code=REGION,
        label=region.name,
        status=FindingStatus.SUGGESTED,
        centre_mm=centre,
        slice_index=largest_slice(mask),
        side=place.side_of(centre),
        place=place.place_of(mask),
        measurements=measurements(mask, volume.affine),
        probability=region.probability,
        run_id=origin.run_id,
        label_value=number,
    )


def describe_slices(answer: Grid, card: OwnCard, volume: Volume, origin: Origin) -> list[Finding]:
    """Return one finding per class that some slice shows, at the slice that shows it most.

    ``answer`` is (slices, findings' classes). There is no outline, so no size, side or place.
    """
    found = []
    for number, name in enumerate(card.output.findings):
        k = int(answer[:, number].argmax())
        chance = float(answer[k, number])
        if chance <= _SURE:
            continue
        _, rows, columns = volume.voxels.shape
        middle = volume.affine @ np.array([(columns - 1) / 2, (rows - 1) / 2, k, 1.0])
        found.append(
            Finding(
                id=f"{origin.run_id}.{number + 1}",
                study_uid=origin.study_uid,
                series_uid=origin.series_uid,
                code=SLICE,
                label=name,
                status=FindingStatus.SUGGESTED,
                centre_mm=(float(middle[0]), float(middle[1]), float(middle[2])),
                slice_index=k,
                side="",
                place="",
                measurements=(),
                probability=min(chance, 1.0),
                run_id=origin.run_id,
            )
        )
    return found
