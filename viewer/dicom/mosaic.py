"""Siemens mosaic: the slices of a volume as tiles of one picture.

The public header speaks of the whole picture: its position is that of a sheet as large as all
tiles together, laid around the centre of the slice. How many tiles there are and in which
direction they follow stands in a private header (CSA, 0029,1010), read here within bounds.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from pydicom.dataset import Dataset

from viewer.dicom.dataset import numbers, values
from viewer.dicom.private import private_number, private_value
from viewer.geometry.gate import SlicePlace, unit_normal

Tile = tuple[int, int, int, int]
"""Top, left, rows and columns of a slice within the decoded picture."""

_MARK = b"SV10"
_TAG = struct.Struct("<64si4siii")
_ITEM = struct.Struct("<iiii")
_MOST = 1000
_PARALLEL = 0.99
_REMARK = "Siemens mosaic: the slices lie as far apart as its header states (0018,0088)"


def tiles_of(
    dataset: Dataset, place: SlicePlace, rows: int, columns: int
) -> list[tuple[Tile, SlicePlace]] | None:
    """The slices of a mosaic in the order of its tiles; None for any other picture.

    Where the private header is missing, damaged or contradicts itself, the whole picture comes
    back as one slice whose place says what is wrong.
    """
    if not _is_mosaic(dataset):
        return None
    csa = read_csa(private_value(dataset, 0x0029, "SIEMENS CSA HEADER", 0x10))
    count = _count(dataset, csa)
    across = math.isqrt(max(count, 1) - 1) + 1
    step, fault = _step(dataset, csa, place)
    if not 1 <= count <= _MOST or rows % across or columns % across:
        fault = "a mosaic that does not say how many slices it holds (0029,1010)"
    if fault:
        return [((0, 0, rows, columns), replace(place, trouble=fault))]
    high, wide = rows // across, columns // across
    first = _first_corner(place, (rows - high) / 2, (columns - wide) / 2)
    return [
        (
            (k // across * high, k % across * wide, high, wide),
            replace(place, position=_vector(first + step * k), remark=_REMARK),
        )
        for k in range(count)
    ]


def read_csa(data: object) -> dict[str, tuple[str, ...]]:
    """The named values of a CSA header of either version; empty where it is not sound.

    Never more than a thousand names of a thousand values, and never a byte past the end.
    """
    if not isinstance(data, bytes):
        return {}
    try:
        return _read_csa(data)
    except (struct.error, ValueError):
        return {}


def _read_csa(data: bytes) -> dict[str, tuple[str, ...]]:
    second = data[:4] == _MARK
    at = 8 if second else 0
    names, _ = struct.unpack_from("<II", data, at)
    if not 0 < names <= _MOST:
        raise ValueError("an impossible number of names")
    at += 8
    found: dict[str, tuple[str, ...]] = {}
    base = None
    for _ in range(names):
        name, _, _, _, count, _ = _TAG.unpack_from(data, at)
        at += _TAG.size
        base = count if base is None else base
        if not 0 <= count <= _MOST:
            raise ValueError("an impossible number of values")
        kept = []
        for _ in range(count):
            first, length, _, _ = _ITEM.unpack_from(data, at)
            at += _ITEM.size
            length = length if second else first - base
            if length < 0 or at + length > len(data):
                if second:
                    raise ValueError("a value past the end")
                break
            kept.append(_text(data[at : at + length]))
            at += length + -length % 4
        found[_text(name)] = tuple(value for value in kept if value)
    return found


def _is_mosaic(dataset: Dataset) -> bool:
    return "MOSAIC" in (str(kind).upper() for kind in values(dataset, "ImageType"))


def _count(dataset: Dataset, csa: Mapping[str, tuple[str, ...]]) -> int:
    """How many tiles are slices: both private places must agree where both speak."""
    told = {
        value
        for value in (
            private_number(dataset, 0x0019, "SIEMENS MR HEADER", 0x0A),
            *_floats(csa, "NumberOfImagesInMosaic")[:1],
        )
        if value is not None
    }
    if len(told) != 1:
        return 0
    value = told.pop()
    return int(value) if 1 <= value <= _MOST else 0


def _step(
    dataset: Dataset, csa: Mapping[str, tuple[str, ...]], place: SlicePlace
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], str]:
    """From one slice to the next in mm, or why it is not known."""
    nowhere = np.zeros(3)
    if fault := place.fault():
        return nowhere, fault
    gap = abs((numbers(dataset, "SpacingBetweenSlices", 1) or (0.0,))[0])
    if not 1e-3 <= gap <= 1e3:
        return nowhere, "a mosaic without the distance of its slices (0018,0088)"
    stated = _floats(csa, "SliceNormalVector")
    normal = unit_normal(place)
    along = float(normal @ np.array(stated)) if len(stated) == len(normal) else 0.0
    if not _PARALLEL <= abs(along) <= 1 / _PARALLEL:
        return nowhere, "a mosaic that does not say which way its slices follow (0029,1010)"
    return normal * math.copysign(gap, along), ""


def _first_corner(
    place: SlicePlace, down: float, right: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Where the first tile's first pixel lies: the stated corner is that of the whole sheet."""
    between_rows, between_columns = place.spacing_mm or (0.0, 0.0)
    corner = np.array(place.position) + np.array(place.along_row) * between_columns * right
    return np.asarray(corner + np.array(place.along_column) * between_rows * down)


def _vector(point: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float, float]:
    return float(point[0]), float(point[1]), float(point[2])


def _floats(csa: Mapping[str, tuple[str, ...]], name: str) -> list[float]:
    try:
        found = [float(value) for value in csa.get(name, ())]
    except ValueError:
        return []
    return found if all(math.isfinite(value) for value in found) else []


def _text(data: bytes) -> str:
    return data.split(b"\0", 1)[0].decode("latin-1").strip()
