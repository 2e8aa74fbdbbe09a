"""Claims about templates: nothing typed is lost, nothing open is signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.errors import NotFoundError, SignedReportError, UnfilledReportError
from app.workflow import amending, journal, outputs, reporting, reviewing, signing, templating
from app.workflow.session import Session
from assistant.drafting.authorship import accept
from assistant.drafting.placeholders import filled_lines
from assistant.drafting.templates import template
from assistant.records import Report, Section
from sync.wire.documents import report_content, report_from_content
from tests.app.storage.records import SERIES
from tests.app.workflow.conftest import PASSWORD
from tests.app.workflow.samples import STUDY_UID, read_draft
from viewer.records import Study


def use(doctor: Session, name: str = "brain-tumour") -> Report:
    return templating.use_template(doctor, STUDY_UID, name)


def write(doctor: Session, report: Report, **texts: str) -> Report:
    sections = tuple(
        replace(part, text=texts.get(part.title, part.text)) for part in report.sections
    )
    return reporting.save_draft(doctor, report.id, sections)


def test_a_template_begins_the_report_and_keeps_the_machines_words(doctor: Session) -> None:
    reviewing.accept(doctor, "f-1")
    plain = reporting.draft(doctor, STUDY_UID)
    report = use(doctor)
    asked = "\n".join(template("brain-tumour").sections["Findings"])
    assert report.section("Findings") == f"{plain.section('Findings')}\n{asked}"
    assert report.section("Technique") == plain.section("Technique") != ""
    assert (report.template_id, report.template_version) == ("brain-tumour", "1")


def test_what_was_typed_survives_two_templates(doctor: Session) -> None:
    draft = reporting.draft(doctor, STUDY_UID)
    write(doctor, draft, Impression="My own words.")
    first = use(doctor)
    answered = first.section("Findings").replace("Number of lesions: {number}", "Lesions: 1")
    write(doctor, first, Findings=answered)
    second = use(doctor, "pituitary")
    assert second.section("Impression").startswith("My own words.\n")
    assert "Lesions: 1" in second.section("Findings")
    assert "Leptomeninges" not in second.section("Findings")
    assert "Stalk: {" in second.section("Findings")
    assert second.template_id == "pituitary"


def test_a_template_is_undone_and_redone_by_itself(doctor: Session) -> None:
    draft = reporting.draft(doctor, STUDY_UID)
    typed = write(doctor, draft, Impression="My own words.")
    after = use(doctor)
    journal.undo(doctor, STUDY_UID)
    assert _now(doctor).sections == typed.sections
    assert (_now(doctor).template_id, _now(doctor).template_version) == ("", "")
    journal.redo(doctor, STUDY_UID)
    assert _now(doctor).sections == after.sections
    assert _now(doctor).template_id == "brain-tumour"


def test_words_typed_after_a_template_are_undone_without_it(doctor: Session) -> None:
    after = use(doctor)
    write(doctor, after, Impression="Glioma.")
    journal.undo(doctor, STUDY_UID)
    assert _now(doctor).sections == after.sections
    assert _now(doctor).template_id == "brain-tumour"


def test_a_decision_after_the_template_still_reaches_the_text(doctor: Session) -> None:
    asked = use(doctor).section("Findings")
    reviewing.accept(doctor, "f-1")
    now = reporting.draft(doctor, STUDY_UID).section("Findings")
    assert "34 mm in largest diameter" in now
    assert now.split("\n")[1:] == asked.split("\n")[1:]


def test_an_empty_technique_is_filled_from_the_headers_again(doctor: Session) -> None:
    draft = reporting.draft(doctor, STUDY_UID)
    write(doctor, draft, Technique="")
    assert use(doctor).section("Technique") == draft.section("Technique")


def test_the_comparison_names_the_earlier_studies_that_are_here(doctor: Session) -> None:
    with doctor.begin() as work:
        study = work.studies.get(STUDY_UID)
        work.studies.put(replace(study, study_date=date(2026, 3, 1)))
        for uid, day in (("1.2.3", date(2025, 2, 1)), ("1.2.4", date(2026, 5, 1))):
            work.studies.put(Study(uid, study.patient_id, doctor.now(), "MRI brain", day))
            work.series.put(replace(SERIES, uid=f"{uid}.1", study_uid=uid))
    assert use(doctor).section("Comparison") == "Available: MRI brain of 2025-02-01."


def test_open_fields_stop_the_signature_and_are_told(doctor: Session) -> None:
    reviewing.accept(doctor, "f-1")
    report = use(doctor)
    told = reporting.problems(doctor, report.id).messages
    assert any("Clinical question 3, Findings 19" in one for one in told)
    with pytest.raises(UnfilledReportError, match="26 fields are still to be filled in"):
        signing.sign(doctor, report.id, PASSWORD)
    assert _now(doctor).status.is_draft


def test_a_filled_template_is_signed_and_travels_with_the_report(doctor: Session) -> None:
    reviewing.accept(doctor, "f-1")
    report = use(doctor)
    said = tuple(
        accept(replace(part, text=filled_lines(part.text).strip())) for part in report.sections
    )
    reporting.save_draft(doctor, report.id, said)
    signed = signing.sign(doctor, report.id, PASSWORD)
    content = report_content(signed)
    assert b'"template_id":"brain-tumour"' in content
    assert report_from_content(content).template_version == "1"
    assert outputs.report_pdf(doctor, signed.id).startswith(b"%PDF")


def test_no_later_version_brings_an_open_field_in(doctor: Session) -> None:
    reviewing.accept(doctor, "f-1")
    signed = signing.sign(doctor, read_draft(doctor, STUDY_UID).id, PASSWORD)
    with pytest.raises(UnfilledReportError):
        amending.append(doctor, signed.id, "Told to {name}.", PASSWORD)
    sections = (*signed.sections[:-1], Section("Impression", "Glioma {grade}."))
    with pytest.raises(UnfilledReportError):
        amending.correct(doctor, signed.id, sections, "Typing error", PASSWORD)
    assert _now(doctor).version == signed.version
    with pytest.raises(SignedReportError):
        use(doctor)


def test_a_template_nobody_ships_is_refused(doctor: Session) -> None:
    with pytest.raises(NotFoundError):
        use(doctor, "absent")


def test_a_chosen_template_is_on_record(doctor: Session) -> None:
    use(doctor)
    with doctor.begin() as work:
        line = next(one for one in work.audit.entries(5) if one.action == "report.template-chosen")
    assert line.detail == "brain-tumour 1"


def _now(doctor: Session) -> Report:
    with doctor.begin() as work:
        report = work.reports.of_study(STUDY_UID)
    assert report is not None
    return report
