"""A stand-in for the runner of a clinic's own models, where what it runs is not in question."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from inference.models.own.files import Content
from inference.models.own.records import Container, OwnCard, OwnModel, Trial
from inference.pipeline.handle import Serve
from inference.pipeline.options import EngineOptions
from inference.pipeline.subject import Served
from inference.pipeline.worker import InferenceProcess
from inference.ports import Analysis, Priority
from inference.records import Finding, FindingStatus, ModelCard, Run, RunOutcome
from viewer.ports import Progress
from viewer.records import Series, Volume

SHOWN = Trial(seconds=1.5, peak_mb=640, slices=96, regions=2, parameters=6_000)


class Trying:
    """Tries nothing and marks one voxel; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[OwnModel] = []

    def attempt(
        self,
        container: Container,
        card: OwnCard,
        weights: Content,
        example: tuple[Series, Volume],
        progress: Progress,
    ) -> Trial:
        progress(0.5, "looking at slice 48 of 96")
        return SHOWN

    def analyse(
        self,
        model: OwnModel,
        weights: Content,
        series: Series,
        volume: Volume,
        progress: Progress,
        priority: Priority = Priority.INTERACTIVE,
    ) -> Analysis:
        self.asked.append(model)
        return marked(model.card.as_model_card(), model.id, series)


def marked(card: ModelCard, own_model: str, series: Series) -> Analysis:
    """The analysis by a model that marks one voxel."""
    run = Run(
        id=uuid.uuid4().hex,
        study_uid=series.study_uid,
        series_uid=series.uid,
        model=card.name,
        version=card.version,
        weights_sha256=card.weights_sha256,
        device="CPU",
        started_at=datetime.now(UTC),
        seconds=1.0,
        outcome=RunOutcome.FINDINGS,
        own_model=own_model,
    )
    finding = Finding(
        id=f"{run.id}.1",
        study_uid=series.study_uid,
        series_uid=series.uid,
        code="own-model.region",
        label="region",
        status=FindingStatus.SUGGESTED,
        centre_mm=(0.0, 0.0, 0.0),
        slice_index=0,
        side="",
        place="",
        measurements=(),
        probability=0.83,
        run_id=run.id,
    )
    return Analysis(run, (finding,), None, None)


class Failing(Trying):
    """Tries in a real child that goes wrong in the given way."""

    def __init__(self, serve: Serve) -> None:
        super().__init__()
        self._serve = serve

    def attempt(
        self,
        container: Container,
        card: OwnCard,
        weights: Content,
        example: tuple[Series, Volume],
        progress: Progress,
    ) -> Trial:
        process = InferenceProcess(options=EngineOptions(silence_s=0.75))
        small = example[1].voxels[:2]
        volume = Volume(np.ascontiguousarray(small), example[1].affine, example[1].geometry)
        return process.try_out(Served("x", self._serve, Path()), example[0], volume, progress)
