"""Weights to a model folder: calibrated, measured, and written down in its card."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from inference.models.cards import CARD_FILE, Member, Settings
from inference.models.loading import load_member
from inference.models.unet import OutlineNet
from inference.training import calibrate, figures
from inference.training.crossval import HeldOut, cross_validate
from inference.training.external import external_scores
from inference.training.fit import LENS, WEIGHTS_FILE
from inference.training.heat_maps import measure_heat_maps
from inference.training.slices import FOLDS
from inference.training.wording import INTENDED_USE, LIMITS, NAME, TRAINED_ON, VERSION

_log = logging.getLogger(__name__)
LESION_THRESHOLD = 0.5
SLICE_THRESHOLD = 0.5
SMALLEST_DEPTH_MM = 6.0
MOST_FINDINGS = 4
SAMPLE = 40
SCALES = (1.0, 0.9, 1.1, 0.8, 1.2)
"""How much of a slice's width the network is shown, one after the other (docs/adr/0041)."""


def member_file(folder: Path, fold: int) -> Path:
    """Return where the weights of the member that never saw ``fold`` lie in a model folder."""
    return folder / f"fold-{fold}.safetensors"


def member_files(folder: Path) -> tuple[Path, ...]:
    """Return where the members' weights lie in a model folder, in order of the folds."""
    return tuple(member_file(folder, fold) for fold in FOLDS)


def publish(trained: Path, data: Path, folder: Path, start: Path | None = None) -> None:
    """Round the trained members of all folds to 16 bits, measure those, write ``folder``.

    Where they were trained on from the members of another model folder, ``start``, each becomes
    the mean of itself and the member it started from (Wortsman 2022, arXiv:2203.05482).
    """
    folder.mkdir(parents=True, exist_ok=True)
    for fold, file in zip(FOLDS, member_files(folder), strict=True):
        weights = load_file(trained / f"fold-{fold}" / WEIGHTS_FILE)
        if start is not None:
            weights = blended(load_file(member_file(start, fold)), weights)
        save_file(_rounded(weights), file)
    measure(data, folder)


def measure(data: Path, folder: Path) -> None:
    """Measure the members in ``folder`` on ``data`` and write its card."""
    files = member_files(folder)
    members = networks(folder)
    folds = cross_validate(members, data / "cheng_t1ce", LENS, SCALES, _log.info)
    settings, performance, calibration = fit_settings(folds)
    card: dict[str, Any] = {
        "name": NAME,
        "version": VERSION,
        "members": [
            {"file": file.name, "sha256": sha256(file.read_bytes()).hexdigest()} for file in files
        ],
        "intended_use": INTENDED_USE,
        "trained_on": TRAINED_ON,
        "performance": figures.rounded(performance),
        "calibration": figures.rounded(calibration),
        "heat_maps": figures.rounded(measure_heat_maps(members, data / "cheng_t1ce", LENS)),
        "sample": sample_of(folds[0]),
        "limits": LIMITS,
        "settings": asdict(settings),
    }
    _write(folder, card)
    scores, external = external_scores(folder, data / "pgbm_nifti")
    for score in scores:
        _log.info("external %s", score)
    card["performance"] |= figures.rounded(external)
    _write(folder, card)


def networks(folder: Path) -> tuple[OutlineNet, ...]:
    """Return the members in ``folder``, whatever its card says of them."""
    return tuple(network_of(file) for file in member_files(folder))


def network_of(file: Path) -> OutlineNet:
    """Return the network of one file of weights, whatever a card says of it."""
    digest = sha256(file.read_bytes()).hexdigest()
    return load_member(Member(file, digest), torch.device("cpu"))


def fit_settings(
    folds: tuple[HeldOut, ...],
) -> tuple[Settings, dict[str, float], dict[str, Any]]:
    """Return what the pipeline needs, the figures and the calibration, all from held-out folds."""
    pooled, regions = figures.pool(folds), calibrate.gathered(folds)
    calibration = figures.calibration(pooled, regions)
    weights = calibrate.logistic(regions.features, regions.true)
    smallest = float(np.quantile(regions.areas_ml[regions.true], 0.02))
    settings = Settings(
        side_px=LENS.side_px,
        pixel_mm=LENS.pixel_mm,
        lesion_weights=tuple(round(float(w), 5) for w in weights),
        lesion_threshold=LESION_THRESHOLD,
        slice_threshold=SLICE_THRESHOLD,
        type_temperature=round(calibration["type"]["temperature"], 4),
        type_threshold=round(calibration["abstention"]["threshold"], 4),
        smallest_ml=round(smallest, 3),
        smallest_depth_mm=SMALLEST_DEPTH_MM,
        most_findings=MOST_FINDINGS,
        scales=SCALES,
    )
    kept = (
        (regions.scores >= SLICE_THRESHOLD)
        & (calibrate.cross_chances(regions) >= LESION_THRESHOLD)
        & (regions.areas_ml >= settings.smallest_ml)
    )
    performance = figures.slice_figures(pooled)
    performance |= figures.region_figures(regions, kept, len(pooled.types))
    return settings, performance, calibration


def sample_of(fold: HeldOut) -> dict[str, Any]:
    """Return what a test computes again: some slices of the first fold with Dice and type."""
    chosen = np.linspace(0, len(fold.ids) - 1, min(SAMPLE, len(fold.ids))).astype(int)
    return {
        "fold": fold.fold,
        "slices": [
            {
                "id": fold.ids[k],
                "dice": round(float(fold.dice[k]), 4),
                "type": int(fold.type_logits[k].argmax()) + 1,
            }
            for k in chosen
        ],
    }


def blended(first: dict[str, Tensor], second: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the mean of two networks' weights; whole numbers are the second's."""
    return {
        key: (first[key].float() + value.float()) / 2 if value.is_floating_point() else value
        for key, value in second.items()
    }


def _rounded(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        key: value.half() if value.is_floating_point() else value for key, value in weights.items()
    }


def _write(folder: Path, card: dict[str, Any]) -> None:
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (folder / CARD_FILE).write_text(text, encoding="utf-8")
