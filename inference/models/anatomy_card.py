"""The anatomy model as shipped: its card, what was measured on it, and its proven weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.errors import WeightsError
from inference.models.cards import CARD_FILE, WEIGHTS_FILE, shipped_folder
from inference.records import ModelCard

ANATOMY_MODEL = "anatomy"
_LARGEST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AnatomySettings:
    """What was measured on held-out heads and is needed to use the network's output.

    ``least_confidence`` is the mean probability below which nothing is reported.
    ``volume_error`` holds, per structure, the share of its volume that nine of ten errors on
    held-out synthetic heads stayed within.
    """

    channels: tuple[int, ...]
    least_confidence: float
    volume_error: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class AnatomyPackage:
    """The model's folder after its card was read; the weights are not opened yet."""

    card: ModelCard
    settings: AnatomySettings
    weights: Path


def shipped_anatomy() -> Path | None:
    """Return the folder of the shipped anatomy model, or None where none ships: do not offer it."""
    folder = shipped_folder(ANATOMY_MODEL)
    return folder if (folder / CARD_FILE).is_file() and (folder / WEIGHTS_FILE).is_file() else None


def read_anatomy(folder: Path) -> AnatomyPackage:
    """Return the model in ``folder``; raise WeightsError if its card is absent or unreadable."""
    try:
        content: dict[str, Any] = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        settings = content["settings"]
        card = ModelCard(
            name=content["name"],
            version=content["version"],
            weights_sha256=content["weights_sha256"],
            intended_use=content["intended_use"],
            trained_on=content["trained_on"],
            performance=content["performance"],
            limits=tuple(content["limits"]),
        )
        return AnatomyPackage(
            card,
            AnatomySettings(
                tuple(int(width) for width in settings["channels"]),
                float(settings["least_confidence"]),
                dict(settings["volume_error"]),
            ),
            folder / WEIGHTS_FILE,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"The model card in {folder.name} cannot be read.") from error


def proven_weights(package: AnatomyPackage) -> bytes:
    """Return the weights' bytes, read once; raise WeightsError unless the card names them."""
    try:
        with package.weights.open("rb") as handle:
            content = handle.read(_LARGEST_BYTES + 1)
    except OSError as error:
        raise WeightsError(f"The weights of {package.card.name} are absent.") from error
    if len(content) > _LARGEST_BYTES:
        raise WeightsError(f"The weights of {package.card.name} are too large.")
    if hashlib.sha256(content).hexdigest() != package.card.weights_sha256:
        raise WeightsError(
            f"The weights of {package.card.name} are not the ones its card names; not used."
        )
    return content
