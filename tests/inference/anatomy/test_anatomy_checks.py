"""A wrong number looks like disease: each doubt withholds it, many withhold everything."""

from __future__ import annotations

import numpy as np
import pytest

from inference.models.structures import INDEX
from inference.pipeline.anatomy import Answer, amounts_of, volumes_of
from inference.pipeline.anatomy_checks import (
    brain_touches,
    doubtful_structures,
    imprecise_structures,
    whole_head_doubt,
)
from tests.inference.anatomy.phantom import answer_of, true_ml


@pytest.fixture(scope="module")
def good() -> Answer:
    return answer_of(sure=0.9999)


def doubts_of(answer: Answer) -> dict[str, str]:
    return doubtful_structures(amounts_of(answer), answer.classes, answer.left > 0.5)


@pytest.mark.parametrize("name", ["thalamus", "hippocampus", "amygdala", "cerebellar cortex"])
def test_volumes_are_those_of_the_ellipsoids(good: Answer, name: str) -> None:
    amounts = amounts_of(good)
    for side in ("left", "right"):
        assert amounts.sides[name, side] == pytest.approx(true_ml(name), rel=0.06)


def test_shares_are_of_the_intracranial_volume(good: Answer) -> None:
    amounts = amounts_of(good)
    volumes = {v.name: v for v in volumes_of(amounts, {}, {"intracranial": 0.05}) if not v.side}
    assert volumes["intracranial"].share == 1
    brain = volumes["brain without ventricles"]
    assert brain.share == pytest.approx(amounts.brain / amounts.intracranial)
    assert "within 5 % in nine of ten" in volumes["intracranial"].measurement().method
    assert "error was not measured" in brain.measurement().method


def test_a_good_head_raises_no_doubt(good: Answer) -> None:
    assert whole_head_doubt(amounts_of(good), 0.95, 0.8) == ""
    assert doubts_of(good) == {}


def test_an_unsure_network_says_nothing(good: Answer) -> None:
    assert "unsure" in whole_head_doubt(amounts_of(good), 0.70, 0.8)


def test_a_structure_twice_the_other_side_is_withheld() -> None:
    grown = answer_of({"hippocampus": 1.28}, sure=0.9999)
    assert "differ too much" in doubts_of(grown)["hippocampus"]
    assert all(v.name != "hippocampus" for v in volumes_of(amounts_of(grown), doubts_of(grown), {}))


def test_a_hippocampus_in_pieces_is_withheld(good: Answer) -> None:
    likely = good.likely.copy()
    number = INDEX["hippocampus"]
    where = np.argwhere((good.classes == number) & (good.left > 0.5))
    cut = int(np.median(where[:, 1]))
    likely[number, :, cut - 2 : cut + 3] = 0
    assert "pieces" in doubts_of(Answer(likely, good.left, good.head))["hippocampus"]


def test_a_hippocampus_of_half_a_millilitre_is_withheld() -> None:
    answer = answer_of({"hippocampus": 0.5}, sure=0.9999)
    assert "outside bounds" in doubts_of(answer)["hippocampus"]


def test_half_a_brain_is_no_brain(good: Answer) -> None:
    likely = good.likely.copy()
    likely[:, :, :, good.likely.shape[3] // 2 :] = 0
    likely[0, :, :, good.likely.shape[3] // 2 :] = 1
    amounts = amounts_of(Answer(likely, good.left, good.head))
    assert whole_head_doubt(amounts, 0.95, 0.8)


@pytest.mark.parametrize(("ml", "said"), [(200, "brain it found"), (3000, "brain it found")])
def test_a_brain_of_no_human_size_is_refused(good: Answer, ml: float, said: str) -> None:
    amounts = amounts_of(good)
    scaled = type(amounts)(amounts.sides, ml, ml * 1.2)
    assert said in whole_head_doubt(scaled, 0.95, 0.8)


def test_a_brain_at_the_edge_of_the_picture_is_incomplete() -> None:
    labels = np.zeros((40, 40, 40), np.uint8)
    labels[10:30, 10:30, 10:30] = 3
    assert not brain_touches(labels)
    assert brain_touches(labels[15:])


def test_a_structure_measured_badly_in_the_test_is_never_given_a_volume() -> None:
    doubts = imprecise_structures({"amygdala": 0.72, "thalamus": 0.12})
    assert list(doubts) == ["amygdala"]
    assert "72 %" in doubts["amygdala"]
