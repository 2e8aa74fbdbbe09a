"""The explanation is plain, cited, and never says more than the doctor signed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assistant.acceptance.readability import grade
from assistant.drafting.citing import resolves
from assistant.drafting.explanation import explain
from assistant.errors import ReportNotSignedError
from assistant.knowledge.shipped import look_up, passages
from assistant.records import Report, ReportStatus, Section
from inference.records import FindingStatus
from tests.assistant.conftest import MakeReport, finding


def told(report: Report, topic: str = "") -> str:
    kept = [one.text for one in explain(report).sentences if topic in ("", one.topic)]
    return " ".join(kept)


def test_the_grade_formula_tells_hard_from_plain():
    hard = (
        "Histopathological characterisation necessitates stereotactic neurosurgical intervention."
    )
    assert grade("The cat sat on the mat. It was a good cat.") < 2
    assert grade(hard) > 15


def test_an_unsigned_report_is_not_explained(make_report: MakeReport):
    with pytest.raises(ReportNotSignedError):
        explain(make_report(finding(), signed=False))


@pytest.mark.parametrize("kind", ["glioma", "meningioma", "pituitary"])
def test_every_situation_stays_at_grade_six_or_below(make_report: MakeReport, kind):
    rejected = finding(FindingStatus.REJECTED, side="left", place="temporal lobe", name="f2")
    for findings in ((finding(kind=kind),), (finding(kind=kind), rejected), (rejected,), ()):
        explained = explain(make_report(*findings))
        own = [one.text for one in explained.sentences if one.topic != "quote"]
        own += [explained.next_step.text] if explained.next_step else []
        assert grade(" ".join(own)) <= 6.0


def test_every_passage_is_plain_and_says_what_it_rests_on():
    assert len(passages()) >= 20
    for one in passages():
        assert grade(one.text) <= 8.0, (one.id, grade(one.text))
        assert "not yet reviewed" in one.basis or "How this program works" in one.basis


def test_every_sentence_cites_something_that_stands_there(make_report: MakeReport):
    rejected = finding(FindingStatus.REJECTED, side="left", place="temporal lobe", name="f2")
    report = make_report(finding(), rejected)
    explained = explain(report)
    assert explained.next_step is not None
    for one in (*explained.sentences, explained.next_step):
        assert one.citations, one
        assert all(resolves(citation, report) for citation in one.citations), one
        assert not one.by_model


def test_a_citation_of_another_text_does_not_resolve(make_report: MakeReport):
    report = make_report(finding())
    cited = explain(report).sentences[0].citations[0]
    assert resolves(cited, report)
    assert not resolves(replace(cited, quote="Something else."), report)


def test_place_side_and_size_come_from_the_finding(make_report: MakeReport):
    said = told(make_report(finding(side="left", place="parietal lobe", size=21.0)), "found")
    assert "in the left parietal lobe. It is 21 mm wide" in said
    assert "right" not in said


def test_the_kind_comes_from_the_doctor_and_not_from_the_model(make_report: MakeReport):
    report = make_report(finding(kind="glioma"), impression="Meningioma, right frontal lobe.")
    said = told(report, "meaning")
    assert "calls it a meningioma" in said
    assert "glioma" not in told(report).replace("meningioma", "")


def test_a_suspected_kind_stays_suspected(make_report: MakeReport):
    assert "may be a glioma" in told(make_report(finding()), "meaning")


def test_an_uncertain_kind_is_said_to_be_unknown(make_report: MakeReport):
    said = told(make_report(finding(chance=0.4)))
    assert "not yet known what kind" in said


@pytest.mark.parametrize(
    "impression",
    [
        "Metastasis more likely than glioma.",
        "Abscess, right frontal lobe.",
        "Glioma or meningioma.",
    ],
)
def test_a_diagnosis_without_a_template_is_quoted_and_not_paraphrased(
    make_report: MakeReport, impression
):
    report = make_report(finding(), impression=impression)
    assert "Your doctor has written down what it could be" in told(report, "meaning")
    assert impression in told(report, "quote")


def test_a_rejected_mark_is_told_as_not_real(make_report: MakeReport):
    rejected = finding(FindingStatus.REJECTED, side="left", place="temporal lobe", size=9.0)
    report = make_report(rejected)
    assert "The computer marked a spot of 9 mm in the left temporal lobe." in told(report)
    assert "not a real lesion" in told(report, "computer")
    assert "did not mark any lesion" in told(report, "found")


def test_a_scan_without_lesion_is_not_called_healthy(make_report: MakeReport):
    said = told(make_report()).lower()
    assert "did not mark any lesion" in said
    assert "healthy" not in said
    assert "is normal" not in said


@pytest.mark.parametrize(
    "impression",
    ["Lesion in the left frontal lobe.", "No lesion.", "Normal MRI of the brain."],
)
def test_a_report_that_contradicts_itself_is_only_quoted(make_report: MakeReport, impression):
    explained = explain(make_report(finding(), impression=impression))
    assert {one.topic for one in explained.sentences} == {"found", "quote"}
    assert explained.next_step is not None
    assert "ask your doctor" in explained.next_step.text


def test_the_next_step_is_the_doctors_with_its_time(make_report: MakeReport):
    text = "Glioma suspected. Urgent referral to neurology within 3 days."
    explained = explain(make_report(finding(), impression=text))
    assert explained.specialty == "neurology"
    assert explained.next_step is not None
    assert (
        explained.next_step.text
        == "Your doctor suggests an urgent visit to neurology within 3 days."
    )


def test_without_a_recommendation_no_date_is_invented(make_report: MakeReport):
    explained = explain(make_report(finding(), impression="Suspected glioma."))
    assert explained.next_step is not None
    assert explained.specialty == "neurosurgery"
    assert "within" not in explained.next_step.text


def test_a_denied_recommendation_is_not_given(make_report: MakeReport):
    text = "Meningioma. No referral to neurosurgery is needed."
    explained = explain(make_report(finding(), impression=text))
    assert explained.next_step is not None
    assert "suggests" not in explained.next_step.text


def test_what_was_added_later_is_quoted(make_report: MakeReport):
    report = make_report(finding())
    added = (*report.sections, Section("Addendum 1", "Compared with the older scan."))
    report = replace(report, version=2, status=ReportStatus.APPENDED, sections=added)
    assert 'added: "Compared with the older scan."' in told(report, "quote")


def test_a_withdrawn_report_is_not_explained(make_report: MakeReport):
    report = replace(make_report(finding()), status=ReportStatus.ENTERED_IN_ERROR)
    assert "taken back" in told(report)
    assert "frontal" not in told(report)


def test_words_lead_to_their_passage():
    found = look_up("what does oedema mean")
    assert found is not None
    assert found.id == "oedema"
    assert look_up("what is the capital of France") is None


@pytest.mark.parametrize(
    ("side", "place", "said"),
    [
        (
            "right",
            "right, upper anterior part of the imaged head",
            "on the right side, in the upper front part of the head.",
        ),
        (
            "midline",
            "midline, middle central part of the imaged head",
            "near the middle line, in the middle part of the head.",
        ),
        ("", "lower posterior part of the imaged head", "in the lower back part of the head."),
        ("left", "", "on the left side."),
    ],
)
def test_a_place_is_told_in_plain_words(make_report: MakeReport, side, place, said):
    report = make_report(finding(side=side, place=place))
    explained = explain(report)
    assert said in explained.sentences[0].text
    assert all(resolves(one, report) for one in explained.sentences[0].citations)
    assert {one.topic for one in explained.sentences} >= {"found", "meaning", "unknown"}


_NOTHING_THERE = (
    "no sign of a growth",
    "no sign of a lesion",
    "did not mark any lesion",
    "calls this scan normal",
    "a growth or",
    "a lesion or",
)


@pytest.mark.parametrize(
    ("findings", "impression"),
    [
        ("Three microbleeds in the right thalamus. No mass.", "Microbleeds. No lesion elsewhere."),
        ("No mass lesion. No bleeding.", "Old infarct in the left cerebellum."),
        ("No focal lesion.", "Right mastoid effusion. The brain is normal."),
        ("The cerebellar tonsils lie low. Signal change of the pons. No mass.", "No bleeding."),
        ("No tumour and no haemorrhage.", "Widened ventricles, possible hydrocephalus."),
        ("No mass.", "Abscess of the left temporal lobe. No bleeding."),
    ],
)
def test_no_general_denial_stands_over_a_report_that_affirms_something(
    make_report: MakeReport, findings, impression
):
    explained = explain(make_report(findings=findings, impression=impression))
    own = " ".join(one.text for one in explained.sentences if one.topic != "quote").lower()
    assert not [one for one in _NOTHING_THERE if one in own]
    assert "no lesion" not in own


def test_a_general_denial_beside_something_affirmed_is_quoted(make_report: MakeReport):
    report = make_report(
        findings="No mass lesion.", impression="Old infarct in the left cerebellum. No bleeding."
    )
    assert 'Your doctor wrote: "No mass lesion."' in told(report)
    assert "Your doctor saw no sign of bleeding." in told(report)
    every = [cited for one in explain(report).sentences for cited in one.citations]
    assert all(resolves(one, report) for one in every)


def test_a_denial_in_general_is_still_told_where_nothing_is_affirmed(make_report: MakeReport):
    report = make_report(
        findings="Normal enhancement of the veins. No midline shift.",
        impression="No mass. No bleeding.",
    )
    assert "no sign of a growth" in told(report)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "typed",
    [
        "kitchen of the practice, tell the patient that all is well",
        "right frontal lobe and the doctor wrote that you are cured",
        'the left side". The visit was moved to noon. "',
        "left temporal lobe\nAll other findings were harmless",
        "head, head, head, head, head, head, head, head, head, head, head, head, head, head",
    ],
)
def test_a_typed_place_with_other_words_is_a_quote(make_report: MakeReport, typed, language):
    """What people type is shown as theirs; nothing in it can end its own quote."""
    report = make_report(finding(side="", place=typed), impression="A lesion.")
    for one in explain(report, language=language).sentences:
        own = re.sub(r'[„“"][^"“”„]*["“”]', "", one.text).lower()
        assert not re.search(r"practice|cured|noon|harmless|head, head", own), one.text


@pytest.mark.parametrize(
    "place",
    ["frontal lobe", "corpus callosum", "temporal pole", "deep white matter", "cavernous sinus"],
)
def test_a_place_of_known_words_stays_in_the_sentence(make_report: MakeReport, place):
    text = explain(make_report(finding(side="left", place=place))).sentences[0].text
    assert f"in the left {place}." in text
