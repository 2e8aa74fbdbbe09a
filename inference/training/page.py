"""A card as a page for people; no number on it is typed."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inference.models.cards import CARD_FILE
from inference.training.slices import TYPE_VALUES

Card = dict[str, Any]
Row = tuple[str, ...]
_HEAT = (
    "pointing",
    "energy_in_mask",
    "deletion_over_random",
    "insertion_over_random",
    "flip_agreement",
    "noise_agreement",
    "low",
)
_BANNER = (
    "For research and evaluation only. Not a medical device. Not for diagnosis or treatment "
    "decisions."
)


def card_page(folder: Path) -> str:
    """Return the tumour model's card in ``folder`` as Markdown."""
    card: Card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    parts = [
        f"# Model card: {card['name']} {card['version']}",
        _BANNER,
        "Made from `card.json` by `python -m inference.training page`; not written by hand.",
        f"**Intended use.** {card['intended_use']}",
        f"**Trained on.** {card['trained_on']}",
        "## Measured on held-out slices",
        _slices(card["performance"]),
        "## Calibration and abstention",
        _calibration(card["calibration"]),
        "## Heat maps",
        _heat_maps(card["heat_maps"]),
        "## Another hospital",
        _external(card["performance"]),
        "## Limits",
        "\n".join(f"- {limit}" for limit in card["limits"]),
        "## Weights",
        "\n".join(f"- `{one['file']}` SHA-256 `{one['sha256']}`" for one in card["members"]),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: Row, rows: Sequence[Row]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


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
    return "\n\n".join((words, _table(("figure", "value"), rows), _table(head, kinds)))


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
    return "\n\n".join((_table(("figure", "value"), rows), _table(head, bins)))


def _heat_maps(found: Card) -> str:
    checked = found["random_weights"]["rows"]
    rows = [
        (
            name,
            *(_number(row.get(key)) for key in _HEAT),
            _checked(checked.get(name)),
        )
        for name, row in found["methods"].items()
    ]
    words = (
        f"Of {found['slices']} held-out slices, against the lesion's mask drawn by hand: whether "
        "the hottest point lies in it, how much of the heat does, how much better erasing and "
        "giving back in the map's order does than random maps of the same grain, agreement with "
        "the mirror image and under noise, and how alike the map stays when every weight is made "
        "random (a method that stays alike is not offered). Random maps and Sobel's edges are the "
        "baselines."
    )
    head = (
        "map", "points at the lesion", "energy in it", "erasing", "giving back", "mirrored",
        "noise", "graded low", "alike with random weights",
    )  # fmt: skip
    return "\n\n".join((words, _table(head, rows)))


def _number(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else f"{value:.2f}"


def _checked(row: Card | None) -> str:
    if row is None:
        return ""
    return f"{row['rank'][-1]:.2f}, {'passes' if row['passed'] else 'fails: not offered'}"


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
    return "\n\n".join((words, _table(("figure", "value"), rows)))
