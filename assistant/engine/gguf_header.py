"""What a GGUF file says of itself, read without trusting any of it and without loading anything.

Every count and length is bounded before anything of that size is read, and every tensor must
lie inside the file, beside the others. llama.cpp sees a file only after this. Format:
https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3, little-endian.
"""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from assistant.engine.gguf_types import BLOCKS, LIST, SCALARS, TEXT, UNSIGNED
from assistant.errors import LanguageModelError

MOST_FIELDS = 10_000
MOST_TENSORS = 100_000
MOST_HEADER_BYTES = 64 << 20
MOST_TEXT_BYTES = 1 << 20
MOST_ITEMS = 2_000_000
_MOST_KEY_BYTES = 256
_MOST_DIMENSIONS = 4
_MOST_VALUES = 1 << 40
_ALIGNMENT = "general.alignment"

ARCHITECTURES = frozenset(
    {
        *("llama", "llama4", "mistral3", "qwen2", "qwen2moe", "qwen3"),
        *("qwen3moe", "gemma", "gemma2", "gemma3", "gemma3n", "phi2"),
        *("phi3", "olmo", "olmo2", "granite", "smollm3", "stablelm"),
        *("starcoder2", "internlm2", "exaone", "command-r", "cohere2", "chatglm"),
        *("deepseek2", "ernie4_5", "falcon", "mpt", "gpt2", "gptneox"),
        *("minicpm", "minicpm3", "nemotron", "glm4", "apertus"),
    }
)
"""Families of models that write text; anything else (pictures, speech, embeddings) is refused."""


@dataclass(frozen=True, slots=True)
class Header:
    """The fields that are single texts or whole numbers, and the sum of the tensors."""

    texts: Mapping[str, str]
    numbers: Mapping[str, int]
    lists: Mapping[str, int]
    values: int
    bytes_by_type: Mapping[str, int]
    end: int


def read_header(file: BinaryIO, size: int) -> Header:
    """Read the header of a GGUF file of ``size`` bytes.

    Raises
    ------
    LanguageModelError
        With the reason, if anything in it is not as the format says.
    """
    reader = _Reader(file, min(size, MOST_HEADER_BYTES))
    if reader.take(4) != b"GGUF":
        raise LanguageModelError("This is not a GGUF file.")
    if reader.number("<I") != 3:
        raise LanguageModelError("This is not GGUF version 3, or it is of another byte order.")
    tensors, fields = reader.number("<Q"), reader.number("<Q")
    if not 0 < tensors <= MOST_TENSORS or fields > MOST_FIELDS:
        raise LanguageModelError("The file says that it holds an absurd number of parts.")
    texts: dict[str, str] = {}
    numbers: dict[str, int] = {}
    lists: dict[str, int] = {}
    for _ in range(fields):
        key = reader.text(_MOST_KEY_BYTES)
        if not key or key in texts or key in numbers or key in lists:
            raise LanguageModelError("The file names a field twice, or not at all.")
        _field(reader, key, texts, numbers, lists)
    values, by_type = _tensors(reader, tensors, size, numbers.get(_ALIGNMENT, 32))
    return Header(texts, numbers, lists, values, by_type, reader.done)


class _Reader:
    """Reads numbers and texts, and never more than it may."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._most = most
        self.done = 0

    def take(self, count: int) -> bytes:
        if count > self._most - self.done:
            raise LanguageModelError("The file is cut short, or its header is absurdly long.")
        data = self._file.read(count)
        if len(data) != count:
            raise LanguageModelError("The file is cut short.")
        self.done += count
        return data

    def number(self, form: str) -> int:
        (value,) = struct.unpack(form, self.take(struct.calcsize(form)))
        return int(value)

    def text(self, most: int = MOST_TEXT_BYTES) -> str:
        length = self.number("<Q")
        if length > most:
            raise LanguageModelError("The file holds a text of an absurd length.")
        return self.take(length).decode("utf-8", errors="replace")


def _field(
    reader: _Reader,
    key: str,
    texts: dict[str, str],
    numbers: dict[str, int],
    lists: dict[str, int],
) -> None:
    """Read one field's value; what is neither a text nor a whole number is passed over."""
    kind = reader.number("<I")
    if kind == TEXT:
        texts[key] = reader.text()
    elif kind in UNSIGNED:
        numbers[key] = reader.number(UNSIGNED[kind])
    elif kind in SCALARS:
        reader.take(SCALARS[kind])
        lists[key] = 1
    elif kind == LIST:
        lists[key] = _list(reader)
    else:
        raise LanguageModelError("The file holds a field of an unknown type.")


def _list(reader: _Reader) -> int:
    """Pass over a list of single values; return how many there are."""
    kind, count = reader.number("<I"), reader.number("<Q")
    if count > MOST_ITEMS:
        raise LanguageModelError("The file holds a list of an absurd length.")
    if kind == TEXT:
        for _ in range(count):
            reader.text()
    elif kind in SCALARS:
        reader.take(count * SCALARS[kind])
    else:
        raise LanguageModelError("The file holds a list of lists, or of an unknown type.")
    return count


def _tensors(reader: _Reader, count: int, size: int, alignment: int) -> tuple[int, dict[str, int]]:
    """Values of all tensors and bytes by type, once every one lies in the file by itself."""
    if not 8 <= alignment <= 4096 or alignment & (alignment - 1):
        raise LanguageModelError("The file's alignment is not a power of two.")
    names: set[str] = set()
    spans: list[tuple[int, int]] = []
    values, by_type = 0, dict[str, int]()
    for _ in range(count):
        name = reader.text(_MOST_KEY_BYTES)
        if name in names:
            raise LanguageModelError("The file holds two tensors of one name.")
        names.add(name)
        amount, kind, length, offset = _tensor(reader)
        if offset % alignment:
            raise LanguageModelError("A tensor does not lie where tensors must.")
        values += amount
        by_type[kind] = by_type.get(kind, 0) + length
        spans.append((offset, offset + length))
    start = reader.done + -reader.done % alignment
    spans.sort()
    apart = all(end <= begin for (_, end), (begin, _) in itertools.pairwise(spans))
    if not apart or start + spans[-1][1] > size:
        raise LanguageModelError("The file's tensors overlap, or reach beyond its end.")
    return values, by_type


def _tensor(reader: _Reader) -> tuple[int, str, int, int]:
    """Values, type, bytes and offset of one tensor."""
    dimensions = reader.number("<I")
    if not 1 <= dimensions <= _MOST_DIMENSIONS:
        raise LanguageModelError("A tensor has an absurd number of dimensions.")
    sizes = [reader.number("<Q") for _ in range(dimensions)]
    kind, offset = reader.number("<I"), reader.number("<Q")
    if kind not in BLOCKS:
        raise LanguageModelError("A tensor is stored in a way that is not known here.")
    name, block, block_bytes = BLOCKS[kind]
    amount = math.prod(sizes)
    if not 0 < amount <= _MOST_VALUES or sizes[0] % block:
        raise LanguageModelError("A tensor has an absurd size.")
    return amount, name, amount // block * block_bytes, offset
