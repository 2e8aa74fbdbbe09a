"""What the anatomy model may measure, and why not: pure and quick, before any network.

Thick slices are refused outright: on slices of 6.5 mm a network of this kind measured
hippocampi of 1.5 ml in a healthy head, a severe atrophy that was not there.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from inference.pipeline.gate import Verdict, header_objection
from inference.pipeline.prepare import head_mask
from inference.pipeline.sequence import (
    Sequence,
    contrast_given,
    described_sequence,
    measured_sequence,
)
from viewer.records import GeometryKind, Series, Vector3, Volume

LARGEST_VOXEL_MM = 1.5
LARGEST_LESION_ML = 3.0
_LEAST_FIELD_MM = (120.0, 150.0, 120.0)
_DERIVED = frozenset(("SUBTRACT", "SUBTRACTION", "PROJECTION", "MIP", "MINIP", "MPR", "ADC"))
_HEAD_PARTS = frozenset(("", "HEAD", "BRAIN", "SKULL", "HEADNECK", "NEURO"))
CONTRAST_CAUTION = (
    "Taken after contrast: vessels and meninges are bright, and the cortex may measure larger."
)


def judge_anatomy(series: Series, volume: Volume, lesion_ml: float = 0.0) -> Verdict:
    """Return whether the structures of ``volume`` may be measured.

    Parameters
    ----------
    lesion_ml
        Total volume of the lesions known in this study, by reader or model.
    """
    scores: dict[str, float] = {}
    checks: tuple[Callable[[], str], ...] = (
        lambda: header_objection(series, _HEAD_PARTS, _DERIVED),
        lambda: _sequence_objection(series),
        lambda: _geometry_objection(volume, scores),
        lambda: _lesion_objection(lesion_ml, scores),
        lambda: _head_objection(volume, scores),
    )
    for check in checks:
        objection = check()
        if objection:
            return Verdict(f"Not measured, because {objection}.", scores)
    return Verdict("", scores)


def cautions_of(series: Series) -> tuple[str, ...]:
    """Return what a reader of the volumes of an accepted series must know."""
    return (CONTRAST_CAUTION,) if contrast_given(series) else ()


def _sequence_objection(series: Series) -> str:
    said, measured = described_sequence(series.description), measured_sequence(series.physics)
    for kind in (said, measured):
        if kind not in {Sequence.T1, Sequence.UNKNOWN}:
            return f"this is a {kind} series; the volumes were checked on T1 only"
    if said is measured is Sequence.UNKNOWN:
        return "neither the header nor the description says that this is T1"
    return ""


def _geometry_objection(volume: Volume, scores: dict[str, float]) -> str:
    if volume.geometry.kind is GeometryKind.UNKNOWN:
        return "the positions of its slices are unknown, so nothing can be measured"
    if volume.geometry.kind is GeometryKind.REGULARISED:
        return "its slices do not lie on a regular grid"
    scores["largest_voxel_mm"] = max(volume.spacing_mm)
    if scores["largest_voxel_mm"] > LARGEST_VOXEL_MM + 0.005:
        return _too_large(volume.spacing_mm)
    field = _field_mm(volume)
    scores |= {"field_across_mm": field[0], "field_along_mm": field[1], "field_up_mm": field[2]}
    if any(size < least for size, least in zip(field, _LEAST_FIELD_MM, strict=True)):
        return "its field of view is too small for a whole brain"
    return ""


def _too_large(spacing_mm: Vector3) -> str:
    """Return what is wrong with voxels that are too large: thick slices, or all of their edges."""
    allowed = f"at most {LARGEST_VOXEL_MM} mm are allowed"
    if spacing_mm[2] == max(spacing_mm) and max(spacing_mm[:2]) <= LARGEST_VOXEL_MM + 0.005:
        return (
            f"its slices lie {spacing_mm[2]:.1f} mm apart and {allowed}: thick slices make "
            "structures look too small"
        )
    size = " x ".join(f"{edge:.1f}" for edge in spacing_mm)
    return (
        f"its voxels measure {size} mm and {allowed} in each direction: large voxels make "
        "structures look too small"
    )


def _lesion_objection(lesion_ml: float, scores: dict[str, float]) -> str:
    scores["lesion_ml"] = lesion_ml
    if lesion_ml > LARGEST_LESION_ML:
        return (
            f"a lesion of {lesion_ml:.1f} ml is known in this study, and the model has never "
            "seen a head with one"
        )
    return ""


def _head_objection(volume: Volume, scores: dict[str, float]) -> str:
    voxels = volume.voxels
    if not np.isfinite(voxels).all() or voxels.max() == voxels.min():
        return "its voxels hold no picture"
    scores["foreground"] = float(head_mask(voxels[::4]).mean())
    if not 0.06 <= scores["foreground"] <= 0.95:
        return "what it shows does not look like a head in air"
    return ""


def _field_mm(volume: Volume) -> tuple[float, float, float]:
    """Return how far the volume's box reaches along the patient's three axes."""
    slices, rows, columns = volume.voxels.shape
    reach = np.abs(volume.affine[:3, :3]) @ np.array([columns, rows, slices], dtype=float)
    return float(reach[0]), float(reach[1]), float(reach[2])
