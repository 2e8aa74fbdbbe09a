"""Frames decoded several at a time give what they give one by one."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom import uid

from tests.viewer.series_writer import phantom, write_series
from viewer.dicom import crew as crews
from viewer.dicom.crew import Crew


def header(name: str, frame_bytes: int = 100) -> Any:
    return SimpleNamespace(
        source=SimpleNamespace(name=name), form=SimpleNamespace(frame_bytes=frame_bytes)
    )


def test_the_file_that_is_waited_for_is_named_first() -> None:
    told: list[str] = []
    go = threading.Event()
    slow, quick = header("slow"), header("quick")

    def tick(name: str) -> None:
        told.append(name)
        go.set()

    with Crew(tick, hands=2) as crew:
        crew.work(slow, lambda: go.wait(10) or None)
        for _ in range(6):
            crew.work(quick, lambda: None)
    assert told[0] == "slow"
    assert told.count("quick") == 12


@pytest.mark.parametrize("hands", [1, 3])
def test_the_first_reason_counts_and_the_others_go_on(hands: int) -> None:
    def fail(words: str) -> None:
        raise ValueError(words)

    done: list[int] = []
    good, bad = header("good"), header("bad")
    with Crew(lambda name: None, hands) as crew:
        for number in range(8):
            crew.work(good, lambda number=number: done.append(number))
            crew.work(bad, lambda number=number: fail(str(number)))
    assert sorted(done) == list(range(8))
    assert [(one.source.name, "ValueError" in why) for one, why in crew.faults] == [("bad", True)]


def test_large_frames_are_decoded_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "_LARGE_FRAME", 1000)
    threads: list[int] = []
    with Crew(lambda name: None, hands=3) as crew:
        for _ in range(5):
            crew.work(header("x", 1000), lambda: threads.append(threading.get_ident()))
    assert set(threads) == {threading.get_ident()}


@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.RLELossless])
@pytest.mark.parametrize("hands", [1, 4])
def test_every_slice_lands_in_its_place(
    tmp_path: Path, read_here: Any, syntax: str, hands: int
) -> None:
    folder = write_series(tmp_path, n=24)
    if syntax == uid.RLELossless:
        for path in folder.iterdir():
            dataset = pydicom.dcmread(path)
            dataset.compress(uid.RLELossless, generate_instance_uid=False)
            dataset.save_as(path)
    (series,) = read_here(folder, hands=hands).series
    assert np.array_equal(series.volume.voxels, phantom(24, 24, 20))
