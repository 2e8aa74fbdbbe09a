"""What a scan is limited by and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from viewer.records import Volume, WindowLevel

MIB = 1 << 20
GIB = 1 << 30
PREVIEW_PX = 256


@dataclass(frozen=True, slots=True)
class Limits:
    """How large, deep and slow a source may be before it is turned away.

    ``file_seconds`` is wall time for one step (one file, or one frame of a multi-frame file).
    ``memory_bytes`` is address space the reading process may add to what Python itself needs.
    ``total_bytes`` is what all volumes of one ``scan`` may hold; ``stream`` has no such limit.
    """

    files: int = 100_000
    file_bytes: int = 2 * GIB
    edge_px: int = 16_384
    frames: int = 20_000
    volume_bytes: int = 1 * GIB
    total_bytes: int = 4 * GIB
    volumes_per_series: int = 2_000
    elements: int = 100_000
    elements_per_frame: int = 150
    depth: int = 32
    header_bytes: int = 64 * MIB
    zip_entries: int = 50_000
    zip_bytes: int = 64 * GIB
    ratio: int = 200
    inflated_bytes: int = 512 * MIB
    file_seconds: float = 30.0
    memory_bytes: int = 4 * GIB
    crashes: int = 50


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that was not used, and why in plain words."""

    name: str = field(repr=False)
    reason: str


@dataclass(frozen=True, slots=True)
class Duplicate(Rejected):
    """A file not used because the drop already holds the same object."""


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """The middle slice of a series of the drop, before any volume is complete.

    ``gray`` is uint8 (rows, columns), at most PREVIEW_PX a side; ``slices`` how many there are.
    """

    gray: NDArray[np.uint8]
    slices: int


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What the headers say of the patient and the visit; texts are cleaned for display."""

    uid: str
    study_date: date | None = None
    description: str = ""
    accession: str = field(repr=False, default="")
    patient_name: str = field(repr=False, default="")
    patient_id: str = field(repr=False, default="")
    birth_date: date | None = field(repr=False, default=None)
    sex: str = field(repr=False, default="")
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class ScannedInstance:
    """One source object: its SOP Instance UID, the SHA-256 of its file, its number."""

    uid: str
    digest: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class ScannedSeries:
    """One volume found in a drop, with everything needed to store it.

    ``physics`` maps DICOM keywords to text, never an identity. ``headers`` is UTF-8 JSON:
    ``first`` is the DICOM JSON model (PS3.18 F) of the series' first object, ``instances`` maps
    SOP Instance UIDs to the elements that differ from it; without pixels and bulk data.
    ``notes`` are sentences for the reader about what was done to the voxels.
    """

    study: StudyFacts
    uid: str
    description: str
    number: int
    modality: str
    physics: Mapping[str, str]
    instances: tuple[ScannedInstance, ...]
    headers: bytes = field(repr=False)
    window: WindowLevel | None
    volume: Volume
    notes: tuple[str, ...] = ()
    frame_of_reference: str = ""
    source_uid: str = ""
    axis: str = ""
    axis_value: str = ""
    axis_index: int = 0
    axis_count: int = 1


@dataclass(frozen=True, slots=True)
class ScanResult:
    """Everything a drop held: volumes, doubles, and what could not be used."""

    series: tuple[ScannedSeries, ...]
    duplicates: tuple[Duplicate, ...]
    rejected: tuple[Rejected, ...]
