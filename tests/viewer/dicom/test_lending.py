"""A series for which there is no shared memory is refused; the workstation lives on."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tests.viewer.series_writer import write_series
from viewer.dicom import scan as scanning
from viewer.dicom.scan import scan


def _full(name: str, size: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_drop_into_full_shared_memory_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "reserve", _full)
    found = scan([write_series(tmp_path, n=4)], lambda *_: None)
    assert found.series == ()
    assert ["/dev/shm is full" in one.reason for one in found.rejected] == [True]


def test_the_next_drop_is_read_once_there_is_room_again(tmp_path: Path) -> None:
    found = scan([write_series(tmp_path, n=4)], lambda *_: None)
    assert len(found.series) == 1
    assert found.rejected == ()
