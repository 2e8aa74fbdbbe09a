"""One decoder per transfer syntax: the fastest that measured right, pydicom for all others.

The measurements are those of ``make bench-viewer``. Every decoder gives the stored values as the
codestream has them; signs and unused bits are the business of viewer.dicom.pixels.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom import uid

from viewer.errors import UnreadableFileError

Decode = Callable[[bytes, int, int, int], NDArray[Any]]
"""Takes a frame's codestream, rows, columns and bytes per value."""

_END = b"\xff\xd9"
"""The last two bytes of every JPEG, JPEG-LS and JPEG 2000 codestream; never part of its data."""
_PADDING = 16
_RLE_HEADER = struct.Struct("<16I")


class CutShortError(UnreadableFileError):
    """The end of the codestream is missing: no other decoder may make it look whole."""


def knows(syntax: str) -> bool:
    """Whether there is a decoder for the transfer syntax."""
    return syntax in _DECODERS


def decode_frame(syntax: str, data: bytes, shape: tuple[int, int], size: int) -> NDArray[Any]:
    """Return the frame (rows, columns) of a codestream, integers of ``size`` bytes.

    Raises
    ------
    UnreadableFileError
        The decoder gave a picture of another size, or the codestream is cut short.
    """
    decoded = _DECODERS[syntax](data, *shape, size)
    if decoded.shape != shape:
        raise UnreadableFileError("its pixels are not of the size its header says (0028,0010)")
    if decoded.dtype.itemsize != size:
        decoded = decoded.astype(f"{decoded.dtype.kind}{size}")
    return decoded


def _rle(data: bytes, rows: int, columns: int, size: int) -> NDArray[Any]:
    """PS3.5 annex G: one PackBits segment per byte of a value, the most significant first."""
    segments, *offsets = _RLE_HEADER.unpack_from(data)
    if segments != size:
        raise UnreadableFileError("its run-length segments do not fit its bit depth (0028,0100)")
    planes = np.empty((rows * columns, size), np.uint8)
    ends = [*offsets[1:size], len(data)]
    for number, (start, end) in enumerate(zip(offsets[:size], ends, strict=True)):
        plain = imagecodecs.packbits_decode(data[start:end])
        if len(plain) not in {rows * columns, rows * columns + 1}:  # padded to an even length
            raise UnreadableFileError("its run-length data is of another length (7FE0,0010)")
        planes[:, size - 1 - number] = np.frombuffer(plain, np.uint8, rows * columns)
    return planes.reshape(-1).view(f"<u{size}").reshape(rows, columns)


def _by(decoder: Callable[[bytes], NDArray[Any]]) -> Decode:
    """A codestream of the JPEG families; some decoders fill what is missing without a word."""

    def decode(data: bytes, rows: int, columns: int, size: int) -> NDArray[Any]:  # noqa: ARG001 - a decoder's signature
        if _END not in data[-_PADDING:]:
            raise CutShortError("its compressed pixels are cut short (7FE0,0010)")
        return np.asarray(decoder(data))

    return decode


_JPEG = _by(imagecodecs.jpeg8_decode)
_JPEG_LS = _by(imagecodecs.jpegls_decode)
_JPEG_2000 = _by(imagecodecs.jpeg2k_decode)
_HTJ2K = _by(imagecodecs.htj2k_decode)

_DECODERS: Mapping[str, Decode] = {
    uid.RLELossless: _rle,
    uid.JPEGBaseline8Bit: _JPEG,
    uid.JPEGExtended12Bit: _JPEG,
    uid.JPEGLossless: _JPEG,
    uid.JPEGLosslessSV1: _JPEG,
    uid.JPEGLSLossless: _JPEG_LS,
    uid.JPEGLSNearLossless: _JPEG_LS,
    uid.JPEG2000Lossless: _JPEG_2000,
    uid.JPEG2000: _JPEG_2000,
    uid.HTJ2KLossless: _HTJ2K,
    uid.HTJ2KLosslessRPCL: _HTJ2K,
    uid.HTJ2K: _HTJ2K,
}
