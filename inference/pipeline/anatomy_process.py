"""Measuring the anatomy in a process of its own, started for the job and ended with it.

The parent never imports torch. The child is given voxels and geometry, never a name, a key or
a database. Whatever ``progress`` raises ends the child at once.
"""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

from inference.errors import InferenceError, WeightsError, WorkerLostError
from inference.models.anatomy_card import shipped_anatomy
from inference.pipeline.anatomy_gate import cautions_of, judge_anatomy
from inference.pipeline.anatomy_outcome import AnatomyOutcome
from inference.pipeline.child import ready_for_torch
from inference.pipeline.messages import Failed, Step
from viewer.ports import Progress
from viewer.records import Series, Volume

_TICK_S = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    folder: Path
    volume: Volume


def measure_anatomy(
    series: Series,
    volume: Volume,
    progress: Progress,
    lesion_ml: float = 0.0,
    folder: Path | None = None,
) -> AnatomyOutcome:
    """Return the volumes and labels of ``volume``, or the reason why there are none.

    Parameters
    ----------
    lesion_ml
        Total volume of the lesions known in this study.
    folder
        The model's folder; by default the shipped one.

    Raises
    ------
    WeightsError
        if no model ships, or its weights are not the ones its card names.
    WorkerLostError
        if the child died (out of memory, crash).
    """
    progress(0.0, "checking that the model fits this series")
    verdict = judge_anatomy(series, volume, lesion_ml)
    if not verdict.accepted:
        return AnatomyOutcome(reason=verdict.reason, scores=verdict.scores)
    folder = folder or shipped_anatomy()
    if folder is None:
        raise WeightsError("No anatomy model ships with this program.")
    outcome = _in_a_child(_Job(folder, volume), progress)
    progress(1.0, "measured")
    scores = {**verdict.scores, **outcome.scores}
    return replace(outcome, scores=scores, cautions=cautions_of(series))


def _in_a_child(job: _Job, progress: Progress) -> AnatomyOutcome:
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    child = context.Process(target=_serve, args=(theirs,), daemon=True)
    child.start()
    theirs.close()
    try:
        mine.send(job)
        return _converse(mine, progress)
    except (EOFError, BrokenPipeError, ConnectionResetError) as error:
        raise WorkerLostError("The measuring process died; nothing else was lost.") from error
    finally:
        child.kill()
        child.join()
        mine.close()


def _converse(connection: Connection, progress: Progress) -> AnatomyOutcome:
    """Pass progress on until the outcome arrives; progress is asked again while nothing comes."""
    last = Step(0.02, "loading the model")
    while True:
        if not connection.poll(_TICK_S):
            progress(last.fraction, last.text)
            continue
        message = connection.recv()
        if isinstance(message, AnatomyOutcome):
            return message
        if isinstance(message, Failed):
            raise message.as_error()
        last = message
        progress(last.fraction, last.text)


def _serve(connection: Connection) -> None:
    """Answer one job, in the child."""
    ready_for_torch()
    from inference.pipeline.anatomy import AnatomyEngine  # noqa: PLC0415  torch stays in the child

    job: _Job = connection.recv()
    try:
        engine = AnatomyEngine(job.folder)
        outcome = engine.run(job.volume, lambda f, t, /: connection.send(Step(f, t)))
    except InferenceError as error:
        connection.send(Failed(type(error).__name__, str(error)))
        return
    connection.send(outcome)
