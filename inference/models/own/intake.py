"""From what was dropped to a card and weights that may be tried; nothing is built or run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from inference.errors import OwnModelError
from inference.models.own.bundle import card_of_bundle, is_bundle
from inference.models.own.card import read_own_card
from inference.models.own.files import Content, gather
from inference.models.own.literal import parse
from inference.models.own.onnx_file import check_onnx
from inference.models.own.records import Container, OwnCard
from inference.models.own.tensors import read_layout, require_finite


@dataclass(frozen=True, slots=True, eq=False)
class Intake:
    """A card and the weights it names, proven to fit one another as far as files can."""

    container: Container
    card: OwnCard
    weights: Content
    digests: Mapping[str, str]


def take_in(path: Path) -> Intake:
    """Return what a folder, zip or file of a model holds.

    Raises
    ------
    OwnModelError
        with the reason why it is not taken.
    """
    files = gather(path)
    digests = {name: hashlib.sha256(content.data).hexdigest() for name, content in files.items()}
    weights = next(name for name in files if not name.endswith(".json"))
    described = _described(files, weights)
    onnx = weights.lower().endswith(".onnx")
    if is_bundle(described):
        values = card_of_bundle(described, digests[weights])
    elif "card.json" in described:
        values = described["card.json"]
    else:
        raise OwnModelError("There is no card.json in it (see docs/own-models.md).")
    card = read_own_card(values, onnx=onnx)
    if card.weights_sha256 != digests[weights]:
        raise OwnModelError("The weights are not the ones the card names (SHA-256); not used.")
    content = files[weights]
    if onnx:
        check_onnx(content, card)
    else:
        require_finite(content, read_layout(content))
    container = Container.ONNX if onnx else Container.SAFETENSORS
    return Intake(container, card, content, digests)


def _described(files: Mapping[str, Content], weights: str) -> dict[str, Any]:
    """Return the JSON files by their base names; two of one name end the import."""
    found: dict[str, Any] = {}
    for name, content in files.items():
        base = PurePosixPath(name).name
        if name == weights:
            continue
        if base in found:
            raise OwnModelError(f"There are two files named {base} in it; leave one.")
        found[base] = parse(content, base)
    return found
