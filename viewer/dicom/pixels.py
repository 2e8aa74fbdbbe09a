"""Stored values of an object's frames: decoded, junk bits removed, nothing rescaled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from viewer.dicom.codecs import CutShortError, decode_frame, knows
from viewer.dicom.dataset import text, whole
from viewer.dicom.records import Limits
from viewer.errors import UnreadableFileError

Picture = Callable[[], NDArray[Any]]
"""Gives one frame (rows, columns) when called."""

_ENDLESS = 0xFFFFFFFF
_PYDICOM = Lock()


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """How an object stores its frames (PS3.3 C.7.6.3)."""

    rows: int
    columns: int
    frames: int
    allocated: int
    stored: int
    high: int
    signed: bool
    floating: bool
    inverted: bool

    @property
    def dtype(self) -> np.dtype[Any]:
        """The native numpy type of a stored value."""
        if self.floating:
            return np.dtype(f"f{self.allocated // 8}")
        return np.dtype(f"{'i' if self.signed else 'u'}{self.allocated // 8}")

    @property
    def frame_bytes(self) -> int:
        """Bytes of one decoded frame."""
        return self.rows * self.columns * (self.allocated // 8)


def pixel_format(dataset: Dataset, limits: Limits) -> PixelFormat:
    """Read and check the description of the pixels.

    Raises
    ------
    UnreadableFileError
        It holds no picture, or one that is not grey, too large, or inconsistent.
    """
    rows, columns = whole(dataset, "Rows"), whole(dataset, "Columns")
    floating = "FloatPixelData" in dataset or "DoubleFloatPixelData" in dataset
    if not ("PixelData" in dataset or floating):
        kind = text(dataset, "Modality") or "unknown kind"
        raise UnreadableFileError(f"it holds no picture ({kind}; no Pixel Data, 7FE0,0010)")
    if text(dataset, "PhotometricInterpretation") not in ("MONOCHROME1", "MONOCHROME2", ""):
        raise UnreadableFileError("a colour picture, not a grey one (0028,0004)")
    allocated = whole(dataset, "BitsAllocated")
    stored = whole(dataset, "BitsStored", allocated)
    found = PixelFormat(
        rows=rows,
        columns=columns,
        frames=max(1, whole(dataset, "NumberOfFrames", 1)),
        allocated=allocated,
        stored=stored,
        high=whole(dataset, "HighBit", stored - 1),
        signed=whole(dataset, "PixelRepresentation") == 1,
        floating=floating,
        inverted=text(dataset, "PhotometricInterpretation") == "MONOCHROME1",
    )
    if fault := _fault(found, whole(dataset, "SamplesPerPixel", 1), limits):
        raise UnreadableFileError(fault)
    return found


def pixel_offset(dataset: Dataset, form: PixelFormat, file_bytes: int) -> int:
    """Where in its file the pixels begin, if they lie there as they are in memory; else -1."""
    syntax = getattr(getattr(dataset, "file_meta", None), "TransferSyntaxUID", None)
    element = dataset.get_item("PixelData")
    if syntax not in {ExplicitVRLittleEndian, ImplicitVRLittleEndian} or form.floating:
        return -1
    if not isinstance(element, RawDataElement) or element.length == _ENDLESS:
        return -1
    end = element.value_tell + form.frame_bytes * form.frames
    return int(element.value_tell) if end <= file_bytes else -1


def read_frames(
    opened: Callable[[], IO[bytes]], offset: int, form: PixelFormat, indices: Sequence[int]
) -> Iterator[Picture]:
    """What reads each frame straight from its file, where its pixels lie plain from there on."""
    for index in indices:
        yield partial(_read_frame, opened, offset + form.frame_bytes * index, form)


def _read_frame(opened: Callable[[], IO[bytes]], at: int, form: PixelFormat) -> NDArray[Any]:
    frame = np.empty((form.rows, form.columns), form.dtype)
    with opened() as file:
        file.seek(at)
        if file.readinto(frame.reshape(-1).view(np.uint8).data) != form.frame_bytes:  # type: ignore[attr-defined]  # a real file has it
            raise UnreadableFileError("the file changed while it was read")
    return cleaned(frame, form)


def decode(dataset: Dataset, form: PixelFormat, indices: Sequence[int]) -> Iterator[NDArray[Any]]:
    """Yield the frames asked for, each (rows, columns) of the format's dtype.

    Raises
    ------
    UnreadableFileError
        The pixels are cut short or are not of the size the header says.
    """
    return (picture() for picture in pictures(dataset, form, indices))


def pictures(dataset: Dataset, form: PixelFormat, indices: Sequence[int]) -> Iterator[Picture]:
    """What decodes each of the frames asked for (in rising order); to be called on any thread.

    Plain pixels are taken as they lie, compressed ones by the fastest known decoder; whatever that
    cannot do is left to pydicom.

    Raises
    ------
    UnreadableFileError
        The pixels are cut short.
    """
    syntax = getattr(getattr(dataset, "file_meta", None), "TransferSyntaxUID", None)
    compressed = syntax is not None and syntax.is_compressed and not syntax.is_deflated
    swapped = syntax == ExplicitVRBigEndian
    plain = not compressed and "PixelData" in dataset and not (swapped and form.allocated == 8)
    if plain:
        data = dataset.PixelData
        check_length(len(data), form)
        for index in indices:
            yield partial(_checked, form, partial(_plain, data, form, index, swapped=swapped))
        return
    streams = _codestreams(dataset, str(syntax), form)
    at = -1
    for index in indices:
        stream = b""
        while at < index:
            stream, at = next(streams, b""), at + 1
        job = partial(_compressed, dataset, str(syntax), form, index, stream)
        yield partial(_checked, form, job)


def _checked(form: PixelFormat, picture: Picture) -> NDArray[Any]:
    frame = picture()
    if frame.shape != (form.rows, form.columns):
        raise UnreadableFileError("its pixels are not of the size its header says (0028,0010)")
    return cleaned(frame, form)


def check_length(have: int, form: PixelFormat) -> None:
    """Raise UnreadableFileError where there are fewer bytes of pixels than the header says."""
    need = form.frame_bytes * form.frames
    if have < need:
        raise UnreadableFileError(
            f"the file is cut short: {have:,} of {need:,} bytes of pixels (7FE0,0010)"
        )


def _plain(data: bytes, form: PixelFormat, index: int, *, swapped: bool) -> NDArray[Any]:
    dtype = form.dtype.newbyteorder(">") if swapped else form.dtype
    count = form.rows * form.columns
    frame = np.frombuffer(data, dtype, count, form.frame_bytes * index)
    return frame.reshape(form.rows, form.columns).astype(form.dtype, copy=False)


def _codestreams(dataset: Dataset, syntax: str, form: PixelFormat) -> Iterator[bytes]:
    """The frames' codestreams in order, found in one walk; they end early where that fails."""
    if "PixelData" not in dataset or form.floating or not knows(syntax):
        return
    table = None
    if "ExtendedOffsetTable" in dataset and "ExtendedOffsetTableLengths" in dataset:
        table = (dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths)
    try:
        yield from generate_frames(
            dataset.PixelData, number_of_frames=form.frames, extended_offsets=table
        )
    except Exception:  # noqa: BLE001 - hostile input: pydicom has the last word
        return


