"""The reading process: the only place where a dropped file is parsed.

It holds no key and no database, may not write a file, and lives within limits on memory, open
files and processor time. It talks to the program in JSON and puts voxels into memory the
program lends it.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset

from viewer.dicom.build import build, forecast_bytes
from viewer.dicom.crew import LEAVE, plain_reason
from viewer.dicom.dataset import parse
from viewer.dicom.grouping import Group, group_frames
from viewer.dicom.header import Facts, Header, read_header
from viewer.dicom.marks import looks_like_dicom, looks_like_nifti, unpacked
from viewer.dicom.pixels import Picture, pictures, read_frames
from viewer.dicom.records import PREVIEW_PX, Limits, Rejected, ScannedSeries
from viewer.dicom.sources import NESTED, Source, SourceReader, find_sources, open_plain
from viewer.dicom.volume import first_picture, largest_plain
from viewer.dicom.wire import series_to_json
from viewer.errors import UnreadableFileError
from viewer.geometry.window import default_window, to_gray

if sys.platform != "win32":
    import resource

_CACHE_BYTES = 256 << 20
_INDEX_SHARE = 0.4
_LIST_EVERY = 200
_LOOK_AHEAD = 2000


@dataclass
class Reader:
    """One pass over a drop: list, read headers, then build and hand over volume by volume.

    ``hands`` frames are decoded at a time.
    """

    link: Connection
    limits: Limits
    skip: frozenset[str]
    done: frozenset[str]
    hands: int = 1
    headers: defaultdict[str, list[Header]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[str, Header] = field(default_factory=dict)
    cache: dict[str, Dataset] = field(default_factory=dict)
    cached_bytes: int = 0
    known: dict[str, Facts] = field(default_factory=dict)
    files: SourceReader = field(init=False)

    def __post_init__(self) -> None:
        self.files = SourceReader(self.limits)

    def run(self, paths: Sequence[Path]) -> None:
        sources = self._list(paths)
        self._show_first(sources)
        for number, source in enumerate(sources):
            share = _INDEX_SHARE * number / len(sources)
            self._step(source, share, f"Reading file {number + 1:,} of {len(sources):,}")
            try:
                self._index(source)
            except Exception as error:  # noqa: BLE001 - hostile input: whatever fails is the file's fault
                self._reject(source.name, plain_reason(error))
        self._build_all()
        self._say("done")

    def _list(self, paths: Sequence[Path]) -> list[Source]:
        sources: list[Source] = []
        for number, found in enumerate(find_sources(paths, self.limits)):
            if number % _LIST_EVERY == 0:
                self._say("step", key="", name="", fraction=0.0, text="Looking for images")
            if isinstance(found, Rejected):
                self._reject(found.name, found.reason)
            elif found.key not in self.skip:
                sources.append(found)
        return sources

    def _show_first(self, sources: Sequence[Source]) -> None:
        """Send the middle slice of the first plain series, before anything is read in full."""
        if self.done or self.skip:
            return
        plain = [source.path for source in sources if source.entry < 0][:_LOOK_AHEAD]
        try:
            series = largest_plain(plain)
            if series is None:
                return
            picture = first_picture(series)
        except LEAVE:
            raise
        except BaseException:  # noqa: BLE001 - hostile input: whoever is at fault is told later
            return
        step = -(-max(picture.pixels.shape) // PREVIEW_PX)
        thin = np.ascontiguousarray(picture.pixels[::step, ::step])
        gray = to_gray(thin, default_window(thin))
        gray64 = base64.b64encode(gray.tobytes()).decode()
        self._say("preview", shape=list(gray.shape), slices=picture.slices, gray=gray64)

    def _index(self, source: Source) -> None:
        data = self.files.read(source)
        if data[:4] == b"PK\x03\x04":
            raise UnreadableFileError(NESTED)
        content = unpacked(data, self.limits)
        if looks_like_nifti(content):
            self._read_nifti(source, data, content)
        elif looks_like_dicom(content):
            self._index_dicom(source, content, plain=content is data and source.entry < 0)
        else:
            raise UnreadableFileError("not an image this program knows (no DICOM or NIfTI mark)")

    def _read_nifti(self, source: Source, data: bytes, content: bytes) -> None:
        from viewer.dicom.nifti import read_nifti  # noqa: PLC0415 - nibabel, only where needed

        for series in read_nifti(source.name, data, content, self.limits):
            _allow_seconds(self.limits.file_seconds)
            self._hand_over(series)

    def _index_dicom(self, source: Source, data: bytes, *, plain: bool) -> None:
        dataset = parse(data, self.limits)
        _allow_seconds(self.limits.file_seconds)
        self._say("alive")
        header = read_header(source, data, dataset, self.known, self.limits)
        if not plain:
            header = replace(header, offset=-1)
        first = self.seen.setdefault(header.instance.uid, header)
        if first is not header:
            if first.instance.digest == header.instance.digest:
                self._say("duplicate", name=source.name, reason=f"the same as {first.source.name}")
            else:
                reason = "another image with the same identifier (0008,0018) came first"
                self._reject(source.name, reason)
            return
        self.headers[header.series_uid].append(header)
        if header.offset < 0 and self.cached_bytes + len(data) <= _CACHE_BYTES:
            self.cache[source.key] = dataset
            self.cached_bytes += len(data)

    def _build_all(self) -> None:
        total = sum(len(header.frames) for found in self.headers.values() for header in found)
        finished = 0
        for number, headers in enumerate(self.headers.values(), 1):
            groups = list(group_frames(headers))
            text = f"Building series {number} of {len(self.headers)}"
            for place, group in enumerate(groups):
                share = _INDEX_SHARE + (1 - _INDEX_SHARE) * finished / total
                finished += len(group.slots)
                if place >= self.limits.volumes_per_series:
                    self._refuse(
                        group, f"a time series of {len(groups):,} volumes, too many (0020,0100)"
                    )
                elif forecast_bytes(group) > self.limits.volume_bytes:
                    size = forecast_bytes(group) >> 20
                    self._refuse(group, f"its series needs {size:,} MiB of memory, too much")
                elif group.uid not in self.done:
                    self._build(group, share, text)
            for header in headers:
                self.cache.pop(header.source.key, None)

    def _build(self, group: Group, share: float, text: str) -> None:
        sources = {header.source.name: header.source for header, _ in group.slots}
        alone = self.hands < 2 or len(group.slots) < 2

        def tick(name: str) -> None:
            self._step(sources[name], share, text, alone=alone)

        try:
            built = build(group, self._load, tick, 1 if alone else self.hands)
        except Exception as error:  # noqa: BLE001 - hostile input: whatever fails is the series' fault
            self._refuse(group, plain_reason(error))
            return
        for rejected in built.rejected:
            self._reject(rejected.name, rejected.reason)
        if built.series:
            self._hand_over(built.series)

    def _load(self, header: Header, indices: Sequence[int]) -> Iterator[Picture]:
        """Plain pixels come straight from their file; all others from the parsed object."""
        source = header.source
        if header.offset >= 0:
            opened = partial(open_plain, source.path)
            yield from read_frames(opened, header.offset, header.form, indices)
            return
        dataset = self.cache.get(source.key)
        if dataset is None:
            dataset = parse(unpacked(self.files.read(source), self.limits), self.limits)
        yield from pictures(dataset, header.form, indices)

    def _refuse(self, group: Group, reason: str) -> None:
        for name in dict.fromkeys(header.source.name for header, _ in group.slots):
            self._reject(name, reason)

    def _hand_over(self, series: ScannedSeries) -> None:
        if series.uid in self.done:
            return
        self._say("series", **series_to_json(series))
        self.link.send_bytes(series.headers)
        name = self.link.recv_bytes().decode()
        if not name:
            return
        voxels = series.volume.voxels
        lent = SharedMemory(name)
        target: np.ndarray[Any, Any] = np.ndarray(voxels.shape, voxels.dtype, buffer=lent.buf)
        target[...] = voxels
        del target
        lent.close()
        self._say("copied")

    def _step(self, source: Source, fraction: float, text: str, *, alone: bool = True) -> None:
        """Say what is worked at, and whether a failure of the process can only be its fault."""
        _allow_seconds(self.limits.file_seconds * (1 if alone else self.hands))
        facts = {"key": source.key, "name": source.name, "fraction": fraction, "text": text}
        self._say("step", alone=alone, **facts)

    def _reject(self, name: str, reason: str) -> None:
        self._say("rejected", name=name, reason=reason)

    def _say(self, kind: str, **facts: object) -> None:
        self.link.send_bytes(json.dumps({"kind": kind, **facts}).encode())


def main(
    link: Connection,
    paths: Sequence[Path],
    limits: Limits,
    skip: frozenset[str],
    done: frozenset[str],
    hands: int = 1,
) -> None:
    """Entry point of the process: close the doors, then read."""
    _silence()
    _confine(limits)
    warnings.simplefilter("ignore")
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
    Reader(link, limits, skip, done, hands).run(paths)


def _silence() -> None:
    """Decoders print; their words go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _confine(limits: Limits) -> None:
    if sys.platform == "win32":
        return
    most = limits.memory_bytes + _address_space()
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _address_space() -> int:
    """Bytes of address space in use now: Python, numpy and the codecs themselves."""
    table = Path("/proc/self/statm")
    if not table.exists():
        return 2 << 30
    return int(table.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _allow_seconds(seconds: float) -> None:
    """Processor time for the next step; the hard limit stays, so it can be renewed."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = ceil(used.ru_utime + used.ru_stime + 2 * seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
