"""What trains the gate: physics of the made pictures, seeds, and taking up a run again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from inference.models.gate_net import ANSWERS, GateNet, equalised
from inference.training.gate.bodies import draw_bodies
from inference.training.gate.draw import BATCH, Drawer
from inference.training.gate.fit import WEIGHTS, Plan, fit
from inference.training.gate.labels import TissueSlices
from inference.training.gate.pools import Pools
from inference.training.gate.spoil import Chance, spoil
from inference.training.gate.tissues import INDEX, signals

DRAWS = 40


def mean_signal(kind: str) -> dict[str, float]:
    generator = np.random.default_rng(3)
    values = np.mean([signals(kind, generator) for _ in range(DRAWS)], axis=0)
    return {name: float(values[index]) for name, index in INDEX.items()}


def test_white_matter_is_brightest_before_contrast_and_fluid_is_dark() -> None:
    t1 = mean_signal("T1")
    assert t1["white matter"] > t1["cortex"] > t1["cerebrospinal fluid"]


def test_contrast_brightens_vessels_mucosa_pituitary_and_tumour_but_not_the_brain() -> None:
    before, after = mean_signal("T1"), mean_signal("T1 after contrast")
    brain = after["white matter"] / before["white matter"]
    for name in ("vein", "mucosa", "pituitary", "choroid plexus", "mass"):
        assert after[name] / before[name] > 1.25 * brain, name
    assert brain == pytest.approx(1.0, abs=0.15)


def test_fluid_is_bright_on_t2_and_dark_on_flair_where_oedema_is_bright() -> None:
    t2, flair = mean_signal("T2"), mean_signal("FLAIR")
    assert t2["cerebrospinal fluid"] > t2["cortex"] > t2["white matter"]
    assert flair["oedema"] > flair["cortex"] > flair["cerebrospinal fluid"]


def test_an_infarct_is_bright_on_diffusion_and_dark_on_its_map() -> None:
    diffusion, adc = mean_signal("DWI"), mean_signal("ADC")
    assert diffusion["infarct"] > diffusion["cortex"] > diffusion["cerebrospinal fluid"]
    assert adc["infarct"] < adc["cortex"] < adc["cerebrospinal fluid"]


def test_bone_is_brightest_on_ct() -> None:
    ct = mean_signal("CT")
    assert ct["bone"] == max(ct.values())
    assert ct["air"] == min(ct.values())


def small_pools() -> Pools:
    bodies = draw_bodies(8, seed=1)
    return Pools(TissueSlices(bodies, np.arange(8) % 3), bodies, {})


def test_a_step_draws_the_same_pictures_again_and_another_step_others() -> None:
    one, again = Drawer(small_pools(), 4).batch(7), Drawer(small_pools(), 4).batch(7)
    assert torch.equal(one.images, again.images)
    assert torch.equal(one.turn, again.turn)
    assert not torch.equal(one.images, Drawer(small_pools(), 4).batch(8).images)


def test_pictures_come_out_as_slices_to_be_judged_do() -> None:
    images = Drawer(small_pools(), 4).batch(0).images
    assert images.shape[1:] == (1, 128, 128)
    assert len(images) <= BATCH
    assert float(images.min()) == 0
    assert float(images.max()) <= 1.2 + 1e-6


def test_a_run_taken_up_again_ends_in_the_same_weights(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    for folder in (whole, halves):
        folder.mkdir()
    assert fit(small_pools(), whole, Plan(steps=3))
    assert not fit(small_pools(), halves, Plan(steps=3, minutes=0))
    assert fit(small_pools(), halves, Plan(steps=3))
    one, other = load_file(whole / WEIGHTS), load_file(halves / WEIGHTS)
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_only_marked_pictures_are_spoilt_beyond_use() -> None:
    pictures = torch.zeros(64, 160, 160)
    pictures[:, 40:120, 50:110] = 1.0
    images, marks = spoil(pictures, torch.zeros(64), Chance(3, 64))
    clean = images[marks.sum(dim=1) == 0]
    assert 0.05 < float(marks.mean()) < 0.4
    assert float((clean[:, 56:72, 56:72] > 0.3).float().mean()) > 0.9


def test_the_equalised_twin_does_not_change_with_the_window() -> None:
    picture = torch.rand(1, 1, 128, 128) * 0.9 + 0.1
    twin, _ = equalised(picture)
    bent, _ = equalised(picture**1.3)
    assert float((twin - bent).abs().mean()) < 0.05


def test_the_network_answers_every_question_in_under_half_a_million_weights() -> None:
    network = GateNet().eval()
    found = network(torch.rand(2, 1, 128, 128))
    assert {name: value.shape[1] for name, value in found.items()} == ANSWERS
    assert sum(weights.numel() for weights in network.parameters()) < 500_000
