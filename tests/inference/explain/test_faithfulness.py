"""A map that shows what an answer hangs on scores above chance; one that does not is found out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inference.explain import faithfulness
from inference.explain.grading import grade, worst
from inference.records import Grade

IMAGE = np.zeros((32, 32), dtype=np.float32)
IMAGE[8:24, 8:24] = 0.5
IMAGE[10:14, 10:14] = 1.0
HEAD = IMAGE > 0
GOOD = {
    "deletion_over_random": 0.3,
    "insertion_over_random": 0.3,
    "flip_agreement": 0.9,
    "noise_agreement": 0.9,
    "inside_head": 0.99,
}


def score(images: np.ndarray) -> np.ndarray:
    """An answer that hangs on nothing but the bright square."""
    return np.clip(images[:, 10:14, 10:14] - 0.5, 0, None).sum((1, 2)).astype(np.float64)


def test_a_true_map_beats_random_maps_at_erasing_and_at_giving_back() -> None:
    found = faithfulness.against_random(IMAGE, IMAGE, HEAD, score, (8, 8))
    assert found["deletion_over_random"] > 0
    assert found["insertion_over_random"] > 0


def test_a_map_of_everything_else_does_worse_than_chance() -> None:
    wrong = (HEAD * (1.0 - IMAGE)).astype(np.float32)
    found = faithfulness.against_random(IMAGE, wrong, HEAD, score, (8, 8))
    assert found["deletion_over_random"] < 0
    assert found["insertion_over_random"] < 0
    assert grade({**GOOD, **found})[0] is Grade.LOW


def test_without_an_answer_there_is_no_score_and_the_map_is_graded_low() -> None:
    found = faithfulness.against_random(
        IMAGE, IMAGE, HEAD, lambda images: np.zeros(len(images)), (8, 8)
    )
    assert math.isnan(found["deletion"])
    assert grade({**GOOD, **found})[0] is Grade.LOW


def test_a_map_that_beats_chance_and_is_stable_is_good() -> None:
    assert grade(GOOD)[0] is Grade.GOOD


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("deletion_over_random", -0.1, "random"),
        ("insertion_over_random", 0.0, "random"),
        ("flip_agreement", 0.2, "mirror"),
        ("noise_agreement", 0.1, "noise"),
        ("inside_head", 0.5, "head"),
    ],
)
def test_one_fault_is_enough_for_a_low_grade_and_is_named(
    name: str, value: float, word: str
) -> None:
    found, reason = grade({**GOOD, name: value})
    assert found is Grade.LOW
    assert word in reason


def test_a_missing_score_is_not_taken_for_a_good_one() -> None:
    for name in GOOD:
        assert grade({key: value for key, value in GOOD.items() if key != name})[0] is Grade.LOW


def test_the_lowest_grade_speaks_for_the_run() -> None:
    grades = {0: (Grade.GOOD, ""), 1: (Grade.LOW, ""), 2: (Grade.FAIR, "")}
    assert worst(grades) == 1
