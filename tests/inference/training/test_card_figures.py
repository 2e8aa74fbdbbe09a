"""The card's figures are those of the committed weights: a sample of them, computed again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from inference.models.cards import CARD_FILE, shipped_folder
from inference.training.crossval import HeldOut, judge_fold
from inference.training.fit import LENS
from inference.training.publish import SCALES, member_files, network_of
from inference.training.slices import FOLDS, held_out_slices, sliced_by_id, training_slices

CARD = json.loads((shipped_folder() / CARD_FILE).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def again(shared_data: Path) -> HeldOut:
    folder = shared_data / "cheng_t1ce"
    ids = tuple(one["id"] for one in CARD["sample"]["slices"])
    fold = CARD["sample"]["fold"]
    network = network_of(member_files(shipped_folder())[FOLDS.index(fold)])
    return judge_fold(network, fold, sliced_by_id(folder, ids), folder, LENS, SCALES)


def test_dice_of_the_sample_is_the_one_in_the_card(again: HeldOut) -> None:
    written = [one["dice"] for one in CARD["sample"]["slices"]]
    assert again.dice == pytest.approx(np.array(written), abs=0.01)


def test_types_of_the_sample_are_those_in_the_card(again: HeldOut) -> None:
    written = [one["type"] for one in CARD["sample"]["slices"]]
    assert (again.type_logits.argmax(1) + 1).tolist() == written


def test_the_sample_was_held_out_from_the_member_that_judged_it(shared_data: Path) -> None:
    folder, fold = shared_data / "cheng_t1ce", CARD["sample"]["fold"]
    training, held_out = training_slices(folder, fold), held_out_slices(folder, fold)
    ids = {one["id"] for one in CARD["sample"]["slices"]}
    assert ids <= set(held_out.ids)
    assert not ids & set(training.ids)


def test_the_sample_does_about_as_well_as_the_whole(again: HeldOut) -> None:
    spread = float(np.std(again.dice) / np.sqrt(len(again.dice)))
    assert abs(again.dice.mean() - CARD["performance"]["dice_mean"]) < 4 * spread + 0.05
