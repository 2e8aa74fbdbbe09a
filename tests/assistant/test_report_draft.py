"""The draft says what the reader decided, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.drafting.checking.consistency import check_consistency as doubts_of
from assistant.drafting.report import TITLES, draft_sections
from assistant.records import Report
from inference.records import FindingStatus, Measurement, RunOutcome
from tests.assistant.conftest import RUN, SERIES, STUDY, MakeReport, finding


def check_consistency(report: Report) -> tuple[str, ...]:
    return tuple(doubt.message for doubt in doubts_of(report))


def text_of(*findings, runs=(RUN,)) -> dict[str, str]:
    return {part.title: part.text for part in draft_sections(STUDY, (SERIES,), findings, runs)}


def test_a_draft_has_the_five_sections_in_reading_order():
    titles = tuple(part.title for part in draft_sections(STUDY, (SERIES,), (), ()))
    assert titles == TITLES
    assert titles == ("Clinical question", "Technique", "Comparison", "Findings", "Impression")


def test_an_accepted_finding_is_described_with_side_place_size_and_volume():
    said = text_of(finding())["Findings"]
    assert (
        said == "Enhancing lesion, right frontal lobe, 34 mm in largest diameter, volume 12.4 ml."
    )


def test_the_impression_proposes_the_kind_and_a_consultation_and_no_treatment():
    said = text_of(finding())["Impression"].lower()
    assert "suspected glioma" in said
    assert "consultation with neurosurgery within 2 weeks" in said
    assert not any(word in said for word in ("surgery is", "chemo", "radio", "dose", "survival"))


def test_a_kind_the_model_is_unsure_of_is_called_uncertain():
    said = text_of(finding(chance=0.5))["Impression"]
    assert "uncertain" in said
    assert "glioma" not in said


@pytest.mark.parametrize("status", [FindingStatus.REJECTED, FindingStatus.SUGGESTED])
def test_what_the_reader_did_not_confirm_never_appears_as_present(status):
    said = text_of(finding(status, place="temporal lobe"))
    assert "temporal" not in said["Findings"] + said["Impression"]
    assert "No enhancing lesion" in said["Findings"]


def test_no_probability_of_the_model_reaches_the_draft():
    said = " ".join(text_of(finding()).values())
    assert "97" not in said
    assert "0.9" not in said
    assert "%" not in said


def test_machine_text_keeps_what_was_proposed():
    sections = draft_sections(STUDY, (SERIES,), (finding(),), (RUN,))
    assert all(part.machine_text == part.text for part in sections)


def test_the_technique_comes_from_the_series_and_tells_an_abstention():
    run = replace(RUN, outcome=RunOutcome.NOT_ANALYSED, reason="Not a T1 with contrast.")
    said = text_of(runs=(run,))["Technique"]
    assert "voxel 0.49 x 0.49 x 6.50 mm, TR 600 ms, TE 9 ms, contrast agent gadolinium" in said
    assert "was not done: Not a T1 with contrast." in said


def test_a_side_inside_the_place_is_not_said_twice():
    assert "right right" not in text_of(finding(place="right frontal lobe"))["Findings"]


def test_the_draft_as_proposed_is_consistent(make_report: MakeReport):
    rejected = finding(FindingStatus.REJECTED, side="left", place="temporal lobe", name="f2")
    for findings in ((), (finding(),), (finding(), rejected), (rejected,)):
        assert check_consistency(make_report(*findings)) == ()


@pytest.mark.parametrize(
    ("impression", "part"),
    [
        ("Enhancing lesion, left frontal lobe, 34 mm.", "says left"),
        ("Mass in the right frontal lobe, 43 mm.", "43 mm is written"),
        ("Lesion in the right frontal lobe, 34 cm.", "unit looks wrong"),
        ("Glioma, right frontal, 3.4 mm.", "unit looks wrong"),
        ("No intracranial mass.", "says there is no lesion"),
        ("Normal MRI of the brain.", "says there is no lesion"),
        ("There is no evidence of a lesion.", "says there is no lesion"),
        ("Lesion, right frontal lobe, volume 21.4 ml.", "21.4 ml is written"),
        ("", "empty"),
    ],
)
def test_a_text_against_the_findings_is_reported(make_report: MakeReport, impression, part):
    messages = check_consistency(make_report(finding(), impression=impression))
    assert any(part in message for message in messages), messages


@pytest.mark.parametrize(
    "impression",
    [
        "Right frontal glioma suspected, 3.4 cm.",
        "Lesion of 34 mm in the right frontal lobe. No further lesion.",
        "Right frontal mass with 4 mm midline shift to the left is not seen.",
        "Lesion in the right frontal lobe. No lesion in the left hemisphere.",
        "Right frontal mass, 34 mm. Otherwise normal brain.",
        "Lesion, right frontal lobe. No mass in the cerebellum.",
    ],
)
def test_a_sound_text_is_left_alone(make_report: MakeReport, impression):
    assert check_consistency(make_report(finding(), impression=impression)) == ()


def test_a_denial_that_gives_a_size_is_held_to_presence_side_and_number(make_report: MakeReport):
    one = finding(side="left", place="temporal lobe", size=14.0)
    text = "No right frontal lesion of 12 mm."
    said = "\n".join(check_consistency(make_report(one, impression=text)))
    for part in ("says there is no lesion", "says right", "12 mm is written"):
        assert part in said


@pytest.mark.parametrize(
    "text",
    [
        "No right frontal lesion.",
        "No right frontal lesion larger than 12 mm.",
        "No further lesion above 5 mm.",
    ],
)
def test_a_denial_elsewhere_or_up_to_a_limit_is_left_alone(make_report: MakeReport, text: str):
    one = finding(side="left", place="temporal lobe", size=14.0)
    impression = f"Lesion of 14 mm in the left temporal lobe. {text}"
    assert check_consistency(make_report(one, impression=impression)) == ()


def test_with_two_findings_each_side_is_held_to_its_place(make_report: MakeReport):
    two = (finding(), finding(side="left", place="temporal lobe", size=12.0, name="f2"))
    swapped = make_report(*two, impression="Lesion in the left frontal lobe.")
    assert check_consistency(make_report(*two)) == ()
    assert any("says left" in message for message in check_consistency(swapped))


def test_a_lesion_nobody_accepted_is_reported(make_report: MakeReport):
    messages = check_consistency(make_report(impression="Glioma of the left temporal lobe."))
    assert any("no finding is accepted" in message for message in messages)


def test_an_accepted_finding_left_out_of_the_findings_is_reported(make_report: MakeReport):
    messages = check_consistency(make_report(finding(), findings="Ventricles of usual width."))
    assert any("is not mentioned" in message for message in messages)


def test_lengths_in_centimetres_and_other_names_are_understood():
    one = replace(finding(), measurements=(Measurement("max extent", 2.1, "cm", "x"),))
    assert "21 mm in largest diameter" in text_of(one)["Findings"]


def test_a_label_that_names_a_suspicion_is_described_in_findings_and_judged_in_impression():
    label = "Enhancing lesion, suspected meningioma"
    place = "right, upper anterior part of the imaged head"
    said = text_of(replace(finding(place=place, kind="glioma", chance=0.9), label=label))
    assert said["Findings"].startswith(f"Enhancing lesion, {place}, 34 mm")
    assert "meningioma" not in said["Findings"]
    assert "Suspected meningioma." in said["Impression"]


def test_a_label_that_leaves_the_kind_open_is_believed():
    said = text_of(replace(finding(chance=0.9), label="Enhancing lesion, type uncertain"))
    assert "The type is uncertain on imaging." in said["Impression"]
    assert "glioma" not in said["Impression"]


@pytest.mark.parametrize("side", ["left", "right", "midline", ""])
@pytest.mark.parametrize("level", ["lower", "middle", "upper"])
@pytest.mark.parametrize("depth", ["anterior", "central", "posterior"])
def test_no_place_the_measuring_folder_says_makes_the_draft_inconsistent(
    make_report: MakeReport, side, level, depth
):
    part = f"{level} {depth} part of the imaged head"
    one = finding(side=side, place=f"{side}, {part}" if side else part)
    report = make_report(one)
    assert check_consistency(report) == ()
    assert "right" in report.section("Findings") or side != "right"
    other = {"left": "right", "right": "left"}.get(side)
    if other:
        swapped = report.section("Impression").replace(side, other)
        assert check_consistency(make_report(one, impression=swapped)) != ()
