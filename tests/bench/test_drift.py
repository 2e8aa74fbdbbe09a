"""A working day of opening and closing studies: the program must not grow.

The reading page, the storage and the workflow are the real ones; only the analysis answers at
once. Memory is what the process itself holds (RSS), after the garbage collector ran.
"""

from __future__ import annotations

import ctypes
import gc
from pathlib import Path

import pytest

from app.pages.reading import fetching
from app.workflow.session import Session
from tests.app.pages.reading import conftest as reading
from tests.app.pages.reading.conftest import OTHER, STUDY, Desk, desk  # noqa: F401 - a fixture
from viewer.canvas.stage import Stage
from viewer.ports import Progress
from viewer.records import Series

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

CYCLES, WARM_UP = 200, 20
MOST_DRIFT = 0.05


@pytest.fixture
def real_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Volumes of 4 MB: one kept by mistake at each opening cannot hide."""
    monkeypatch.setattr(reading, "SHAPE", (64, 160, 200))
    monkeypatch.setattr(reading, "SPOT", (slice(30, 34), slice(50, 60), slice(80, 90)))


def resident_bytes() -> int:
    """What the process holds after cleaning up, pages the allocator could give back given back."""
    gc.collect()
    if hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def drift_of(desk: Desk, cycles: int) -> float:  # noqa: F811 - the fixture of that name
    """By what share memory grows from the end of the warm-up to the end of the cycles."""
    start = 0
    for number in range(cycles):
        desk.open(OTHER if number % 2 else STUDY)
        desk.wait(lambda: all(not view.waits for view in desk.page.grid.cells))
        if number == WARM_UP - 1:
            start = resident_bytes()
    return resident_bytes() / start - 1.0


def test_two_hundred_studies_opened_and_closed_leave_memory_where_it_was(
    real_size: None,
    desk: Desk,  # noqa: F811
) -> None:
    desk.open()
    desk.analyse()
    drift = drift_of(desk, CYCLES)
    assert drift <= MOST_DRIFT, f"memory grew by {drift:.1%}"


def test_a_page_that_keeps_every_volume_would_be_found(
    real_size: None,
    desk: Desk,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load, kept = fetching.load_stage, []

    def leaking(session: Session, series: Series, progress: Progress) -> Stage:
        kept.append(load(session, series, progress))
        return kept[-1]

    monkeypatch.setattr(fetching, "load_stage", leaking)
    assert drift_of(desk, CYCLES) > MOST_DRIFT
    assert len(kept) >= CYCLES
