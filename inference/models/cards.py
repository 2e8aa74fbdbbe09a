"""A model as shipped: its card, its settings, and weights proven to be the ones the card names.

A model may be an ensemble: several members of one architecture, whose answers are averaged.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import resources
from inference.errors import WeightsError
from inference.models.manifest import check_signed
from inference.records import ModelCard

CARD_FILE = "card.json"
TUMOUR_MODEL = "tumour-t1ce"
_LARGEST_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """What was fitted or chosen on held-out slices, needed to read the network's output.

    ``lesion_weights`` are the logistic's intercept and one weight per feature of
    ``inference.pipeline.components.Component.features``. ``type_temperature`` divides the
    type logits. A type is named where it alone reaches ``type_threshold``. A slice on which
    something is seen is looked at in each of ``scales`` (inference.models.zoom).
    """

    side_px: int
    pixel_mm: float
    lesion_weights: tuple[float, ...]
    lesion_threshold: float
    slice_threshold: float
    type_temperature: float
    type_threshold: float
    smallest_ml: float
    smallest_depth_mm: float
    most_findings: int
    scales: tuple[float, ...] = (1.0,)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of weights and the SHA-256 the card gives for it."""

    file: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Package:
    """A model's folder after its card was read; the members' files are not opened yet."""

    card: ModelCard
    settings: Settings
    members: tuple[Member, ...]


def shipped_root() -> Path:
    """Return the folder that holds the models that ship with the program."""
    return Path(resources.__path__[0]) / "models"


def shipped_folder(name: str = TUMOUR_MODEL) -> Path:
    """Return the folder of a model that ships with the program."""
    return shipped_root() / name


def digest_of(members: tuple[Member, ...]) -> str:
    """Return the digest that names all members together: SHA-256 over theirs, in order."""
    return hashlib.sha256("".join(m.sha256 for m in members).encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Content:
    """What every model's card holds; ``settings`` are read by the model they belong to."""

    card: ModelCard
    members: tuple[Member, ...]
    settings: Mapping[str, Any]


Read = TypeVar("Read")


def read_card(folder: Path, of: Callable[[Content], Read]) -> Read:
    """Return what ``of`` makes of the card in ``folder``.

    Raises
    ------
    WeightsError
        if the card is absent or not what ``of`` expects, or a shipped card is not the one that
        was signed.
    """
    if folder.parent == shipped_root():
        check_signed(shipped_root(), folder / CARD_FILE)
    try:
        return of(_content(folder))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"The model card in {folder.name} cannot be read.") from error


def _content(folder: Path) -> Content:
    content: dict[str, Any] = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    members = tuple(
        Member(folder / Path(str(one["file"])).name, str(one["sha256"]))
        for one in content["members"]
    )
    card = ModelCard(
        name=content["name"],
        version=content["version"],
        weights_sha256=digest_of(members),
        intended_use=content["intended_use"],
        trained_on=content["trained_on"],
        performance=content["performance"],
        limits=tuple(content["limits"]),
        calibration=content.get("calibration", {}),
    )
    return Content(card, members, content["settings"])


def read_package(folder: Path) -> Package:
    """Return the outline model in ``folder``; raise WeightsError as read_card does."""
    return read_card(folder, _package)


def _package(content: Content) -> Package:
    settings = dict(content.settings)
    settings["lesion_weights"] = tuple(settings["lesion_weights"])
    settings["scales"] = tuple(settings.get("scales", (1.0,)))
    return Package(content.card, Settings(**settings), content.members)


def verified_weights(member: Member) -> bytes:
    """Return a member's bytes, read once, after proving their SHA-256.

    Raises
    ------
    WeightsError
        if the file is absent, larger than any model here, not safetensors, or not the one
        named by the card.
    """
    name = f"{member.file.parent.name}/{member.file.name}"
    try:
        with member.file.open("rb") as handle:
            content = handle.read(_LARGEST_BYTES + 1)
    except OSError as error:
        raise WeightsError(f"The weights {name} are absent.") from error
    if len(content) > _LARGEST_BYTES:
        raise WeightsError(f"The weights {name} are too large.")
    if hashlib.sha256(content).hexdigest() != member.sha256:
        raise WeightsError(f"The weights {name} are not the ones the card names; not used.")
    header = int.from_bytes(content[:8], "little")
    if len(content) < 10 or header > len(content) - 8 or content[8:9] != b"{":
        raise WeightsError(f"The weights {name} are not in safetensors format.")
    return content
