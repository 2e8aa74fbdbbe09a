"""A card as a page for people; no number on it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from inference.models.cards import CARD_FILE, read_package
from inference.training.markdown import table
from inference.training.page_heat_maps import heat_maps_part
from inference.training.seeds import read_seeds
from inference.training.slices import TYPE_VALUES

Card = dict[str, Any]
_BANNER = (
    "For research and evaluation only. Not a medical device. Not for diagnosis or treatment "
    "decisions."
)


def card_page(folder: Path, seeds: Path) -> str:
    """Return the tumour model's card in ``folder`` as Markdown.

    ``seeds`` is the file of the heat maps' check with other seeds (inference.training.seeds).
    Raises InferenceError where that file is of other weights, or what is offered fails the check.
    """
    digest = read_package(folder).card.weights_sha256
    card: Card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    parts = [
        f"# Model card: {card['name']} {card['version']}",
        _BANNER,
        "Made from `card.json` and the heat maps' check with other seeds by "
        "`python -m inference.training page`; not written by hand.",
        f"**Intended use.** {card['intended_use']}",
        f"**Trained on.** {card['trained_on']}",
        "## Measured on held-out slices",
        _slices(card["performance"]),
        "## Calibration and abstention",
        _calibration(card["calibration"]),
        "## Heat maps",
        heat_maps_part(card["heat_maps"], read_seeds(seeds, digest)),
        "## Another hospital",
        _external(card["performance"]),
        "## Limits",
        "\n".join(f"- {limit}" for limit in card["limits"]),
        "## Weights",
        "\n".join(f"- `{one['file']}` SHA-256 `{one['sha256']}`" for one in card["members"]),
    ]
    return "\n\n".join(parts) + "\n"


def _interval(values: dict[str, float], name: str) -> str:
    return f"{values[name]:.3f} ({values[f'{name}_low']:.3f} to {values[f'{name}_high']:.3f})"


def _slices(found: dict[str, float]) -> str:
    rows = [
        ("type accuracy", _interval(found, "type_accuracy")),
        ("Dice, mean", _interval(found, "dice_mean")),
        ("Dice, median (quartiles)", _quartiles(found, "dice")),
        ("lesion touched", _interval(found, "lesion_hit")),
        ("lesion kept by the rules on size and probability", f"{found['lesion_hit_kept']:.3f}"),
        (
            "slices with a false region, before and after the rules",
            f"{found['slices_with_false_region_raw']:.3f}, {found['slices_with_false_region']:.3f}",
        ),
    ]
    kinds = [
        (
            name,
            _interval(found, f"sensitivity_{name}"),
            _interval(found, f"auroc_{name}"),
            _interval(found, f"dice_mean_{name}"),
            _quartiles(found, f"dice_{name}"),
            _interval(found, f"lesion_hit_{name}"),
        )
        for name in TYPE_VALUES
    ]
    words = (
        f"{found['slices']:.0f} slices in five patient-wise folds; 95 % t-intervals over the folds."
    )
    head = ("type", "sensitivity", "AUROC", "Dice, mean", "Dice, median (quartiles)", "touched")
    return "\n\n".join((words, table(("figure", "value"), rows), table(head, kinds)))


def _quartiles(found: dict[str, float], name: str) -> str:
    low, middle, high = (found[f"{name}_{part}"] for part in ("q1", "median", "q3"))
    return f"{middle:.3f} ({low:.3f} to {high:.3f})"


def _calibration(found: Card) -> str:
    def error(values: list[float]) -> str:
        return f"{values[0]:.3f} ({values[1]:.3f} to {values[2]:.3f})"

    kept = found["abstention"]
    rows = [
        ("calibration error of the type, before", error(found["type"]["ece_before"])),
        (
            f"after temperature {found['type']['temperature']:.2f} fitted on the other folds",
            error(found["type"]["ece_after"]),
        ),
        ("calibration error of the lesion (even odds)", error(found["lesion"]["ece_after"])),
        ("a type is named from a probability of", f"{kept['threshold']:.3f}"),
        ("share of slices whose type is named", f"{kept['share_named']:.3f}"),
        ("of those right", f"{kept['accuracy_kept']:.3f}"),
        (
            f"sets that hold the true type (aim {kept['coverage_target']:.2f})",
            f"{kept['coverage']:.3f}",
        ),
    ]
    bins = [
        (
            f"{one['low']:.1f} to {one['high']:.1f}",
            str(one["count"]),
            f"{one['confidence']:.3f}",
            f"{one['accuracy']:.3f}",
        )
        for one in found["type"]["bins"]
    ]
    head = ("confidence in the type", "slices", "mean confidence", "right")
    return "\n\n".join((table(("figure", "value"), rows), table(head, bins)))


def _external(found: dict[str, float]) -> str:
    rows = [
        (name.removeprefix("external_").replace("_", " "), f"{value:.3f}".rstrip("0").rstrip("."))
        for name, value in found.items()
        if name.startswith("external_")
    ]
    words = (
        "Glioblastoma after surgery (patients 01, 02 and 05 of TCIA Brain-Tumor-Progression, never "
        "trained on). Their masks hold enhancement only, the model outlines the whole mass, so "
        "Dice has a ceiling. The source lost its geometry: pixel size and distance are assumed."
    )
    return "\n\n".join((words, table(("figure", "value"), rows)))
