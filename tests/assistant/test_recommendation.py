"""What a report asks for next is read as it was meant, in many wordings; nothing is made up."""

from __future__ import annotations

import pytest

from assistant.drafting.explanation import explain
from assistant.drafting.plain_words import words_of
from assistant.drafting.recommendation import RULES, recommendations_in
from tests.assistant.test_own_diagnoses import report_of

ASKED = [
    ("Consultation with neurosurgery within 2 weeks is suggested.", "neurosurgery", "", "2 weeks"),
    ("Urgent referral to neurology within 3 days.", "neurology", "", "3 days"),
    ("Refer to an endocrinologist.", "endocrinology", "", ""),
    ("Recommend neurosurgical opinion in one week.", "neurosurgery", "", "1 week"),
    ("Please see a GP within 4 weeks.", "general practice", "", "4 weeks"),
    ("Follow up with an endocrinologist in four weeks.", "endocrinology", "", "4 weeks"),
    ("Neuro-oncology review within 10 days is advised.", "oncology", "", "10 days"),
    ("Assessment in the memory clinic is recommended.", "memory", "", ""),
    ("Visual field testing is recommended.", "ophthalmology", "", ""),
    ("ENT consultation suggested.", "ent", "", ""),
    ("Follow-up MRI in 12 months is recommended.", "", "mri", "12 months"),
    ("MRI follow-up in 3-6 months.", "", "mri", "3-6 months"),
    ("Repeat CT in 24 hours.", "", "ct", "24 hours"),
    ("Control MRI in three to six months advised.", "", "mri", "3-6 months"),
    ("Surveillance imaging in 1 year.", "", "scan", "1 year"),
    ("Neurochirurgische Vorstellung innerhalb von 2 Wochen empfohlen.", "neurosurgery", "",
     "2 weeks"),
    ("Dringende Vorstellung in der Neurologie.", "neurology", "", ""),
    ("Eine endokrinologische Abklärung wird empfohlen.", "endocrinology", "", ""),
    ("Vorstellung beim Hausarzt in 4 Wochen.", "general practice", "", "4 weeks"),
    ("Augenärztliche Mitbeurteilung empfohlen.", "ophthalmology", "", ""),
    ("HNO-ärztliches Konsil empfohlen.", "ent", "", ""),
    ("Verlaufskontrolle mittels MRT in 6 Monaten empfohlen.", "", "mri", "6 months"),
    ("MRT-Kontrolle in 3 bis 6 Monaten.", "", "mri", "3-6 months"),
    ("Kontrolle in einem Jahr mittels MRT.", "", "mri", "1 year"),
    ("Verlaufskontrolle in sechs Monaten.", "", "scan", "6 months"),
    ("Vorstellung in der Neurochirurgie spätestens in 14 Tagen.", "neurosurgery", "", "14 days"),
]  # fmt: skip
NOTHING = [
    "No referral to neurosurgery is needed.",
    "Follow-up MRI is not necessary.",
    "If symptoms progress, refer to neurology.",
    "The patient was seen by neurology.",
    "A follow-up MRI was done in 2020.",
    "Eine Kontrolle ist nicht erforderlich.",
    "Bei Bedarf neurologische Vorstellung.",
    "Keine MRT-Kontrolle notwendig.",
    "Clinical correlation is advised.",
    "Meningioma.",
    "Zustand nach neurochirurgischer Operation.",
]


@pytest.mark.parametrize(("text", "specialty", "scan", "within"), ASKED)
def test_one_request_is_read(text, specialty, scan, within):
    found = recommendations_in(text)
    assert [(one.specialty, one.scan, one.within) for one in found] == [(specialty, scan, within)]
    assert found[0].sentence == text


@pytest.mark.parametrize("text", NOTHING)
def test_what_asks_for_nothing_gives_nothing(text):
    assert recommendations_in(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Neurosurgical consultation within 6 weeks and follow-up MRI in 12 months recommended.",
        "MRT-Kontrolle in 12 Monaten, Vorstellung beim Neurochirurgen innerhalb von 6 Wochen.",
    ],
)
def test_two_requests_keep_their_own_times(text):
    found = {(one.specialty, one.scan, one.within) for one in recommendations_in(text)}
    assert found == {("neurosurgery", "", "6 weeks"), ("", "mri", "12 months")}


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("Cavernoma. Urgent referral to neurology within 3 days.", "en",
         "Your doctor suggests an urgent visit to neurology within 3 days."),
        ("Cavernoma. Follow-up MRI in 12 months is recommended.", "en",
         "Your doctor suggests another MRI scan in 12 months."),
        ("Cavernoma. MRI follow-up in 3-6 months.", "en",
         "Your doctor suggests another MRI scan in 3 to 6 months."),
        ("Kavernom. Verlaufskontrolle mittels MRT in einem Jahr empfohlen.", "de",
         "Der Befund rät zu einem neuen Bild in einem Jahr: MRT."),
        ("Kavernom. Vorstellung in der Neurochirurgie spätestens in 14 Tagen.", "de",
         "Der Befund rät zu einem Besuch in spätestens 14 Tagen: Neurochirurgie."),
        ("Kavernom. Vorstellung in der Neurologie innerhalb einer Woche empfohlen.", "en",
         "Your doctor suggests a visit to neurology within 1 week."),
        ("Cavernoma. Referral to neurology within one week.", "de",
         "Der Befund rät zu einem Besuch innerhalb von einer Woche: Neurologie."),
    ],
)  # fmt: skip
def test_the_next_step_says_what_the_report_asks_for(text, language, said):
    step = explain(report_of(text), language=language).next_step
    assert step is not None
    assert step.text == said


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("text", ["Suspected glioma.", "V.a. Mikroadenom.", "MS lesions."])
def test_a_rule_is_told_with_its_source_and_without_a_date_to_come(text, language):
    explained = explain(report_of(text), language=language)
    assert explained.next_step is not None
    assert any(
        cited.source.startswith("knowledge:rule-") for cited in explained.next_step.citations
    )
    assert explained.specialty in {rule.specialty for rule in RULES.values()}
    assert words_of(language).specialties[explained.specialty] in explained.next_step.text


@pytest.mark.parametrize("text", ["Meningioma.", "Cavernoma.", "Acute infarct.", "Aneurysm, 4 mm."])
def test_where_no_source_is_named_there_is_no_rule(text):
    explained = explain(report_of(text))
    assert explained.specialty == ""
    assert explained.next_step is not None
    assert explained.next_step.text == "Please talk with your doctor about the next step."
