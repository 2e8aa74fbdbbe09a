"""What measuring the anatomy of a head hands back; reading it needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from inference.records import Measurement, ModelCard
from viewer.ports import Progress
from viewer.records import Series, Volume

METHOD = "3-D network trained on synthetic heads, sum of its probabilities on a 2 mm grid; {error}"


@dataclass(frozen=True, slots=True)
class StructureVolume:
    """The volume of one structure or sum of structures.

    ``side`` is left, right or "" (both, or unpaired). ``share`` is the part of the intracranial
    volume, 0..1. ``error`` is the share of the volume that nine of ten errors stayed within on
    held-out synthetic heads, or None where it was not measured.
    """

    name: str
    side: str
    ml: float
    share: float
    error: float | None = None

    def measurement(self) -> Measurement:
        """Return the volume as a measurement that says how it was got and how far off it may be."""
        label = f"{self.side} {self.name}".strip()
        said = (
            f"within {100 * self.error:.0f} % in nine of ten synthetic heads it had not seen; "
            "not checked against a reader"
            if self.error is not None
            else "its error was not measured"
        )
        return Measurement(f"{label} volume", round(self.ml, 2), "mL", METHOD.format(error=said))


@dataclass(frozen=True, slots=True, eq=False)
class AnatomyOutcome:
    """The volumes and the label map, or the reason why there are none.

    ``labels`` is uint8 on the series' grid (``inference.models.structures.label_names``).
    ``withheld`` names structures left out, with the reason. ``scores`` are for the log.
    """

    reason: str = ""
    volumes: tuple[StructureVolume, ...] = ()
    labels: NDArray[np.uint8] | None = None
    withheld: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()
    device: str = ""

    @property
    def measured(self) -> bool:
        """Whether there are volumes."""
        return not self.reason

    def volume_of(self, name: str, side: str = "") -> StructureVolume | None:
        """Return the volume of a structure on a side, or None where it was not given."""
        found = (v for v in self.volumes if v.name == name and v.side == side)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class AnatomyRun:
    """One measuring of the anatomy of one series, as it is kept; kept whatever its outcome.

    A later one on the same series supersedes it and leaves it as it is. ``measured_by`` is the
    account that asked; ``label_file`` names the encrypted label map, "" where there is none. The
    other fields are those of the outcome.
    """

    id: str
    study_uid: str
    series_uid: str
    model: str
    version: str
    weights_sha256: str
    device: str
    started_at: datetime
    seconds: float
    measured_by: str
    reason: str = ""
    volumes: tuple[StructureVolume, ...] = ()
    withheld: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()
    label_file: str = ""

    @property
    def outcome(self) -> AnatomyOutcome:
        """What was measured, without the label map."""
        return AnatomyOutcome(
            self.reason, self.volumes, None, self.withheld, self.scores, self.cautions, self.device
        )


class AnatomyMeter(Protocol):
    """Measures the anatomy of heads in a process of its own."""

    def card(self) -> ModelCard: ...
    def measure(
        self, series: Series, volume: Volume, progress: Progress, lesion_ml: float = 0.0
    ) -> AnatomyOutcome: ...


class AnatomyShelf(Protocol):
    """The durable home of measurings; one that is there is never changed."""

    def add(self, run: AnatomyRun) -> None: ...
    def get(self, run_id: str) -> AnatomyRun | None: ...
    def of_study(self, study_uid: str) -> tuple[AnatomyRun, ...]: ...
