"""Where reader and model disagree about a finding, and why one was rejected, in words."""

from __future__ import annotations

from assistant.drafting.measuring import size_mm, spoken_ml, spoken_mm, volume_ml
from inference.records import Finding, ModelSaid, RejectReason

REASON_WORDS = {
    RejectReason.VESSEL: "Vessel",
    RejectReason.ARTEFACT: "Artefact",
    RejectReason.NORMAL: "Normal anatomy",
    RejectReason.OUTSIDE: "Outside brain",
    RejectReason.DUPLICATE: "Duplicate",
    RejectReason.OLD: "Known, unchanged",
    RejectReason.TREATED: "After treatment",
    RejectReason.OTHER: "Other",
}
"""Why a finding was rejected; in the order the buttons stand."""

REASON_BUTTONS = ("Vessel", "Artefact", "Normal", "Outside", "Double", "Known", "Treated", "Other")
"""The same as short as a button wants it."""


def overlap_words(finding: Finding) -> str:
    """How far the reader's outline is the model's; empty where nobody changed it."""
    if finding.outlined is None:
        return ""
    if finding.outlined.dice is None:
        return "outline yours"
    return f"outline corrected, Dice {finding.outlined.dice:.2f}"


def model_words(finding: Finding) -> str:
    """What the model had said where the reader says otherwise; empty where they agree."""
    said = finding.model
    if said is None:
        return ""
    parts = [said.label, said.place, *_sizes(said)]
    return f"The model had said: {', '.join(part for part in parts if part)}."


def _sizes(said: ModelSaid) -> list[str]:
    parts = []
    if (length := size_mm(said)) is not None:
        parts.append(spoken_mm(length))
    if (amount := volume_ml(said)) is not None:
        parts.append(spoken_ml(amount))
    return parts
