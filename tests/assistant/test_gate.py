"""Nothing wrong gets through the sentence gate, and a gate with a hole is noticed."""

from __future__ import annotations

import itertools

import pytest

from assistant.drafting.explanation import explain
from assistant.guarding import gate
from assistant.guarding.gate import faithful
from assistant.guarding.lexicon import sentences
from assistant.guarding.vocabulary import _meanings
from inference.records import FindingStatus
from tests.assistant import german_mutants
from tests.assistant.conftest import MakeReport, finding
from tests.assistant.faithful_sentences import pairs, wrong_pairs
from tests.assistant.mutants import PARAPHRASES, mutants

CAUGHT_AT_LEAST = 0.99


@pytest.fixture
def templates(make_report: MakeReport) -> list[str]:
    """Every sentence the templates make over many situations, each once."""
    told: dict[str, None] = {}
    places = ("frontal lobe", "parietal lobe", "temporal lobe", "cerebellum")
    kinds = ("glioma", "meningioma", "pituitary")
    for number, (side, place, kind) in enumerate(
        itertools.product(("left", "right"), places, kinds)
    ):
        one = finding(side=side, place=place, kind=kind, size=11.0 + 3 * number)
        other = finding(FindingStatus.REJECTED, side=side, place=place, size=4.0 + number, name="x")
        named = "Meningioma." if kind == "meningioma" else None
        texts = (
            {"impression": f"{named} Urgent referral to neurology within 3 days."} if named else {}
        )
        for report in (make_report(one, other, **texts), make_report(one)):
            explained = explain(report)
            shown = [s.text for s in explained.sentences if s.topic in
                     {"found", "meaning", "unknown", "computer"}]  # fmt: skip
            shown += [explained.next_step.text] if explained.next_step else []
            for text in shown:
                told.update(dict.fromkeys(sentences(text)))
    return list(told)


def caught(templates: list[str]) -> float:
    made = mutants(templates)[::5]
    return sum(not faithful(source, wrong)[0] for _, source, wrong in made) / len(made)


def test_every_template_may_stand_for_itself(templates):
    refused = [(text, faithful(text, text)[1]) for text in templates if not faithful(text, text)[0]]
    assert refused == []


def test_wrong_sentences_are_caught(templates):
    made = mutants(templates)
    missed = [(name, wrong) for name, source, wrong in made if faithful(source, wrong)[0]]
    assert len(made) > 400
    assert len({name for name, _, _ in made}) > 40
    assert len(missed) <= (1 - CAUGHT_AT_LEAST) * len(made), missed


def test_right_sentences_in_other_words_are_accepted():
    refused = [(right, faithful(source, right)[1]) for source, right in PARAPHRASES
               if not faithful(source, right)[0]]  # fmt: skip
    assert len(PARAPHRASES) >= 20
    assert len(refused) <= 0.1 * len(PARAPHRASES), refused


@pytest.mark.parametrize(("language", "broken"), [("en", mutants), ("de", german_mutants.mutants)])
def test_the_gate_reads_both_languages(language, broken):
    known = pairs(language)
    refused = [pair for pair in known if not faithful(*pair, language=language)[0]]
    assert len(refused) <= 0.05 * len(known), refused
    sources = list(dict.fromkeys(one for pair in known for one in pair))
    made = broken(sources)
    missed = [wrong for _, one, wrong in made if faithful(one, wrong, language=language)[0]]
    assert len(made) > 700
    assert len(missed) <= 0.005 * len(made), missed


@pytest.mark.parametrize(
    ("source", "candidate"),
    [
        (
            "There is a cyst in the left frontal lobe and a scar in the right temporal lobe.",
            "There is a scar in the left frontal lobe and a cyst in the right temporal lobe.",
        ),
        (
            "There is a cyst in the left frontal lobe and a scar in the right temporal lobe.",
            "There is a cyst in the right frontal lobe and a scar in the left temporal lobe.",
        ),
        (
            "The cyst measures 12 mm and the scar measures 5 mm.",
            "The cyst measures 5 mm and the scar measures 12 mm.",
        ),
        (
            "The computer marked it and your doctor confirmed it.",
            "Your doctor marked it and the computer confirmed it.",
        ),
        ("There is bleeding but no swelling.", "There is swelling but no bleeding."),
        (
            "It does not press on the brain and is harmless.",
            "It presses on the brain and is not harmless.",
        ),
    ],
)
def test_parts_that_changed_places_are_noticed(source, candidate):
    assert not faithful(source, candidate)[0]


