"""The anatomy model's card as a page for people; no number on it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from inference.models.cards import CARD_FILE
from inference.models.structures import STRUCTURES

_BANNER = (
    "For research and evaluation only. Not a medical device. Not for diagnosis or treatment "
    "decisions."
)


def anatomy_page(folder: Path) -> str:
    """Return the card in ``folder`` as Markdown."""
    card: dict[str, Any] = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    found: dict[str, float] = card["performance"]
    parts = [
        f"# Model card: {card['name']} {card['version']}",
        _BANNER,
        "Made from `card.json` by `python -m inference.training.anatomy --page`; not written by "
        "hand.",
        f"**Intended use.** {card['intended_use']}",
        f"**Trained on.** {card['trained_on']}",
        "## Measured on synthetic heads of two people never trained on",
        f"{found['heads_t1_like']:.0f} heads like T1 and {found['heads_any_contrast']:.0f} of any "
        "contrast. Dice counts the side. The volume error is what nine of ten heads like T1 stayed "
        "within.",
        structure_table(found),
        "## A real head",
        real_table(found),
        "## Limits",
        "\n".join(f"- {limit}" for limit in card["limits"]),
        "## Weights",
        "\n".join(f"- `{one['file']}` SHA-256 `{one['sha256']}`" for one in card["members"]),
    ]
    return "\n\n".join(parts) + "\n"


def structure_table(found: dict[str, float]) -> str:
    """Return Dice and volume error per structure as a table."""
    lines = [
        "| structure | Dice, like T1 | Dice, any contrast | volume within |",
        "|---|---|---|---|",
    ]
    for name in [*(s.name for s in STRUCTURES[2:]), "brain mask", "brain without ventricles"]:
        key = name.replace(" ", "_")
        dice = [found.get(f"dice_{key}_{kind}") for kind in ("t1_like", "any_contrast")]
        error = found.get(f"volume_error_{key}")
        cells = [f"{value:.3f}" if value is not None else "" for value in dice]
        cells.append(f"{100 * error:.1f} %" if error is not None else "")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    means = [found[f"dice_deep_{kind}"] for kind in ("t1_like", "any_contrast")]
    lines.append(f"| mean of the six deep structures | {means[0]:.3f} | {means[1]:.3f} | |")
    return "\n".join(lines)


def real_table(found: dict[str, float]) -> str:
    """Return what came out on the real head, or that none was at hand."""
    rows = {name: value for name, value in found.items() if name.startswith("real_head_")}
    if not rows:
        return "No real head was at hand when the card was made."
    lines = ["| figure | value |", "|---|---|"]
    for name, value in rows.items():
        said = name.removeprefix("real_head_").replace("_", " ")
        lines.append(f"| {said} | {value:g} |")
    words = (
        "One healthy defaced adult (studyforrest, every second slice). The mask is that of "
        "deepbet 1.0.2, which takes the fluid around the brain for brain."
    )
    return f"{words}\n\n" + "\n".join(lines)
