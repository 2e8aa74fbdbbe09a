"""Synthetic heads: repeatable, truly labelled, and never on the wrong side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from inference.models.structures import BRAIN, INDEX, STRUCTURES
from inference.training.anatomy.contrast import any_contrast, t1_contrast
from inference.training.anatomy.maps import (
    FOLDER,
    HELD_OUT,
    all_values,
    numbers_in,
    read_maps,
    targets,
    widen_ventricles,
)
from inference.training.anatomy.synthesis import Synthesis, Wildness
from tests.inference.training.anatomy.made import small_head

STILL = Wildness(
    t1_share=1.0, turn_degrees=0, scale=0, shift_mm=0, bend_mm=0, bias=0, noise=0,
    stripped_share=0, cropped_share=0, coarse_share=0,
)  # fmt: skip
GRID = (24, 24, 24)


def test_the_same_seed_gives_the_same_head_and_another_seed_another() -> None:
    synthesis = Synthesis(grid=GRID)
    first, again, other = (synthesis.draw(small_head(), seed) for seed in (5, 5, 6))
    assert torch.equal(first.image, again.image)
    assert torch.equal(first.classes, again.classes)
    assert not torch.equal(first.image, other.image)


def test_the_true_labels_keep_their_volume() -> None:
    head = small_head()
    sample = Synthesis(STILL, GRID).draw(head, 3)
    classes, _ = targets()
    for name in ("thalamus", "cerebral white matter", "cerebral cortex"):
        real = int((classes[head.sources] == INDEX[name]).sum())
        found = 8 * int((sample.classes == INDEX[name]).sum())
        assert found == pytest.approx(real, rel=0.25)


@pytest.mark.parametrize("seed", range(6))
def test_left_stays_left_mirrored_or_not(seed: int) -> None:
    """The later columns are the patient's left, in every draw, flipped ones included."""
    sample = Synthesis(STILL, GRID).draw(small_head(), seed)
    columns = torch.arange(GRID[2]).expand(*GRID)
    left = columns[sample.sides[0] == 1].float().mean()
    right = columns[sample.sides[0] == 0].float().mean()
    assert left > right + 3
    assert set(torch.unique(sample.sides).tolist()) == {-1, 0, 1}


def test_a_mirrored_draw_moves_the_thalamus_across() -> None:
    sides = set()
    for seed in range(12):
        sample = Synthesis(STILL, GRID).draw(small_head(), seed)
        sides |= set(sample.sides[0][sample.classes[0] == INDEX["thalamus"]].tolist())
    assert sides == {0, 1}


def test_the_image_is_normalised_and_finite() -> None:
    for seed in range(4):
        image = Synthesis(grid=GRID).draw(small_head(), seed).image
        assert torch.isfinite(image).all()
        assert image.min() >= 0
        assert image.max() <= 1.5


def test_a_t1_like_head_has_bright_white_matter_and_dark_fluid() -> None:
    values = all_values()
    for seed in range(30):
        means, spreads = t1_contrast(np.random.default_rng(seed))
        by_value = dict(zip(values, means.tolist(), strict=True))
        assert by_value[2] > by_value[3] > by_value[4]
        assert by_value[2] == by_value[41]
        assert (spreads >= 0).all()


def test_any_contrast_may_turn_the_order_round() -> None:
    values = all_values()
    orders = set()
    for seed in range(30):
        means, _ = any_contrast(np.random.default_rng(seed))
        by_value = dict(zip(values, means.tolist(), strict=True))
        orders.add(by_value[2] > by_value[3])
    assert orders == {True, False}


def test_widened_ventricles_grow_into_white_matter_only() -> None:
    labels = np.full((20, 20, 20), 2, dtype=np.int32)
    labels[:, :, :8] = 3
    labels[8:12, 8:12, 9:12] = 4
    grown = widen_ventricles(labels, 2)
    assert (grown == 4).sum() > (labels == 4).sum()
    assert ((grown == 3) == (labels == 3)).all()


def test_every_value_of_the_training_maps_has_a_class_and_a_side() -> None:
    classes, sides = targets()
    assert len(classes) == len(all_values()) == len(sides)
    for value, number, side in zip(all_values(), classes, sides, strict=True):
        assert value in STRUCTURES[number].sources
        assert (side >= 0) == STRUCTURES[number].paired


def test_the_real_maps_are_upright_and_two_are_held_out(shared_data: Path) -> None:
    folder = shared_data / FOLDER
    assert len(numbers_in(folder)) == 16
    head = read_maps(folder, HELD_OUT[:1])[0]
    classes, sides = targets()
    found = classes[head.sources]
    middles = {n: np.argwhere(found == INDEX[n]).mean(0) for n in ("brain stem", "thalamus")}
    assert middles["brain stem"][0] < middles["thalamus"][0]
    cerebellum = np.argwhere(found == INDEX["cerebellar cortex"]).mean(0)
    assert cerebellum[1] > middles["brain stem"][1]
    left = np.argwhere(sides[head.sources] == 1).mean(0)[2]
    right = np.argwhere(sides[head.sources] == 0).mean(0)[2]
    assert left > right
    assert 900 < np.isin(found, BRAIN).sum() / 1000 < 1600
