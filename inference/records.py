"""Vocabulary of measuring: Finding, Measurement, ModelCard, Run, Attribution, Change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from viewer.records import Vector3


class FindingStatus(StrEnum):
    """What the reader has decided about a finding."""

    SUGGESTED = "suggested"
    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"


class RunOutcome(StrEnum):
    """How an analysis ended: a number is given in the first case only."""

    FINDINGS = "findings"
    NOTHING_SUSPECTED = "nothing-suspected"
    NOT_ANALYSED = "not-analysed"


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number with its UCUM unit and how it was got."""

    name: str
    value: float
    unit: str
    method: str


READER_CODE = "finding.reader"
"""Code of a finding that a reader added; every other finding is a model's."""


class RejectReason(StrEnum):
    """Why a reader holds that a finding is not one; empty where no reason was given."""

    NONE = ""
    VESSEL = "vessel"
    ARTEFACT = "artefact"
    NORMAL = "normal-anatomy"
    OUTSIDE = "outside-brain"
    DUPLICATE = "duplicate"
    OLD = "known-unchanged"
    TREATED = "after-treatment"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ModelSaid:
    """What the model had said of a finding before a reader said otherwise; see Finding."""

    label: str
    side: str
    place: str
    centre_mm: Vector3
    slice_index: int
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, slots=True)
class Outlined:
    """A finding's outline as a reader corrected or drew it.

    ``dice`` is its overlap with the model's own outline, 0 to 1, None where no model drew one.
    ``place`` is the place in words that the outline gives; ``strokes`` names what it is made of.
    """

    dice: float | None
    place: str
    strokes: str


@dataclass(frozen=True, slots=True)
class Finding:
    """An observation, coded and located.

    ``probability`` is the model's calibrated probability that this is a lesion (None for a
    reader's own finding; of a clinic's own model as it gives it, uncalibrated). ``kinds`` are the
    probabilities of its type, summing to one. ``centre_mm`` is LPS+ mm; ``slice_index`` the slice
    of its largest extent. ``side`` is left, right, midline or "" (unknown); ``place`` says where
    in words. Where a reader changed words or outline, ``model`` keeps what the model had said, and
    ``outlined`` tells of the outline; both None where nothing of that kind was changed.
    """

    id: str
    study_uid: str
    series_uid: str
    code: str
    label: str
    status: FindingStatus
    centre_mm: Vector3
    slice_index: int
    side: str
    place: str
    measurements: tuple[Measurement, ...]
    probability: float | None = None
    kinds: tuple[tuple[str, float], ...] = ()
    run_id: str = ""
    label_value: int = 0
    note: str = ""
    model: ModelSaid | None = None
    outlined: Outlined | None = None
    reject_reason: RejectReason = RejectReason.NONE

    def __post_init__(self) -> None:
        if self.probability is not None and not 0.0 <= self.probability <= 1.0:
            raise ValueError("a probability lies between 0 and 1")
        if self.side not in {"left", "right", "midline", ""}:
            raise ValueError("a side is left, right, midline or unknown")

    @property
    def by_reader(self) -> bool:
        """Whether a reader found it, and no model."""
        return self.code == READER_CODE


class Grade(StrEnum):
    """How far a heat map may be believed; UNGRADED are maps from before there were grades."""

    GOOD = "good"
    FAIR = "fair"
    LOW = "low"
    UNGRADED = ""