def _compressed(
    dataset: Dataset, syntax: str, form: PixelFormat, index: int, stream: bytes
) -> NDArray[Any]:
    """The codec map first; pydicom, one at a time, where it knows nothing or fails."""
    if stream:
        try:
            return decode_frame(syntax, stream, (form.rows, form.columns), form.allocated // 8)
        except CutShortError:
            raise
        except Exception:  # noqa: BLE001, S110 - hostile input: pydicom has the last word
            pass
    with _PYDICOM:
        return pixel_array(dataset, raw=True, index=index)


def cleaned(frame: NDArray[Any], form: PixelFormat) -> NDArray[Any]:
    """Keep the stored bits only: what lies above them is junk or an old overlay."""
    if form.floating:
        return frame
    same_size = frame.dtype.itemsize == form.dtype.itemsize
    typed = frame.view(form.dtype) if same_size else frame.astype(form.dtype)
    spare = form.allocated - form.stored
    if not spare:
        return typed
    above = form.allocated - 1 - form.high
    return (typed << above) >> spare


def _fault(form: PixelFormat, samples: int, limits: Limits) -> str:
    total = form.frame_bytes * form.frames
    allowed = (32, 64) if form.floating else (8, 16, 32)
    bits_fit = 0 < form.stored <= form.allocated and form.stored - 1 <= form.high < form.allocated
    faults = (
        (form.rows < 1 or form.columns < 1, "a picture without size (0028,0010)"),
        (max(form.rows, form.columns) > limits.edge_px, "a picture too large (0028,0010)"),
        (form.frames > limits.frames, f"more than {limits.frames:,} frames (0028,0008)"),
        (samples != 1, "a colour picture, not a grey one (0028,0002)"),
        (form.allocated == 1, "a segmentation (1 bit per voxel), not an image (0028,0100)"),
        (form.allocated not in allowed, f"{form.allocated} bits per voxel (0028,0100)"),
        (not form.floating and not bits_fit, "contradicting bit depths (0028,0101)"),
        (total > limits.volume_bytes, f"it needs {total >> 20:,} MiB once unpacked, too much"),
    )
    return next((reason for wrong, reason in faults if wrong), "")
