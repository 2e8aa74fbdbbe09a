"""The anatomy network's figures, computed again from its weights and printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inference.models.anatomy_card import shipped_anatomy
from inference.models.anatomy_net import AnatomyNet
from inference.models.structures import BRAIN, INTRACRANIAL, STRUCTURES
from inference.pipeline.anatomy import AnatomyEngine
from inference.pipeline.anatomy_outcome import AnatomyOutcome
from inference.pipeline.progress import unheard
from inference.training.anatomy.maps import FOLDER, HELD_OUT, read_maps
from inference.training.anatomy.scores import (
    HeadScore,
    deep_dice,
    mean_scores,
    overlap,
    synthetic_scores,
)
from inference.training.anatomy.synthesis import Synthesis, Wildness
from inference.training.files import read_dicom, read_nifti

DRAWS = 6
T1_LIKE = Wildness(t1_share=1.0, stripped_share=0.0, cropped_share=0.0, coarse_share=0.1)
ANY_CONTRAST = Wildness(t1_share=0.0)
STUDYFORREST = Path("normal_t1_dicom") / "studyforrest_T1_every2nd.zip"
MASK_NAME = "studyforrest_brain.nii.gz"


def held_out_scores(
    network: AnatomyNet, data: Path, draws: int = DRAWS
) -> tuple[list[HeadScore], list[HeadScore]]:
    """Return the scores on the held-out maps, drawn like T1 and in any contrast."""
    heads = read_maps(data / FOLDER, HELD_OUT)
    like_t1 = synthetic_scores(network, heads, Synthesis(T1_LIKE), draws)
    any_contrast = synthetic_scores(network, heads, Synthesis(ANY_CONTRAST), draws)
    return like_t1, any_contrast


def figures_of(like_t1: Sequence[HeadScore], any_contrast: Sequence[HeadScore]) -> dict[str, float]:
    """Return the figures of the card: Dice by structure and contrast, and volume errors."""
    found: dict[str, float] = {
        "heads_t1_like": len(like_t1),
        "heads_any_contrast": len(any_contrast),
        "dice_deep_t1_like": deep_dice(like_t1),
        "dice_deep_any_contrast": deep_dice(any_contrast),
    }
    for prefix, scores in (("t1_like", like_t1), ("any_contrast", any_contrast)):
        for name, value in mean_scores(scores).items():
            found[f"dice_{name}_{prefix}".replace(" ", "_")] = value
    for name, value in volume_errors(like_t1).items():
        found[f"volume_error_{name}".replace(" ", "_")] = value
    return {name: round(float(value), 4) for name, value in found.items()}


def volume_errors(scores: Sequence[HeadScore]) -> dict[str, float]:
    """Return, by structure, the share of its volume that nine of ten errors stayed within."""
    sizes: dict[str, list[float]] = {}
    for score in scores:
        for label, off in score.volume_off.items():
            name = label.removeprefix("left ").removeprefix("right ")
            sizes.setdefault(name, []).append(abs(off))
    return {name: round(float(np.quantile(found, 0.9)), 4) for name, found in sizes.items()}


def anatomy_figures(
    data: Path, folder: Path | None = None, masks: Path | None = None
) -> dict[str, float]:
    """Return the model's figures; an empty dictionary where no anatomy model ships.

    Parameters
    ----------
    data
        Folder of the label maps and of the real heads; a head that is absent is left out.
    masks
        Folder with an independent brain mask of the real head (``MASK_NAME``), if one was made.
    """
    folder = folder or shipped_anatomy()
    if folder is None:
        return {}
    engine = AnatomyEngine(folder)
    return figures_of(*held_out_scores(engine.network, data)) | on_real_head(engine, data, masks)


def on_real_head(engine: AnatomyEngine, data: Path, masks: Path | None) -> dict[str, float]:
    """Return the figures on the real head in ``data``; none where there is no such head."""
    if not (data / STUDYFORREST).is_file():
        return {}
    _, volume = next(read_dicom(data / STUDYFORREST))
    return real_figures(engine.run(volume, unheard), masks)


def real_figures(outcome: AnatomyOutcome, masks: Path | None) -> dict[str, float]:
    """Return what came out on the real head: volumes, and overlap with an independent mask."""
    figures = {"real_head_measured": float(outcome.measured)}
    for name in ("intracranial", "brain without ventricles"):
        found = outcome.volume_of(name)
        if found:
            figures[f"real_head_{name}_ml".replace(" ", "_")] = round(found.ml, 1)
    for side in ("left", "right"):
        found = outcome.volume_of("hippocampus", side)
        if found:
            figures[f"real_head_{side}_hippocampus_ml"] = round(found.ml, 2)
    if outcome.labels is not None and masks is not None:
        reference = np.asarray(read_nifti(masks / MASK_NAME)[1].voxels, dtype=np.float32) > 0
        for name, classes in (("brain", BRAIN), ("brain_and_fluid", INTRACRANIAL)):
            values = {v for n in classes for v in (STRUCTURES[n].left, STRUCTURES[n].right)}
            mine = np.isin(outcome.labels, sorted(values))
            figures[f"real_head_{name}_dice_with_mask"] = round(overlap(mine, reference), 4)
    return figures


def print_figures(figures: dict[str, float]) -> None:
    """Print a table a person can read."""
    if not figures:
        _say("No anatomy model ships.")
        return
    _say("Anatomy network on held-out synthetic heads (Dice; nine of ten volume errors within)")
    _say(f"{'structure':48s} {'like T1':>8s} {'any':>8s} {'volume':>8s}")
    for name in [*(s.name for s in STRUCTURES[1:]), "brain mask"]:
        key = name.replace(" ", "_")
        error = figures.get(f"volume_error_{key}")
        _say(
            f"{name:48s} {figures[f'dice_{key}_t1_like']:8.3f} "
            f"{figures[f'dice_{key}_any_contrast']:8.3f} "
            f"{f'{100 * error:.1f} %' if error is not None else '':>8s}"
        )
    for name, value in figures.items():
        if name.startswith(("real_", "heads_", "dice_deep")):
            _say(f"{name:48s} {value:8g}")


def _say(text: str) -> None:
    print(text)  # noqa: T201 - this is what the command is for
