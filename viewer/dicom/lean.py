"""A quick look at plain files: just enough of the header to place a slice and find its pixels.

Only what is certain is taken: little endian, uncompressed, one grey frame, no structure around the
elements that are needed. Any doubt gives None, and pydicom reads the file instead.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path

from viewer.dicom.marks import PREAMBLE
from viewer.dicom.pixels import PixelFormat
from viewer.geometry.gate import SlicePlace
from viewer.records import Vector3

HEAD_BYTES = 16 * 1024
_IMPLICIT = b"1.2.840.10008.1.2"
_EXPLICIT = b"1.2.840.10008.1.2.1"
_LONG = frozenset((b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"SQ", b"UC", b"UR", b"UT", b"UN"))
_ENDLESS = 0xFFFFFFFF
_SHORT = frozenset(
    (
        b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FL", b"FD", b"IS", b"LO", b"LT", b"PN",
        b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US",
    )
)  # fmt: skip
_SYNTAX = 0x00020010
_IMAGE_TYPE = 0x00080008
_PIXELS = 0x7FE00010
_META_END = 0x00030000
_WANTED = frozenset(
    (
        _SYNTAX, _IMAGE_TYPE, 0x0020000E, 0x00200032, 0x00200037, 0x00280002, 0x00280004,
        0x00280008, 0x00280010, 0x00280011, 0x00280030, 0x00280100, 0x00280101, 0x00280102,
        0x00280103, 0x00281052, 0x00281053,
    )
)  # fmt: skip
_EXPLICIT_HEAD = struct.Struct("<HH2sH")
_UINT16 = struct.Struct("<H")
_UINT32 = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class LeanHeader:
    """Where one plain slice lies, how its pixels are stored, and where in the file they begin."""

    path: Path
    series_uid: str
    place: SlicePlace
    form: PixelFormat
    slope: float
    intercept: float
    offset: int
    file_bytes: int


def lean_header(path: Path) -> LeanHeader | None:
    """Return what is needed of a plain file, or None where pydicom had better look."""
    with path.open("rb", buffering=0) as file:
        head = file.read(HEAD_BYTES)
        size = file.seek(0, 2)
    if head[PREAMBLE : PREAMBLE + 4] != b"DICM":
        return None
    found = _elements(head)
    if found is None:
        return None
    values, offset = found
    if b"MOSAIC" in values.get(_IMAGE_TYPE, b""):
        return None
    form, place = _form(values), _place(values)
    placed = place.position and place.along_row and place.along_column and place.spacing_mm
    if form is None or not placed or offset + form.frame_bytes > size:
        return None
    slope, intercept = _numbers(values, 0x00281053, 1), _numbers(values, 0x00281052, 1)
    return LeanHeader(
        path,
        values.get(0x0020000E, b"").rstrip(b"\0 ").decode("ascii", "replace"),
        place,
        form,
        (slope[0] if slope else 1.0) or 1.0,
        intercept[0] if intercept else 0.0,
        offset,
        size,
    )


def _elements(head: bytes) -> tuple[dict[int, bytes], int] | None:
    """The wanted elements as they lie, and where the pixels begin; None on any surprise."""
    meta: dict[int, bytes] = {}
    at = _walk(head, PREAMBLE + 4, meta, _META_END, explicit=True)
    syntax = meta.get(_SYNTAX, b"").rstrip(b"\0 ")
    if at is None or syntax not in (_IMPLICIT, _EXPLICIT):
        return None
    values: dict[int, bytes] = {}
    at = _walk(head, at, values, _PIXELS, explicit=syntax == _EXPLICIT)
    if at is None:
        return None
    # From the tag of the pixels to the first of them: VR, two spare bytes and length, or length.
    return values, at + (12 if syntax == _EXPLICIT else 8)


def _walk(
    head: bytes, at: int, values: dict[int, bytes], stop: int, *, explicit: bool
) -> int | None:
    """Collect wanted elements up to the tag ``stop`` or one beyond it; return where that begins."""
    last, previous = len(head) - 12, 0
    while at <= last:
        group, element, kind, length = _EXPLICIT_HEAD.unpack_from(head, at)
        tag = group << 16 | element
        if tag >= stop:
            return at if stop in {tag, _META_END} else None
        if tag <= previous:
            return None
        if not explicit:
            length, begin = _UINT32.unpack_from(head, at + 4)[0], at + 8
        elif kind in _LONG:
            length, begin = _UINT32.unpack_from(head, at + 8)[0], at + 12
        elif kind in _SHORT:
            begin = at + 8
        else:
            return None
        if length == _ENDLESS:
            return None
        if tag in _WANTED:
            values[tag] = head[begin : begin + length]
        previous, at = tag, begin + length
    return None


def _form(values: dict[int, bytes]) -> PixelFormat | None:
    """The pixel description, if it is the plainest there is."""
    try:
        short = {tag: _UINT16.unpack(values[tag])[0] for tag in _SHORTS if tag in values}
        rows, columns = short[0x00280010], short[0x00280011]
        allocated, stored = short[0x00280100], short[0x00280101]
    except (KeyError, struct.error):
        return None
    photometric = values.get(0x00280004, b"MONOCHROME2").rstrip(b"\0 ")
    frames = _numbers(values, 0x00280008, 1)
    plain = (
        short.get(0x00280002, 1) == 1
        and photometric == b"MONOCHROME2"
        and (frames is None or frames[0] == 1)
        and allocated in (8, 16)
        and 0 < stored <= allocated
        and short.get(0x00280102, stored - 1) == stored - 1
        and rows > 0
        and columns > 0
    )
    if not plain:
        return None
    signed = short.get(0x00280103, 0) == 1
    return PixelFormat(
        rows, columns, 1, allocated, stored, stored - 1, signed, floating=False, inverted=False
    )


_SHORTS = (0x00280002, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103)


def _place(values: dict[int, bytes]) -> SlicePlace:
    directions, spacing = _numbers(values, 0x00200037, 6), _numbers(values, 0x00280030, 2)
    return SlicePlace(
        _vector(_numbers(values, 0x00200032, 3)),
        _vector(directions[:3] if directions else None),
        _vector(directions[3:] if directions else None),
        (spacing[0], spacing[1]) if spacing else None,
    )


def _numbers(values: dict[int, bytes], tag: int, count: int) -> tuple[float, ...] | None:
    if tag not in values:
        return None
    parts = values[tag].rstrip(b"\0 ").split(b"\\")
    if len(parts) != count:
        return None
    try:
        taken = tuple(float(part) for part in parts)
    except ValueError:
        return None
    return taken if all(math.isfinite(one) for one in taken) else None


def _vector(found: tuple[float, ...] | None) -> Vector3 | None:
    return (found[0], found[1], found[2]) if found else None
