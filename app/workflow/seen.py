"""What lay before the signer, as digests: pixels, outlines, key images, heat maps.

A digest is SHA-256 over an array's type, shape and values as they are stored, so it does not
depend on keys, files or this machine. A report whose pixels no longer have the signed digest is
still what was signed, but not about what is here now: it is flagged, and nothing of it leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.errors import ChangedSinceError, NotFoundError, StorageError
from app.records import LabelStroke
from app.storage.codec import canonical
from app.storage.pixels import PixelFiles
from app.storage.work import Work
from app.version import VERSION
from app.workflow.labelling import corrected
from app.workflow.memory import require_free
from assistant.records import (
    PatientSnapshot,
    Provenance,
    Seen,
    SeenKeyImage,
    SeenMask,
    SeenSeries,
)
from inference.errors import WeightsError
from inference.models.cards import read_card, shipped_folder
from inference.records import Run
from viewer.records import Annotation, KeyImage, Patient, Series

Outline = tuple[str, str]
"""A series and the run whose outlines they are; the run is empty where the reader drew all."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The rows of a study, in one transaction: what a digest is made of."""

    patient: Patient
    series: Mapping[str, Series]
    runs: Mapping[str, Run]
    outlines: Mapping[Outline, str]
    strokes: tuple[LabelStroke, ...]
    key_images: tuple[KeyImage, ...]
    annotations: tuple[Annotation, ...]


def shown(work: Work, study_uid: str) -> Shown:
    """Return everything of a study that has pixels or marks."""
    study = work.studies.get(study_uid)
    patient = work.patients.get(study.patient_id) if study else None
    if patient is None:
        raise NotFoundError("The study's patient is not on this workstation.")
    runs = work.runs.of_study(study_uid)
    strokes = work.strokes.of_study(study_uid)
    outlines = {(stroke.series_uid, stroke.run_id): "" for stroke in strokes}
    outlines |= {(run.series_uid, run.id): run.label_file for run in runs if run.label_file}
    outlines |= {
        (run.series_uid, run.id): run.label_file
        for run in work.anatomy.of_study(study_uid)
        if run.label_file
    }
    return Shown(
        patient=patient,
        series={one.uid: one for one in work.series.of_study(study_uid)},
        runs={run.id: run for run in runs},
        outlines=outlines,
        strokes=strokes,
        key_images=work.key_images.of_study(study_uid),
        annotations=work.annotations.of_study(study_uid),
    )


def require_same(work: Work, study_uid: str, before: Shown) -> None:
    """Raise ChangedSinceError if anything was marked, drawn or analysed since."""
    if shown(work, study_uid) != before:
        raise ChangedSinceError(
            "The study changed while it was being signed. Nothing was signed; look at it again."
        )


def gather(pixels: PixelFiles, there: Shown) -> Seen:
    """Return what lies before the signer, with its digests."""
    series = tuple(
        SeenSeries(one.uid, one.description, _pixels(pixels, one)) for one in there.series.values()
    )
    digests = {one.uid: one.pixels_sha256 for one in series}
    masks = tuple(
        SeenMask(*outline, _outlines(pixels, there, outline)) for outline in sorted(there.outlines)
    )
    patient = there.patient
    return Seen(
        patient=PatientSnapshot(patient.name, patient.mrn, patient.birth_date, patient.sex),
        series=series,
        masks=masks,
        key_images=tuple(
            SeenKeyImage(one.id, one.series_uid, one.note, _key_image(one, digests))
            for one in there.key_images
        ),
        annotations=there.annotations,
        program=f"sagittal {VERSION}",
    )


def with_runs(
    pixels: PixelFiles, there: Shown, provenance: tuple[Provenance, ...]
) -> tuple[Provenance, ...]:
    """Return the provenance with all that is known of each run: gate, thresholds, heat map."""
    return tuple(_with_run(pixels, there.runs.get(one.run_id), one) for one in provenance)


def changes(
    pixels: PixelFiles, there: Shown, seen: Seen, provenance: tuple[Provenance, ...]
) -> tuple[str, ...]:
    """Return in words what is no longer as it was signed; empty where all is.

    Where no image of the study is on this workstation there is nothing to compare.
    """
    if not there.series:
        return ()
    return tuple(dict.fromkeys(_changes(pixels, there, seen, provenance)))


