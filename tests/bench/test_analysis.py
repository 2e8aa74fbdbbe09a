"""The analysis against the same networks run plainly, and the window while it runs.

The ratio, the seconds and how far the answers are apart are printed (pytest -s, or the report of
``make bench``).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.tasks import Lane, Task, Tasks
from app.workflow.orders import OrderKind
from inference.pipeline.child import physical_cores
from inference.pipeline.worker import InferenceProcess
from tests.app.pages.reading import conftest as reading
from tests.app.pages.reading.conftest import Desk, desk  # noqa: F401 - a fixture
from tests.bench.clock import median
from tests.bench.heart import Heart
from tests.bench.running import run_ours
from tests.inference.builders import read_pgbm

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

LEAST_RATIO = 1.5
REPEATS = 3
THREADS = min(2, physical_cores())
TOLERANCE = {
    "probability": 0.05,
    "dice": 0.99,
    "finding_probability": 0.02,
    "finding_volume": 0.02,
}
"""Most a pixel's lesion probability may be off, least the outlines overlap, most a finding's
calibrated probability and (as a share) its volume may be off."""
MOST_MS = 100.0


def told(name: str, folder: str) -> dict[str, Any]:
    outcome = run_ours("analysing", name, folder, REPEATS, THREADS)
    assert outcome.facts, outcome.reason
    facts = dict(outcome.facts)
    seconds = {way: median(taken) for way, taken in facts["seconds"].items()}
    facts["ratio"] = {way: seconds["plain"] / value for way, value in seconds.items()}
    sys.stdout.write(_lines(name, facts, seconds))
    return facts


def _lines(name: str, facts: dict[str, Any], seconds: dict[str, float]) -> str:
    head = (
        f"\n{name}: {facts['slices']} slices, {facts['members']} member(s), "
        f"{facts['threads']} threads, {facts['device']}, load {facts['load']:.1f}; "
        f"with heat map {facts['whole_s']:.1f} s\n"
    )
    rows = [
        f"  {way:14} {value:7.2f} s to the findings, {facts['ratio'][way]:.2f} x plain; apart: "
        + ", ".join(f"{key} {number:.4g}" for key, number in facts["apart"][way].items())
        for way, value in seconds.items()
    ]
    return head + "\n".join(rows) + "\n"


@pytest.mark.parametrize("name", ["pgbm", "made"])
def test_a_study_is_analysed_half_as_fast_again_as_plainly_with_the_same_answer(
    name: str, request: pytest.FixtureRequest
) -> None:
    folder = str(request.getfixturevalue("shared_data")) if name == "pgbm" else ""
    facts = told(name, folder)
    apart = facts["apart"]["ours"]
    assert apart["findings"] == apart["findings_plain"]
    assert apart["dice"] >= TOLERANCE["dice"]
    for key in ("probability", "finding_probability", "finding_volume"):
        assert apart[key] <= TOLERANCE[key], key
    assert facts["ratio"]["ours"] >= LEAST_RATIO


@pytest.fixture
def heads(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two studies of a large real head on the reading page's shelf: 154 x 512 x 512.

    Each of its 22 slices stands seven times, a seventh of the way apart.
    """
    _, volume, _ = read_pgbm(shared_data)
    affine = volume.affine.copy()
    affine[:3, 2] /= 7
    voxels = np.repeat(volume.voxels, 7, axis=0)
    monkeypatch.setattr(reading, "pictured", lambda _: (voxels, affine))


@pytest.fixture
def real_analyser(heads: None, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:  # noqa: F811 - the fixture
    """The reading page with the real analysis process behind it."""
    process = InferenceProcess()
    monkeypatch.setattr(desk.workstation, "_analyser", process)
    yield desk
    process.close()


def is_running(desk: Desk) -> bool:  # noqa: F811 - as above
    """Whether the series on the page is being analysed."""
    series = desk.page.images.series
    assert series is not None
    order = desk.workstation.orders.of(OrderKind.FINDINGS, series.uid)
    return order is not None and not order.over


def pause_of_an_analysis(desk: Desk, qtbot: QtBot) -> float:  # noqa: F811 - as above
    """The longest pause in ms from the click on Analyse until the findings are painted."""
    desk.open()
    desk.wait(lambda: all(not view.waits for view in desk.page.grid.cells))
    heart = Heart()
    heart.begin()
    desk.page.analysis.wanted.emit()
    qtbot.waitUntil(lambda: not is_running(desk), timeout=900_000)
    desk.wait(lambda: " in " in desk.page.analysis.outcome or bool(desk.page.findings.findings))
    return heart.end()


def test_the_window_answers_while_a_large_series_is_analysed(
    real_analyser: Desk, qtbot: QtBot
) -> None:
    pause = pause_of_an_analysis(real_analyser, qtbot)
    sys.stdout.write(f"\nlongest pause during an analysis: {pause:.0f} ms\n")
    sys.stdout.write(f"{real_analyser.page.analysis.outcome}\n")
    assert pause <= MOST_MS


def test_an_analysis_on_the_gui_thread_would_be_found(
    real_analyser: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Tasks.run

    def at_once(self: Tasks, lane: Lane, job: Callable[..., Any], **told: Any) -> Task:
        if lane is not Lane.ANALYSIS:
            return run(self, lane, job, **told)
        told["done"](job(lambda fraction, text: None))
        return Task()

    monkeypatch.setattr(Tasks, "run", at_once)
    assert pause_of_an_analysis(real_analyser, qtbot) > MOST_MS
