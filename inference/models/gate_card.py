"""The input gate's model folder: its card, its limits, and weights proven to be the card's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.errors import WeightsError
from inference.models.cards import CARD_FILE, Member, digest_of
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
    """Return the gate in ``folder``; raise WeightsError if its card is absent or unreadable."""
    try:
        content: dict[str, Any] = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        (one,) = content["members"]
        member = Member(folder / Path(str(one["file"])).name, str(one["sha256"]))
        card = ModelCard(
            name=content["name"],
            version=content["version"],
            weights_sha256=digest_of((member,)),
            intended_use=content["intended_use"],
            trained_on=content["trained_on"],
            performance=content["performance"],
            limits=tuple(content["limits"]),
        )
        return GatePackage(card, Limits(**content["settings"]), member)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"The model card in {folder.name} cannot be read.") from error
