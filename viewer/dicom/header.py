"""What one DICOM object says of itself: study, series, physics and where each frame lies."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydicom.dataset import Dataset

from viewer.dicom.dataset import (
    first_item,
    items,
    json_model,
    numbers,
    raw_values,
    text,
    values,
    whole,
)
from viewer.dicom.mosaic import Tile, tiles_of
from viewer.dicom.pixels import PixelFormat, pixel_format, pixel_offset
from viewer.dicom.private import b_value
from viewer.dicom.records import Limits, ScannedInstance, StudyFacts
from viewer.dicom.sources import Source
from viewer.dicom.text import clean_text, derived_uid, is_uid, parse_date, person_name
from viewer.errors import UnreadableFileError
from viewer.geometry.gate import SlicePlace
from viewer.records import Vector3, WindowLevel

PHYSICS = (
    "ImageType", "Manufacturer", "ManufacturerModelName", "MagneticFieldStrength",
    "BodyPartExamined", "SeriesDescription", "ProtocolName", "SequenceName", "ScanningSequence",
    "SequenceVariant", "ScanOptions", "MRAcquisitionType", "RepetitionTime", "EchoTime",
    "InversionTime", "FlipAngle", "EchoTrainLength", "EchoNumbers", "ImagingFrequency",
    "ContrastBolusAgent", "ContrastBolusVolume", "SliceThickness", "SpacingBetweenSlices",
    "PatientPosition", "PulseSequenceName", "EchoPulseSequence", "AcquisitionContrast",
    "InversionRecovery", "DiffusionBValue", "DiffusionDirectionality", "GradientEchoTrainLength",
    "RFEchoTrainLength", "EchoPlanarPulseSequence", "SteadyStatePulseSequence", "Spoiling",
    "MagnetizationTransfer", "SpectrallySelectedSuppression", "ComplexImageComponent",
    "ContrastBolusRoute", "NumberOfTemporalPositions", "TemporalResolution", "AngioFlag",
)  # fmt: skip

_NESTED = {
    "EchoTime": ("MREchoSequence", "EffectiveEchoTime"),
    "RepetitionTime": ("MRTimingAndRelatedParametersSequence", "RepetitionTime"),
    "FlipAngle": ("MRTimingAndRelatedParametersSequence", "FlipAngle"),
    "InversionTime": ("MRModifierSequence", "InversionTimes"),
    "InversionRecovery": ("MRModifierSequence", "InversionRecovery"),
    "DiffusionBValue": ("MRDiffusionSequence", "DiffusionBValue"),
    "DiffusionDirectionality": ("MRDiffusionSequence", "DiffusionDirectionality"),
    "GradientEchoTrainLength": (
        "MRTimingAndRelatedParametersSequence",
        "GradientEchoTrainLength",
    ),
    "RFEchoTrainLength": ("MRTimingAndRelatedParametersSequence", "RFEchoTrainLength"),
    "EchoTrainLength": ("MRTimingAndRelatedParametersSequence", "EchoTrainLength"),
    "Spoiling": ("MRModifierSequence", "Spoiling"),
    "MagnetizationTransfer": ("MRModifierSequence", "MagnetizationTransfer"),
    "SpectrallySelectedSuppression": ("MRModifierSequence", "SpectrallySelectedSuppression"),
    "AcquisitionContrast": ("MRImageFrameTypeSequence", "AcquisitionContrast"),
    "ComplexImageComponent": ("MRImageFrameTypeSequence", "ComplexImageComponent"),
    "ContrastBolusAgent": ("ContrastBolusAgentSequence", "CodeMeaning"),
}

_SPLITTERS = (
    ("stack", "FrameContentSequence", "StackID"),
    ("echo time", "MREchoSequence", "EffectiveEchoTime"),
    ("echo time", "", "EchoTime"),
    ("b value", "MRDiffusionSequence", "DiffusionBValue"),
    ("b value", "", "DiffusionBValue"),
    ("inversion time", "MRModifierSequence", "InversionTimes"),
    ("inversion time", "", "InversionTime"),
    ("repetition time", "MRTimingAndRelatedParametersSequence", "RepetitionTime"),
    ("image type", "MRImageFrameTypeSequence", "FrameType"),
    ("image type", "CTImageFrameTypeSequence", "FrameType"),
    ("image type", "", "ImageType"),
    ("time point", "FrameContentSequence", "TemporalPositionIndex"),
    ("time point", "", "TemporalPositionIdentifier"),
    ("trigger time", "CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime"),
    ("trigger time", "", "TriggerTime"),
    ("contrast", "MRImageFrameTypeSequence", "AcquisitionContrast"),
    ("acquisition", "FrameContentSequence", "FrameAcquisitionNumber"),
    ("acquisition", "", "AcquisitionNumber"),
    ("direction", "", "DiffusionGradientOrientation"),
    ("direction", "MRDiffusionSequence", "DiffusionGradientDirectionSequence"),
    ("acquisition time", "FrameContentSequence", "FrameAcquisitionDateTime"),
    ("acquisition time", "", "AcquisitionTime"),
    ("component", "MRImageFrameTypeSequence", "ComplexImageComponent"),
)


_FRAMES_KEPT = 2_000
"""Frames whose own header is stored; that of the others served to place them."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of an object: place, rescale, and what may tell it from one at the same place.

    ``marks`` holds (name, value) pairs in the order they are tried as a dividing line. ``tile``
    is (top, left, rows, columns) where the frame is one tile of the decoded picture ``index``.
    """

    index: int
    number: int
    place: SlicePlace
    slope: float
    intercept: float
    marks: tuple[tuple[str, str], ...]
    tile: Tile | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the objects of a series share, read once from the first of them."""

    study: StudyFacts
    description: str
    modality: str
    number: int
    physics: Mapping[str, str]
    window: WindowLevel | None
    frame_of_reference: str
    raw: Mapping[int, object] = field(repr=False)
    json: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Header:
    """One object, without its pixels.

    ``offset`` is where in the file they begin if they lie there plain, else -1.
    """

    source: Source
    instance: ScannedInstance
    series_uid: str
    facts: Facts
    form: PixelFormat
    offset: int
    frames: tuple[Frame, ...]
    json: str = field(repr=False)


