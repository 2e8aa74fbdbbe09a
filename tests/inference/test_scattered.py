"""How many regions are too many: those that would be shown, and a crowd of them at all."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from inference.pipeline.components import Component
from inference.pipeline.findings import scattered, settle

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
