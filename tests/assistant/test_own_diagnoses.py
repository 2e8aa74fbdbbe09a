"""What a doctor wrote is told as it was meant: its number, side, negation and certainty stay."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from assistant.drafting.explanation import explain
from assistant.drafting.plain_words import words_of
from assistant.drafting.reading.details import details
from assistant.drafting.reading.stances import Stance, overlapping, read
from assistant.records import Report, ReportStatus, Section
from inference.records import FindingStatus
from tests.assistant.conftest import NOW, SIGNATURE, MakeReport, finding
from tests.assistant.written_reports import DENIED, ENGLISH, SURE, SUSPECTED, sentence

LANGUAGES = some.sampled_from(("en", "de"))
CONDITIONS = some.sampled_from(sorted(ENGLISH))
NUMBERS = some.integers(2, 60).map(str) | some.integers(11, 59).map(lambda n: f"{n / 10:.1f}")


def report_of(impression: str, findings: str = "-") -> Report:
    """A signed report without findings of the program."""
    sections = (Section("Findings", findings), Section("Impression", impression))
    return Report("r", 1, "s", "p", "d", ReportStatus.FINAL, NOW, sections, signature=SIGNATURE)


def told(report: Report, language: str, *topics: str) -> str:
    kept = explain(report, language=language).sentences
    return " ".join(one.text for one in kept if not topics or one.topic in topics)


@settings(max_examples=120, deadline=None)
@given(CONDITIONS, LANGUAGES, LANGUAGES, some.booleans(), some.sampled_from(("left", "right")),
       NUMBERS, some.sampled_from(("mm", "cm")), some.sampled_from(("same", "")))  # fmt: skip
def test_number_unit_side_certainty_and_course_never_change(
    condition, written_in, read_in, sure, side, number, unit, course
):
    form = (SURE if sure else SUSPECTED)[written_in]
    size = f"{number.replace('.', ',') if written_in == 'de' else number} {unit}"
    text = sentence(written_in, condition, form, side=side, size=size, course=course)
    words = words_of(read_in)
    found = told(report_of(text), read_in, "found")
    template = words.conditions[condition]
    assert (template.sure in found) is sure
    assert (template.maybe in found) is not sure
    assert (words.say["not_sure"] in found) is not sure
    shown = [(words.number(n), u) for n, u in re.findall(r"(\d+(?:[.,]\d+)?) (mm|cm)", found)]
    assert shown == [(words.number(number), unit)]
    sides = {"left": ("left", "links"), "right": ("right", "rechts")}
    other = sides["right" if side == "left" else "left"]
    assert any(word in found for word in sides[side])
    assert not any(re.search(rf"\b{word}\b", found) for word in other)
    assert (words.say["change_same"] in found) is (course == "same" and sure)


@settings(max_examples=80, deadline=None)
@given(CONDITIONS, CONDITIONS, LANGUAGES, LANGUAGES)
def test_what_is_denied_is_never_told_as_there(there, denied, written_in, read_in):
    if overlapping(denied, there) or overlapping(there, denied):
        return
    text = sentence(written_in, there, SURE[written_in])
    text = f"{text} {sentence(written_in, denied, DENIED[written_in])}"
    words = words_of(read_in)
    found = told(report_of(text), read_in, "found")
    assert words.conditions[there].sure in found
    assert words.conditions[denied].sure not in found
    assert words.conditions[denied].maybe not in found
    line = words.say["denied"].format(things=words.conditions[denied].noun)
    assert line in found


@pytest.mark.parametrize(
    "text",
    [
        "Metastasis more likely than glioma.",
        "Glioma cannot be excluded.",
        "Infarct or haemorrhage.",
        "Status post resection of a meningioma.",
        "Clipped aneurysm.",
        "Old infarct, and a possible meningioma.",
        "No infarct, old bleed on the left.",
        "Lymphoma.",
        "Metastase kann nicht ausgeschlossen werden.",
        "Zustand nach Resektion eines Meningeoms.",
        "DD Gliom.",
        "Infarkt oder Blutung.",
        "Unlikely meningioma.",
    ],
)
def test_what_is_left_open_is_quoted_and_not_told(text):
    explained = explain(report_of(text))
    names = [words_of("en").conditions[one] for one in ENGLISH]
    own = " ".join(one.text for one in explained.sentences if one.topic != "quote")
    assert not any(name.sure in own or (name.maybe and name.maybe in own) for name in names)
    assert text in told(report_of(text), "en", "quote")


SITUATIONS = [
    ("Meningioma over the left frontal lobe, 24 mm, without oedema or midline shift.",
     ["a meningioma", "left frontal", "24 mm", "no sign of swelling of the brain or a shift"]),
    ("Normal MRI of the brain. No mass, haemorrhage or infarct.",
     ["calls this scan normal", "no sign of a growth", "bleeding or a stroke"]),
    ("Low hippocampal volume on both sides. No infarct.",
     ["hippocampus is smaller", "both sides", "no sign of a stroke"]),
    ("Moderate white matter hyperintensities in both hemispheres. No acute infarct.",
     ["changes in the white matter", "both sides", "no sign of a new stroke"]),
    ("Pituitary microadenoma, 6 mm.", ["very small growth in the pituitary", "6 mm"]),
    ("Old lacunar infarct in the left thalamus, 8 mm. No acute infarct or haemorrhage.",
     ["mark of an old stroke", "left thalamus", "8 mm", "new stroke or bleeding"]),
    ("Seven demyelinating lesions around the ventricles on both sides.",
     ["spots as they are seen in MS", "around the ventricles", "both sides", "counts 7"]),
    ("Arachnoid cyst on the left side, 17 mm.", ["bag of clear fluid", "left side", "17 mm"]),
    ("Cavernoma of the right cerebellum, 11 mm. No acute haemorrhage.",
     ["a cavernoma", "right cerebellum", "11 mm", "no sign of new bleeding"]),
    ("Suspected enlargement of the lateral ventricles on both sides.",
     ["ventricles may be wider", "not sure", "both sides"]),
    ("Known aneurysm, 4 mm, unchanged.", ["an aneurysm", "known before", "4 mm", "not changed"]),
    ("Mild mucosal thickening in the left maxillary sinus.",
     ["swelling in the sinuses", "left cheek sinus"]),
    ("Alte Blutung rechts frontal. Hydrozephalus.", ["old bleeding", "right frontal",
                                                     "hydrocephalus"]),
    ("Histologisch gesicherte Metastase im linken Kleinhirn, 1,2 cm.",
     ["a metastasis", "proven", "left cerebellum", "1.2 cm"]),
    ("Altersentsprechende Hirnatrophie.", ["smaller than is usual"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "parts"), SITUATIONS)
def test_common_results_are_told_with_what_they_say(text, parts):
    found = told(report_of(text), "en", "found")
    assert all(part in found for part in parts), found


def test_a_rejected_mark_and_a_pending_kind_are_told_as_such(make_report: MakeReport):
    rejected = finding(FindingStatus.REJECTED, side="right", place="temporal lobe", size=9.0)
    assert "spot of 9 mm in the right temporal lobe" in told(
        make_report(rejected), "en", "computer"
    )
    pending = make_report(finding(side="right", place="parietal lobe", size=38.0))
    assert "may be a glioma" in told(pending, "en", "meaning")
    assert "rechts im Scheitellappen" in told(pending, "de", "found")


@pytest.mark.parametrize(
    "impression",
    ["Kein Tumor.", "Gliom links frontal.", "Gliom rechts frontal, 12 mm.", "Unauffälliges MRT."],
)
def test_a_german_report_that_speaks_against_its_finding_is_only_quoted(
    make_report: MakeReport, impression
):
    explained = explain(make_report(finding(), impression=impression), language="de")
    assert {one.topic for one in explained.sentences} == {"found", "quote"}
    assert "passen nicht ganz zusammen" in explained.sentences[0].text


def test_a_report_that_denies_what_it_states_is_only_quoted():
    explained = explain(report_of("Old infarct in the left thalamus.", "No infarct is seen."))
    assert {one.topic for one in explained.sentences} == {"found", "quote"}


def test_words_in_another_language_are_said_to_be_in_it():
    assert "in German" in told(report_of("Alter Infarkt im linken Thalamus."), "en", "quote")
    assert "auf Englisch" in told(report_of("Old infarct in the left thalamus."), "de", "quote")
    assert "German" not in told(report_of("Old infarct in the left thalamus."), "en", "quote")


def test_what_could_not_be_told_is_pointed_at():
    report = report_of("Cavernoma. Thickening of the pituitary stalk.")
    explained = explain(report)
    pointing = [one for one in explained.sentences if one.topic == "unknown"]
    assert pointing[-1].citations[0].quote == "Thickening of the pituitary stalk."


def test_a_change_in_the_doctors_words_is_told():
    text = "Meningioma of the right convexity, 31 mm, larger than on the last scan."
    assert "larger than on the last scan" in told(report_of(text), "en", "found")
    assert "größer als auf dem letzten Bild" in told(report_of(text), "de", "found")


def test_what_lies_elsewhere_in_the_body_is_not_told_as_of_the_brain():
    found = told(report_of("Septal aneurysm of the heart."), "en", "found", "meaning")
    assert "Your doctor found an aneurysm" not in found


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Large 4 x 4 x 3 cm suprasellar mass.", ""),
        ("WHO grade 2 gliomas.", ""),
        ("Lesions at C6-7 lesions.", ""),
        ("3 mm cyst.", ""),
        ("Two cavernomas.", "2"),
        ("Drei alte Infarkte.", "3"),
        ("12 demyelinating lesions.", "12"),
    ],
)
def test_only_a_number_of_things_is_counted(text, count):
    found = [details(one).count for one in read(text).stated]
    assert found in ([count], [])
    assert count in found or not count


def test_a_differential_after_a_colon_stays_open():
    found = told(report_of("Differential diagnosis: pituitary adenoma."), "en", "found")
    assert "growth of the pituitary gland" not in found


def test_nothing_is_called_unmarked_beside_words_that_could_not_be_told():
    text = "A subtle low density area in the right occipital lobe and no evidence of haemorrhage."
    assert "did not mark any lesion" not in told(report_of(text), "en")


def test_a_measured_change_is_told_with_its_date(make_report: MakeReport):
    line = "Lesion, right frontal lobe: larger, 12.4 ml and 10.0 ml on the study of 2025-03-01."
    report = make_report(finding(), comparison=line)
    assert "larger than on the scan of 1 March 2025." in told(report, "en", "found")
    assert "größer als auf dem Bild vom 1. März 2025." in told(report, "de", "found")


@pytest.mark.parametrize(
    ("text", "stances"),
    [
        ("No evidence of metastases or masses.", {"metastasis": "denied", "growth": "denied"}),
        ("No new infarct.", {"new-infarct": "denied"}),
        ("No other lesion.", {"lesion": "limited"}),
        ("No thalamic infarct.", {"infarct": "limited"}),
        ("No change in the meningioma.", {"meningioma": "sure"}),
        ("An aneurysm is not seen.", {"aneurysm": "denied"}),
        ("Diffuse volume loss, consistent with age.", {"atrophy": "sure"}),
        ("White matter changes, likely small vessel disease.", {"white-matter": "sure"}),
        ("Meningioma is suspected.", {"meningioma": "suspected"}),
        ("Blutung nicht nachweisbar.", {"bleeding": "denied"}),
        ("Am ehesten Meningeom.", {"meningioma": "suspected"}),
    ],
)
def test_denial_and_doubt_are_tied_to_what_they_are_about(text, stances):
    stated = {one.condition: one.stance for one in read(text).stated}
    assert stated == {name: Stance(stance) for name, stance in stances.items()}
