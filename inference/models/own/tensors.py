"""What a safetensors file holds, proven from its header before any of it is used.

The format is 8 bytes of length, a JSON header, and the numbers one after another; the header is
checked to describe every byte of them exactly once, within the file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from inference.errors import OwnModelError
from inference.models.own.files import Content
from inference.models.own.limits import MOST_PARAMETERS, MOST_TENSORS

_MOST_HEADER = 16 << 20
_WIDTHS = {"F32": 4, "F16": 2, "BF16": 2, "I64": 8}
_MOST_AXES = 6


@dataclass(frozen=True, slots=True)
class Tensor:
    """One array of numbers: its type, its shape, and where its bytes lie in the file."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


def read_layout(content: Content) -> dict[str, Tensor]:
    """Return every tensor by name.

    Raises
    ------
    OwnModelError
        if the file is cut, overlaps itself, leaves gaps, points outside, or holds other numbers
        than F32, F16, BF16 and (for counters) I64.
    """
    length = int.from_bytes(content[:8].tobytes(), "little") if len(content) >= 8 else 0
    if length < 2 or length > min(_MOST_HEADER, len(content) - 8) or content[8] != ord("{"):
        raise OwnModelError("The weights are not in safetensors format.")
    header = _header(content[8 : 8 + length].tobytes())
    header.pop("__metadata__", None)
    if not 1 <= len(header) <= MOST_TENSORS:
        raise OwnModelError("The weights hold no tensors, or too many.")
    start = 8 + length
    tensors = {name: _tensor(name, entry, start) for name, entry in header.items()}
    at = start
    for one in sorted(tensors.values(), key=lambda one: (one.begin, one.end)):
        if one.begin != at:
            raise OwnModelError("The weights' tensors overlap or leave gaps; not used.")
        at = one.end
    if at != len(content):
        raise OwnModelError("The weights are cut short, or hold more than their header says.")
    return tensors


def count(tensors: Mapping[str, Tensor]) -> int:
    """Return the number of parameters."""
    return sum(math.prod(one.shape) for one in tensors.values())


def require_finite(content: Content, tensors: Mapping[str, Tensor]) -> None:
    """Raise OwnModelError if any weight is infinite or not a number."""
    for name, one in tensors.items():
        part = content[one.begin : one.end]
        if not _finite(np.ascontiguousarray(part), one.dtype):
            raise OwnModelError(f"The weights in “{name[:80]}” are not all finite numbers.")


def _header(raw: bytes) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("a name stands twice")
        return found

    try:
        header = json.loads(raw.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise OwnModelError("The weights' header is damaged.") from error
    if not isinstance(header, dict):
        raise OwnModelError("The weights' header is damaged.")
    return header


def _tensor(name: str, entry: object, start: int) -> Tensor:
    damaged = OwnModelError(f"The weights' header is damaged at “{name[:80]}”.")
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise damaged
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in _WIDTHS:
        raise OwnModelError(f"The weights in “{name[:80]}” are of a type not taken: {dtype!s:.10}.")
    if not _naturals(shape) or len(shape) > _MOST_AXES:
        raise damaged
    if not _naturals(offsets) or len(offsets) != 2 or math.prod(shape) > MOST_PARAMETERS:
        raise damaged
    begin, end = offsets
    if end - begin != math.prod(shape) * _WIDTHS[dtype]:
        raise damaged
    return Tensor(dtype, tuple(shape), start + begin, start + end)


def _naturals(values: object) -> bool:
    return isinstance(values, list) and all(
        isinstance(one, int) and not isinstance(one, bool) and 0 <= one < 1 << 40 for one in values
    )


def _finite(part: Content, dtype: str) -> bool:
    if dtype == "I64":
        return True
    if dtype == "BF16":  # numpy has none: all ones in the exponent is infinite or no number
        return not bool(((part.view("<u2") & 0x7F80) == 0x7F80).any())
    return bool(np.isfinite(part.view("<f4" if dtype == "F32" else "<f2")).all())
