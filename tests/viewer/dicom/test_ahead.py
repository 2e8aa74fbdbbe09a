"""A reading process that waits serves the next drop, and only that one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.viewer.series_writer import phantom, write_series
from viewer.dicom import scan as scanning
from viewer.dicom.scan import end_ahead, scan, start_ahead


@pytest.fixture(autouse=True)
def _nobody_waits_afterwards() -> Iterator[None]:
    end_ahead()
    yield
    end_ahead()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What each process was started with."""
    seen: list[object] = []
    start = scanning._started

    def counted(*job: object) -> object:
        seen.append(job[0])
        return start(*job)

    monkeypatch.setattr(scanning, "_started", counted)
    return seen


def read(folder: Path) -> np.ndarray:
    (series,) = scan([folder], lambda *_: None).series
    return series.volume.voxels


def test_the_waiting_process_reads_the_drop(tmp_path: Path, started: list[object]) -> None:
    folder = write_series(tmp_path, n=4)
    start_ahead()
    assert np.array_equal(read(folder), phantom(4, 24, 20))
    assert len(started) == 1


def test_each_drop_has_a_process_of_its_own(tmp_path: Path, started: list[object]) -> None:
    folder = write_series(tmp_path, n=4)
    start_ahead()
    read(folder)
    read(folder)
    assert len(started) == 2


def test_only_one_waits(started: list[object]) -> None:
    start_ahead()
    start_ahead()
    assert len(started) == 1


def test_a_waiting_process_that_died_costs_nothing_but_time(
    tmp_path: Path, started: list[object]
) -> None:
    folder = write_series(tmp_path, n=4)
    start_ahead()
    kept = scanning._Ahead.kept
    assert kept is not None
    kept[0].kill()
    kept[0].join()
    assert np.array_equal(read(folder), phantom(4, 24, 20))
    assert len(started) == 2
