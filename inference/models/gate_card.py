"""The input gate's model folder: its card, its limits, and weights proven to be the card's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inference.models.cards import Content, Member, read_card
from inference.records import ModelCard

GATE_MODEL = "input-gate"


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the gate draws its lines; chosen on sources left out of training.

    ``temperature`` divides the pooled logits. ``head`` is the least chance of a head.
    ``enhanced`` is the least chance of contrast where no tag says that any was given;
    ``recognised`` the least chance of a kind to be named as what the pictures look like.
    ``against`` is how sure the pictures must be to overrule tags that speak clearly.
    ``turned`` and ``artefact`` are the least chances for a caution.
    """

    temperature: float
    head: float
    enhanced: float
    recognised: float
    against: float
    turned: float
    artefact: float


@dataclass(frozen=True, slots=True)
class GatePackage:
    """The gate's folder after its card was read; the weights are not opened yet."""

    card: ModelCard
    limits: Limits
    member: Member


def read_gate(folder: Path) -> GatePackage:
    """Return the gate in ``folder``; raise WeightsError as read_card does."""
    return read_card(folder, _package)


def _package(content: Content) -> GatePackage:
    (member,) = content.members
    return GatePackage(content.card, Limits(**content.settings), member)
