"""A type is named only where it alone is likely enough."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inference.models.cards import read_package, shipped_folder
from inference.pipeline.findings import label_of

SETTINGS = replace(read_package(shipped_folder()).settings, type_threshold=0.25)


@pytest.mark.parametrize(
    ("kinds", "word"),
    [
        ((0.9, 0.06, 0.04), "suspected meningioma"),
        ((0.1, 0.8, 0.1), "suspected glioma"),
        ((0.1, 0.55, 0.35), "type uncertain"),
        ((0.34, 0.33, 0.33), "type uncertain"),
    ],
)
def test_two_likely_types_are_no_type(kinds: tuple[float, ...], word: str) -> None:
    assert label_of(kinds, SETTINGS).endswith(word)


def test_no_type_is_named_where_none_is_likely_enough() -> None:
    strict = replace(SETTINGS, type_threshold=0.95)
    assert label_of((0.9, 0.06, 0.04), strict).endswith("type uncertain")
