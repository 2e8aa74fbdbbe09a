"""How many regions are too many: those that would be shown, and a crowd of them at all."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from inference.errors import TooManyRegionsError
from inference.pipeline.components import Component
from inference.pipeline.findings import MOST_LABELS, draw_labels, scattered, settle

MOST = 4


def region(value: int) -> Component:
    return Component(value, 3.0, 10.0, (0,), (3.0, 1.0), 0.9, (1.0, 0.0, 0.0))


def left_after_settling(marked: int, outside: int) -> int:
    """How many of ``marked`` regions stay where the first ``outside`` lie in the scalp."""
    labels = np.arange(marked + 1, dtype=np.uint8)[None, None]
    head = SimpleNamespace(outside_share=lambda mask: float(labels[mask].max() <= outside))
    kept, _ = settle([region(value) for value in range(1, marked + 1)], labels, head)
    return len(kept)


def test_four_lesions_are_told_though_two_spots_in_the_scalp_were_marked_too() -> None:
    shown = left_after_settling(6, outside=2)
    assert shown == MOST
    assert scattered(6, shown, MOST) == ""


def test_five_regions_in_the_brain_are_withheld_as_mistakes() -> None:
    shown = left_after_settling(5, outside=0)
    assert scattered(5, shown, MOST).startswith("Not analysed reliably: 5 scattered regions")


def test_a_crowd_of_marks_is_withheld_even_if_few_of_them_lie_in_the_brain() -> None:
    shown = left_after_settling(12, outside=11)
    assert shown == 1
    assert "12 scattered regions" in scattered(12, shown, MOST)


class Straight:
    """A network grid that is the series' own."""

    @staticmethod
    def restore(grid: np.ndarray) -> np.ndarray:
        return grid


def drawn(count: int) -> np.ndarray:
    """Outlines of ``count`` regions, each of one pixel well apart from the next."""
    side = 64
    values = np.zeros((1, side, side), dtype=np.uint16)
    for number in range(count):
        row, column = divmod(number, side // 3)
        values[0, 3 * row + 1, 3 * column + 1] = number + 1
    lesion = np.where(values > 0, 0.9, 0.0).astype(np.float32)
    crowd = [region(number + 1) for number in range(count)]
    return draw_labels(crowd, values, lesion, Straight(), values.shape)


def test_each_of_as_many_regions_as_can_be_numbered_keeps_its_own_number() -> None:
    labels = drawn(MOST_LABELS)
    assert np.array_equal(np.unique(labels), np.arange(MOST_LABELS + 1))


def test_one_region_more_is_told_and_never_numbered_as_another_one() -> None:
    with pytest.raises(TooManyRegionsError, match="256 scattered regions were marked"):
        drawn(MOST_LABELS + 1)
