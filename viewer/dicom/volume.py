"""One series straight to its volume, and its middle slice before that.

For plain files: a quick look at each header, the slices sorted by their own positions, the pixels
read into their final place. Whatever is not that plain is left to the reader of whole drops.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.dicom.lean import LeanHeader, lean_header
from viewer.dicom.pixels import cleaned
from viewer.errors import UnreadableSeriesError
from viewer.geometry.gate import Stack, assess
from viewer.geometry.planes import Plane, native_plane
from viewer.geometry.regularise import regularise
from viewer.records import GeometryKind, Volume


@dataclass(frozen=True, slots=True, eq=False)
class FirstPicture:
    """The middle slice of a series (rows, columns) and where it lies."""

    pixels: NDArray[Any]
    plane: Plane
    slices: int


@dataclass(frozen=True, slots=True, eq=False)
class PlainSeries:
    """The plain slices of one series in order, nothing of their pixels read yet."""

    headers: tuple[LeanHeader, ...]
    stack: Stack

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type the volume will have: as stored, or float32 where a header rescales."""
        rescaled = any((one.slope, one.intercept) != (1.0, 0.0) for one in self.headers)
        return np.dtype(np.float32) if rescaled else self.headers[0].form.dtype

    def read_into(self, place: NDArray[Any], k: int) -> None:
        """Read slice k into its place."""
        header = self.headers[k]
        form = header.form
        if place.dtype == form.dtype:
            _read(header, place)
            if form.stored != form.allocated:
                place[...] = cleaned(place, form)
            return
        raw = np.empty(place.shape, form.dtype)
        _read(header, raw)
        place[...] = cleaned(raw, form).astype(np.float64) * header.slope + header.intercept


def plain_series(paths: Sequence[Path]) -> PlainSeries | None:
    """Look at the headers; None unless all are plain slices of one series at different places."""
    headers = []
    for path in paths:
        found = lean_header(path)
        if found is None:
            return None
        headers.append(found)
    return _plain(headers)


def _plain(headers: Sequence[LeanHeader]) -> PlainSeries | None:
    alike = {(one.series_uid, one.form) for one in headers}
    if len(headers) < 2 or len(alike) != 1:
        return None
    first = headers[0]
    stack = assess([one.place for one in headers], first.form.rows, first.form.columns)
    if stack.geometry.kind is GeometryKind.UNKNOWN or not _apart(headers):
        return None
    return PlainSeries(tuple(headers[index] for index in stack.order), stack)


def largest_plain(paths: Sequence[Path]) -> PlainSeries | None:
    """The plain series with the most slices among files of any kind, or None."""
    by_series: defaultdict[str, list[LeanHeader]] = defaultdict(list)
    for path in paths:
        found = lean_header(path)
        if found is not None:
            by_series[found.series_uid].append(found)
    ordered = sorted(by_series.values(), key=len, reverse=True)
    return next((series for one in ordered if (series := _plain(one)) is not None), None)


def read_volume(paths: Sequence[Path]) -> Volume:
    """Return the volume of one series of plain files.

    Raises
    ------
    UnreadableSeriesError
        The files are not plain slices of one series; viewer.dicom.scan reads those.
    """
    series = plain_series(paths)
    if series is None:
        raise UnreadableSeriesError("these files are not the plain slices of one series")
    return volume_of(series)


def volume_of(series: PlainSeries) -> Volume:
    """Read the pixels of a plain series into its volume."""
    form = series.headers[0].form
    voxels = np.empty((len(series.headers), form.rows, form.columns), series.dtype)
    for k in range(len(series.headers)):
        series.read_into(voxels[k], k)
    if series.stack.geometry.kind is GeometryKind.REGULARISED:
        regular, affine = regularise(voxels, series.stack)
        return Volume(regular, affine, series.stack.geometry)
    return Volume(voxels, series.stack.affine, series.stack.geometry)


def first_picture(series: PlainSeries) -> FirstPicture:
    """Return the middle slice, in geometric order, before any other is read."""
    form, k = series.headers[0].form, len(series.headers) // 2
    pixels = np.empty((form.rows, form.columns), series.dtype)
    series.read_into(pixels, k)
    alone = Volume(pixels[None], _from(series.stack.affine, k), series.stack.geometry)
    return FirstPicture(pixels, native_plane(alone, 0), len(series.headers))


def _read(header: LeanHeader, place: NDArray[Any]) -> None:
    with header.path.open("rb", buffering=0) as file:
        file.seek(header.offset)
        if file.readinto(place.reshape(-1).view(np.uint8).data) != place.nbytes:
            raise UnreadableSeriesError("a file of the series is cut short (7FE0,0010)")


def _apart(headers: Sequence[LeanHeader]) -> bool:
    """Whether all slices share a direction and no two lie at one place."""
    rows = np.array([one.place.along_row + one.place.along_column for one in headers])  # type: ignore[operator]  # fault() says they are there
    normal = np.cross(rows[0, :3], rows[0, 3:])
    depth = np.sort(np.array([one.place.position for one in headers]) @ normal)
    same_way = bool(np.abs(rows - rows[0]).max() < 1e-3)
    return same_way and bool(np.diff(depth).min() > 1e-2)


def _from(affine: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    moved = affine.copy()
    moved[:3, 3] += k * affine[:3, 2]
    return moved
