"""The product's ways from a folder to a volume."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from viewer.dicom.dataset import numbers, parse
from viewer.dicom.marks import looks_like_dicom, unpacked
from viewer.dicom.pixels import decode, pixel_format
from viewer.dicom.records import Limits, Rejected
from viewer.dicom.scan import scan, start_ahead
from viewer.dicom.sources import SourceReader, find_sources
from viewer.dicom.volume import largest_plain, volume_of
from viewer.records import Geometry, GeometryKind, Volume

AHEAD_SECONDS = 1.0
"""What passes at least between two drops of a person; a reading process gets ready meanwhile."""


def stand_ready() -> None:
    """As in the program once its worklist is open: a reading process waits for the next drop."""
    start_ahead()
    time.sleep(AHEAD_SECONDS)


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
    return volume_of(series)


def by_decoder(folder: Path) -> Volume:
    """The series of a folder with the import's own parser and decoders, in this process.

    As the peers do: each file opened, its header parsed, its pixels decoded, sorted by place; no
    digest and no record of the header, which are the import's.
    """
    limits, slices = Limits(), []
    files = SourceReader(limits)
    for source in find_sources([folder], limits):
        if isinstance(source, Rejected):
            continue
        data = files.read(source)
        if not looks_like_dicom(data):
            continue
        dataset = parse(unpacked(data, limits), limits)
        place = numbers(dataset, "ImagePositionPatient", 3)
        (picture,) = decode(dataset, pixel_format(dataset, limits), [0])
        slices.append((place[2], picture))
    slices.sort(key=lambda one: one[0])
    voxels = np.stack([picture for _, picture in slices])
    return Volume(voxels, np.eye(4), Geometry(GeometryKind.UNKNOWN, 0.0))


WAYS = {"import": by_import, "reader": by_reader, "decoder": by_decoder}
