"""From bytes to a pydicom dataset, within limits, and from a dataset to plain values."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from io import BytesIO
from typing import Any

import pydicom
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag
from pydicom.uid import DeflatedExplicitVRLittleEndian

from viewer.dicom.marks import PREAMBLE
from viewer.dicom.records import Limits
from viewer.dicom.sources import inflate
from viewer.dicom.text import clean_text
from viewer.errors import UnreadableFileError

_PIXELS = 0x7FE00000


def parse(data: bytes, limits: Limits) -> Dataset:
    """Read a whole DICOM object from memory.

    Raises
    ------
    UnreadableFileError
        A deflated body beyond the limits, too many elements, nested too deeply, or cut short.
    """
    if str(DeflatedExplicitVRLittleEndian).encode() in data:
        _check_deflated(data, limits)
    try:
        dataset = pydicom.dcmread(BytesIO(data), force=True)
        elements = sum(1 for _ in _walk(dataset, limits.depth))
    except RecursionError as error:
        raise UnreadableFileError("its header is nested too deeply") from error
    frames = min(max(whole(dataset, "NumberOfFrames"), 0), limits.frames)
    most = limits.elements + limits.elements_per_frame * frames
    if elements > most:
        raise UnreadableFileError(f"its header has more than {most:,} elements")
    return dataset


def values(dataset: Dataset, keyword: str) -> list[Any]:
    """The values of an element as a list; empty where it is absent or has none."""
    tag = _tag_of(keyword)
    if tag not in dataset.keys():  # noqa: SIM118 - asking the Dataset itself costs ten times as much
        return []
    value = dataset[tag].value
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, MultiValue | Sequence | list | tuple) else [value]


@cache
def _tag_of(keyword: str) -> BaseTag:
    """The tag of a keyword, looked up once."""
    return Tag(keyword)


def text(dataset: Dataset, keyword: str) -> str:
    """An element's values as clean text, joined by backslashes."""
    return clean_text("\\".join(str(value) for value in values(dataset, keyword)))


def numbers(dataset: Dataset, keyword: str, count: int) -> tuple[float, ...] | None:
    """Exactly ``count`` finite numbers, or None."""
    found = values(dataset, keyword)
    if len(found) < count:
        return None
    try:
        taken = tuple(float(value) for value in found[:count])
    except (TypeError, ValueError):
        return None
    return taken if all(math.isfinite(value) for value in taken) else None


def whole(dataset: Dataset, keyword: str, default: int = 0) -> int:
    """An element's first value as an integer, or the default."""
    try:
        return int(values(dataset, keyword)[0])
    except (IndexError, TypeError, ValueError, OverflowError):
        return default


def items(dataset: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence; empty where it is absent or not a sequence."""
    return [item for item in values(dataset, keyword) if isinstance(item, Dataset)]


def first_item(groups: Iterable[Dataset], keyword: str) -> Dataset:
    """The first item of a sequence in the first group that has it, else an empty dataset."""
    for group in groups:
        if found := items(group, keyword):
            return found[0]
    return Dataset()


def raw_values(dataset: Dataset) -> dict[int, object]:
    """The header's values as they are in the file, by tag; to be taken right after ``parse``."""
    return {tag: dataset.get_item(tag).value for tag in dataset.keys() if tag < _PIXELS}  # noqa: SIM118 - iterating a Dataset converts every value


def json_model(
    dataset: Dataset, own: Mapping[int, object], first: Mapping[int, object]
) -> dict[str, Any]:
    """The DICOM JSON model of what differs from the first object; without values over 1 KiB.

    With an empty ``first`` it is the whole header. An element only the first one has is null.
    Private elements stay: another program may need them; they are never shown.
    """
    header = Dataset()
    header.update(
        {
            BaseTag(tag): dataset.get_item(tag)
            for tag, value in own.items()
            if tag not in first or first[tag] != value
        }
    )
    model = header.to_json_dict(
        bulk_data_threshold=1024,
        bulk_data_element_handler=lambda _: "",
        suppress_invalid_tags=True,
    )
    return model | {f"{tag:08X}": None for tag in first if tag not in own}


def _walk(dataset: Dataset, depth: int) -> Iterator[None]:
    if depth < 0:
        raise UnreadableFileError("its header is nested too deeply")
    for tag in dataset.keys():  # noqa: SIM118 - iterating a Dataset converts every value
        yield None
        if dataset.get_item(tag).VR == "SQ":
            for item in dataset[tag].value or ():
                yield from _walk(item, depth - 1)


def _check_deflated(data: bytes, limits: Limits) -> None:
    """Inflate within limits before pydicom does so without any."""
    stream = BytesIO(data)
    stream.seek(PREAMBLE + 4)
    meta = read_dataset(
        stream,
        is_implicit_VR=False,
        is_little_endian=True,
        stop_when=lambda tag, _vr, _length: tag >> 16 != 2,
    )
    if meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        return
    inflate(data[stream.tell() :], -zlib.MAX_WBITS, limits)