@dataclass(frozen=True, slots=True)
class NativeMap:
    """A heat map as the network resolved it, for the slices that were explained.

    ``to_voxel`` is a 4x4 matrix, row by row: (column, row, slice, 1) of a cell to (column, row,
    slice, 1) of the series' voxels, both by their centres. ``values`` is base64 of deflated uint8
    of shape (len(slices), rows, columns), where 255 stands for 1.
    """

    cell_mm: float
    slices: tuple[int, ...]
    rows: int
    columns: int
    to_voxel: tuple[float, ...]
    values: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """A heat map with its method, the question it answers and how faithful it is.

    ``map_file`` names encrypted float16 voxels (slices, rows, columns) on the series' grid,
    0..1; ``native_grid`` is the (rows, columns) the network really resolved.
    ``faithfulness`` holds scores by name, e.g. ``inside_outline``, ``deletion_over_random``;
    ``grade`` sums them up and ``reason`` says why. ``target`` is outline (where the outline comes
    from) or type (what the type comes from).
    """

    method: str
    layer: str
    native_grid: tuple[int, int]
    faithfulness: Mapping[str, float]
    map_file: str = ""
    target: str = "outline"
    grade: Grade = Grade.UNGRADED
    reason: str = ""
    native: NativeMap | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of one model on one series; kept whatever its outcome.

    ``gate`` holds the input gate's scores, ``cautions`` what a reader should know of the series.
    ``own_model`` is the id of a clinic's own model, empty where it was one that ships.
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
    outcome: RunOutcome
    reason: str = ""
    gate: Mapping[str, float] = field(default_factory=dict)
    label_file: str = ""
    attribution: Attribution | None = None
    cautions: tuple[str, ...] = ()
    own_model: str = ""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model is for, how it did, and where it must not be used.

    An interval of a figure of ``performance`` stands beside it as ``<name>_low`` and
    ``<name>_high``. ``calibration`` holds reliability bins and abstention as the card gives them.
    """

    name: str
    version: str
    weights_sha256: str
    intended_use: str
    trained_on: str
    performance: Mapping[str, float]
    limits: tuple[str, ...]
    calibration: Mapping[str, Any] = field(default_factory=dict)


class ChangeKind(StrEnum):
    """What became of a finding; UNSEEN where the other study does not show its place."""

    NEW = "new"
    GONE = "gone"
    LARGER = "larger"
    SMALLER = "smaller"
    UNCHANGED = "unchanged within error"
    UNSEEN = "not comparable"


@dataclass(frozen=True, slots=True)
class Change:
    """One lesion in two studies.

    ``values`` are its label values now, ``values_then`` in the prior: several where pieces have
    parted or run together. Products are of the two diameters (RANO), summed over the pieces.
    ``error_ml`` is the root of both volumes' squared errors. ``days`` is None if a date is
    missing.
    """

    kind: ChangeKind
    values: tuple[int, ...]
    values_then: tuple[int, ...]
    now_ml: float
    then_ml: float
    product_now_mm2: float
    product_then_mm2: float
    error_ml: float
    days: int | None = None

    @property
    def percent(self) -> float | None:
        """The change of volume in percent of the volume then."""
        return 100 * (self.now_ml - self.then_ml) / self.then_ml if self.then_ml > 0 else None

    @property
    def brief(self) -> str:
        """The change in two or three words, to stand in a line with other figures."""
        if self.percent is None or self.kind in {ChangeKind.GONE, ChangeKind.UNCHANGED}:
            return self.kind.value
        return f"{self.kind.value} {self.percent:+.0f} %"

    @property
    def words(self) -> str:
        """The change in plain words."""
        since = "" if self.days is None else f" {self.days} days before"
        if self.kind is ChangeKind.UNSEEN:
            return "The prior study does not show this place."
        if self.kind is ChangeKind.NEW:
            return f"New: {self.now_ml:.1f} ml, nothing marked here{since or ' before'}."
        if self.kind is ChangeKind.GONE:
            return f"Gone: {self.then_ml:.1f} ml were marked{since or ' before'}, nothing is now."
        sizes = f"{self.now_ml:.1f} ml, {self.then_ml:.1f} ml{since or ' before'}"
        return (
            f"{self.kind.value.capitalize()}: {sizes} ({self.percent:+.0f} %, "
            f"error of the difference {self.error_ml:.1f} ml)."
        )


@dataclass(frozen=True, slots=True)
class FindingChange:
    """What became of one finding since an earlier study."""

    finding_id: str
    change: Change


@dataclass(frozen=True, slots=True)
class PriorComparison:
    """What became of one series' findings since an earlier study laid over it.

    ``gone`` was marked then and is not now. ``prior_date`` is None where the study has none.
    """

    series_uid: str
    study_uid: str
    prior_study_uid: str
    prior_date: date | None
    compared_at: datetime
    changed: tuple[FindingChange, ...] = ()
    gone: tuple[Change, ...] = ()
