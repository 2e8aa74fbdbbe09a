"""The JSON objects the headless analysis prints; docs/headless.md is their promise."""

from __future__ import annotations

import math
from typing import Any

from inference.ports import Analysis
from inference.records import Finding, RunOutcome
from viewer.dicom.records import Rejected, ScannedSeries

SCHEMA = "sagittal.analyse/1"
ANALYSED, REFUSED, UNREADABLE, ERROR = "analysed", "refused", "unreadable", "error"


def analysed(path: str, scanned: ScannedSeries, analysis: Analysis) -> dict[str, Any]:
    """Return what is said of a series the model was asked about: analysed, or refused."""
    run = analysis.run
    refused = run.outcome is RunOutcome.NOT_ANALYSED
    return _answer(
        path,
        REFUSED if refused else ANALYSED,
        run.reason,
        **_named(scanned),
        outcome=None if refused else run.outcome.value,
        cautions=[*scanned.notes, *run.cautions],
        findings=[_finding(one) for one in analysis.findings],
        model={"name": run.model, "version": run.version, "sha256": run.weights_sha256},
        device=run.device,
        seconds=round(run.seconds, 3),
    )


def unreadable(path: str, rejected: Rejected) -> dict[str, Any]:
    """Return what is said of a file that is no image, or a damaged one."""
    return _answer(path, UNREADABLE, rejected.reason, file=rejected.name)


def failed(path: str, reason: str, scanned: ScannedSeries | None = None) -> dict[str, Any]:
    """Return what is said where the program, not the image, is at fault."""
    return _answer(path, ERROR, reason, **(_named(scanned) if scanned else {}))


def _answer(path: str, status: str, reason: str, **known: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON values
    """Return an object with every key of the schema, in its order."""
    empty: dict[str, Any] = {
        "schema": SCHEMA,
        "path": path,
        "file": None,
        "study_uid": None,
        "series_uid": None,
        "source_series_uid": None,
        "description": None,
        "modality": None,
        "shape": None,
        "status": status,
        "outcome": None,
        "reason": reason,
        "cautions": [],
        "findings": [],
        "model": None,
        "device": None,
        "seconds": None,
    }
    return {**empty, **known}


def _named(scanned: ScannedSeries) -> dict[str, Any]:
    return {
        "study_uid": scanned.study.uid,
        "series_uid": scanned.uid,
        "source_series_uid": scanned.source_uid or scanned.uid,
        "description": scanned.description,
        "modality": scanned.modality,
        "shape": [int(edge) for edge in scanned.volume.voxels.shape],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    kinds = {name: _rounded(share, 4) for name, share in finding.kinds}
    sizes = {one.name: one.value for one in finding.measurements}
    return {
        "label": finding.label,
        "type": max(kinds, key=lambda name: kinds[name] or 0.0) if kinds else None,
        "type_certain": bool(kinds) and not finding.label.endswith("uncertain"),
        "type_probabilities": kinds,
        "probability": _rounded(finding.probability, 4),
        "volume_ml": _rounded(sizes.get("volume"), 3),
        "diameter_mm": _rounded(sizes.get("largest in-plane diameter"), 2),
        "centre_lps_mm": [_rounded(value, 2) for value in finding.centre_mm],
        "place": finding.place,
        "side": finding.side,
        "slice_index": finding.slice_index,
    }


def _rounded(value: float | None, digits: int) -> float | None:
    """Return a plain number JSON can hold; what is none is null."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits)