def _changes(
    pixels: PixelFiles, there: Shown, seen: Seen, provenance: tuple[Provenance, ...]
) -> Iterator[str]:
    digests: dict[str, str] = {}
    yield from _changed_series(pixels, there, seen, digests)
    for mask in seen.masks:
        if _try(_outlines, pixels, there, (mask.series_uid, mask.run_id)) != mask.sha256:
            yield "An outline is not the one the report was signed on."
    marks = {one.id: one for one in there.key_images}
    for image in seen.key_images:
        mark = marks.get(image.id)
        if mark is None or _key_image(mark, digests) != image.sha256:
            yield "A key image is not the one the report was signed on."
    for source in provenance:
        if source.heat_sha256 and _heat(pixels, there.runs.get(source.run_id)) != (
            source.heat_sha256
        ):
            yield "A heat map is not the one the report was signed on."


def _changed_series(
    pixels: PixelFiles, there: Shown, seen: Seen, digests: dict[str, str]
) -> Iterator[str]:
    """Yield what differs of each series, and fill in the digests they have now."""
    for was in seen.series:
        series = there.series.get(was.uid)
        name = was.description or "without a name"
        now = None if series is None else _try(_pixels, pixels, series)
        digests[was.uid] = now or ""
        if series is None:
            yield f"The series “{name}” is no longer here."
        elif now is None:
            yield f"The images of the series “{name}” cannot be read."
        elif now != was.pixels_sha256:
            yield f"The images of the series “{name}” are not those the report was signed on."


def digest_of(array: NDArray[np.generic]) -> str:
    """Return the SHA-256 over an array's type, shape and values."""
    whole = np.ascontiguousarray(array)
    told = hashlib.sha256(f"{whole.dtype.str} {whole.shape}".encode())
    told.update(whole.reshape(-1).view(np.uint8).data)
    return told.hexdigest()


def _pixels(pixels: PixelFiles, series: Series) -> str:
    if not series.pixel_file:
        return ""
    require_free(pixels.size_of(series.pixel_file))
    place = hashlib.sha256(canonical([list(series.affine), series.dtype]))
    return hashlib.sha256(
        f"{digest_of(pixels.get(series.pixel_file))} {place.hexdigest()}".encode()
    ).hexdigest()


def _outlines(pixels: PixelFiles, there: Shown, outline: Outline) -> str:
    series, file_id = there.series.get(outline[0]), there.outlines.get(outline)
    if series is None or file_id is None:
        return ""
    if file_id:
        require_free(pixels.size_of(file_id))
    strokes = (one for one in there.strokes if (one.series_uid, one.run_id) == outline)
    return digest_of(corrected(pixels.get(file_id) if file_id else None, series.shape, strokes))


def _key_image(mark: KeyImage, digests: Mapping[str, str]) -> str:
    told = canonical([canonical(mark).decode(), digests.get(mark.series_uid, "")])
    return hashlib.sha256(told).hexdigest()


def _heat(pixels: PixelFiles, run: Run | None) -> str:
    file_id = run.attribution.map_file if run is not None and run.attribution else ""
    if not file_id:
        return ""
    return _try(lambda: digest_of(pixels.get(file_id))) or ""


def _with_run(pixels: PixelFiles, run: Run | None, source: Provenance) -> Provenance:
    if run is None:
        return source
    heat = run.attribution
    return replace(
        source,
        series_uid=run.series_uid,
        outcome=run.outcome.value,
        reason=run.reason,
        gate=dict(run.gate),
        cautions=run.cautions,
        thresholds=_thresholds(run),
        own_model=run.own_model,
        heat_map=heat.method if heat else "",
        heat_sha256=_heat(pixels, run),
        faithfulness=dict(heat.faithfulness) if heat else {},
        heat_grade=heat.grade.value if heat else "",
    )


def _thresholds(run: Run) -> dict[str, float]:
    """The thresholds of a shipped model, if the weights that ran are the ones that ship."""
    if run.own_model:
        return {}
    try:
        content = read_card(shipped_folder(run.model), lambda content: content)
    except WeightsError:
        return {}
    if content.card.weights_sha256 != run.weights_sha256:
        return {}
    return {
        name: float(value) for name, value in content.settings.items() if name.endswith("threshold")
    }


def _try(act: Callable[..., str], *arguments: object) -> str | None:
    """Return what the act makes, or None where a file is damaged or does not fit."""
    try:
        return act(*arguments)
    except (StorageError, ValueError, IndexError):
        return None
