"""Vocabulary of a clinic's own models: what a card says, what the trial showed, where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from inference.records import ModelCard


class Task(StrEnum):
    """What a model answers: where something is, or what a slice shows."""

    OUTLINE = "outline"
    CLASSIFY = "classify"


class Container(StrEnum):
    """What holds the weights."""

    SAFETENSORS = "safetensors"
    ONNX = "onnx"


class OwnStatus(StrEnum):
    """Where a model stands; only an approved one is ever asked about a patient."""

    QUARANTINED = "quarantined"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class OwnInput:
    """What the model is shown.

    ``sequences`` and ``planes`` are those it is for; anything else is refused. Slices are squares
    of ``side_px`` pixels of ``pixel_mm``, each by itself where ``depth_px`` is 1, else in blocks
    of ``depth_px`` slices that lie ``slice_mm`` apart. ``normalise`` is a key of NORMALISERS.
    """

    sequences: tuple[str, ...]
    planes: tuple[str, ...]
    side_px: int
    pixel_mm: float
    normalise: str
    depth_px: int = 1
    slice_mm: float = 0.0

    @property
    def dimensions(self) -> int:
        """2 where slices are read one by one, 3 where they are read in blocks."""
        return 2 if self.depth_px == 1 else 3


@dataclass(frozen=True, slots=True)
class OwnOutput:
    """What its answer means.

    ``classes`` name the channels. ``activation`` is softmax or probabilities (background is the
    first class), or sigmoid (every class by itself). Regions below ``smallest_ml`` are dropped.
    """

    classes: tuple[str, ...]
    activation: str = "softmax"
    smallest_ml: float = 0.1

    @property
    def findings(self) -> tuple[str, ...]:
        """The classes that are worth a finding: all but the background."""
        return self.classes if self.activation == "sigmoid" else self.classes[1:]


@dataclass(frozen=True, slots=True)
class OwnCard:
    """What a clinic says of its model; ``architecture`` is empty for ONNX, which brings its own."""

    name: str
    version: str
    intended_use: str
    trained_on: str
    limits: tuple[str, ...]
    performance: Mapping[str, float]
    weights_sha256: str
    task: Task
    input: OwnInput
    output: OwnOutput
    architecture: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def as_model_card(self) -> ModelCard:
        """Return it as any model's card; without calibration, for none was measured here."""
        return ModelCard(
            name=self.name,
            version=self.version,
            weights_sha256=self.weights_sha256,
            intended_use=self.intended_use,
            trained_on=self.trained_on,
            performance=self.performance,
            limits=self.limits,
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """What one try on the example study showed.

    ``regions`` were marked on ``slices`` slices; ``peak_mb`` is what it took at its most beside
    the libraries. ``heat_maps`` says what became of the test that a map follows from weights.
    """

    seconds: float
    peak_mb: int
    slices: int
    regions: int
    parameters: int
    heat_maps: str = ""


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A model as it is kept; ``weights_file`` names its encrypted weights.

    ``digests`` holds the SHA-256 of every file that was read of what was imported.
    """

    id: str
    container: Container
    card: OwnCard
    digests: Mapping[str, str]
    trial: Trial
    status: OwnStatus
    weights_file: str
    imported_at: datetime
    imported_by: str
    decided_at: datetime | None = None
    decided_by: str = ""
