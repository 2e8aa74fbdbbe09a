"""Claims about a model card's figures in words."""

from __future__ import annotations

from dataclasses import replace

from app.pages.calibration import calibration_of
from app.pages.figures import figures, further_figures
from app.pages.model_card import reliability_words
from app.pages.monitoring_words import score_words
from inference.models.cards import read_package, shipped_folder


def test_the_shipped_models_false_positives_are_told_in_words() -> None:
    told = dict(figures(read_package(shipped_folder()).card))
    assert told["Slices with a false region"].endswith(" %")
    assert "False findings per study, another hospital" in told
    assert not any("_" in what for what in told)


def test_a_card_with_other_names_is_shown_whole() -> None:
    card = replace(read_package(shipped_folder()).card, performance={"area_under_curve": 0.5})
    assert figures(card) == (("Area under curve", "0.5"),)


def test_every_figure_of_the_shipped_card_has_a_wording_and_none_is_a_raw_name() -> None:
    card = read_package(shipped_folder()).card
    for what, _ in (*figures(card), *further_figures(card)):
        assert what[0].isupper()
        raw = what.lower().replace(" ", "_")
        assert raw not in card.performance or raw == "slices", what
    assert "Outline overlap (Dice) that 3 of 4 reach" in dict(further_figures(card))


def test_a_temperature_nobody_fitted_is_not_spoken_of() -> None:
    calibration = calibration_of(read_package(shipped_folder()).card)
    for part in (calibration.lesion, calibration.kind):
        assert part is not None
        told = dict(reliability_words(part))
        assert "Temperature" not in told
        assert ("Its scores are divided by" in told) == (part.temperature is not None)
        assert "not measured" not in told.values()


def test_scores_of_the_gate_are_told_in_plain_words() -> None:
    assert score_words("seen_kind_t1_after_contrast") == "how sure: t1 after contrast"
    assert score_words("plane_cosine") == "how straight the slices lie"
    assert score_words("a_score_of_tomorrow") == "a score of tomorrow"
