"""The anatomy model as shipped: its card, what was measured on it, and its proven weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inference.models.cards import CARD_FILE, Content, Member, read_card, shipped_folder
from inference.records import ModelCard

ANATOMY_MODEL = "anatomy"
WEIGHTS_FILE = "weights.safetensors"


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
    member: Member


def shipped_anatomy() -> Path | None:
    """Return the folder of the shipped anatomy model, or None where none ships: do not offer it."""
    folder = shipped_folder(ANATOMY_MODEL)
    return folder if (folder / CARD_FILE).is_file() else None


def read_anatomy(folder: Path) -> AnatomyPackage:
    """Return the model in ``folder``; raise WeightsError as read_card does."""
    return read_card(folder, _package)


def _package(content: Content) -> AnatomyPackage:
    (member,) = content.members
    settings = content.settings
    chosen = AnatomySettings(
        channels=tuple(int(width) for width in settings["channels"]),
        least_confidence=float(settings["least_confidence"]),
        volume_error={str(name): float(v) for name, v in settings["volume_error"].items()},
    )
    return AnatomyPackage(content.card, chosen, member)
