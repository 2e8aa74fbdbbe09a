"""Many slices in one object: enhanced multi-frame MR and the Siemens mosaic, made from slices."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from copy import deepcopy
from math import ceil, sqrt
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import EnhancedMRImageStorage

from tests.viewer.series_writer import uid

_MOVED = ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness")


def write_enhanced(
    path: Path,
    slices: Sequence[Dataset],
    random: np.random.Generator | None = None,
    groups: Sequence[Mapping[str, Dataset]] | None = None,
) -> None:
    """One enhanced MR object; its frames lie in random order where a generator is given.

    ``groups`` adds functional groups to each frame (sequence keyword to its item).
    """
    order = list(range(len(slices)))
    if random is not None:
        order = random.permutation(len(slices)).tolist()
    whole = deepcopy(slices[0])
    for keyword in (*_MOVED, "EchoTime"):
        if keyword in whole:
            delattr(whole, keyword)
    whole.SOPClassUID = EnhancedMRImageStorage
    whole.file_meta.MediaStorageSOPClassUID = EnhancedMRImageStorage
    whole.NumberOfFrames = len(slices)
    whole.SharedFunctionalGroupsSequence = Items([_shared(slices[0])])
    whole.PerFrameFunctionalGroupsSequence = Items(
        [_own(slices[k], k, groups[k] if groups else {}) for k in order]
    )
    _say_dimensions(whole)
    whole.PixelData = b"".join(slices[k].PixelData for k in order)
    whole.save_as(path, enforce_file_format=True)


def _shared(one: Dataset) -> Dataset:
    shared, measures, orientation = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = one.PixelSpacing, one.SliceThickness
    orientation.ImageOrientationPatient = one.ImageOrientationPatient
    shared.PixelMeasuresSequence = Items([measures])
    shared.PlaneOrientationSequence = Items([orientation])
    return shared


def _own(one: Dataset, k: int, groups: Mapping[str, Dataset]) -> Dataset:
    frame, position, content = Dataset(), Dataset(), Dataset()
    position.ImagePositionPatient = one.ImagePositionPatient
    content.StackID, content.InStackPositionNumber = "1", k + 1
    content.DimensionIndexValues = [1, k + 1]
    frame.FrameContentSequence = Items([content])
    frame.PlanePositionSequence = Items([position])
    for keyword, item in groups.items():
        if keyword == "FrameContentSequence":
            content.update(item)
        else:
            setattr(frame, keyword, Items([item]))
    return frame


def _say_dimensions(whole: Dataset) -> None:
    organization = Dataset()
    organization.DimensionOrganizationUID = uid("dimensions")
    whole.DimensionOrganizationSequence = Items([organization])
    pointers = []
    for pointer in (0x00209056, 0x00209057):
        index = Dataset()
        index.DimensionOrganizationUID = organization.DimensionOrganizationUID
        index.DimensionIndexPointer, index.FunctionalGroupPointer = pointer, 0x00209111
        pointers.append(index)
    whole.DimensionIndexSequence = Items(pointers)


def write_mosaic(
    path: Path, slices: Sequence[Dataset], *, csa: bytes | None = None, number: int = 1
) -> None:
    """One Siemens mosaic of the slices in the order given.

    The position it states is that of the whole sheet laid around the centre of the first slice,
    as Siemens writes it; ``csa`` replaces the private header.
    """
    count = len(slices)
    across = ceil(sqrt(count))
    pixels = np.stack([np.frombuffer(one.PixelData, np.uint16) for one in slices])
    rows, columns = slices[0].Rows, slices[0].Columns
    sheet = np.zeros((across * across, rows, columns), np.uint16)
    sheet[:count] = pixels.reshape(count, rows, columns)
    sheet = sheet.reshape(across, across, rows, columns).transpose(0, 2, 1, 3)
    first, last = (np.array(one.ImagePositionPatient, float) for one in (slices[0], slices[-1]))
    row, column = np.array(slices[0].ImageOrientationPatient, float).reshape(2, 3)
    down, right = (float(value) for value in slices[0].PixelSpacing)
    step = (last - first) / (count - 1)
    corner = first - row * right * (across - 1) * columns / 2
    corner = corner - column * down * (across - 1) * rows / 2
    whole = deepcopy(slices[0])
    whole.Rows, whole.Columns = rows * across, columns * across
    whole.PixelData = np.ascontiguousarray(sheet).tobytes()
    whole.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]
    whole.Manufacturer, whole.InstanceNumber = "SIEMENS", number
    whole.ImagePositionPatient = [f"{value:.10g}" for value in corner]
    whole.SpacingBetweenSlices = float(f"{np.linalg.norm(step):.12g}")
    whole.AcquisitionMatrix = [0, columns, rows, 0]
    whole.InPlanePhaseEncodingDirection = "COL"
    normal = step / np.linalg.norm(step)
    block = whole.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x08, "CS", "IMAGE NUM 4")
    block.add_new(0x10, "OB", csa_header(count, normal) if csa is None else csa)
    block = whole.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0A, "US", count)
    whole.save_as(path, enforce_file_format=True)


def csa_header(count: int, normal: Sequence[float], *, second: bool = True) -> bytes:
    """A CSA header of the second (or first) kind with what a mosaic needs."""
    tags = {
        "EchoLinePosition": (b"IS", [str(32)]),
        "AcquisitionMatrixText": (b"SH", ["64p*64"]),
        "ProtocolSliceNumber": (b"IS", ["0"]),
        "NumberOfImagesInMosaic": (b"US", [str(count)]),
        "SliceNormalVector": (b"FD", [f"{value:.8f}" for value in normal]),
        "PhaseEncodingDirectionPositive": (b"IS", ["1"]),
    }
    out = [b"SV10\4\3\2\1"] if second else []
    out.append(struct.pack("<II", len(tags), 77))
    base = 6
    for name, (kind, texts) in tags.items():
        out.append(
            struct.pack("<64si4siii", name.encode(), len(texts), kind + b"\0\0", 6, base, 77)
        )
        for index in range(base):
            value = (texts[index].encode() + b"\0").ljust(8, b"\0") if index < len(texts) else b""
            length = len(value)
            told = (length, length, 77, length) if second else (length + base, 0, 77, 0)
            out.append(struct.pack("<iiii", *told) + value + b"\0" * (-length % 4))
    return b"".join(out)
