"""What runs a clinic's own models, as the workflow sees it."""

from __future__ import annotations

from typing import Protocol

from inference.models.own.files import Content
from inference.models.own.records import Container, OwnCard, OwnModel, Trial
from inference.ports import Analysis, Priority
from viewer.ports import Progress
from viewer.records import Series, Volume


class OwnModelRunner(Protocol):
    """Tries and asks models in a process of its own (inference.pipeline.own_process)."""

    def attempt(
        self,
        container: Container,
        card: OwnCard,
        weights: Content,
        example: tuple[Series, Volume],
        progress: Progress,
    ) -> Trial: ...
    def analyse(
        self,
        model: OwnModel,
        weights: Content,
        series: Series,
        volume: Volume,
        progress: Progress,
        priority: Priority = Priority.INTERACTIVE,
    ) -> Analysis: ...