def read_header(
    source: Source, data: bytes, dataset: Dataset, known: dict[str, Facts], limits: Limits
) -> Header:
    """Everything about an object but its voxels.

    ``known`` keeps the facts of the series met so far, by their UID; it is added to.

    Raises
    ------
    UnreadableFileError
        It is no picture, or lacks the identifiers that tell series apart.
    """
    if "DirectoryRecordSequence" in dataset:
        raise UnreadableFileError("an index of a disc (DICOMDIR); drop the folder it lies in")
    form = pixel_format(dataset, limits)
    shared = items(dataset, "SharedFunctionalGroupsSequence")[:1]
    per_frame = items(dataset, "PerFrameFunctionalGroupsSequence")
    if len(per_frame) > _FRAMES_KEPT:
        dataset.PerFrameFunctionalGroupsSequence = per_frame[:_FRAMES_KEPT]
    own = raw_values(dataset)
    series_uid = _identifier(dataset, "SeriesInstanceUID", "series identifier (0020,000E)")
    if series_uid not in known:
        known[series_uid] = _facts(dataset, [*shared, *per_frame[:1]], own, limits)
    facts = known[series_uid]
    digest = hashlib.sha256(data).hexdigest()
    uid = text(dataset, "SOPInstanceUID")
    number = whole(dataset, "InstanceNumber")
    return Header(
        source=source,
        instance=ScannedInstance(uid if is_uid(uid) else derived_uid(digest), digest, number),
        series_uid=series_uid,
        facts=facts,
        form=form,
        offset=pixel_offset(dataset, form, len(data)),
        frames=_frames(dataset, (shared, per_frame), form, number),
        json=_json(dataset, own, facts.raw, limits),
    )


def _json(
    dataset: Dataset, own: Mapping[int, object], first: Mapping[int, object], limits: Limits
) -> str:
    model = json_model(dataset, own, first)
    written = json.dumps(model, ensure_ascii=False, separators=(",", ":"))
    if len(written) > limits.header_bytes:
        raise UnreadableFileError("its header is too large")
    return written


def _facts(
    dataset: Dataset, groups: list[Dataset], raw: Mapping[int, object], limits: Limits
) -> Facts:
    return Facts(
        study=_study(dataset),
        description=text(dataset, "SeriesDescription") or text(dataset, "ProtocolName"),
        modality=text(dataset, "Modality")[:16],
        number=whole(dataset, "SeriesNumber"),
        physics=_physics([dataset, *groups]),
        window=_window([dataset, *groups]),
        frame_of_reference=_optional_uid(dataset, "FrameOfReferenceUID"),
        raw=raw,
        json=_json(dataset, raw, {}, limits),
    )


def _study(dataset: Dataset) -> StudyFacts:
    return StudyFacts(
        uid=_identifier(dataset, "StudyInstanceUID", "study identifier (0020,000D)"),
        study_date=parse_date(dataset.get("StudyDate")),
        description=text(dataset, "StudyDescription"),
        accession=text(dataset, "AccessionNumber"),
        patient_name=person_name(dataset.get("PatientName")),
        patient_id=text(dataset, "PatientID"),
        birth_date=parse_date(dataset.get("PatientBirthDate")),
        sex=text(dataset, "PatientSex")[:16],
        simulated="SIMULATED" in values(dataset, "ImageType"),
    )


def _identifier(dataset: Dataset, keyword: str, what: str) -> str:
    uid = text(dataset, keyword)
    if not is_uid(uid):
        raise UnreadableFileError(f"it has no valid {what}")
    return uid


