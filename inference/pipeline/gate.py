"""The input gate: what the tumour model may be asked about, and why not.

Pure and quick; runs before any network is loaded. Whatever is not proven to be a T1-weighted
series of a head after contrast is refused with a reason in plain words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from inference.pipeline.prepare import head_mask, plane_of
from inference.pipeline.sequence import (
    Sequence,
    contrast_given,
    described_sequence,
    measured_sequence,
)
from viewer.records import GeometryKind, Series, Volume

_TRAINED = "the model was trained on T1 after contrast"
_DERIVED = frozenset(("SUBTRACT", "SUBTRACTION", "PROJECTION", "MIP", "MINIP", "ADC", "RCBV"))
_HEAD_PARTS = frozenset(("", "HEAD", "BRAIN", "SKULL", "HEADNECK", "NEURO", "PITUITARY", "IAC"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a series may be analysed; ``reason`` is empty if so, ``scores`` are for the log."""

    reason: str
    scores: dict[str, float] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether the series may be analysed."""
        return not self.reason


def judge(series: Series, volume: Volume) -> Verdict:
    """Return the gate's verdict: header first, then geometry, then what the voxels show."""
    scores: dict[str, float] = {}
    checks: tuple[Callable[[], str], ...] = (
        lambda: _header_objection(series),
        lambda: _sequence_objection(series),
        lambda: _geometry_objection(volume, scores),
        lambda: _head_objection(volume, scores),
    )
    for check in checks:
        objection = check()
        if objection:
            return Verdict(f"Not analysed, because {objection}.", scores)
    return Verdict("", scores)


def _header_objection(series: Series) -> str:
    if series.modality != "MR":
        return f"this is not an MR series ({series.modality or 'modality unknown'})"
    part = series.physics.get("BodyPartExamined", "").upper().replace(" ", "")
    if part not in _HEAD_PARTS:
        return f"the header names another body part ({part.lower()}) than the head"
    kinds = re.findall(r"[A-Z0-9]+", series.physics.get("ImageType", "").upper())
    derived = _DERIVED.intersection(kinds)
    if derived:
        return f"this is a derived image ({min(derived).lower()}), not an acquired one"
    return ""


def _sequence_objection(series: Series) -> str:
    said, measured = described_sequence(series.description), measured_sequence(series.physics)
    for kind in (said, measured):
        if kind not in {Sequence.T1, Sequence.UNKNOWN}:
            return f"this is a {kind} series; {_TRAINED}"
    if said is measured is Sequence.UNKNOWN:
        return f"neither the header nor the description says which sequence this is; {_TRAINED}"
    given = contrast_given(series)
    if given is False:
        return f"this T1 series was taken before contrast; {_TRAINED}"
    if given is None:
        return f"nothing says that a contrast agent was given; {_TRAINED}"
    if measured is Sequence.UNKNOWN and said is not Sequence.T1:
        return f"the sequence's timing is not in the header; {_TRAINED}"
    return ""


def _geometry_objection(volume: Volume, scores: dict[str, float]) -> str:
    if volume.geometry.kind is GeometryKind.UNKNOWN:
        return "the positions of its slices are unknown, so nothing can be measured"
    _, scores["plane_cosine"] = plane_of(volume.affine)
    if scores["plane_cosine"] < 0.8:
        return "its slices are too oblique to be axial, coronal or sagittal"
    scores["slice_distance_mm"] = volume.spacing_mm[2]
    if volume.spacing_mm[2] > 10:
        return "its slices lie more than 10 mm apart"
    scores["pixel_mm"] = max(volume.spacing_mm[:2])
    if scores["pixel_mm"] > 2:
        return "its pixels are larger than 2 mm"
    if len(volume.voxels) < 8:
        return "it has fewer than 8 slices"
    return ""


def _head_objection(volume: Volume, scores: dict[str, float]) -> str:
    voxels = volume.voxels
    if not np.isfinite(voxels).all() or voxels.max() == voxels.min():
        return "its voxels hold no picture"
    mask = head_mask(voxels)
    scores["foreground"] = float(mask.mean())
    if not 0.08 <= scores["foreground"] <= 0.92:
        return "what it shows does not look like a head in air"
    scores["corners"] = _corners(mask)
    if scores["corners"] > 0.5:
        return "what it shows does not look like a head in air"
    extents = _extents_mm(volume, mask)
    scores |= {"widest_mm": extents[2], "middle_mm": extents[1], "narrowest_mm": extents[0]}
    if extents[2] > 340 or extents[1] > 300:
        return "what it shows is larger than a head"
    if extents[1] < 110 or extents[0] < 40:
        return "what it shows is smaller than a head, or only part of one"
    return ""


def _corners(mask: np.ndarray) -> float:
    """Return the share of foreground in the slices' four corners, where a head leaves air."""
    rows, columns = (max(1, size // 10) for size in mask.shape[1:])
    edges = mask[:, np.r_[:rows, -rows:0]][:, :, np.r_[:columns, -columns:0]]
    return float(edges.mean())


def _extents_mm(volume: Volume, mask: np.ndarray) -> list[float]:
    """Return the foreground's extent along slices, rows and columns in mm, smallest first."""
    extents = []
    for axis, spacing in ((0, 2), (1, 1), (2, 0)):
        others = tuple(a for a in range(3) if a != axis)
        profile = mask.mean(axis=others) > 0.01
        extents.append(float(profile.sum()) * volume.spacing_mm[spacing])
    return sorted(extents)
