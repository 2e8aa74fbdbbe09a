"""A heat map a reader asks for shows the network the very view the analysis showed it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from inference.pipeline.admission import admit, answer
from inference.pipeline.findings import Origin
from inference.pipeline.gate import Verdict, judge
from inference.pipeline.messages import Job
from inference.pipeline.outcome import Outcome
from inference.pipeline.seen import Seen
from inference.ports import Question
from inference.records import RunOutcome
from tests.inference.builders import head_volume, series_of
from tests.inference.seen_builders import LIMITS, seen_as
from viewer.records import Series, Volume

HEAD = head_volume()
PLACEHOLDER = Volume(HEAD.voxels.repeat(2, 1).repeat(2, 2), np.eye(4), HEAD.geometry)


class _Engine:
    """Notes what it is shown instead of running networks."""

    def __init__(self, turn: int) -> None:
        seen = seen_as(turn=turn)
        self.looker = SimpleNamespace(look=lambda _: seen)
        self.views: list[Volume] = []

    def judge(self, series: Series, volume: Volume, seen: Seen) -> Verdict:
        return judge(series, volume, seen, LIMITS)

    def run(self, volume: Volume, origin: Origin, progress, budget: int, view: Volume) -> Outcome:
        self.views.append(view)
        return Outcome(RunOutcome.NOTHING_SUSPECTED, "")

    def answer(self, view: Volume, question: Question, progress) -> Outcome:
        self.views.append(view)
        return Outcome(RunOutcome.FINDINGS, "")


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
@pytest.mark.parametrize("volume", [HEAD, PLACEHOLDER], ids=["placed", "placeholder grid"])
def test_an_asked_heat_map_is_made_from_the_view_of_the_analysis(volume: Volume, turn: int) -> None:
    engine = _Engine(turn)
    question = Question(12, np.zeros(volume.voxels.shape[1:], dtype=bool), 1, "any")
    series, shape = series_of(volume), volume.voxels.shape
    job = Job(Origin("a", "b", "c"), series, shape, "<i2", volume.affine, "", "", "", 0, question)
    admit(engine, job, volume, lambda *_: None)
    answer(engine, job, question, volume, lambda *_: None)
    analysed, asked = engine.views
    assert np.array_equal(analysed.affine, asked.affine)
    assert np.array_equal(analysed.affine, volume.affine) == (turn == 0 and volume is HEAD)
