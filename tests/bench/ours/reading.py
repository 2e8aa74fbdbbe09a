"""The product's way from a folder to a volume."""

from __future__ import annotations

from pathlib import Path

from viewer.dicom.scan import scan
from viewer.records import Volume


def volume_of(folder: Path) -> Volume:
    """The one series of a folder, read by the product's importer."""
    found = scan([folder], lambda fraction, text: None)
    (series,) = found.series
    return series.volume
