"""Claims about a model card's figures in words."""

from __future__ import annotations

from dataclasses import replace

from app.pages.figures import figures
from inference.models.cards import read_package, shipped_folder


def test_the_shipped_models_false_positives_are_told_in_words() -> None:
    told = dict(figures(read_package(shipped_folder()).card))
    assert told["Slices with a false region"].endswith(" %")
    assert "False findings per study, another hospital" in told
    assert not any("_" in what for what in told)


def test_a_card_with_other_names_is_shown_whole() -> None:
    card = replace(read_package(shipped_folder()).card, performance={"area_under_curve": 0.5})
    assert figures(card) == (("area under curve", "0.5"),)
