"""Maps come on the grid their method resolves; those that ignore what was learnt are found out."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from inference.explain import sanity as checking
from inference.explain.attending import attend, blocks, spread
from inference.explain.methods import CANDIDATES, OFFERED, STRIDES, Method, named
from inference.explain.sanity import sanity
from inference.models.cards import CARD_FILE, read_package, shipped_folder
from inference.models.loading import load_networks
from inference.models.unet import OutlineNet
from inference.pipeline.prepare import prepare
from tests.inference.builders import head_volume

LESION = (20.0, -10.0, 5.0)


@pytest.fixture(scope="module")
def networks() -> tuple[OutlineNet, ...]:
    return load_networks(read_package(shipped_folder()), torch.device("cpu"))[:1]


@pytest.fixture(scope="module")
def seen() -> tuple[np.ndarray, np.ndarray]:
    """Two slices of a made head with a bright ball, and where the ball is."""
    prepared = prepare(head_volume(lesion_mm=LESION), 192, 1.1)
    images = prepared.images[12:14]
    plain = prepare(head_volume(), 192, 1.1).images[12:14]
    return images, np.abs(images - plain) > 0.3


@pytest.mark.parametrize("method", CANDIDATES, ids=lambda one: one.key)
def test_each_map_is_positive_and_of_its_own_grain(
    method: Method, networks: tuple[OutlineNet, ...], seen: tuple[np.ndarray, np.ndarray]
) -> None:
    images, regions = seen
    found = attend(networks, images, regions, [2, 2], [method])[method]
    cell = STRIDES.get(method.layer, method.cell_px)
    assert found.shape == (2, 192 // cell, 192 // cell)
    assert np.isfinite(found).all()
    assert found.min() >= 0


def test_two_members_alike_give_the_map_of_one(
    networks: tuple[OutlineNet, ...], seen: tuple[np.ndarray, np.ndarray]
) -> None:
    images, regions = seen
    method = CANDIDATES[1]
    one = attend(networks, images, regions, [2, 2], [method])[method]
    two = attend(networks * 2, images, regions, [2, 2], [method])[method]
    assert two == pytest.approx(2 * one, rel=1e-3, abs=1e-6)


def test_the_same_seed_gives_the_same_shapley_map(
    networks: tuple[OutlineNet, ...], seen: tuple[np.ndarray, np.ndarray]
) -> None:
    images, regions = seen
    method = CANDIDATES[3]
    first = attend(networks, images[:1], regions[:1], [2], [method])[method]
    again = attend(networks, images[:1], regions[:1], [2], [method])[method]
    assert np.array_equal(first, again)


def test_cells_are_shown_as_blocks_where_asked() -> None:
    native = np.arange(4, dtype=np.float32).reshape(1, 2, 2)
    assert len(np.unique(blocks(native, 8))) == 4
    assert len(np.unique(spread(native, 8))) > 4


def test_a_method_that_shows_the_image_and_not_the_model_fails_the_check(
    networks: tuple[OutlineNet, ...],
    seen: tuple[np.ndarray, np.ndarray],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    images, regions = seen
    honest = CANDIDATES[0]
    monkeypatch.setattr(checking, "attend", lambda _n, given, *_a, **_k: {honest: given})
    report = sanity(networks, images, regions, [honest])
    assert not report.offered
    assert any("FAILS" in line for line in report.lines())


def test_weights_made_random_at_once_or_in_turn_end_the_same(
    networks: tuple[OutlineNet, ...], seen: tuple[np.ndarray, np.ndarray]
) -> None:
    images, regions = seen
    in_turn = sanity(networks, images, regions, CANDIDATES[:1]).rows[0]
    at_once = sanity(networks, images, regions, CANDIDATES[:1], at_once=True).rows[0]
    assert len(at_once.rank) == 1
    assert at_once.rank[-1] == pytest.approx(in_turn.rank[-1])
    assert at_once.alike[-1] == pytest.approx(in_turn.alike[-1])


def test_what_is_offered_can_be_asked_for_by_its_key() -> None:
    assert all(named(method.key) is method for method in OFFERED)
    assert named("outline/GradCAM/nowhere") is None


def test_only_methods_that_passed_the_check_in_the_card_are_offered() -> None:
    card = json.loads((shipped_folder() / CARD_FILE).read_text(encoding="utf-8"))
    checked = card["heat_maps"]["random_weights"]["rows"]
    assert all(checked[method.key]["passed"] for method in OFFERED)
