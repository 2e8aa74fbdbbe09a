"""What a suggestion is worth is said by what was wrong, and only where that was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.pages.calibration import Abstention, Bin, Reliability, calibration_of
from app.pages.odds import (
    TOO_FEW,
    TYPE_UNCERTAIN,
    Grounds,
    grounds,
    nothing_suspected,
    trust_explained,
    trust_line,
    wrong_words,
)
from inference.models.cards import read_package, shipped_folder
from inference.records import Run, RunOutcome
from tests.app.pages.cards import ABSTENTION, DIGEST, MEASURED, card
from tests.app.storage.records import FINDING, RUN

RUNS = (replace(RUN, id="r", weights_sha256=DIGEST),)
SURE = (("meningioma", 0.9), ("glioma", 0.07), ("pituitary", 0.03))
TORN = (("meningioma", 0.5), ("glioma", 0.45), ("pituitary", 0.05))
LESION = replace(FINDING, run_id="r", probability=0.85, kinds=SURE)
QUIET = replace(RUN, weights_sha256=DIGEST, outcome=RunOutcome.NOTHING_SUSPECTED, reason="")


def test_a_row_says_how_many_cases_like_it_were_wrong() -> None:
    assert trust_line(LESION, grounds(card(), RUNS)) == "like this, 17 of 100 were wrong"


@pytest.mark.parametrize(
    ("count", "accuracy", "words"),
    [
        (19, 0.9, TOO_FEW),
        (20, 0.9, "like this, 10 of 100 were wrong"),
        (500, 0.99, "like this, 1 of 100 was wrong"),
        (951, 0.9958, "like this, fewer than 1 of 100 was wrong"),
        (25, 1.0, "like this, none of 25 was wrong"),
        (25, 0.0, "like this, 100 of 100 were wrong"),
    ],
)
def test_few_cases_say_nothing_and_no_error_is_not_called_zero_of_a_hundred(
    count: int, accuracy: float, words: str
) -> None:
    one = Bin(0.8, 0.9, count, 0.85, accuracy)
    assert wrong_words(Reliability(None, None, None, (one,)), one) == words


def test_a_test_rich_in_lesions_does_not_flatter_a_probability_given_at_even_odds() -> None:
    """900 of 1000 test regions were lesions; 10 of 500 like this were wrong there."""
    bins = [
        {"low": 0.0, "high": 0.8, "count": 500, "confidence": 0.4, "accuracy": 0.82},
        {"low": 0.8, "high": 1.0, "count": 500, "confidence": 0.9, "accuracy": 0.98},
    ]
    plain = card(calibration={"lesion": {"bins": bins}})
    even = card(calibration={"lesion": {"bins": bins, "odds": "even odds before the image"}})
    assert trust_line(LESION, grounds(plain, RUNS)) == "like this, 2 of 100 were wrong"
    by_hand = (10 / 100) / (10 / 100 + 490 / 900)
    words = trust_line(LESION, grounds(even, RUNS))
    assert words == f"like this, {100 * by_hand:.0f} of 100 were wrong"
    told = trust_explained(LESION, grounds(even, RUNS))
    assert "wrong in 10 of 500 cases" in told
    assert "90 of 100 cases of the test were lesions" in told


def test_the_shipped_cards_calibration_is_read_whole() -> None:
    shipped = calibration_of(read_package(shipped_folder()).card)
    assert shipped.lesion is not None
    assert shipped.lesion.even_odds
    assert shipped.kind is not None
    assert shipped.kind.before is not None
    assert shipped.abstention is not None
    assert shipped.abstention.bar is not None


def test_a_probability_outside_every_bin_has_no_cases_like_it() -> None:
    low = replace(LESION, probability=0.2)
    assert trust_line(low, grounds(card(), RUNS)) == TOO_FEW


def test_a_card_speaks_for_its_own_weights_only() -> None:
    other = (replace(RUN, id="r", weights_sha256="cd" * 32),)
    words = trust_line(LESION, grounds(card(), other))
    assert words == "probability 0.85, not measured how often wrong"
    assert "not measured for the weights that made this" in trust_explained(
        LESION, grounds(card(), other)
    )


@pytest.mark.parametrize("known", [Grounds(), grounds(card(calibration={}), RUNS)])
def test_without_a_measurement_that_is_said(known: Grounds) -> None:
    assert "not measured how often wrong" in trust_line(LESION, known)


def test_a_type_below_the_threshold_is_uncertain() -> None:
    torn = replace(LESION, kinds=TORN)
    assert trust_line(torn, grounds(card(), RUNS)).startswith(TYPE_UNCERTAIN)
    assert TYPE_UNCERTAIN not in trust_line(LESION, grounds(card(), RUNS))


@pytest.mark.parametrize(("kinds", "left_open"), [(SURE, False), (TORN, True), ((), False)])
def test_a_conformal_set_that_is_not_one_type_leaves_it_open(
    kinds: tuple[tuple[str, float], ...], left_open: bool
) -> None:
    rule = Abstention("conformal", 0.9, None, 0.6, None, None, None)
    assert rule.leaves_open(kinds) is left_open


def test_the_tooltip_gives_the_counts_behind_the_words_and_what_they_do_not_mean() -> None:
    told = trust_explained(LESION, grounds(card(), RUNS))
    assert "wrong in 35 of 203 cases like this" in told
    assert "95 % interval" in told
    assert "not the chance that the patient has a tumour" in told


def test_a_readers_own_finding_has_no_odds() -> None:
    own = replace(LESION, probability=None, run_id="")
    assert trust_line(own, grounds(card(), RUNS)) == "added by the reader"


def test_nothing_suspected_never_stands_without_the_measured_sensitivity() -> None:
    words = nothing_suspected(QUIET, card())
    assert "found 93 of 100 lesions (95 % interval 90 to 95)" in words
    assert "not the same as normal" in words


@pytest.mark.parametrize("known", [None, card(performance={}), card(weights_sha256="cd" * 32)])
def test_a_sensitivity_that_is_not_known_is_said_to_be_so(known: object) -> None:
    words = nothing_suspected(QUIET, known)  # type: ignore[arg-type]
    assert "not at hand" in words or "not measured" in words
    noted: Run = replace(QUIET, reason="Nothing suspected; it found 82 of 100.")
    assert nothing_suspected(noted, known) == noted.reason  # type: ignore[arg-type]


BIN_KEYS = ("low", "high", "count", "confidence", "accuracy", *ABSTENTION)
junk = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=3),
    lambda part: (
        st.lists(part, max_size=3)
        | st.dictionaries(st.sampled_from((*MEASURED["type"], *BIN_KEYS)), part, max_size=4)
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from(("type", "lesion", "abstention")), junk))
def test_a_card_of_any_shape_is_read_and_never_believed_beyond_what_it_holds(
    parts: dict[str, object],
) -> None:
    read = calibration_of(card(calibration=parts))
    for one in (read.lesion, read.kind):
        assert one is None or all(part.count >= 1 for part in one.bins)
