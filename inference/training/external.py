"""The finished model on volumes it never saw, through the very pipeline the workstation runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.models.cards import Settings
from inference.pipeline.engine import Engine
from inference.pipeline.findings import TYPES, Origin, certain_type
from inference.pipeline.options import EngineOptions
from inference.pipeline.prepare import prepare
from inference.pipeline.progress import unheard
from inference.records import Finding
from inference.training.slices import PGBM_GAP_MM, PGBM_PIXEL_MM, clear_slices, read_volume
from viewer.records import Geometry, GeometryKind, Volume

EXTERNAL_PATIENTS = (("01", "Pre"), ("01", "Post"), ("02", "Post"), ("05", "Pre"), ("05", "Post"))


@dataclass(frozen=True, slots=True)
class VolumeScore:
    """One volume's result against its mask."""

    name: str
    hit: bool
    kind: str
    dice: float
    recall: float
    findings: int
    false_findings: int
    clear_slices: int
    raw_flagged: int
    kept_flagged: int


def external_volume(folder: Path, moment: str) -> tuple[Volume, NDArray[np.bool_]]:
    """Return a PGBM volume in an axial geometry of assumed spacing, and its enhancement mask."""
    voxels, mask = read_volume(folder, moment)
    affine = np.diag([PGBM_PIXEL_MM, PGBM_PIXEL_MM, PGBM_GAP_MM, 1.0])
    return Volume(voxels, affine, Geometry(GeometryKind.REGULAR, 0.0)), mask


def score_volume(engine: Engine, name: str, volume: Volume, mask: NDArray[np.bool_]) -> VolumeScore:
    """Return hit, overlap and false alarms on one volume; slices away from the mask are clear."""
    settings = engine.package.settings
    prepared = prepare(volume, settings.side_px, settings.pixel_mm)
    _, values, _ = engine.components(prepared, prepared.gap_mm)
    outcome = engine.run(volume, Origin("", "", name), unheard)
    labels = np.zeros(mask.shape, np.uint8) if outcome.labels is None else outcome.labels
    marked = labels > 0
    clear = clear_slices(np.asarray(volume.voxels, dtype=np.float32), mask)
    shared = int((marked & mask).sum())
    hits = [bool(mask[labels == one.label_value].any()) for one in outcome.findings]
    return VolumeScore(
        name=name,
        hit=any(hits),
        kind=_kind(outcome.findings, hits, settings),
        dice=2 * shared / max(1, int(marked.sum() + mask.sum())),
        recall=shared / max(1, int(mask.sum())),
        findings=len(hits),
        false_findings=len(hits) - sum(hits),
        clear_slices=len(clear),
        raw_flagged=int(sum(bool((values[k] > 0).sum() > 20) for k in clear)),
        kept_flagged=int(sum(bool(marked[k].any()) for k in clear)),
    )


def _kind(findings: tuple[Finding, ...], hits: list[bool], settings: Settings) -> str:
    """Return the type of the largest finding on the lesion, in brackets where it is uncertain."""
    for finding, hit in zip(findings, hits, strict=True):
        if hit:
            chances = tuple(chance for _, chance in finding.kinds)
            name = TYPES[int(np.argmax(chances))]
            return name if certain_type(chances, settings) is not None else f"({name}?)"
    return "-"


def external_scores(model: Path, folder: Path) -> tuple[list[VolumeScore], dict[str, float]]:
    """Return the scores of patients 01, 02 and 05 and their summary for the card of ``model``."""
    engine = Engine(model, EngineOptions(deterministic=True))
    scores = [
        score_volume(engine, f"{patient} {moment}", *external_volume(folder / patient, moment))
        for patient, moment in EXTERNAL_PATIENTS
        if (folder / patient / f"{moment}_Scan_T1.nii.gz").is_file()
    ]
    clear = max(1, sum(score.clear_slices for score in scores))
    summary: dict[str, float] = {
        "external_volumes": len(scores),
        "external_volumes_hit": sum(score.hit for score in scores),
        "external_glioma": sum("glioma" in score.kind for score in scores),
        "external_dice_mean": float(np.mean([score.dice for score in scores])),
        "external_enhancement_recall": float(np.mean([score.recall for score in scores])),
        "external_false_findings_per_volume": float(np.mean([s.false_findings for s in scores])),
        "external_false_findings_most": max(s.false_findings for s in scores),
        "external_lesion_free_slices": clear,
        "external_lesion_free_flagged_raw": sum(s.raw_flagged for s in scores) / clear,
        "external_lesion_free_flagged": sum(s.kept_flagged for s in scores) / clear,
    }
    return scores, {key: round(float(value), 3) for key, value in summary.items()}
