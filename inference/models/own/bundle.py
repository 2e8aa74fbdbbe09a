"""A MONAI bundle's descriptions as a card; of its configuration only plain data is read.

In a bundle ``configs/*.json`` is a program: ``$`` is evaluated, ``@`` resolved, ``_target_``
imported. None of that happens here. Of the configuration only ``network_def`` is looked at, and
only if it is data throughout and names a network of the allow-list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference.errors import OwnModelError
from inference.models.own.architectures import ARCHITECTURES
from inference.models.own.card import FORMAT
from inference.models.own.literal import plain

_PREFIXES = ("", "monai.networks.nets.")
_SILENT = "Not stated in the bundle."


def is_bundle(named: Mapping[str, Any]) -> bool:
    """Whether there is a MONAI bundle's metadata among the JSON files, by their base names."""
    return "metadata.json" in named


def card_of_bundle(named: Mapping[str, Any], sha256: str) -> dict[str, Any]:
    """Return the values of a card made of what a bundle says, and of the clinic's part of one.

    A bundle says in programs only which sequences and pixels its network is for, so ``card.json``
    must hold ``input``; whatever else stands in there goes before the bundle's own words.

    Raises
    ------
    OwnModelError
        if that is missing, or the network is described by anything but plain data.
    """
    told = plain(_known(named["metadata.json"]), "metadata.json")
    own = dict(named.get("card.json", {}))
    if "input" not in own:
        raise OwnModelError(
            "A MONAI bundle says in programs only for which sequences and pixel size it is, and "
            "those are not run. Put a card.json with “input” into it (see docs/own-models.md)."
        )
    made: dict[str, Any] = {
        "format": FORMAT,
        "name": str(told.get("name") or "MONAI bundle")[:60],
        "version": str(told.get("version") or "0")[:20],
        "intended_use": str(told.get("intended_use") or told.get("description") or _SILENT),
        "trained_on": str(told.get("data_source") or _SILENT),
        "limits": ["Limits are not stated in the bundle."],
        "weights": {"sha256": sha256},
        "task": "outline",
        "output": {"classes": _classes(told)},
    }
    if "architecture" not in own:
        made["architecture"] = network_of(named)
    return made | own


def network_of(named: Mapping[str, Any]) -> dict[str, Any]:
    """Return name and arguments of the bundle's network; raise OwnModelError if it is not data."""
    configs = [named[one] for one in ("inference.json", "train.json") if one in named]
    found = next((one["network_def"] for one in configs if "network_def" in one), None)
    if not isinstance(found, dict):
        raise OwnModelError(
            "The bundle has no “network_def” in configs/inference.json; state “architecture” in "
            "card.json instead."
        )
    values = plain(found, "network_def")
    target = str(values.pop("_target_", ""))
    for prefix in _PREFIXES:
        name = target.removeprefix(prefix)
        if prefix + name == target and name in ARCHITECTURES:
            return {"name": name, "arguments": values}
    listed = ", ".join(ARCHITECTURES)
    raise OwnModelError(f"The bundle's network “{target[:60]}” is not on the list: {listed}.")


def _known(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is used of the metadata; the rest of it is not looked at."""
    keys = ("name", "version", "intended_use", "description", "data_source", "network_data_format")
    return {key: metadata[key] for key in keys if key in metadata}


def _classes(told: Mapping[str, Any]) -> list[str]:
    """Return the names of the answer's channels, in order."""
    try:
        named = told["network_data_format"]["outputs"]["pred"]["channel_def"]
        return [str(named[str(number)]).lower() for number in range(len(named))]
    except (KeyError, TypeError):
        raise OwnModelError(
            "The bundle does not name its answer's classes; state “output” in card.json."
        ) from None
