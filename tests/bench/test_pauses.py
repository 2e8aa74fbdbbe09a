"""Opening a study in the real reading page: the program goes on answering.

Two series of 448 x 384 x 384 (132 MB each) on the encrypted shelf; a heartbeat on the event loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app.pages.page import Page
from tests.app.pages.reading import conftest as reading
from tests.app.pages.reading.conftest import OTHER, STUDY, Desk, desk  # noqa: F401 - a fixture
from tests.bench.heart import Heart

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

MOST_MS = 100.0
OPENINGS, WARM_UP = 10, 2


@pytest.fixture
def real_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Volumes so large that reading one takes longer than the pause allowed."""
    monkeypatch.setattr(reading, "SHAPE", (448, 384, 384))


@pytest.fixture
def three_times_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that reading one takes far longer than the pause allowed on a quick machine too."""
    monkeypatch.setattr(reading, "SHAPE", (3 * 448, 384, 384))


def pauses_of(desk: Desk, openings: int) -> list[float]:  # noqa: F811 - the fixture of that name
    """The longest pause in ms of each opening, until all planes are painted."""
    heart, pauses = Heart(), []
    for number in range(WARM_UP + openings):
        heart.begin()
        desk.open(OTHER if number % 2 else STUDY)
        desk.wait(lambda: all(not view.waits for view in desk.page.grid.cells))
        pauses.append(heart.end())
    return pauses[WARM_UP:]


def test_opening_a_study_never_stops_the_program_for_a_tenth_of_a_second(
    real_size: None,
    desk: Desk,  # noqa: F811
) -> None:
    pauses = pauses_of(desk, OPENINGS)
    assert np.percentile(pauses, 95) <= MOST_MS, [round(one) for one in pauses]


def test_a_page_that_reads_on_the_gui_thread_would_be_found(
    three_times_as_large: None,
    desk: Desk,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def at_once(
        self: Page, job: Callable[..., Any], done: Callable[[Any], None], **_: object
    ) -> None:
        done(job(lambda fraction, text: None))

    monkeypatch.setattr(Page, "ask", at_once)
    assert np.percentile(pauses_of(desk, 2), 95) > MOST_MS