def _optional_uid(dataset: Dataset, keyword: str) -> str:
    uid = text(dataset, keyword)
    return uid if is_uid(uid) else ""


def _physics(groups: list[Dataset]) -> dict[str, str]:
    found = {}
    for keyword in PHYSICS:
        value = text(groups[0], keyword)
        if not value and keyword in _NESTED:
            sequence, inner = _NESTED[keyword]
            value = text(first_item(groups, sequence), inner)
        if value:
            found[keyword] = clean_text(value, 256)
    if "DiffusionBValue" not in found and (weight := b_value(groups[0])) is not None:
        found["DiffusionBValue"] = f"{weight:.6g}"
    return found


def _window(groups: list[Dataset]) -> WindowLevel | None:
    for group in (groups[0], first_item(groups[1:], "FrameVOILUTSequence")):
        centre, width = numbers(group, "WindowCenter", 1), numbers(group, "WindowWidth", 1)
        if centre and width and width[0] > 0:
            return WindowLevel(centre[0], width[0])
    return None


def _frames(
    dataset: Dataset, groups: tuple[list[Dataset], list[Dataset]], form: PixelFormat, number: int
) -> tuple[Frame, ...]:
    """The object's frames; the tiles of a mosaic count as frames."""
    frames = tuple(_frame(dataset, *groups, index, number) for index in range(form.frames))
    tiles = tiles_of(dataset, frames[0].place, form.rows, form.columns) if not groups[1] else None
    if tiles is None or form.frames > 1:
        return frames
    return tuple(
        replace(frames[0], number=k, place=place, tile=tile)
        for k, (tile, place) in enumerate(tiles)
    )


def _frame(
    dataset: Dataset, shared: list[Dataset], per_frame: list[Dataset], index: int, number: int
) -> Frame:
    own = per_frame[index : index + 1]
    groups = [*own, *shared]
    place = _place(dataset, groups)
    scale = first_item(groups, "PixelValueTransformationSequence") if groups else dataset
    slope = numbers(scale, "RescaleSlope", 1) or (1.0,)
    intercept = numbers(scale, "RescaleIntercept", 1) or (0.0,)
    return Frame(
        index=index,
        number=index if own else number,
        place=place,
        slope=slope[0] or 1.0,
        intercept=intercept[0],
        marks=_marks(dataset, groups),
    )


def _marks(dataset: Dataset, groups: list[Dataset]) -> tuple[tuple[str, str], ...]:
    """What may tell this frame from another at its place; the first of a name counts."""
    marks: dict[str, str] = {}
    for name, sequence, keyword in _SPLITTERS:
        if name in marks:
            continue
        holder = first_item(groups, sequence) if sequence else dataset
        if keyword == "DiffusionGradientDirectionSequence":
            holder, keyword = first_item([holder], keyword), "DiffusionGradientOrientation"  # noqa: PLW2901
        if value := text(holder, keyword):
            marks[name] = _short(value)
        elif name == "b value" and not sequence and (weight := b_value(dataset)) is not None:
            marks[name] = f"{weight:.6g}"
    return tuple(marks.items())


def _short(value: str) -> str:
    """A number without the noise of its storage, any other text as it is."""
    try:
        return f"{float(value):.6g}"
    except ValueError:
        return value


def _place(dataset: Dataset, groups: list[Dataset]) -> SlicePlace:
    """Functional groups where there are any (PS3.3 C.7.6.16), else the object itself."""
    position, orientation, measures = (
        (
            first_item(groups, "PlanePositionSequence"),
            first_item(groups, "PlaneOrientationSequence"),
            first_item(groups, "PixelMeasuresSequence"),
        )
        if groups
        else (dataset, dataset, dataset)
    )
    if not groups and whole(dataset, "NumberOfFrames", 1) > 1:
        position = Dataset()
    trouble = ""
    if "PixelSpacing" not in measures and "ImagerPixelSpacing" in dataset:
        trouble = (
            "no usable pixel spacing (0028,0030); that of the detector (0018,1164) is not the "
            "patient's and was not used"
        )
    directions = numbers(orientation, "ImageOrientationPatient", 6)
    spacing = numbers(measures, "PixelSpacing", 2)
    return SlicePlace(
        position=_vector(numbers(position, "ImagePositionPatient", 3)),
        along_row=_vector(directions[:3] if directions else None),
        along_column=_vector(directions[3:] if directions else None),
        spacing_mm=(spacing[0], spacing[1]) if spacing and _usable(spacing) else None,
        trouble=trouble,
    )


def _usable(spacing: tuple[float, ...]) -> bool:
    return all(math.isfinite(value) and 1e-3 <= value <= 1e3 for value in spacing)


def _vector(found: tuple[float, ...] | None) -> Vector3 | None:
    return (found[0], found[1], found[2]) if found else None
