"""Writes a GGUF file (version 3) of float32, float16 and four-bit tensors; no more than needed.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FourBits:
    """A tensor of ggml's type Q4_0 as it lies in a file; ``shape`` counts numbers, not bytes."""

    data: bytes
    shape: tuple[int, int]


Tensor = NDArray[np.float32] | NDArray[np.float16] | FourBits
Value = str | bool | int | float | Sequence[str] | Sequence[int] | Sequence[float]

_MAGIC = b"GGUF"
_VERSION = 3
_ALIGNMENT = 32
_U32, _I32, _F32, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9
_TENSOR_TYPES = {"float32": 0, "float16": 1}
_FOUR_BITS = 2


def write_gguf(file: BinaryIO, fields: Mapping[str, Value], tensors: Mapping[str, Tensor]) -> None:
    """Write the header, the fields and the tensors, in the order given."""
    head = bytearray(_MAGIC + struct.pack("<IQQ", _VERSION, len(tensors), len(fields)))
    for key, value in fields.items():
        head += _text(key) + _typed(value)
    offset = 0
    for name, tensor in tensors.items():
        sizes = tuple(reversed(tensor.shape))  # the fastest running one first
        head += _text(name) + struct.pack(f"<I{len(sizes)}Q", len(sizes), *sizes)
        head += struct.pack("<IQ", _type_of(tensor), offset)
        offset += _length(tensor) + _padding(_length(tensor))
    file.write(head + bytes(_padding(len(head))))
    for tensor in tensors.values():
        file.write(tensor.data if isinstance(tensor, FourBits) else tensor.tobytes())
        file.write(bytes(_padding(_length(tensor))))


def _type_of(tensor: Tensor) -> int:
    return _FOUR_BITS if isinstance(tensor, FourBits) else _TENSOR_TYPES[tensor.dtype.name]


def _length(tensor: Tensor) -> int:
    return len(tensor.data) if isinstance(tensor, FourBits) else tensor.nbytes


def _padding(length: int) -> int:
    return -length % _ALIGNMENT


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def _typed(value: Value) -> bytes:
    """A field's type and value."""
    if isinstance(value, str):
        return struct.pack("<I", _STRING) + _text(value)
    if isinstance(value, bool):
        return struct.pack("<I?", _BOOL, value)
    if isinstance(value, int):
        return struct.pack("<II", _U32, value)
    if isinstance(value, float):
        return struct.pack("<If", _F32, value)
    return struct.pack("<I", _ARRAY) + _listed(value)


def _listed(values: Sequence[str] | Sequence[int] | Sequence[float]) -> bytes:
    """The type, number and values of a list's items, all of one type."""
    if isinstance(values[0], str):
        items = b"".join(_text(str(one)) for one in values)
        return struct.pack("<IQ", _STRING, len(values)) + items
    kind, letter = (_F32, "f") if isinstance(values[0], float) else (_I32, "i")
    return struct.pack(f"<IQ{len(values)}{letter}", kind, len(values), *values)
