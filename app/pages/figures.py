"""A model card's measured figures in words."""

from __future__ import annotations

from inference.records import ModelCard

_SHARES = {
    "lesion_hit": "Lesions touched, share of slices",
    "lesion_hit_kept": "Lesions kept after the size and probability rules",
    "slices_with_false_component": "Slices with a false region",
    "type_accuracy": "Type named rightly",
    "external_enhancement_recall": "Enhancement covered, another hospital",
    "external_lesion_free_flagged": "Lesion-free slices flagged, another hospital",
}
_NUMBERS = {
    "dice_median": "Outline overlap (Dice), median",
    "dice_mean": "Outline overlap (Dice), mean",
    "dice_mean_meningioma": "Dice, meningioma",
    "dice_mean_glioma": "Dice, glioma",
    "dice_mean_pituitary": "Dice, pituitary tumour",
    "type_calibration_error": "Calibration error of the type",
    "external_dice_mean": "Dice, another hospital",
    "external_false_findings_per_volume": "False findings per study, another hospital",
}


def figures(card: ModelCard) -> tuple[tuple[str, str], ...]:
    """Return (what was measured, figure) pairs; all of a card whose figures have other names."""
    shown = [
        (words, f"{card.performance[key]:.2f}")
        for key, words in _NUMBERS.items()
        if key in card.performance
    ]
    shown += [
        (words, f"{100 * card.performance[key]:.0f} %")
        for key, words in _SHARES.items()
        if key in card.performance
    ]
    if not shown:
        shown = [(key.replace("_", " "), f"{value:.3g}") for key, value in card.performance.items()]
    return tuple(shown)