def test_a_fragment_beside_the_right_sentence_is_refused():
    source = "Der Hippocampus ist ein Teil des Gehirns."
    assert not faithful(source, f"Ein Gehirn, der Schreiben. {source}", language="de")[0]


def test_a_condition_is_kept():
    source = "If a very strong headache begins all at once, call the emergency number."
    assert not faithful(source, "A very strong headache begins all at once.")[0]


@pytest.mark.parametrize(
    ("source", "candidate", "language"),
    [
        (
            "The tumour was 25 mm wide and is now 18 mm wide.",
            "The tumour was 18 mm wide and is now 25 mm wide.",
            "en",
        ),
        (
            "The left hippocampus is smaller than the right hippocampus.",
            "The right hippocampus is smaller than the left hippocampus.",
            "en",
        ),
        (
            "A neurologist should see you within two weeks.",
            "A neurologist should see you after two weeks.",
            "en",
        ),
        ("A stroke of a few days ago is seen.", "A stroke of a few months ago is seen.", "en"),
        (
            "Sie sollten innerhalb von zwei Wochen zur Kontrolle.",
            "Sie sollten nach zwei Wochen zur Kontrolle.",
            "de",
        ),
    ],
)
def test_order_and_time_are_kept(source, candidate, language):
    assert faithful(source, source, language=language)[0]
    assert not faithful(source, candidate, language=language)[0]


@pytest.mark.parametrize(("language", "source", "wrong"), wrong_pairs())
def test_nothing_changes_places(language, source, wrong):
    assert faithful(source, source, language=language)[0]
    assert not faithful(source, wrong, language=language)[0]


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_sentence_cut_short_is_refused_wherever_it_is_cut(language):
    for source, _ in pairs(language):
        words = source.removesuffix(".").split()
        for end in range(1, len(words)):
            begun = " ".join(words[:end]).rstrip(",;:")
            assert not faithful(source, f"{begun}.", language=language)[0]


def test_the_verb_may_not_go():
    source = "A scan can show whether it is new or old."
    assert not faithful(source, "A new and old.")[0]


def test_a_word_that_means_two_things_is_refused_when_the_words_are_read():
    groups = {"side": {"left": "left"}, "place": {"back": "left"}}
    with pytest.raises(ValueError, match="left means both"):
        _meanings(groups, ())


@pytest.mark.parametrize("hole", ["_numbers", "_sides", "_concepts", "_negations", "_certainty"])
def test_a_gate_with_a_hole_is_noticed(templates, monkeypatch, hole):
    kept = tuple(check for check in gate.CHECKS if check.__name__ != hole)
    assert len(kept) == len(gate.CHECKS) - 1
    monkeypatch.setattr(gate, "CHECKS", kept)
    assert caught(templates) < CAUGHT_AT_LEAST


@pytest.mark.parametrize(
    ("source", "candidate", "reason"),
    [
        ("It is 34 mm wide.", "It is 34 cm wide.", "numbers"),
        ("A lesion on the left.", "A lesion on the right.", "side"),
        ("There is no stroke.", "There is a stroke.", "negation"),
        ("There is a stroke and no bleeding.", "There is bleeding and no stroke.", "denied"),
        ("Your doctor has confirmed this.", "Your doctor has checked this.", "confirmed"),
        ("It may be a cyst.", "It is a cyst.", "sure"),
        ("A small cyst.", "A large cyst.", "degree"),
        ("It is a cyst.", "", "nothing"),
    ],
)
def test_the_gate_names_its_reason(source, candidate, reason):
    accepted, why = faithful(source, candidate)
    assert not accepted
    assert reason in why
