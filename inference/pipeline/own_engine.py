"""A clinic's own model at work inside the child: asked, or tried on the example study."""

from __future__ import annotations

import sys
import time

import numpy as np

from inference.errors import InferenceError, OwnModelError
from inference.explain.sanity import sanity
from inference.measure.placing import placing
from inference.models.cards import shipped_folder
from inference.models.gate_card import GATE_MODEL
from inference.models.own.networks import Grid, TorchNetwork, load_own
from inference.models.own.records import OwnCard, Task, Trial
from inference.models.unet import CHANNELS, OutlineNet
from inference.pipeline import memory
from inference.pipeline.components import scattered_words
from inference.pipeline.devices import out_of_memory, prepare_process
from inference.pipeline.estimate import too_large
from inference.pipeline.findings import Origin, draw_labels
from inference.pipeline.gate import Verdict
from inference.pipeline.looking import Looker
from inference.pipeline.options import EngineOptions
from inference.pipeline.outcome import Outcome
from inference.pipeline.own_findings import describe_region, describe_slices, regions
from inference.pipeline.own_gate import judge_own
from inference.pipeline.own_lent import Lent
from inference.pipeline.own_stack import NORMALISERS, asked
from inference.pipeline.prepare import Prepared, head_mask, prepare
from inference.pipeline.progress import within
from inference.pipeline.seen import Seen
from inference.ports import Question
from inference.records import RunOutcome
from viewer.ports import Progress
from viewer.records import Series, Volume

if sys.platform != "win32":
    import resource

MOST_FINDINGS = 20


class OwnEngine:
    """A clinic's network, on the processor in float32, behind the same gate as the shipped one."""

    def __init__(self, lent: Lent, options: EngineOptions) -> None:
        self.card: OwnCard = lent.card
        prepare_process(options)
        self.looker = Looker(shipped_folder(GATE_MODEL))
        self.network = load_own(lent.container, lent.card, lent.weights())

    @staticmethod
    def device_name() -> str:
        """Return what it runs on."""
        return "CPU"

    @staticmethod
    def on_processor() -> bool:
        """Whether its memory is the process's own: always."""
        return True

    @staticmethod
    def was_short(error: BaseException) -> bool:
        """Whether ``error`` says that memory ran out."""
        return out_of_memory(error)

    def judge(self, series: Series, volume: Volume, seen: Seen) -> Verdict:
        """Return the input gate's verdict for what the card says the model is for."""
        return judge_own(series, volume, self.card.input, seen, self.looker.package.limits)

    def answer(self, _volume: Volume, _question: Question, _progress: Progress, /) -> Outcome:
        """Refuse: maps of a clinic's own model are not graded, so none is shown."""
        raise InferenceError("There are no heat maps of a clinic's own model.")

    def run(
        self,
        volume: Volume,
        origin: Origin,
        progress: Progress,
        budget: int | None = None,
        view: Volume | None = None,
    ) -> Outcome:
        """Return what the model marks in ``volume``; see inference.pipeline.engine.Engine.run."""
        try:
            return self._run(volume, view or volume, origin, progress)
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
        return Outcome(RunOutcome.NOT_ANALYSED, too_large(budget))

    def attempt(self, volume: Volume, progress: Progress) -> Trial:
        """Return what a try on ``volume`` showed.

        Raises
        ------
        OwnModelError
            if it answers in another shape than its card says, with what is no number, or not the
            same twice.
        """
        progress(0.05, "resampling the example study")
        prepared = self._prepared(volume)
        began = time.monotonic()
        first = self._asked(prepared, within(progress, 0.1, 0.45))
        seconds = time.monotonic() - began
        second = self._asked(prepared, within(progress, 0.45, 0.8))
        if not np.array_equal(first, second):
            raise OwnModelError("The model does not answer the same picture the same way twice.")
        if self.card.task is Task.CLASSIFY:
            marked = int((first > 0.5).any(axis=0).sum())
        else:
            marked = len(regions(first, self.card, prepared)[0])
        progress(0.85, "asking whether maps follow from its weights")
        return Trial(
            seconds=round(seconds, 2),
            peak_mb=_peak_mb(),
            slices=len(prepared.images),
            regions=marked,
            parameters=self.network.parameters,
            heat_maps=self._heat_maps(first, prepared),
        )

    def _run(self, volume: Volume, view: Volume, origin: Origin, progress: Progress) -> Outcome:
        progress(0.05, "resampling the slices")
        prepared = self._prepared(view)
        answer = self._asked(prepared, within(progress, 0.1, 0.8))
        told = (provenance(self.card),)
        if self.card.task is Task.CLASSIFY:
            flagged = tuple(describe_slices(answer, self.card, volume, origin))
            kind = RunOutcome.FINDINGS if flagged else RunOutcome.NOTHING_SUSPECTED
            return Outcome(kind, "" if flagged else _nothing(self.card), flagged, cautions=told)
        found, values, chance = regions(answer, self.card, prepared)
        if len(found) > MOST_FINDINGS:
            return Outcome(RunOutcome.NOT_ANALYSED, scattered_words(len(found)), cautions=told)
        slices, rows, columns = volume.voxels.shape
        labels = draw_labels(found, values, chance, prepared, (slices, rows, columns))
        drawn = [(n, one) for n, one in enumerate(found, start=1) if (labels == n).any()]
        if not drawn:
            return Outcome(RunOutcome.NOTHING_SUSPECTED, _nothing(self.card), cautions=told)
        progress(0.85, "placing what was marked")
        place = placing(volume, head_mask(volume.voxels))
        findings = tuple(describe_region(one, n, labels, volume, place, origin) for n, one in drawn)
        return Outcome(RunOutcome.FINDINGS, "", findings, labels, cautions=told)

    def _prepared(self, volume: Volume) -> Prepared:
        grid = self.card.input
        return prepare(volume, grid.side_px, grid.pixel_mm, NORMALISERS[grid.normalise])

    def _asked(self, prepared: Prepared, progress: Progress) -> Grid:
        return asked(self.network, self.card, prepared.images, prepared.gap_mm, progress)

    def _heat_maps(self, answer: Grid, prepared: Prepared) -> str:
        """Return which methods' maps follow from the weights, where they can be asked at all."""
        module = self.network.module if isinstance(self.network, TorchNetwork) else None
        if not isinstance(module, OutlineNet) or len(module.encoder) != len(CHANNELS):
            return ""  # the methods name layers of the shipped network's stages
        marked = answer.max(axis=1) > 0.5
        where = int(marked.sum(axis=(1, 2)).argmax())
        if not marked[where].any():
            return "Nothing was outlined on the example, so no map could be tested."
        one = slice(where, where + 1)
        report = sanity([module], prepared.images[one], marked[one])
        return f"{len(report.offered)} of {len(report.rows)} heat-map methods follow its weights."


def provenance(card: OwnCard) -> str:
    """Return the sentence that stands with everything such a model marks."""
    return (
        f"By the clinic's own model {card.name} {card.version}: its probabilities are not "
        "calibrated here, and how often it is wrong was not measured here."
    )


def _nothing(card: OwnCard) -> str:
    return (
        f"Nothing marked by the clinic's own model {card.name} {card.version}. How much it finds "
        "was not measured here, so this is not the same as normal."
    )


def _peak_mb() -> int:
    """Return the most this process has held in memory, or 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most * (1 if sys.platform == "darwin" else 1024) // memory.MIB)
