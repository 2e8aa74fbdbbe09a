"""Private elements of the scanner makers that say what the public header leaves out."""

from __future__ import annotations

import math
import struct

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from viewer.dicom.dataset import numbers

_SIEMENS = (0x0019, "SIEMENS MR HEADER")
_GE = (0x0043, "GEMS_PARM_01")
_PHILIPS = (0x2001, "Philips Imaging DD 001")
_GE_FLAG = 100_000
"""GE adds a large round number to the b value to mark its meaning; the value is the rest."""
_MOST_B = 100_000.0
_NUMBER_BYTES = {2: "<H", 4: "<f", 8: "<d"}


def private_value(dataset: Dataset, group: int, creator: str, element: int) -> object:
    """What the creator's block holds at ``element``; None where there is no such block."""
    try:
        return dataset.private_block(group, creator)[element].value
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def private_number(dataset: Dataset, group: int, creator: str, element: int) -> float | None:
    """The first value as a finite number, also where its type was lost on the way."""
    value = private_value(dataset, group, creator, element)
    if isinstance(value, MultiValue | list | tuple):
        value = value[0] if len(value) else None
    try:
        found = _from_bytes(value) if isinstance(value, bytes) else float(str(value))
    except (ValueError, struct.error):
        return None
    return found if math.isfinite(found) else None


def b_value(dataset: Dataset) -> float | None:
    """The diffusion weight in s/mm2: the public element first, then each maker's own."""
    if public := numbers(dataset, "DiffusionBValue", 1):
        return public[0]
    found = private_number(dataset, *_SIEMENS, 0x0C)
    if found is None:
        found = private_number(dataset, *_PHILIPS, 0x03)
    if found is None and (ge := private_number(dataset, *_GE, 0x39)) is not None:
        found = ge % _GE_FLAG
    return found if found is not None and 0 <= found <= _MOST_B else None


def _from_bytes(value: bytes) -> float:
    text = value.strip(b" \0")
    if text and all(character in b"0123456789+-.eE" for character in text.split(b"\\")[0]):
        return float(text.split(b"\\")[0])
    kind = _NUMBER_BYTES.get(len(value), "")
    return float(struct.unpack(kind, value)[0]) if kind else math.nan
