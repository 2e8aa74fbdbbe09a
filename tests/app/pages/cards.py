"""A model card whose calibration is measured, made up."""

from __future__ import annotations

from inference.records import ModelCard

DIGEST = "ab" * 32
EDGES = ((0.5, 0.6, 14), (0.6, 0.7, 31), (0.7, 0.8, 88), (0.8, 0.9, 203), (0.9, 1.0, 1240))
BINS = [
    {"low": low, "high": high, "count": count, "confidence": low + 0.06, "accuracy": low + 0.03}
    for low, high, count in EDGES
]
PART = {"temperature": 1.31, "ece_before": [0.061, 0.05, 0.07], "ece_after": [0.021, 0.01, 0.03]}
ABSTENTION = {
    "method": "conformal",
    "coverage_target": 0.9,
    "threshold": 0.62,
    "coverage": 0.913,
    "accuracy_kept": 0.972,
    "share_named": 0.94,
}
MEASURED = {
    "type": {**PART, "bins": BINS},
    "lesion": {**PART, "bins": BINS},
    "abstention": ABSTENTION,
}
PERFORMANCE = {
    "sensitivity": 0.93,
    "sensitivity_low": 0.9,
    "sensitivity_high": 0.95,
    "type_accuracy": 0.957,
    "type_accuracy_low": 0.94,
    "type_accuracy_high": 0.97,
    "dice_mean": 0.84,
}


def card(**changes: object) -> ModelCard:
    """Return the made-up card."""
    facts: dict[str, object] = {
        "name": "tumour-t1ce",
        "version": "0.2.0",
        "weights_sha256": DIGEST,
        "intended_use": "Suggests outlines.",
        "trained_on": "Made up.",
        "performance": PERFORMANCE,
        "limits": ("Never tested on a normal head.",),
        "calibration": MEASURED,
    }
    return ModelCard(**{**facts, **changes})  # type: ignore[arg-type]
