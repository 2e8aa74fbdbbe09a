"""A clinic's own models in the analysing process: tried, and asked about a series."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from inference.models.own.files import Content
from inference.models.own.records import Container, OwnCard, OwnModel, Trial
from inference.pipeline import memory
from inference.pipeline.own_child import lent
from inference.pipeline.own_gate import judge_own_header
from inference.pipeline.own_lent import needed_bytes
from inference.pipeline.subject import Served, Subject
from inference.pipeline.worker import InferenceProcess
from inference.ports import Analysis, Priority
from viewer.ports import Progress
from viewer.records import Series, Volume

_NOWHERE = Path()


class OwnModelProcess:
    """Shares queue, bounds and cancelling with the shipped model's analyses."""

    def __init__(self, process: InferenceProcess) -> None:
        self._process = process

    def attempt(
        self,
        container: Container,
        card: OwnCard,
        weights: Content,
        example: tuple[Series, Volume],
        progress: Progress,
    ) -> Trial:
        """Return what a try on the example showed; see InferenceProcess.try_out."""
        series, volume = example
        with lent(container, card, weights) as serve:
            served = Served(f"trial {card.weights_sha256}", serve, _NOWHERE)
            return self._process.try_out(served, series, volume, progress)

    def analyse(
        self,
        model: OwnModel,
        weights: Content,
        series: Series,
        volume: Volume,
        progress: Progress,
        priority: Priority = Priority.INTERACTIVE,
    ) -> Analysis:
        """Return the analysis of ``volume`` by the model; a refusal by the gate is a Run too."""
        header = partial(judge_own_header, wanted=model.card.input)

        def misfit(volume: Volume, budget: int) -> str:
            need = needed_bytes(model.card, volume.voxels.shape, volume.voxels.dtype.itemsize)
            if need <= budget:
                return ""
            return (
                f"Not analysed, because {model.card.name} needs about {need // memory.MIB:,} MB "
                f"of memory and an analysis may take {budget // memory.MIB:,} MB here now."
            )

        with lent(model.container, model.card, weights) as serve:
            subject = Subject(
                served=Served(model.id, serve, _NOWHERE),
                card=model.card.as_model_card(),
                header=header,
                misfit=misfit,
                own_model=model.id,
            )
            return self._process.ask(subject, series, volume, progress, priority)
