"""A finding whose outline a reader drew or corrected: measured anew, the model's part kept beside.

Nothing of the model is overwritten. Where the reader's outline is the model's again, the finding is
the model's again, to the last digit; so a stroke that is undone leaves no trace.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inference.measure.extent import centre_mm, largest_slice, measurements
from inference.records import Finding, ModelSaid, Outlined
from viewer.records import Vector3, Volume

Mask = NDArray[np.bool_]


class Place(Protocol):
    """Says where in the patient something lies (see inference.measure.placing)."""

    def side_of(self, point_mm: Vector3) -> str: ...
    def place_of(self, mask: Mask) -> str: ...


class Placer(Protocol):
    """Finds out how a series lies to the head; None where it shows none."""

    def place(self, series_uid: str, volume: Volume) -> Place | None: ...


def dice(one: Mask, other: Mask) -> float:
    """Return the overlap of two outlines, 0 to 1; two empty ones are the same."""
    both = int(one.sum()) + int(other.sum())
    return 1.0 if both == 0 else 2.0 * int((one & other).sum()) / both


def said_of(finding: Finding) -> ModelSaid:
    """Return what is said of a finding now, in the form that is kept of the model's words."""
    return ModelSaid(
        label=finding.label,
        side=finding.side,
        place=finding.place,
        centre_mm=finding.centre_mm,
        slice_index=finding.slice_index,
        measurements=finding.measurements,
    )


def beside(finding: Finding) -> Finding:
    """Return a changed finding with the model's words beside it only where they differ."""
    if finding.model is None:
        return finding
    same = finding.outlined is None and said_of(finding) == finding.model
    return replace(finding, model=None) if same else finding


def remeasured(
    finding: Finding,
    drawn: Mask,
    by_model: Mask | None,
    affine: NDArray[np.float64],
    place: Place | None,
    strokes: str,
) -> Finding:
    """Return a finding with the size and the place of its outline as it now stands.

    Words that the reader typed for the place stay. An outline that was rubbed out whole leaves a
    finding without size, where it was.

    Parameters
    ----------
    drawn, by_model
        Both (slices, rows, columns); what the model drew is None for a finding of the reader's.
    strokes
        Names the strokes the outline is made of.
    """
    if by_model is not None and finding.outlined is None and bool((drawn == by_model).all()):
        return finding
    original = finding.model or said_of(finding)
    typed = finding.place if _typed(finding, original) else ""
    if by_model is not None and bool((drawn == by_model).all()):
        back = replace(
            finding,
            side=original.side,
            place=typed or original.place,
            centre_mm=original.centre_mm,
            slice_index=original.slice_index,
            measurements=original.measurements,
            outlined=None,
            model=original,
        )
        return beside(back)
    same = None if by_model is None else round(dice(drawn, by_model), 4)
    kept = None if finding.by_reader else original
    if not drawn.any():
        gone = Outlined(same, original.place, strokes)
        return replace(finding, measurements=(), outlined=gone, model=kept)
    centre = centre_mm(drawn, affine)
    where = original.place if place is None else place.place_of(drawn)
    return replace(
        finding,
        side=original.side if place is None else place.side_of(centre),
        place=typed or where,
        centre_mm=centre,
        slice_index=largest_slice(drawn),
        measurements=measurements(drawn, affine),
        outlined=Outlined(same, where, strokes),
        model=kept,
    )


def _typed(finding: Finding, original: ModelSaid) -> bool:
    """Whether the words for the place are the reader's, not the model's and not measured."""
    known = set() if finding.outlined is None else {finding.outlined.place}
    if not finding.by_reader:
        known.add(original.place)
    return bool(known) and finding.place not in known
