"""The words of an explanation: complete in every language, and plain."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.acceptance.readability import grade
from assistant.drafting.citing import resolves
from assistant.drafting.explanation import explain
from assistant.drafting.plain_words import languages, words_of
from assistant.drafting.reading.vocabulary import CONDITION_IDS, PLACE_IDS
from assistant.drafting.recommendation import RULES
from assistant.drafting.reviewing import written as written_page
from assistant.knowledge.shipped import passage, passages
from assistant.records import Explanation, Report
from inference.records import FindingStatus
from tests.assistant.conftest import MakeReport, finding
from tests.assistant.readability import amstad, vienna
from tests.assistant.written_reports import ENGLISH, SURE, SUSPECTED, sentence

HARDEST = 6.0
"""School grade, by Flesch-Kincaid in English and the Wiener Sachtextformel in German."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_language_has_the_same_words_with_the_same_placeholders():
    english, german = words_of("en"), words_of("de")
    assert set(languages()) == {"en", "de"}
    for table in ("say", "answer", "sides", "bands", "specialties", "languages", "units"):
        assert set(getattr(english, table)) == set(getattr(german, table)), table
    for table in ("say", "answer", "places"):
        for key, text in getattr(english, table).items():
            assert placeholders(text) == placeholders(getattr(german, table)[key]), key
    assert set(english.conditions) == set(german.conditions) == set(CONDITION_IDS)
    assert {key: len(asked) for key, asked in english.questions.items()} == {
        key: len(asked) for key, asked in german.questions.items()
    }


def test_every_place_and_every_passage_a_template_needs_is_there():
    for language in languages():
        words = words_of(language)
        assert set(PLACE_IDS) <= set(words.places)
        for one in words.conditions.values():
            assert passage(one.passage, language=language).language == language
        for rule in RULES.values():
            named = passage(rule.passage, language=language)
            assert named.url.startswith("https://")
            assert named.source != "Sagittal"
            assert named.date


def test_another_language_falls_back_to_english():
    assert words_of("fr").language == "en"
    assert words_of("de-AT").language == "de"


def test_a_german_passage_stands_beside_every_english_one_and_is_plain():
    assert [one.id for one in passages("de")] == [one.id for one in passages("en")]
    for one in passages("de"):
        assert vienna(one.text) <= 8.0, (one.id, vienna(one.text))


def test_the_formulas_tell_hard_from_plain():
    hard = "Histopathologische Charakterisierungen erfordern stereotaktische Probeentnahmen."
    plain = "Die Katze saß auf der Matte. Es war eine gute Katze."
    assert vienna(plain) < 3
    assert vienna(hard) > 12
    assert amstad(hard) < 20
    assert amstad(plain) > 80
    assert grade("The cat sat on the mat. It was a good cat.") < 2


def own_words(explained: Explanation) -> str:
    """All but the doctor's own words."""
    told = [one.text for one in explained.sentences if one.topic != "quote"]
    return " ".join([*told, explained.next_step.text] if explained.next_step else told)


def written(make_report: MakeReport) -> Iterator[Report]:
    """Over fifty reports: every condition, sure and suspected, and findings of the program."""
    for number, condition in enumerate(ENGLISH):
        language = ("en", "de")[number % 2]
        side = ("left", "right", "")[number % 3]
        for form in (SURE, SUSPECTED):
            text = sentence(language, condition, form[language], side=side, size="8 mm")
            yield make_report(findings="-", impression=text)
    rejected = finding(FindingStatus.REJECTED, side="left", place="temporal lobe", name="f2")
    for kind in ("glioma", "meningioma", "pituitary"):
        yield make_report(finding(kind=kind), rejected)
        yield make_report(finding(kind=kind, side="left", place="parietal lobe"))
    yield make_report(rejected)
    yield make_report()
    yield make_report(findings="-", impression="Normal MRI of the brain. No acute haemorrhage.")


@pytest.mark.parametrize(("language", "hardness"), [("en", grade), ("de", vienna)])
def test_every_explanation_is_plain_and_every_sentence_cites_what_stands_there(
    make_report: MakeReport, language, hardness
):
    reports = list(written(make_report))
    assert len(reports) >= 50
    for report in reports:
        explained = explain(report, language=language)
        text = own_words(explained)
        assert hardness(text) <= HARDEST, (hardness(text), text)
        assert explained.next_step is not None
        for one in (*explained.sentences, explained.next_step):
            assert one.citations, one
            assert all(resolves(cited, report) for cited in one.citations), one
            assert "{" not in one.text


def test_the_page_for_review_shows_every_template_as_it_is():
    page = Path(__file__).parents[2] / "docs" / "explanation-words.md"
    assert page.read_text("utf-8") == written_page()
    assert "No clinician has reviewed these words yet" in page.read_text("utf-8")
