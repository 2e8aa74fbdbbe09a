"""Whether figures computed again are the ones a shipped model's card gives."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

from inference.models.cards import CARD_FILE

WITHIN = 0.002


def compared(found: Mapping[str, float | None], folder: Path) -> str:
    """Return in words where a figure and the card's performance in ``folder`` differ.

    A difference up to WITHIN is none: another processor rounds otherwise. What could not be
    computed is no figure in either. Figures the card has and ``found`` has not are not spoken of.
    """
    card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))["performance"]
    lines = [
        f"  DIFFERS FROM THE CARD: {name} is {value}, the card says {card.get(name, 'nothing')}"
        for name, value in found.items()
        if not _agrees(value, card.get(name, math.inf))
    ]
    return "\n".join(lines) or f"Every one of {len(found)} figures is the one in the card."


def _agrees(value: float | None, written: float | None) -> bool:
    if value is None or written is None or not math.isfinite(value):
        return written is None and (value is None or not math.isfinite(value))
    return abs(value - written) <= WITHIN
