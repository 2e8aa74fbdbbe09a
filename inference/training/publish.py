"""Weights to a model folder: calibrated, measured, and written down in its card."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
from safetensors.torch import load_file

from inference.models.cards import CARD_FILE, WEIGHTS_FILE, Settings
from inference.models.unet import OutlineNet
from inference.pipeline.components import lesion_probability
from inference.pipeline.engine import Engine
from inference.pipeline.predict import mirrored_logits
from inference.pipeline.prepare import normalise
from inference.training import calibrate
from inference.training.calibrate import SLICE_GAP_MM, Marked
from inference.training.evaluate import external_scores
from inference.training.scores import outline_scores
from inference.training.slices import SliceSet
from inference.training.wording import INTENDED_USE, LIMITS, NAME, TRAINED_ON, VERSION

_log = logging.getLogger(__name__)
PIXEL_MM = 512 * 0.49 / 128
LESION_THRESHOLD = 0.5
SLICE_THRESHOLD = 0.5
SMALLEST_DEPTH_MM = 6.0
MOST_FINDINGS = 4


def publish(weights: Path, held_out: SliceSet, external: Path, folder: Path) -> None:
    """Calibrate ``weights`` on the held-out fold, measure them, write ``folder``.

    The held-out fold serves both validation and calibration; the card says so.
    """
    network = OutlineNet()
    network.load_state_dict(load_file(weights))
    outline, whole = mirrored_logits(network.eval(), normalise(held_out.images))
    marked = calibrate.mark_components(outline, whole, held_out, PIXEL_MM)
    settings, performance = _fit(marked, held_out)
    performance |= outline_scores(lesion_probability(outline), held_out)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(weights, folder / WEIGHTS_FILE)
    _write(folder, settings, performance)
    scores, summary = external_scores(Engine(folder), external)
    for score in scores:
        _log.info("external %s", score)
    _write(folder, settings, performance | summary)


def _fit(marked: Marked, held_out: SliceSet) -> tuple[Settings, dict[str, float]]:
    features = np.array([component.features for component in marked.components])
    weights = calibrate.logistic(features, marked.true)
    chance = 1 / (1 + np.exp(-(weights[0] + features @ weights[1:])))
    areas = np.array([component.volume_ml for component in marked.components])
    logits = np.array([c.type_logits for c in marked.components])[marked.true]
    types = marked.types[marked.true]
    heat = calibrate.temperature(logits, types)
    sure = calibrate.softmax(logits / heat)
    right = sure.argmax(1) + 1 == types
    threshold = calibrate.type_threshold(sure.max(1), right)
    named = sure.max(1) >= threshold
    settings = Settings(
        side_px=128,
        pixel_mm=round(PIXEL_MM, 5),
        lesion_weights=tuple(round(float(w), 5) for w in weights),
        lesion_threshold=LESION_THRESHOLD,
        slice_threshold=SLICE_THRESHOLD,
        type_temperature=round(heat, 4),
        type_threshold=threshold,
        smallest_ml=round(float(np.quantile(areas[marked.true], 0.02)), 3),
        smallest_depth_mm=SMALLEST_DEPTH_MM,
        most_findings=MOST_FINDINGS,
    )
    agreed = np.array([c.slice_score >= SLICE_THRESHOLD for c in marked.components])
    kept = agreed & (chance >= LESION_THRESHOLD) & (areas >= settings.smallest_ml)
    raw = calibrate.softmax(logits)
    performance = {
        "components_true": marked.true.sum(),
        "components_false": (~marked.true).sum(),
        "components_true_kept": kept[marked.true].mean(),
        "components_false_kept": kept[~marked.true].mean(),
        "slices_with_false_component_raw": _share(marked, ~marked.true, held_out),
        "slices_with_false_component": _share(marked, kept & ~marked.true, held_out),
        "lesion_hit_kept": _share(marked, kept & marked.true, held_out),
        "type_accuracy": right.mean(),
        "type_accuracy_when_named": right[named].mean(),
        "type_named_share": named.mean(),
        "type_calibration_error_before": calibrate.calibration_error(
            raw.max(1), raw.argmax(1) + 1 == types
        ),
        "type_calibration_error": calibrate.calibration_error(sure.max(1), right),
        "slice_gap_assumed_mm": SLICE_GAP_MM,
    }
    return settings, {key: round(float(value), 3) for key, value in performance.items()}


def _share(marked: Marked, chosen: np.ndarray, held_out: SliceSet) -> float:
    return len(np.unique(marked.slice_index[chosen])) / len(held_out)


def _write(folder: Path, settings: Settings, performance: dict[str, float]) -> None:
    digest = hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()
    card = {
        "name": NAME,
        "version": VERSION,
        "weights_sha256": digest,
        "intended_use": INTENDED_USE,
        "trained_on": TRAINED_ON,
        "performance": performance,
        "limits": LIMITS,
        "settings": asdict(settings),
    }
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (folder / CARD_FILE).write_text(text, encoding="utf-8")
