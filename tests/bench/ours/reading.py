"""The product's ways from a folder to a volume."""

from __future__ import annotations

from pathlib import Path

from viewer.dicom.scan import scan
from viewer.dicom.volume import largest_plain, read_volume
from viewer.records import Volume


def by_import(folder: Path) -> Volume:
    """The one series of a folder as every import reads it: in the bounded process, all checks."""
    found = scan([folder], lambda fraction, text: None)
    (series,) = found.series
    return series.volume


def by_reader(folder: Path) -> Volume:
    """The one plain series of a folder by the reader itself, in this process."""
    series = largest_plain(sorted(folder.iterdir()))
    if series is None:
        raise FileNotFoundError(folder)
    return read_volume([header.path for header in series.headers])


WAYS = {"import": by_import, "reader": by_reader}
