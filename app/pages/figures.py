"""A model card's measured figures in words."""

from __future__ import annotations

from app.pages.calibration import interval_of
from inference.records import ModelCard

_SHARES = {
    "lesion_hit": "Lesions touched, share of slices",
    "lesion_hit_kept": "Lesions kept after the size and probability rules",
    "slices_with_false_region": "Slices with a false region",
    "type_accuracy": "Type named rightly",
    "sensitivity_meningioma": "Meningiomas named so",
    "sensitivity_glioma": "Gliomas named so",
    "sensitivity_pituitary": "Pituitary tumours named so",
    "external_enhancement_recall": "Enhancement covered, another hospital",
    "external_lesion_free_flagged": "Lesion-free slices flagged, another hospital",
}
_NUMBERS = {
    "dice_median": "Outline overlap (Dice), median",
    "dice_mean": "Outline overlap (Dice), mean",
    "dice_mean_meningioma": "Dice, meningioma",
    "dice_mean_glioma": "Dice, glioma",
    "dice_mean_pituitary": "Dice, pituitary tumour",
    "external_dice_mean": "Dice, another hospital",
    "external_false_findings_per_volume": "False findings per study, another hospital",
}
_TYPES = ("meningioma", "glioma", "pituitary")
_FURTHER = {
    "slices": "Slices of the test",
    "dice_q1": "Outline overlap (Dice) that 3 of 4 reach",
    "dice_q3": "Outline overlap (Dice) that 1 of 4 reaches",
    **{f"lesion_hit_{one}": f"Share of lesions touched, {one}" for one in _TYPES},
    **{f"dice_{one}_q1": f"Dice that 3 of 4 reach, {one}" for one in _TYPES},
    **{f"dice_{one}_median": f"Dice, median, {one}" for one in _TYPES},
    **{f"dice_{one}_q3": f"Dice that 1 of 4 reaches, {one}" for one in _TYPES},
    **{f"auroc_{one}": f"How well it is told from the others (AUROC), {one}" for one in _TYPES},
    "regions_true": "Marked regions of the test that were lesions",
    "regions_false": "Marked regions of the test that were none",
    "slices_with_false_region_raw": "Share of slices with a false region, before the rules",
    "external_volumes": "Studies of another hospital",
    "external_volumes_hit": "Studies of another hospital with the lesion found",
    "external_glioma": "Studies of another hospital typed rightly (all are gliomas)",
    "external_false_findings_most": "Most false findings in one study, another hospital",
    "external_lesion_free_slices": "Lesion-free slices of another hospital",
    "external_lesion_free_flagged_raw": "Share of lesion-free slices flagged, before the rules",
}
_ENDS = ("_low", "_high")


def figures(card: ModelCard) -> tuple[tuple[str, str], ...]:
    """Return (what was measured, figure) pairs; all of a card whose figures have other names."""
    shown = [(words, figure(card, key)) for key, words in _NUMBERS.items() if _has(card, key)]
    shown += [(words, figure(card, key)) for key, words in _SHARES.items() if _has(card, key)]
    return tuple(shown) or further_figures(card)


def further_figures(card: ModelCard) -> tuple[tuple[str, str], ...]:
    """Return the figures that are not among the first; without a wording, by their own names."""
    return tuple(
        (_FURTHER.get(key) or key.replace("_", " ").capitalize(), figure(card, key))
        for key in card.performance
        if key not in _NUMBERS and key not in _SHARES and not _is_end(card, key)
    )


def figure(card: ModelCard, key: str) -> str:
    """Return one figure, with its 95 % interval where the card has one."""
    value, measured = card.performance[key], interval_of(card.performance, key)
    if key in _SHARES:
        ends = f" ({100 * measured.low:.0f} to {100 * measured.high:.0f})" if measured else ""
        return f"{100 * value:.0f} %{ends}"
    if key in _NUMBERS:
        ends = f" ({measured.low:.2f} to {measured.high:.2f})" if measured else ""
        return f"{value:.2f}{ends}"
    ends = f" ({measured.low:.3g} to {measured.high:.3g})" if measured else ""
    return f"{value:.3g}{ends}" if abs(value) < 1000 else f"{value:.0f}{ends}"


def _has(card: ModelCard, key: str) -> bool:
    return key in card.performance


def _is_end(card: ModelCard, key: str) -> bool:
    """Whether a figure is an end of another one's interval."""
    return any(key.endswith(end) and key.removesuffix(end) in card.performance for end in _ENDS)
