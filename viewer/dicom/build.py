"""From the frames of one volume to its voxels: decode, rescale, order, and pass the gate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.dicom.crew import LEAVE, Crew, Tick
from viewer.dicom.grouping import Group, Slot, frame_shape
from viewer.dicom.header import Frame, Header
from viewer.dicom.header_text import header_text
from viewer.dicom.pixels import Picture
from viewer.dicom.records import Rejected, ScannedSeries
from viewer.errors import UnreadableSeriesError
from viewer.geometry.gate import Stack, assess
from viewer.records import Geometry, GeometryKind, Volume

Load = Callable[[Header, Sequence[int]], Iterator[Picture]]
"""Gives what decodes the frames of an object that are asked for, in that order."""


@dataclass(frozen=True, slots=True)
class Built:
    """A volume's series, or nothing with the reasons; ``rejected`` names the objects left out."""

    series: ScannedSeries | None
    rejected: tuple[Rejected, ...]


def build(group: Group, load: Load, tick: Tick, hands: int = 1) -> Built:
    """Make one volume; an object that cannot be decoded is left out and named.

    Each frame is decoded straight into its place: there is one array, and never a second. With
    more than one of ``hands`` that many frames are decoded at a time, each on a thread.
    """
    rejected = [
        Rejected(header.source.name, "another image of its series lies at the same place")
        for header in _objects(group.extra)
    ]
    slots, shape = list(group.slots), frame_shape(*group.slots[0])
    stack = assess([frame.place for _, frame in slots], *shape)
    ordered = [slots[index] for index in stack.order]
    voxels, faults = _decode_all(ordered, shape, load, Crew(tick, hands))
    if faults:
        rejected += [Rejected(header.source.name, reason) for header, reason in faults]
        bad = {id(header) for header, _ in faults}
        kept = [k for k, (header, _) in enumerate(ordered) if id(header) not in bad]
        if not kept:
            return Built(None, tuple(rejected))
        slots = [ordered[k] for k in kept]
        stack = assess([frame.place for _, frame in slots], *shape)
        ordered = [slots[index] for index in stack.order]
        voxels = voxels[[kept[index] for index in stack.order]]
    notes = []
    if slots[0][0].form.inverted:
        voxels = voxels.max() - voxels + voxels.min()
        notes.append("stored with black and white exchanged (MONOCHROME1); shown the usual way")
    volume = _on_a_grid(voxels, stack)
    if volume.geometry.note:
        notes.append(volume.geometry.note)
    return Built(_series(group, ordered, volume, tuple(notes)), tuple(rejected))


def forecast_bytes(group: Group) -> int:
    """Bytes the group's voxels will take, known before anything is decoded."""
    form = group.slots[0][0].form
    rows, columns = frame_shape(*group.slots[0])
    size = max(np.dtype(_dtype(group.slots)).itemsize, form.dtype.itemsize)
    return rows * columns * len(group.slots) * size


def _decode_all(
    ordered: Sequence[Slot], shape: tuple[int, int], load: Load, crew: Crew
) -> tuple[NDArray[Any], list[tuple[Header, str]]]:
    """Voxels (slices, rows, columns) in this order, and the objects that could not be decoded."""
    voxels = np.zeros((len(ordered), *shape), _dtype(ordered))
    places: defaultdict[int, defaultdict[int, list[tuple[int, Frame]]]]
    places = defaultdict(lambda: defaultdict(list))
    for k, (header, frame) in enumerate(ordered):
        places[id(header)][frame.index].append((k, frame))
    with crew:
        for header in _objects(ordered):
            mine = places[id(header)]
            crew.tick(header.source.name)
            try:
                indices = sorted(mine)
                for index, picture in zip(indices, load(header, indices), strict=True):
                    crew.work(header, partial(_put_all, voxels, picture, mine[index]))
            except LEAVE:
                raise
            except BaseException as error:  # noqa: BLE001 - a codec's panic is no Exception
                crew.blame(header, error)
    return voxels, crew.faults


def _put_all(voxels: NDArray[Any], picture: Picture, places: Sequence[tuple[int, Frame]]) -> None:
    decoded = picture()
    for k, frame in places:
        _put(voxels[k], decoded, frame)


def _objects(slots: Sequence[Slot]) -> list[Header]:
    return list({id(header): header for header, _ in slots}.values())


def _dtype(slots: Sequence[Slot]) -> np.dtype[Any]:
    if any((frame.slope, frame.intercept) != (1.0, 0.0) for _, frame in slots):
        return np.dtype(np.float32)
    mixed = np.result_type(*{header.form.dtype for header, _ in slots})
    return np.dtype(np.float32) if mixed.itemsize > 4 else mixed


def _put(place: NDArray[Any], picture: NDArray[Any], frame: Frame) -> None:
    """Write a slice, or the tile of a mosaic, into the volume; rescaled where the header says."""
    if frame.tile is not None:
        top, left, rows, columns = frame.tile
        picture = picture[top : top + rows, left : left + columns]
    if (frame.slope, frame.intercept) == (1.0, 0.0):
        place[...] = picture
    else:
        place[...] = picture.astype(np.float64) * frame.slope + frame.intercept
    if place.dtype.kind == "f":
        np.nan_to_num(place, copy=False, nan=0.0, posinf=0.0, neginf=0.0)


def _on_a_grid(voxels: NDArray[Any], stack: Stack) -> Volume:
    if stack.geometry.kind is not GeometryKind.REGULARISED:
        return Volume(voxels, stack.affine, stack.geometry)
    from viewer.geometry.regularise import regularise  # noqa: PLC0415 - rarely needed

    try:
        regular, affine = regularise(voxels, stack)
    except UnreadableSeriesError as error:
        note = f"{error}; the slices are shown as they are, without millimetres"
        wrong = stack.geometry.max_corner_error_mm
        return Volume(voxels, stack.affine, Geometry(GeometryKind.UNKNOWN, wrong, note))
    return Volume(regular, affine, stack.geometry)


def _series(
    group: Group, ordered: Sequence[Slot], volume: Volume, notes: tuple[str, ...]
) -> ScannedSeries:
    headers = _objects(ordered)
    facts = headers[0].facts
    label = f" [{group.label}]" if group.label else ""
    return ScannedSeries(
        study=facts.study,
        uid=group.uid,
        description=f"{facts.description}{label}",
        number=facts.number,
        modality=facts.modality,
        physics={**facts.physics, **group.physics},
        instances=tuple(header.instance for header in headers),
        headers=header_text(ordered),
        window=facts.window,
        volume=volume,
        notes=notes,
        frame_of_reference=facts.frame_of_reference,
        source_uid=group.source_uid,
        axis=group.axis,
        axis_value=group.axis_value,
        axis_index=group.axis_index,
        axis_count=group.axis_count,
    )
