"""Analysis in a process of its own: warm between jobs, cancelled by ending it.

A crash, a hang or an out-of-memory kill in there cannot take the workstation along; the job is
tried once more in a new process, with less at a time and without a graphics card, and then
reported. The child is given voxels and geometry, never a key, a name or a database.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from inference.errors import InferenceError, MemoryShortError, WorkerLostError
from inference.models.cards import read_package, shipped_folder
from inference.models.own.records import Trial
from inference.pipeline import memory
from inference.pipeline.child import serve
from inference.pipeline.estimate import cannot_fit
from inference.pipeline.findings import Origin
from inference.pipeline.gate import judge_header
from inference.pipeline.handle import Handle, Serve
from inference.pipeline.lending import lent_job
from inference.pipeline.messages import Done, Failed, Job, Step
from inference.pipeline.options import EngineOptions
from inference.pipeline.outcome import Outcome
from inference.pipeline.progress import unheard
from inference.pipeline.subject import Served, Subject
from inference.pipeline.turns import Turns
from inference.ports import Analysis, Explained, Priority, Question
from inference.records import ModelCard, Run, RunOutcome
from viewer.ports import Progress
from viewer.records import Series, Volume

log = logging.getLogger(__name__)

_NVIDIA = Path("/proc/driver/nvidia/version")
_STANDARD = EngineOptions()
TRIAL_SILENCE_S = 240.0
Awaited = TypeVar("Awaited", Done, Trial)


class InferenceProcess:
    """An Analyser that runs the tumour model in a spawned child (see inference.ports.Analyser).

    Parameters
    ----------
    folder
        The model's folder (card.json and weights); by default the shipped one.
    options
        What it runs on and within which bounds.
    serve
        What the child runs; tests put faulty ones in its place.
    """

    def __init__(
        self,
        folder: Path | None = None,
        options: EngineOptions = _STANDARD,
        *,
        serve: Serve = serve,
        turns: Turns | None = None,
    ) -> None:
        self._folder = folder or shipped_folder()
        self._options = options
        self._serve = serve
        self._child: Handle | None = None
        self._loaded = ""
        self._swap = threading.Lock()
        self._device = ""
        self._turns = turns or Turns()
        self._closings = 0

    def card(self) -> ModelCard:
        """Return the model's card; raise WeightsError if it cannot be read."""
        return read_package(self._folder).card

    def device(self) -> str:
        """Return what the models run on and how precisely; a guess until the child has started."""
        if self._device:
            return self._device
        graphics = self._options.device in {"auto", "cuda"} and not self._options.deterministic
        return "NVIDIA GPU" if graphics and _NVIDIA.exists() else "CPU"

    def child_id(self) -> int | None:
        """Return the process id of the living child, or None."""
        child = self._child
        return child.pid if child else None

    @property
    def waiting(self) -> int:
        """How many analyses wait for the one that runs."""
        return self._turns.waiting

    def analyse(
        self,
        series: Series,
        volume: Volume,
        progress: Progress,
        priority: Priority = Priority.INTERACTIVE,
    ) -> Analysis:
        """Return the analysis of ``volume``; a refusal by the gate is a Run too.

        One analysis runs at a time; others wait, the interactive ones in front. Whatever
        ``progress`` raises is raised again: a waiting analysis leaves the queue and touches
        nothing else, a running one ends the child at once.

        Raises
        ------
        WeightsError
            if the weights are not the ones the card names.
        WorkerLostError
            if the child died, hung or took too much memory, twice; the next call starts anew.
        """
        return self.ask(self._shipped(), series, volume, progress, priority)

    def ask(
        self,
        subject: Subject,
        series: Series,
        volume: Volume,
        progress: Progress,
        priority: Priority = Priority.INTERACTIVE,
    ) -> Analysis:
        """Return the analysis by any model; see ``analyse``, whose queue and bounds it shares."""
        begun, started_at = time.monotonic(), datetime.now(UTC)
        progress(0.0, "checking that the model fits this series")
        card = subject.card
        verdict = subject.header(series, volume)
        run = Run(
            id=uuid.uuid4().hex,
            study_uid=series.study_uid,
            series_uid=series.uid,
            model=card.name,
            version=card.version,
            weights_sha256=card.weights_sha256,
            device=self.device(),
            started_at=started_at,
            seconds=0.0,
            outcome=RunOutcome.NOT_ANALYSED,
            reason=verdict.reason,
            gate=verdict.scores,
            own_model=subject.own_model,
        )
        if not verdict.accepted:
            return Analysis(replace(run, seconds=time.monotonic() - begun), (), None, None)
        with self._turns.turn(priority, progress):
            analysis = self._within_memory(run, series, volume, subject, progress)
        seconds = time.monotonic() - begun
        progress(1.0, "analysed")
        return replace(analysis, run=replace(analysis.run, seconds=seconds, device=self.device()))

    def explain(
        self, series: Series, volume: Volume, question: Question, progress: Progress
    ) -> Explained:
        """Return a heat map a reader asked for; it waits and ends like an analysis.

        Raises
        ------
        InferenceError
            if there is no such map, or no room for it.
        """
        with self._turns.turn(Priority.INTERACTIVE, progress):
            budget = memory.budget_bytes(self._options.memory_mb)
            origin = Origin(series.study_uid, series.uid, "")
            outcome, _, heat = self._do(
                self._served(), origin, series, volume, budget, progress, question
            )
        if heat is None or outcome.attribution is None:
            raise InferenceError("There is no such heat map.")
        return Explained(heat, outcome.attribution)

    def warm_up(self) -> None:
        """Start the child without waiting for it, so that the first analysis is quicker."""
        with self._turns.turn(Priority.BACKGROUND, unheard):
            self._living_child(self._options, self._served())

    def try_out(self, served: Served, series: Series, volume: Volume, progress: Progress) -> Trial:
        """Return what one try of a clinic's own model on ``volume`` showed.

        It waits its turn like an analysis, runs once, on the processor and deterministically, and
        its child is ended whatever becomes of it.

        Raises
        ------
        OwnModelError
            if the model does not do what its card says.
        WorkerLostError
            if the child died, or gave no sign of progress for TRIAL_SILENCE_S seconds.
        """
        bounds = replace(
            self._options,
            device="cpu",
            deterministic=True,
            silence_s=min(TRIAL_SILENCE_S, self._options.silence_s * 2),
            start_s=min(TRIAL_SILENCE_S, self._options.start_s),
        )
        with self._turns.turn(Priority.INTERACTIVE, progress):
            budget = memory.budget_bytes(self._options.memory_mb)
            origin = Origin(series.study_uid, series.uid, "")
            with lent_job(origin, series, volume, budget, trial=True) as lent:
                try:
                    return self._converse(served, lent.job, bounds, progress, Trial)
                finally:
                    self._end_child()

    def _shipped(self) -> Subject:
        package = read_package(self._folder)
        side_px = package.settings.side_px

        def misfit(volume: Volume, budget: int) -> str:
            return cannot_fit(volume.voxels.shape, volume.voxels.dtype, side_px, budget)

        return Subject(self._served(), package.card, judge_header, misfit)

    def _served(self) -> Served:
        return Served("", self._serve, self._folder)

    def close(self) -> None:
        """End the child and what runs in it; the next analysis would start another."""
        self._closings += 1
        self._end_child()

    def _within_memory(
        self, run: Run, series: Series, volume: Volume, subject: Subject, progress: Progress
    ) -> Analysis:
        """Return the analysis, or a refusal where the machine has no room for it."""
        budget = memory.budget_bytes(self._options.memory_mb)
        refusal = subject.misfit(volume, budget)
        if refusal:
            return Analysis(replace(run, reason=refusal), (), None, None)
        origin = Origin(run.study_uid, run.series_uid, run.id)
        try:
            done = self._do(subject.served, origin, series, volume, budget, progress)
        except MemoryShortError as error:
            return Analysis(replace(run, reason=str(error)), (), None, None)
        outcome, labels, heat = done
        run = replace(
            run,
            outcome=outcome.outcome,
            reason=outcome.reason,
            attribution=outcome.attribution,
            gate={**run.gate, **outcome.gate},
            cautions=outcome.cautions,
        )
        return Analysis(run, outcome.findings, labels, heat)

    def _do(
        self,
        served: Served,
        origin: Origin,
        series: Series,
        volume: Volume,
        budget: int,
        progress: Progress,
        question: Question | None = None,
    ) -> tuple[Outcome, NDArray[np.uint8] | None, NDArray[np.float16] | None]:
        """Lend the child the voxels, have the job done and fetch what it left."""
        with lent_job(origin, series, volume, budget, question) as lent:
            done = self._once_more_if_lost(served, lent.job, progress)
            return (
                done.outcome,
                lent.labels.copy() if done.has_labels else None,
                lent.heat.copy() if done.has_heat else None,
            )

    def _once_more_if_lost(self, served: Served, job: Job, progress: Progress) -> Done:
        """Converse; if the child is lost, once more with less at a time and on the processor."""
        closings = self._closings
        try:
            return self._converse(served, job, self._options, progress, Done)
        except WorkerLostError as error:
            if self._closings != closings:
                raise
            log.warning("analysis process lost, tried once more: %s", type(error).__name__)
        progress(0.0, "the analysis stopped unexpectedly; trying once more")
        try:
            less = replace(self._options, batch=1, device="cpu")
            return self._converse(served, job, less, progress, Done)
        except WorkerLostError as error:
            log.warning("analysis process lost again: %s", type(error).__name__)
            raise

    def _converse(
        self,
        served: Served,
        job: Job,
        options: EngineOptions,
        progress: Progress,
        awaited: type[Awaited],
    ) -> Awaited:
        """Hand over the job and pass progress on until it is done; any exception ends the child."""
        try:
            child = self._living_child(options, served)
            last = Step(0.01, "" if child.device else "loading the model")
            child.give(job)
            while True:
                message = _sound(child.next())
                if isinstance(message, awaited):
                    return message
                self._device = child.device or self._device
                last = message if isinstance(message, Step) else last
                progress(last.fraction, last.text or "starting")
        except BaseException:
            self._end_child()
            raise

    def _living_child(self, options: EngineOptions, served: Served) -> Handle:
        """Return the child that runs this by these options; any other one is ended."""
        child = self._child
        same = self._loaded == served.key
        if child and child.pid is not None and child.options == options and same:
            return child
        self._end_child()
        started = Handle(served.serve, served.folder, options)
        with self._swap:
            self._child, self._loaded = started, served.key
        return started

    def _end_child(self) -> None:
        with self._swap:
            child, self._child = self._child, None
        if child is not None:
            child.end()


def _sound(message: object) -> object:
    """Return the message; raise the error it tells of if it is one."""
    if isinstance(message, Failed):
        raise message.as_error()
    return message
