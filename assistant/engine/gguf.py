"""Writes a GGUF file (version 3) of float32 and float16 tensors; no more than is needed here.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.float32] | NDArray[np.float16]
Value = str | bool | int | float | Sequence[str] | Sequence[int]

_MAGIC = b"GGUF"
_VERSION = 3
_ALIGNMENT = 32
_U32, _I32, _F32, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9
_TENSOR_TYPES = {"float32": 0, "float16": 1}


def write_gguf(file: BinaryIO, fields: Mapping[str, Value], tensors: Mapping[str, Tensor]) -> None:
    """Write the header, the fields and the tensors, in the order given."""
    head = bytearray(_MAGIC + struct.pack("<IQQ", _VERSION, len(tensors), len(fields)))
    for key, value in fields.items():
        head += _text(key) + _typed(value)
    offset = 0
    for name, tensor in tensors.items():
        sizes = tuple(reversed(tensor.shape))  # the fastest running one first
        head += _text(name) + struct.pack(f"<I{len(sizes)}Q", len(sizes), *sizes)
        head += struct.pack("<IQ", _TENSOR_TYPES[tensor.dtype.name], offset)
        offset += tensor.nbytes + _padding(tensor.nbytes)
    file.write(head + bytes(_padding(len(head))))
    for tensor in tensors.values():
        file.write(tensor.tobytes())
        file.write(bytes(_padding(tensor.nbytes)))


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
    if isinstance(value[0], str):
        items = b"".join(_text(str(one)) for one in value)
        return struct.pack("<IIQ", _ARRAY, _STRING, len(value)) + items
    return struct.pack(f"<IIQ{len(value)}i", _ARRAY, _I32, len(value), *value)
