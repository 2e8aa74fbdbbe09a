"""At the analysis process's door: a series is looked at first, then refused or let through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from inference.errors import TooManyRegionsError
from inference.pipeline.findings import Origin
from inference.pipeline.gate import Verdict
from inference.pipeline.gate_views import placeholder_grid
from inference.pipeline.messages import Job
from inference.pipeline.outcome import Outcome
from inference.pipeline.prepare import SCREEN, plane_of
from inference.pipeline.seen import Seen
from inference.ports import Question
from inference.records import RunOutcome
from viewer.ports import Progress
from viewer.records import Series, Volume

if TYPE_CHECKING:
    from inference.pipeline.looking import Looker

USUAL_GAP_MM = 5.0
"""What lies between the slices of most heads acquired in few slices."""


class Admitting(Protocol):
    """An engine that looks at a series, judges it, and only then analyses it."""

    looker: Looker

    def judge(self, series: Series, volume: Volume, seen: Seen) -> Verdict: ...
    def run(
        self,
        volume: Volume,
        origin: Origin,
        progress: Progress,
        budget: int | None = None,
        view: Volume | None = None,
    ) -> Outcome: ...

    def answer(self, view: Volume, question: Question, progress: Progress, /) -> Outcome: ...


def admit(engine: Admitting, job: Job, volume: Volume, progress: Progress) -> Outcome:
    """Return the refusal, or the analysis with the gate's scores and cautions.

    Where the pictures do not lie as the file says, findings have no side and no place.
    """
    progress(0.03, "looking at what the pictures show")
    looker = engine.looker
    verdict = engine.judge(job.series, volume, looker.look(volume))
    if not verdict.accepted:
        return Outcome(RunOutcome.NOT_ANALYSED, verdict.reason, gate=verdict.scores)
    view = view_of(volume, verdict)
    try:
        outcome = engine.run(volume, job.origin, progress, job.budget, view)
    except TooManyRegionsError as error:
        outcome = Outcome(RunOutcome.NOT_ANALYSED, str(error))
    findings = outcome.findings
    if not verdict.side_known:
        findings = tuple(replace(finding, side="", place="") for finding in findings)
    return replace(
        outcome,
        findings=findings,
        gate=verdict.scores,
        cautions=(*outcome.cautions, *verdict.cautions),
    )


def answer(
    engine: Admitting, job: Job, question: Question, volume: Volume, progress: Progress
) -> Outcome:
    """Return the heat map a reader asked for, made from the view the analysis had.

    The pictures are looked at again, since nothing is kept between two jobs.
    """
    progress(0.03, "looking at how the pictures stand")
    verdict = engine.judge(job.series, volume, engine.looker.look(volume))
    return engine.answer(view_of(volume, verdict), question, progress)


def view_of(volume: Volume, verdict: Verdict) -> Volume:
    """Return the same voxels as the tumour network is shown them: upright, in believable slices."""
    view = upright(volume, verdict.turn)
    return spaced(view, USUAL_GAP_MM) if placeholder_grid(volume) else view


def spaced(volume: Volume, gap_mm: float) -> Volume:
    """Return the same voxels with slices ``gap_mm`` apart.

    Where a file's grid is a placeholder its slice distance would make every lesion too thin to be
    believed. Only for the rules on size; what is told of a size follows the file.
    """
    affine = volume.affine.copy()
    affine[:3, 2] *= gap_mm / volume.spacing_mm[2]
    return Volume(volume.voxels, affine, volume.geometry)


def upright(volume: Volume, turn: int) -> Volume:
    """Return the same voxels under an affine that shows them turned back by ``turn`` quarters.

    Only for showing them to a network as it was trained; places in it are not the patient's.
    """
    plane, _ = plane_of(volume.affine)
    across, down = (np.array(axis) for axis in SCREEN[plane])
    normal = np.cross(across, down)
    quarter = np.outer(down, across) - np.outer(across, down) + np.outer(normal, normal)
    affine = volume.affine.copy()
    affine[:3] = np.linalg.matrix_power(quarter, turn) @ affine[:3]
    return Volume(volume.voxels, affine, volume.geometry)
