"""From the frames of one volume to its voxels: decode, rescale, order, and pass the gate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from viewer.dicom.grouping import Group, Slot, frame_shape
from viewer.dicom.header import Frame, Header
from viewer.dicom.header_text import header_text
from viewer.dicom.pixels import decode
from viewer.dicom.records import Rejected, ScannedSeries
from viewer.errors import UnreadableFileError, UnreadableSeriesError
from viewer.geometry.gate import Stack, assess
from viewer.records import Geometry, GeometryKind, Volume

Load = Callable[[Header], Dataset]
"""Gives the parsed object, pixels included."""

Tick = Callable[[str], None]
"""Told the name of whatever is being decoded, once per frame."""


@dataclass(frozen=True, slots=True)
class Built:
    """A volume's series, or nothing with the reasons; ``rejected`` names the objects left out."""

    series: ScannedSeries | None
    rejected: tuple[Rejected, ...]


def build(group: Group, load: Load, tick: Tick) -> Built:
    """Make one volume; an object that cannot be decoded is left out and named."""
    rejected = [
        Rejected(header.source.name, "another image of its series lies at the same place")
        for header in _objects(group.extra)
    ]
    frames, faults = _decode_all(group.slots, load, tick)
    rejected += faults
    bad = {id(header) for header, _ in group.slots} - {header for header, _ in frames}
    slots = [slot for slot in group.slots if id(slot[0]) not in bad]
    if not slots:
        return Built(None, tuple(rejected))
    form = slots[0][0].form
    stack = assess([frame.place for _, frame in slots], *frame_shape(*slots[0]))
    ordered = [slots[index] for index in stack.order]
    pictures = [_cut(frames[(id(header), frame.index)], frame) for header, frame in ordered]
    frames.clear()
    voxels = _rescaled(ordered, pictures)
    notes = []
    if form.inverted:
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
    slots: Sequence[Slot], load: Load, tick: Tick
) -> tuple[dict[tuple[int, int], NDArray[Any]], list[Rejected]]:
    wanted: defaultdict[int, list[int]] = defaultdict(list)
    for header, frame in slots:
        if frame.index not in wanted[id(header)][-1:]:
            wanted[id(header)].append(frame.index)
    frames: dict[tuple[int, int], NDArray[Any]] = {}
    faults = []
    for header in _objects(slots):
        name = header.source.name
        tick(name)
        own = {}
        try:
            pictures = decode(load(header), header.form, wanted[id(header)])
            for index, picture in zip(wanted[id(header)], pictures, strict=True):
                own[(id(header), index)] = picture
                tick(name)
        except Exception as error:  # noqa: BLE001 - hostile input: whatever fails is the file's fault
            faults.append(Rejected(name, plain_reason(error)))
        else:
            frames |= own
    return frames, faults


def plain_reason(error: Exception) -> str:
    """A sentence for a person from whatever a decoder raised."""
    if isinstance(error, UnreadableFileError | UnreadableSeriesError):
        return str(error)
    if isinstance(error, MemoryError):
        return "it needs more memory than a file may take"
    if isinstance(error, RecursionError):
        return "its header is nested too deeply"
    return f"it is damaged or of a kind this program cannot decode ({type(error).__name__})"


def _objects(slots: Sequence[Slot]) -> list[Header]:
    return list({id(header): header for header, _ in slots}.values())


def _dtype(slots: Sequence[Slot]) -> np.dtype[Any]:
    if any((frame.slope, frame.intercept) != (1.0, 0.0) for _, frame in slots):
        return np.dtype(np.float32)
    mixed = np.result_type(*{header.form.dtype for header, _ in slots})
    return np.dtype(np.float32) if mixed.itemsize > 4 else mixed


def _cut(picture: NDArray[Any], frame: Frame) -> NDArray[Any]:
    """The slice itself: the whole picture, or the tile of a mosaic."""
    if frame.tile is None:
        return picture
    top, left, rows, columns = frame.tile
    return picture[top : top + rows, left : left + columns]


def _rescaled(ordered: Sequence[Slot], pictures: list[NDArray[Any]]) -> NDArray[Any]:
    """Voxels (slices, rows, columns); native type unless a rescale makes them float32."""
    dtype = _dtype(ordered)
    voxels = np.empty((len(ordered), *pictures[0].shape), dtype)
    for k, ((_, frame), picture) in enumerate(zip(ordered, pictures, strict=True)):
        if (frame.slope, frame.intercept) == (1.0, 0.0):
            voxels[k] = picture
        else:
            voxels[k] = picture.astype(np.float64) * frame.slope + frame.intercept
    if dtype.kind == "f":
        np.nan_to_num(voxels, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    return voxels


def _on_a_grid(voxels: NDArray[Any], stack: Stack) -> Volume:
    if stack.geometry.kind is not GeometryKind.REGULARISED:
        return Volume(voxels, stack.affine, stack.geometry)
    from viewer.geometry.regularise import regularise  # noqa: PLC0415 - scipy, rarely needed

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
