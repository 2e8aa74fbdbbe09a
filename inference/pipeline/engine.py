"""The whole analysis of one accepted series, inside the worker process: the only user of torch."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from inference.errors import OwnModelError
from inference.measure.placing import placing
from inference.models.cards import Package, read_package, shipped_folder
from inference.models.gate_card import GATE_MODEL
from inference.models.loading import load_networks
from inference.pipeline.components import (
    Component,
    believed,
    find_components,
    lesion_probability,
)
from inference.pipeline.devices import choose, out_of_memory, prepare_process
from inference.pipeline.estimate import STEADY_BATCH, fitting_batch, too_large
from inference.pipeline.explaining import answer, explain
from inference.pipeline.findings import Origin, describe, draw_labels, scattered, settle
from inference.pipeline.gate import Verdict, judge
from inference.pipeline.looking import Looker
from inference.pipeline.options import EngineOptions
from inference.pipeline.outcome import Outcome
from inference.pipeline.prepare import Prepared, head_mask, prepare
from inference.pipeline.progress import within
from inference.pipeline.quick import QuickNetworks
from inference.pipeline.seen import Seen
from inference.ports import Question
from inference.records import Attribution, RunOutcome
from viewer.ports import Progress
from viewer.records import Series, Volume

Grid = NDArray[np.float32]
_STANDARD = EngineOptions()


class Engine:
    """The loaded networks and the place they run in; see EngineOptions for the choices."""

    def __init__(self, folder: Path, options: EngineOptions = _STANDARD) -> None:
        self.package: Package = read_package(folder)
        self.options = options
        prepare_process(options)
        place = choose(options)
        self.looker = Looker(shipped_folder(GATE_MODEL))
        self.networks = load_networks(self.package, place.device)
        self.quick = QuickNetworks(self.networks, place, steady=options.deterministic)

    def device_name(self) -> str:
        """Return "CPU" or the graphics card's name, and the precision where it is reduced."""
        return self.quick.place.name

    def on_processor(self) -> bool:
        """Whether the networks run on the processor."""
        return self.quick.place.on_processor

    def wake(self) -> None:
        """Answer one blank slice, so that threads and libraries hold what they will hold."""
        side = self.package.settings.side_px
        blank = np.zeros((1, side, side), dtype=np.float32)
        self.quick.logits(blank, np.ones(1, dtype=bool), 1)

    def judge(self, series: Series, volume: Volume, seen: Seen) -> Verdict:
        """Return the input gate's verdict on a series, given what its pictures show."""
        return judge(series, volume, seen, self.looker.package.limits)

    @staticmethod
    def was_short(error: BaseException) -> bool:
        """Whether ``error`` says that memory ran out."""
        return out_of_memory(error)

    def components(
        self,
        prepared: Prepared,
        gap_mm: float,
        progress: Progress | None = None,
        budget: int | None = None,
    ) -> tuple[list[Component], NDArray[np.uint16], Grid]:
        """Return all components, their values and the lesion probability on the network's grid."""
        outline, whole = self.quick.logits(
            prepared.images,
            prepared.head,
            self._batch(prepared.images.shape, budget),
            progress,
            self.package.settings.scales,
        )
        components, values = find_components(
            outline, whole, prepared.pixel_mm, gap_mm, prepared.slip_px
        )
        return components, values, lesion_probability(outline)

    def run(
        self,
        volume: Volume,
        origin: Origin,
        progress: Progress,
        budget: int | None = None,
        view: Volume | None = None,
    ) -> Outcome:
        """Return the findings of ``volume``, which the gate has accepted.

        ``budget`` is the bytes it may take; what does not fit is an outcome too. ``view`` is the
        same voxels under an affine that shows them upright, where the file's own does not.
        """
        try:
            return self._run(volume, view or volume, origin, progress, budget)
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
        return Outcome(RunOutcome.NOT_ANALYSED, too_large(budget))

    def answer(self, view: Volume, question: Question, progress: Progress) -> Outcome:
        """Return the heat map of one finding on one slice, as a reader asked for it.

        ``view`` is what the analysis was shown (inference.pipeline.admission.view_of).
        """
        settings = self.package.settings
        progress(0.05, "resampling the slices")
        prepared = prepare(view, settings.side_px, settings.pixel_mm)
        heat, attribution = answer(self.networks, prepared, question, within(progress, 0.1, 1.0))
        return Outcome(RunOutcome.FINDINGS, "", heat=heat, attribution=attribution)

    def attempt(self, _volume: Volume, _progress: Progress, /) -> NoReturn:
        """Refuse: what ships was measured before it was shipped."""
        raise OwnModelError("Only a clinic's own model is tried.")

    def _batch(self, shape: tuple[int, ...], budget: int | None) -> int:
        if self.options.deterministic or budget is None:
            return min(self.options.batch, STEADY_BATCH)
        return min(self.options.batch, fitting_batch(shape[1], budget))

    def _run(
        self,
        volume: Volume,
        view: Volume,
        origin: Origin,
        progress: Progress,
        budget: int | None,
    ) -> Outcome:
        settings = self.package.settings
        progress(0.05, "resampling the slices")
        prepared = prepare(view, settings.side_px, settings.pixel_mm)
        found, values, lesion = self.components(
            prepared, prepared.gap_mm, within(progress, 0.1, 0.6), budget
        )
        kept = believed(found, settings)
        marked = len(kept)
        if reason := scattered(marked, 0, settings.most_findings):
            return Outcome(RunOutcome.NOT_ANALYSED, reason)
        shape = volume.voxels.shape
        labels = draw_labels(kept, values, lesion, prepared, (shape[0], shape[1], shape[2]))
        place = placing(volume, head_mask(volume.voxels))
        kept, labels = settle(kept, labels, place)
        if reason := scattered(marked, len(kept), settings.most_findings):
            return Outcome(RunOutcome.NOT_ANALYSED, reason)
        if not kept:
            return Outcome(RunOutcome.NOTHING_SUSPECTED, _nothing(self.package))
        findings = tuple(
            describe(component, number, labels, volume, place, settings, origin)
            for number, component in enumerate(kept, start=1)
        )
        heat, attribution = self._explained(kept, values, prepared, within(progress, 0.65, 0.95))
        return Outcome(RunOutcome.FINDINGS, "", findings, labels, heat, attribution)

    def _explained(
        self,
        kept: list[Component],
        values: NDArray[np.uint16],
        prepared: Prepared,
        progress: Progress,
    ) -> tuple[NDArray[np.float16] | None, Attribution | None]:
        """Return the heat map; none where memory is short, as findings matter more."""
        try:
            settings = self.package.settings
            return explain(self.networks, prepared, kept, values, settings, progress)
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
        return None, None


def _nothing(package: Package) -> str:
    hit = package.card.performance["lesion_hit_kept"]
    return (
        "Nothing suspected by this model. In its own test the same rules kept the lesion on "
        f"{100 * hit:.0f} of 100 slices that held one, so this is not the same as normal."
    )
