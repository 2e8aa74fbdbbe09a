"""The index of a disc (DICOMDIR, PS3.10 8.6): which files it lists, and whether they are there.

It is a list made by somebody else: a name in it may point anywhere, so every part of it is
checked and looked up below the index's own folder only, without following a link.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian

from viewer.dicom.text import clean_text
from viewer.errors import UnreadableFileError

Parts = tuple[str, ...]
"""A file's name as the index gives it: folders from the index's own down, then the file."""

_RECORDS = 500_000
_DEFLATED = str(DeflatedExplicitVRLittleEndian).encode()
_DEPTH = 8
GONE = "the disc's index lists it (0004,1500) but it is not there"
_OUTSIDE = "the disc's index points outside its own folder (0004,1500)"
_LINK = "the disc's index leads through a link (0004,1500); links are not followed"
_NO_FILE = "the disc's index lists it (0004,1500) but it is not a file"


def listed_files(data: bytes) -> list[Parts] | None:
    """The names of the files in an index, each once; None where this is no index.

    Raises
    ------
    UnreadableFileError
        A compressed index (none is, PS3.10 8.6; it could be a bomb), or one without end.
    """
    if _DEFLATED in data:
        raise UnreadableFileError("it is compressed, which no index is (0002,0010)")
    dataset = pydicom.dcmread(BytesIO(data), force=True)
    if "DirectoryRecordSequence" not in dataset:
        return None
    records = dataset["DirectoryRecordSequence"].value
    if not isinstance(records, Sequence) or len(records) > _RECORDS:
        raise UnreadableFileError("its list of records is unusable (0004,1220)")
    found = (_parts(record) for record in records)
    return list(dict.fromkeys(parts for parts in found if parts))


def shown(parts: Parts) -> str:
    """The name for a person."""
    return clean_text("/".join(parts)) or "unnamed"


@dataclass
class Disc:
    """The folder an index lies in; names below it are looked up whatever their case."""

    folder: Path
    _known: dict[Path, dict[str, str]] = field(default_factory=dict)

    def look_up(self, parts: Parts) -> Path | str:
        """The file, or why it cannot be read."""
        if not _is_safe(parts):
            return _OUTSIDE
        place = self.folder
        for part in parts:
            name = self._names(place).get(part.lower())
            if name is None:
                return GONE
            place = place / name
            if place.is_symlink():
                return _LINK
        return place if place.is_file() else _NO_FILE

    def _names(self, place: Path) -> dict[str, str]:
        """What the folder holds by lower-case name; nothing where it cannot be listed."""
        if place not in self._known:
            try:
                names = sorted(entry.name for entry in os.scandir(place))
            except OSError:
                names = []
            self._known[place] = {name.lower(): name for name in names}
        return self._known[place]


def look_up_entry(names: Collection[str], base: str, parts: Parts) -> str:
    """Why the file is not among an archive's (lower-case) names, or nothing."""
    if not _is_safe(parts):
        return _OUTSIDE
    return "" if f"{base}{'/'.join(parts)}".lower() in names else GONE


def _parts(record: Dataset) -> Parts:
    if record.get("RecordInUseFlag") == 0:
        return ()
    named = record.get("ReferencedFileID") or ()
    values = named if isinstance(named, MultiValue) else [named] if named else []
    return tuple(part for value in values for part in str(value).rstrip(" \0").split("/"))


def _is_safe(parts: Parts) -> bool:
    bad = set('\0:\\*?"<>|')
    return 0 < len(parts) <= _DEPTH and all(
        part and part.strip(". ") and not bad.intersection(part) and len(part) <= 255
        for part in parts
    )
