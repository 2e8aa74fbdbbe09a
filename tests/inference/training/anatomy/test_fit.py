"""The training run: learns, stops when told, and goes on as if it had never stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from inference.models.anatomy_net import AnatomyNet
from inference.models.structures import COUNT
from inference.training.anatomy import publish
from inference.training.anatomy.fit import (
    WEIGHTS_FILE,
    Plan,
    fit,
    learning_rate,
    train_on,
)
from inference.training.anatomy.losses import anatomy_loss, rarity, scales_loss, soft_dice
from inference.training.anatomy.scores import HeadScore, deep_dice, overlap, score
from inference.training.anatomy.synthesis import Synthesis, Wildness
from tests.inference.training.anatomy.made import small_head

CHANNELS = (6, 8)
WHOLE = Synthesis(Wildness(), (16, 16, 16))
PATCH = Synthesis(Wildness(), (8, 16, 8))


def plan(steps: int, score_every: int = 1000) -> Plan:
    return Plan(60.0, steps=steps, warm_steps=2, channels=CHANNELS, score_every=score_every)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def test_a_run_taken_up_again_ends_with_the_same_weights(tmp_path: Path) -> None:
    heads = [small_head(1), small_head(2)]
    (tmp_path / "once").mkdir()
    (tmp_path / "twice").mkdir()
    fit(heads, heads[:1], tmp_path / "once", plan(6), PATCH)
    fit(heads, heads[:1], tmp_path / "twice", plan(3), PATCH)
    fit(heads, heads[:1], tmp_path / "twice", plan(6), PATCH)
    once, twice = (load_file(tmp_path / name / WEIGHTS_FILE) for name in ("once", "twice"))
    assert once.keys() == twice.keys()
    for name, value in once.items():
        assert value.dtype == torch.float16
        assert torch.equal(value, twice[name]), name


def test_no_minutes_no_step(tmp_path: Path) -> None:
    heads = [small_head()]
    fit(heads, heads, tmp_path, Plan(-1.0, channels=CHANNELS), PATCH)
    torch.manual_seed(Plan(0).seed)
    fresh = AnatomyNet(CHANNELS).state_dict()
    for name, value in load_file(tmp_path / WEIGHTS_FILE).items():
        assert torch.equal(value, fresh[name].half())


def test_the_network_learns_the_head_it_is_shown() -> None:
    torch.manual_seed(3)
    network = AnatomyNet(CHANNELS).to(memory_format=torch.channels_last_3d)
    optimiser = torch.optim.AdamW(network.parameters(), 1e-2)
    still = Synthesis(Wildness(t1_share=1, turn_degrees=2, bend_mm=0.2), (16, 16, 16))
    losses = [train_on(network, optimiser, still.draw(small_head(), 7), step) for step in range(40)]
    assert sum(losses[-5:]) < 0.75 * sum(losses[:5])


def test_the_loss_of_a_perfect_answer_is_small_and_of_the_wrong_side_larger() -> None:
    sample = WHOLE.draw(small_head(), 11)
    logits = torch.full((1, COUNT, 16, 16, 16), -12.0)
    logits.scatter_(1, sample.classes[:, None], 12.0)
    left = torch.where(sample.sides == 1, 12.0, -12.0)
    perfect = anatomy_loss(logits, left, sample.classes, sample.sides)
    assert perfect < 0.02
    assert anatomy_loss(logits, -left, sample.classes, sample.sides) > perfect + 1
    half = anatomy_loss(logits, left, sample.classes, sample.sides, 1, 2)
    assert half < 0.02


def test_balanced_a_rare_class_weighs_more_and_an_absent_one_nothing() -> None:
    classes = torch.zeros(1, 10, 10, 10, dtype=torch.long)
    classes[0, 0, 0, :5] = 2
    weights = rarity(classes, 4)
    assert weights[2] / weights[0] == pytest.approx((995 / 5) ** 0.5, rel=1e-3)
    assert weights[1] == weights[3] == 0


def test_all_scales_are_judged_by_the_truth_of_their_own_grid() -> None:
    sample = WHOLE.draw(small_head(), 11)
    answers = []
    for step in (1, 2, 4):
        classes = sample.classes[:, ::step, ::step, ::step]
        logits = torch.full((1, COUNT, *classes.shape[1:]), -12.0)
        logits.scatter_(1, classes[:, None], 12.0)
        left = torch.where(sample.sides[:, ::step, ::step, ::step] == 1, 12.0, -12.0)
        answers.append((logits, left))
    assert scales_loss(answers, sample.classes, sample.sides, 1) < 0.1
    wrong = [answers[0], answers[1], (-answers[2][0], answers[2][1])]
    assert scales_loss(wrong, sample.classes, sample.sides, 1) > 1


def test_soft_dice_is_one_for_a_class_neither_there_nor_claimed() -> None:
    chances = torch.zeros(1, 3, 2, 2, 2)
    chances[:, 0] = 1
    classes = torch.zeros(1, 2, 2, 2, dtype=torch.long)
    found = soft_dice(chances, chances[:, 0], classes)
    assert found.tolist() == pytest.approx([1, 1, 1])


def test_the_rate_rises_then_falls() -> None:
    chosen = Plan(1.0)
    rates = [learning_rate(step, chosen) for step in (0, 30, 59, 2000, 9000)]
    assert rates[0] < rates[1] < rates[2]
    assert rates[2] > rates[3] > rates[4] > 0


def test_a_network_that_learned_nothing_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(4)
    network = AnatomyNet()
    save_file(network.state_dict(), tmp_path / WEIGHTS_FILE)
    weak = score(AnatomyNet(CHANNELS).eval(), WHOLE.draw(small_head(), 1), 2.0)
    monkeypatch.setattr(publish, "held_out_scores", lambda *_: ([weak], [weak]))
    folder = tmp_path / "model"
    with pytest.raises(publish.TooWeakError, match="Dice"):
        publish.publish(tmp_path / WEIGHTS_FILE, tmp_path, folder)
    assert not folder.exists()


def test_scores_name_every_structure_and_the_brain() -> None:
    found = score(AnatomyNet(CHANNELS).eval(), WHOLE.draw(small_head(), 2), 2.0)
    assert isinstance(found, HeadScore)
    assert len(found.dice) == COUNT + 1
    assert all(0 <= value <= 1 for value in found.dice.values())
    assert 0 <= deep_dice([found]) <= 1
    assert 0 < found.confidence < 1


def test_overlap_of_equal_masks_is_one_and_of_disjoint_ones_zero() -> None:
    mask = torch.zeros(4, 4, dtype=torch.bool).numpy()
    mask[1:3] = True
    assert overlap(mask, mask) == 1
    assert overlap(mask, ~mask) == 0
    assert overlap(mask & False, mask & False) == 1
