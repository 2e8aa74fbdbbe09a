"""The card people read says what the machine's card says, and which heat maps are offered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inference.errors import InferenceError
from inference.explain.methods import CANDIDATES, OFFERED
from inference.models.cards import CARD_FILE, read_package, shipped_folder
from inference.training.page import card_page
from inference.training.page_heat_maps import heat_maps_part, why_not
from inference.training.seeds import Again, read_seeds

_MODELS = Path(__file__).parents[3] / "docs" / "models"
_SEEDS = _MODELS / "tumour-t1ce-random-weights.json"
_PASSES = {"rank": [0.9, 0.1], "alike": [0.9, 0.2], "passed": True}
_FAILS = {"rank": [0.9, 0.1], "alike": [0.9, 0.6], "passed": False}


@pytest.fixture(scope="module")
def heat_maps() -> dict[str, Any]:
    card = json.loads((shipped_folder() / CARD_FILE).read_text(encoding="utf-8"))
    found: dict[str, Any] = card["heat_maps"]
    return found


@pytest.fixture(scope="module")
def seeds() -> dict[str, tuple[Again, ...]]:
    return dict(read_seeds(_SEEDS, read_package(shipped_folder()).card.weights_sha256))


def test_the_page_in_docs_is_made_from_the_shipped_card() -> None:
    page = (_MODELS / "tumour-t1ce.md").read_text(encoding="utf-8")
    assert page == card_page(shipped_folder(), _SEEDS)


def test_a_method_that_passes_everywhere_needs_no_reason() -> None:
    assert not why_not(_PASSES, [Again(1, 0.1, 0.1, passed=True)])


def test_the_reason_names_what_stayed_alike() -> None:
    assert "0.600" in why_not(_FAILS, [])


def test_a_pass_that_hangs_on_the_seed_is_told_with_the_seed() -> None:
    again = [Again(0, 0.1, 0.2, passed=True), Again(7, 0.3, 0.55, passed=False)]
    reason = why_not(_PASSES, again)
    assert "1 of 2 seeds" in reason
    assert "seed 7: 0.300, 0.550" in reason


def test_every_candidate_stands_on_one_of_the_two_lists(
    heat_maps: dict[str, Any], seeds: dict[str, tuple[Again, ...]]
) -> None:
    offered, held_back = heat_maps_part(heat_maps, seeds).split("not offered, whatever")
    for method in CANDIDATES:
        assert f"(`{method.key}`)" in (offered if method in OFFERED else held_back)


def test_no_page_is_made_where_a_method_on_offer_fails_with_a_seed(
    heat_maps: dict[str, Any], seeds: dict[str, tuple[Again, ...]]
) -> None:
    failing = seeds | {OFFERED[0].key: (Again(3, 0.1, 0.9, passed=False),)}
    with pytest.raises(InferenceError, match=OFFERED[0].key):
        heat_maps_part(heat_maps, failing)


def test_a_check_of_other_weights_is_refused() -> None:
    with pytest.raises(InferenceError, match="other weights"):
        read_seeds(_SEEDS, "0" * 64)
