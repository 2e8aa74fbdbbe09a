"""What is fetched for the images, off the GUI thread, and joined to plain values."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.pages.reading.heat_choice import ChosenHeat
from app.pages.reading.series_strip import thumbnail
from app.pages.wording import day
from app.workflow import reading
from app.workflow.analysing import best_series
from app.workflow.labelling import load_shown
from app.workflow.reading import OpenedStudy, Prior
from app.workflow.session import Session
from inference.pipeline.anatomy_outcome import AnatomyRun
from inference.pipeline.hung import hung_as
from inference.pipeline.native import unpack
from inference.pipeline.sequence import Sequence as MrSequence
from inference.pipeline.sequence import number
from inference.records import Attribution, Finding, Run
from viewer.canvas.captions import Caption
from viewer.canvas.hanging import Facts
from viewer.canvas.stage import Overlays, Stage, heat_layer_of, outlines_of, stage_of
from viewer.ports import Progress
from viewer.records import Series, Study


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """The overlays of a run and its label map, for the 3-D view."""

    overlays: Overlays
    labels: NDArray[np.uint8] | None


def first_series(opened: OpenedStudy) -> Series | None:
    """The series to begin with: the one last analysed, else the one most worth reading."""
    by_uid = {one.uid: one for one in opened.series}
    for run in reversed(opened.runs):
        if run.series_uid in by_uid:
            return by_uid[run.series_uid]
    return best_series(opened.series)


def last_run(opened: OpenedStudy, series_uid: str) -> Run | None:
    """The newest run on a series, or None."""
    runs = [run for run in opened.runs if run.series_uid == series_uid]
    return max(runs, key=lambda run: run.started_at, default=None)


def last_measuring(opened: OpenedStudy, series_uid: str) -> AnatomyRun | None:
    """The newest measuring of a series' anatomy, or None."""
    return next((run for run in opened.anatomy if run.series_uid == series_uid), None)


def run_laid_over(opened: OpenedStudy, series_uid: str, finding: Finding | None) -> Run | None:
    """The run whose marks a series shows: the one that made ``finding``, else the newest.

    Each model's findings stand beside those of another, and each is drawn by its own run alone.
    """
    for run in opened.runs:
        if finding is not None and finding.run_id == run.id and run.series_uid == series_uid:
            return run
    return last_run(opened, series_uid)


def prior_names(priors: Sequence[Prior]) -> list[str]:
    """A name for each earlier study: its date, numbered where two are of one day."""
    days = [day(prior.study.study_date) or "no date" for prior in priors]
    return [
        f"{name} ({days[: place + 1].count(name)})" if days.count(name) > 1 else name
        for place, name in enumerate(days)
    ]


def hanging_facts(series: Sequence[Series], prior: str = "") -> tuple[Facts, ...]:
    """What hanging needs to know of a study; of several volumes the one that is looked at first.

    Of a diffusion series that is the most heavily weighted one.
    """
    volumes: dict[str, list[Series]] = {}
    for one in series:
        volumes.setdefault(one.source_uid or one.uid, []).append(one)
    made = []
    for mates in volumes.values():
        shown = min(mates, key=lambda one: one.axis_index)
        if hung_as(shown) == MrSequence.DIFFUSION:
            shown = max(mates, key=lambda one: number(one.physics, "DiffusionBValue") or 0.0)
        made.append(Facts(shown.uid, hung_as(shown), shown.shape[0], len(mates), prior))
    return tuple(made)


def load_stage(session: Session, series: Series, progress: Progress) -> Stage:
    """Decrypt a series and make it ready to be shown."""
    volume = reading.load_volume(session, series.uid)
    progress(0.5, "Preparing the planes")
    return stage_of(volume, series.window)


def load_prior_stage(session: Session, prior: Study, series: Series, progress: Progress) -> Stage:
    """Load a series of an earlier study; that it is looked at is audited before it is decrypted."""
    reading.open_prior(session, prior.uid, series.uid)
    return load_stage(session, series, progress)


def load_thumbnail(
    session: Session,
    series: Series,
    progress: Progress,  # noqa: ARG001 - a job's signature
) -> NDArray[np.uint8]:
    """Return the small picture of a series, from its middle slice."""
    return thumbnail(reading.load_middle(session, series.uid))


def load_own_outlines(session: Session, series_uid: str, stage: Stage, progress: Progress) -> Laid:
    """Read what the reader alone has drawn on a series."""
    progress(0.0, "Reading the outlines")
    labels = load_shown(session, series_uid)
    if labels is None or labels.shape != stage.volume.voxels.shape:
        return Laid(Overlays(), None)
    return Laid(Overlays(outlines_of(labels, stage.volume.affine), None), labels)


def load_overlays(
    session: Session, run: Run, stage: Stage, chosen: ChosenHeat, progress: Progress
) -> Laid:
    """Decrypt what a run laid over its series, with what the reader drew beside it.

    A map on another grid is left out. Of heat maps only the chosen one is taken, and only where it
    may be shown.
    """
    labels = load_shown(session, run.series_uid, run.id)
    progress(0.5, "Preparing the heat map")
    heat = None
    if chosen.shown:
        heat = chosen.heat if chosen.heat is not None else reading.load_heat(session, run.id)
    shape, affine = stage.volume.voxels.shape, stage.volume.affine
    labels = labels if labels is not None and labels.shape == shape else None
    heat = heat if heat is not None and heat.shape == shape else None
    overlays = Overlays(
        outlines_of(labels, affine) if labels is not None else (),
        heat_layer_of(heat, affine, cells_of(chosen.attribution, shape[0]))
        if heat is not None
        else None,
    )
    return Laid(overlays, labels)


def cells_of(
    attribution: Attribution | None, count: int
) -> tuple[NDArray[np.uint8], NDArray[np.float64]] | None:
    """The cells a map was made of and where they lie, or None where that was not kept."""
    native = attribution.native if attribution is not None else None
    if native is None or len(native.to_voxel) != 16:
        return None
    try:
        cells = unpack(native, count)
    except (ValueError, zlib.error):
        return None
    return cells, np.array(native.to_voxel, dtype=np.float64).reshape(4, 4)


def caption_of(opened: OpenedStudy, series: Series, other: Study | None = None) -> Caption:
    """The corner words that say whose images these are; ``other`` is the earlier study's."""
    patient, study = opened.patient, other or opened.study
    facts = [patient.mrn, day(patient.birth_date), patient.sex]
    simulated = "SIMULATED  " if study.simulated else ""
    return Caption(
        (patient.name, "  ".join(fact for fact in facts if fact)),
        (
            simulated + (series.description or f"Series {series.number}"),
            "  ".join(fact for fact in (study.modality, day(study.study_date)) if fact),
        ),
    )
