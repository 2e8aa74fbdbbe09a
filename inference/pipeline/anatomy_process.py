"""Measuring the anatomy in a process of its own, started for the job and ended with it.

The parent never imports torch. The child is given voxels and geometry, never a name, a key or
a database. Whatever ``progress`` raises ends the child at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

from inference.errors import InferenceError, WeightsError
from inference.models.anatomy_card import read_anatomy, shipped_anatomy
from inference.pipeline import memory
from inference.pipeline.anatomy_gate import cautions_of, judge_anatomy
from inference.pipeline.anatomy_outcome import AnatomyOutcome
from inference.pipeline.child import ready_for_torch
from inference.pipeline.handle import Handle, Serve
from inference.pipeline.messages import Failed, Ready, Step
from inference.pipeline.options import EngineOptions
from inference.pipeline.turns import Turns
from inference.ports import Priority
from inference.records import ModelCard
from viewer.ports import Progress
from viewer.records import Series, Volume

_STANDARD = EngineOptions()


@dataclass(frozen=True, slots=True, eq=False)
class AnatomyJob:
    """A volume to measure, and the bytes that may take."""

    volume: Volume
    budget: int


def serve_anatomy(connection: Connection, folder: Path, options: EngineOptions) -> None:
    """Load the model in ``folder``, say Ready, answer one job; in the child."""
    ready_for_torch(options.threads)
    from inference.pipeline.anatomy import AnatomyEngine  # noqa: PLC0415  torch stays in the child

    try:
        engine = AnatomyEngine(folder, options)
        connection.send(Ready("NVIDIA GPU" if engine.device.type == "cuda" else "CPU"))
        job: AnatomyJob = connection.recv()
        outcome = engine.run(job.volume, lambda f, t, /: connection.send(Step(f, t)))
    except InferenceError as error:
        connection.send(Failed(type(error).__name__, str(error)))
        return
    connection.send(outcome)


def measure_anatomy(
    series: Series,
    volume: Volume,
    progress: Progress,
    lesion_ml: float = 0.0,
    folder: Path | None = None,
    options: EngineOptions = _STANDARD,
    turns: Turns | None = None,
    serve: Serve = serve_anatomy,
) -> AnatomyOutcome:
    """Return the volumes and labels of ``volume``, or the reason why there are none.

    Parameters
    ----------
    lesion_ml
        Total volume of the lesions known in this study.
    folder
        The model's folder; by default the shipped one.
    turns
        The queue it shares with the analyses, of which one runs at a time.

    Raises
    ------
    WeightsError
        if no model ships, or its weights are not the ones its card names.
    WorkerLostError
        if the child died, hung or took too much memory.
    """
    progress(0.0, "checking that the model fits this series")
    verdict = judge_anatomy(series, volume, lesion_ml)
    if not verdict.accepted:
        return AnatomyOutcome(reason=verdict.reason, scores=verdict.scores)
    folder = folder or shipped_anatomy()
    if folder is None:
        raise WeightsError("No anatomy model ships with this program.")
    with (turns or Turns()).turn(Priority.INTERACTIVE, progress):
        child = Handle(serve, folder, options)
        try:
            outcome = _converse(child, volume, progress)
            device = child.device
        finally:
            child.end()
    progress(1.0, "measured")
    scores = {**verdict.scores, **outcome.scores}
    return replace(outcome, scores=scores, cautions=cautions_of(series), device=device)


class AnatomyProcess:
    """The anatomy model as the workstation holds it; nothing runs until it is asked."""

    def __init__(
        self,
        folder: Path,
        options: EngineOptions = _STANDARD,
        turns: Turns | None = None,
        *,
        serve: Serve = serve_anatomy,
    ) -> None:
        self._folder, self._options = folder, options
        self._turns, self._serve = turns or Turns(), serve

    def card(self) -> ModelCard:
        """Return the model's card; raise WeightsError if it cannot be read."""
        return read_anatomy(self._folder).card

    def measure(
        self, series: Series, volume: Volume, progress: Progress, lesion_ml: float = 0.0
    ) -> AnatomyOutcome:
        """Return what ``measure_anatomy`` does, after the analyses that were asked for before."""
        return measure_anatomy(
            series,
            volume,
            progress,
            lesion_ml,
            self._folder,
            self._options,
            self._turns,
            self._serve,
        )


def _converse(child: Handle, volume: Volume, progress: Progress) -> AnatomyOutcome:
    """Hand over the volume once the child listens, and pass progress on until the outcome."""
    last = Step(0.02, "loading the model")
    while True:
        message = child.next()
        if isinstance(message, AnatomyOutcome):
            return message
        if isinstance(message, Failed):
            raise message.as_error()
        if isinstance(message, Ready):
            child.give(AnatomyJob(volume, memory.budget_bytes(child.options.memory_mb)))
        if isinstance(message, Step):
            last = message
        progress(last.fraction, last.text)
