"""The words for where a finding is and how large: the same in report, explanation and checks."""

from __future__ import annotations

from assistant.guarding.lexicon import words
from inference.records import Finding, FindingStatus, ModelSaid

CONFIRMED = frozenset({FindingStatus.ACCEPTED, FindingStatus.EDITED})

SIZE, VOLUME = "size", "volume"
"""The numbers of a finding that a text may take."""

_TO_ML = {"mm3": 1e-3, "cm3": 1.0, "mL": 1.0, "ml": 1.0}
_TO_MM = {"mm": 1.0, "cm": 10.0}


def is_confirmed(finding: Finding) -> bool:
    """Whether the reader holds the finding to be real."""
    return finding.status in CONFIRMED


def size_mm(finding: Finding | ModelSaid) -> float | None:
    """The largest diameter in mm, or None if nothing was measured.

    Any measurement in UCUM mm or cm that calls itself a diameter, size, length or extent
    counts; without such a name every length does.
    """
    lengths = [
        (one.name.lower(), one.value * _TO_MM[one.unit])
        for one in finding.measurements
        if one.unit in _TO_MM and "distance" not in one.name.lower()
    ]
    named = [
        value
        for name, value in lengths
        if any(word in name for word in ("diameter", "size", "length", "extent", "axis"))
    ]
    return max(named or [value for _, value in lengths], default=None)


def volume_ml(finding: Finding | ModelSaid) -> float | None:
    """The volume in millilitres, or None if none was measured."""
    volumes = [one.value * _TO_ML[one.unit] for one in finding.measurements if one.unit in _TO_ML]
    return max(volumes, default=None)


def spoken_mm(value_mm: float) -> str:
    """A length as it is written: whole millimetres, as the voxels allow no more."""
    return f"{value_mm:.0f} mm"


def spoken_ml(value_ml: float) -> str:
    """A volume as it is written, one decimal below 100 ml and two below 1 ml."""
    if value_ml < 1:
        return f"{value_ml:.2f} ml"
    return f"{value_ml:.1f} ml" if value_ml < 100 else f"{value_ml:.0f} ml"


def location(finding: Finding) -> str:
    """Side and place in words, such as ``right frontal lobe``; the side is said once."""
    place, side = finding.place.strip(), finding.side
    if not side or side in words(place):
        return place or side
    if side == "midline":
        return f"{place}, midline" if place else "midline"
    if not place:
        return f"{side} side"
    return f"{side} {place[0].lower()}{place[1:]}"
