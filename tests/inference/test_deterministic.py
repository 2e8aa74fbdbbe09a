"""Deterministic analyses: the same input gives the same bits, in another process and later on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.pipeline.options import EngineOptions
from inference.pipeline.worker import InferenceProcess
from inference.ports import Analysis
from inference.records import Finding
from tests.inference.builders import head_volume, series_of
from tests.inference.example_head import example_head

OTHER = head_volume(lesion_mm=(-30.0, 25.0, 0.0), radius_mm=12.0)


def quiet(fraction: float, text: str, /) -> None:
    return None


def nameless(finding: Finding) -> Finding:
    """A finding without what names its run, which is new each time."""
    return replace(finding, id="", run_id="")


def differences(one: Analysis, other: Analysis) -> list[str]:
    """What is not the same, bit for bit, between two analyses."""
    told = []
    if one.run.outcome is not other.run.outcome:
        told.append("outcome")
    if [nameless(f) for f in one.findings] != [nameless(f) for f in other.findings]:
        told.append("findings")
    for name in ("labels", "heat"):
        first, second = (getattr(a, name) for a in (one, other))
        if _bits(first) != _bits(second):
            told.append(name)
    scores = [a.run.attribution.faithfulness if a.run.attribution else {} for a in (one, other)]
    if scores[0] != scores[1]:
        told.append("faithfulness")
    return told


def _bits(array: np.ndarray | None) -> bytes | None:
    return None if array is None else array.tobytes()


@pytest.fixture(scope="module")
def analyses() -> list[Analysis]:
    """One head in two processes; in the second after another head."""
    options = EngineOptions(deterministic=True, threads=1)
    first, second = InferenceProcess(options=options), InferenceProcess(options=options)
    head = example_head()
    told = [first.analyse(series_of(head), head, quiet)]
    first.close()
    second.analyse(series_of(OTHER), OTHER, quiet)
    told.append(second.analyse(series_of(head), head, quiet))
    second.close()
    return told


def test_two_processes_give_the_same_bits(analyses: list[Analysis]) -> None:
    assert differences(*analyses) == []
    assert analyses[0].run.device == "CPU"


def test_one_different_bit_would_be_noticed(analyses: list[Analysis]) -> None:
    one = analyses[0]
    if one.labels is None:
        pytest.skip("the model suspects nothing on this head, so there are no outlines")
    labels = one.labels.copy()
    labels.flat[np.flatnonzero(labels)[0]] ^= 1
    assert differences(one, replace(one, labels=labels)) == ["labels"]
