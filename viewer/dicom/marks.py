"""What a file is, told from its first bytes; loads no parser."""

from __future__ import annotations

import zlib

from viewer.dicom.records import Limits
from viewer.dicom.sources import inflate

MAGIC_AT = 344
PREAMBLE = 128
_BARE_GROUPS = (b"\x02\x00", b"\x08\x00", b"\x00\x02", b"\x00\x08")


def looks_like_dicom(data: bytes) -> bool:
    """Whether the mark is there, or a first element as files without a preamble have it."""
    return data[PREAMBLE : PREAMBLE + 4] == b"DICM" or (
        data[:2] in _BARE_GROUPS and len(data) > PREAMBLE
    )


def unpacked(data: bytes, limits: Limits) -> bytes:
    """The content of a gzip stream, bounded; anything else as it is."""
    return inflate(data, zlib.MAX_WBITS | 16, limits) if data[:2] == b"\x1f\x8b" else data


def looks_like_nifti(data: bytes) -> bool:
    """Whether the (unpacked) content begins as NIfTI-1 or NIfTI-2 does."""
    return data[MAGIC_AT : MAGIC_AT + 4] in (b"n+1\0", b"ni1\0") or data[4:8] in (
        b"n+2\0",
        b"ni2\0",
    )
