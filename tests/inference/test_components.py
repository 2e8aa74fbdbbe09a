"""Which marked regions are believed, how they are worded, and how sure that is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.explain import faithfulness
from inference.models.cards import read_package, shipped_folder
from inference.pipeline.components import believed, find_components
from inference.pipeline.findings import label_of

SETTINGS = read_package(shipped_folder()).settings
SIDE = 64


def _logits(spots: list[tuple[int, int, int, int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Pixel and slice logits of squares (first slice, slices, row, size, class)."""
    outline = np.zeros((10, 4, SIDE, SIDE), dtype=np.float32)
    outline[:, 0] = 8
    whole = np.zeros((10, 4), dtype=np.float32)
    whole[:, 0] = 4
    for first, depth, row, size, category in spots:
        part = slice(first, first + depth)
        outline[part, 0, row : row + size, 20 : 20 + size] = -8
        outline[part, category, row : row + size, 20 : 20 + size] = 8
        whole[part, 0] = -4
        whole[part, category] = 6
    return outline, whole


def test_a_solid_lesion_on_several_slices_is_believed_with_its_volume() -> None:
    found, values = find_components(*_logits([(2, 4, 10, 12, 2)]), 2.0, 5.0)
    (lesion,) = believed(found, SETTINGS)
    assert lesion.volume_ml == pytest.approx(4 * 144 * 4 * 5 / 1000)
    assert lesion.slices == (2, 3, 4, 5)
    assert (values == lesion.value).sum() == 4 * 144
    assert label_of(lesion.types(SETTINGS), SETTINGS) == "Enhancing lesion, suspected glioma"


def test_a_region_on_one_slice_only_is_not_believed() -> None:
    found, _ = find_components(*_logits([(2, 1, 10, 20, 2)]), 2.0, 7.0)
    assert found
    assert believed(found, SETTINGS) == []


def test_a_speck_is_not_believed() -> None:
    found, _ = find_components(*_logits([(2, 3, 10, 2, 2)]), 2.0, 5.0)
    assert found
    assert believed(found, SETTINGS) == []


def test_an_outline_the_slice_head_denies_is_not_believed() -> None:
    outline, whole = _logits([(2, 4, 10, 12, 2)])
    whole[:] = (8, 0, 0, 0)
    found, _ = find_components(outline, whole, 2.0, 5.0)
    assert believed(found, SETTINGS) == []
    permissive = replace(SETTINGS, slice_threshold=0.0)
    assert len(believed(found, permissive)) == 1


def test_two_lesions_are_two_components_largest_first() -> None:
    found, _ = find_components(*_logits([(1, 3, 2, 8, 1), (5, 4, 40, 14, 3)]), 2.0, 5.0)
    volumes = [c.volume_ml for c in believed(found, SETTINGS)]
    assert len(volumes) == 2
    assert volumes[0] > volumes[1]


def test_a_type_below_the_calibrated_threshold_is_left_open() -> None:
    unsure = (0.4, 0.35, 0.25)
    assert label_of(unsure, SETTINGS) == "Enhancing lesion, type uncertain"
    assert "pituitary" in label_of((0.0, 0.0, 1.0), SETTINGS)


def test_types_sum_to_one() -> None:
    (lesion,), _ = find_components(*_logits([(2, 4, 10, 12, 3)]), 2.0, 5.0)
    assert sum(lesion.types(SETTINGS)) == pytest.approx(1.0)


def test_energy_and_agreement_are_shares() -> None:
    heat = np.zeros((1, 8, 8), dtype=np.float32)
    heat[0, 2:4, 2:4] = 1
    region = heat > 0
    assert faithfulness.energy_share(heat, region) == 1.0
    assert faithfulness.energy_share(heat, ~region) == 0.0
    assert faithfulness.energy_share(np.zeros_like(heat), region) == 0.0
    assert faithfulness.agreement(heat, heat) == pytest.approx(1.0)
    assert faithfulness.agreement(heat, heat[:, ::-1]) < 0.5
