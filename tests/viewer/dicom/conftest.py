"""Reading in this process, as the reading process would: quick, for claims about content."""

from __future__ import annotations

import json
import resource
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pydicom
import pytest

from viewer.dicom.child import Reader
from viewer.dicom.records import Limits, Rejected, ScannedSeries


@dataclass
class Heard:
    """What the reader said, as a drop's result."""

    series: list[ScannedSeries] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    duplicates: list[Rejected] = field(default_factory=list)

    def send_bytes(self, data: bytes) -> None:
        told = json.loads(data)
        if told["kind"] in ("rejected", "duplicate"):
            kept = self.rejected if told["kind"] == "rejected" else self.duplicates
            kept.append(Rejected(told["name"], told["reason"]))

    @property
    def reasons(self) -> dict[str, str]:
        return {found.name: found.reason for found in self.rejected}


class _ReaderHere(Reader):
    def _hand_over(self, series: ScannedSeries) -> None:
        self.link.series.append(series)


@pytest.fixture
def read_here() -> Iterator[Callable[..., Heard]]:
    """``read_here(*paths, limits=..., hands=...)`` gives what a scan would find."""

    def read(*paths: Path, limits: Limits | None = None, hands: int = 1) -> Heard:
        heard = Heard()
        reader = _ReaderHere(heard, limits or Limits(), frozenset(), frozenset(), hands)
        reader.run(list(paths))
        reader.files.close()
        return heard

    cpu_seconds = resource.getrlimit(resource.RLIMIT_CPU)
    before = pydicom.config.settings.reading_validation_mode
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield read
    pydicom.config.settings.reading_validation_mode = before
    resource.setrlimit(resource.RLIMIT_CPU, cpu_seconds)  # the reader limits its own process
