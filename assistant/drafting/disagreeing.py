"""Where a report, in English or German, speaks against its own findings or against itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.drafting.measuring import size_mm
from assistant.drafting.reading.details import details
from assistant.drafting.reading.stances import HOLDS, Reading, Stance, Stated, overlapping
from assistant.drafting.reading.vocabulary import GROWTHS, NAMELESS
from assistant.records import Citation
from inference.records import Finding

_LESIONS = GROWTHS | NAMELESS
NEAR_MM = 1.0
"""How far a written length may lie from the measured one: the report rounds."""


def disagreements(
    everything: Sequence[tuple[Citation, Reading]],
    confirmed: Sequence[Finding],
    rejected: Sequence[Finding],
) -> Iterator[str]:
    """Reasons, in plain words, for which a report can only be quoted."""
    stated = [one for _, reading in everything for one in reading.stated]
    yield from _against_itself(stated)
    lesions = [one for one in stated if one.condition in _LESIONS]
    if confirmed:
        yield from _against_findings(lesions, stated, confirmed)
    elif rejected and any(one.stance in HOLDS for one in lesions):
        yield "The text speaks of a lesion, but the reader has rejected what was marked."


def _against_itself(stated: Sequence[Stated]) -> Iterator[str]:
    held = {one.condition for one in stated if one.stance in HOLDS}
    denied = {one.condition for one in stated if one.stance is Stance.DENIED}
    for condition in sorted(denied):
        if any(overlapping(condition, other) for other in held):
            yield f"The text denies and states the same: {condition}."
    if "normal" in held and held - {"normal", "sinus"}:
        yield "The text calls the scan normal and names something that is not."


def _against_findings(
    lesions: Sequence[Stated], stated: Sequence[Stated], confirmed: Sequence[Finding]
) -> Iterator[str]:
    if any(one.condition in NAMELESS and one.stance is Stance.DENIED for one in lesions):
        yield "The text says that there is no lesion, but one is accepted."
    if any(one.condition == "normal" and one.stance in HOLDS for one in stated):
        yield "The text calls the scan normal, but a lesion is accepted."
    sides = {finding.side for finding in confirmed}
    lengths = [length for length in map(size_mm, confirmed) if length is not None]
    for one in lesions:
        found = details(one)
        if found.side in {"left", "right"} and "" not in sides and found.side not in sides:
            yield f"The text says {found.side}; no accepted finding lies there."
        millimetres = _in_mm(found.size)
        if millimetres and lengths and not _near(millimetres, lengths):
            yield f"The text says {found.size}; no accepted finding has that size."


def _near(written: Sequence[float], lengths: Sequence[float]) -> bool:
    """Whether the largest written diameter is one that was measured."""
    largest = max(written)
    return any(abs(largest - length) <= max(NEAR_MM, 0.05 * length) for length in lengths)


def _in_mm(size: str) -> list[float]:
    """The numbers of a written size, in mm."""
    if not size:
        return []
    numbers, _, unit = size.rpartition(" ")
    factor = 10.0 if unit == "cm" else 1.0
    parts = numbers.replace("×", "x").replace("by", "x").split("x")
    return [float(part.strip().replace(",", ".")) * factor for part in parts]
