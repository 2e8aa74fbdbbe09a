"""Claims about when a reader sees what the models found, and what is on record of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from reportlab.platypus import Paragraph
from sqlalchemy.exc import IntegrityError

from app.bootstrap import Workstation
from app.errors import SignedReportError, WithheldError, WorkstationError
from app.records import ReadMode, ReadStepKind
from app.workflow import (
    assigning,
    comparing_findings,
    heat_maps,
    labelling,
    measuring,
    outputs,
    reading,
    reporting,
    revealing,
    reviewing,
    signing,
)
from app.workflow.pdf_provenance import provenance_page
from app.workflow.session import Session
from app.workflow.settings import ClinicSettings
from assistant.drafting.blockers import Reason
from assistant.records import Report
from inference.explain.methods import DEFAULT
from inference.records import FindingStatus
from tests.app.workflow.conftest import ADMIN, DOCTOR, PASSWORD, enter, show_at_once
from tests.app.workflow.samples import STUDY_UID, finding, put_study, read_draft
from tests.app.workflow.signed_study import SECOND, add_second_doctor, put_seen_study, sql
from viewer.records import LabelChange

RUN = "run-1"


@pytest.fixture
def blind(clinic: Workstation, tmp_path: Path) -> tuple[Session, str]:
    """A doctor with an analysed study nobody has opened, where studies are read blind first."""
    return _clinic(clinic, tmp_path, ReadMode.BLIND_FIRST)


@pytest.fixture
def asking(clinic: Workstation, tmp_path: Path) -> tuple[Session, str]:
    return _clinic(clinic, tmp_path, ReadMode.ON_REQUEST)


def _clinic(clinic: Workstation, folder: Path, mode: ReadMode) -> tuple[Session, str]:
    show_at_once(enter(clinic, ADMIN), mode)
    session = enter(clinic, DOCTOR)
    return session, put_seen_study(session, folder)


def _never(*_: object, **__: object) -> object:
    raise AssertionError("nothing is computed while it is withheld")


class _Nobody:
    def __getattr__(self, name: str) -> object:
        raise AssertionError(name)


def _series(session: Session, study_uid: str) -> str:
    with session.begin() as work:
        return work.series.of_study(study_uid)[0].uid


def _write(session: Session, study_uid: str, *, lesion: bool = True) -> None:
    revealing.write_impression(session, study_uid, lesion=lesion, confidence=4, words="left side")


def test_a_new_clinic_reads_blind_first() -> None:
    assert ClinicSettings().read_mode is ReadMode.BLIND_FIRST
    assert ClinicSettings(read_mode="concurrent").read_mode is ReadMode.CONCURRENT  # type: ignore[arg-type]  # as it is stored


def test_blind_first_the_study_opens_without_anything_a_model_found(
    blind: tuple[Session, str],
) -> None:
    session, study_uid = blind
    opened = reading.open_study(session, study_uid)
    assert opened.withheld
    assert (opened.runs, opened.findings, opened.anatomy) == ((), (), ())
    assert opened.analysed == {_series(session, study_uid)}


ACTS: dict[str, Callable[[Session, str, str], object]] = {
    "outlines": lambda one, _study, _series: reading.load_labels(one, RUN),
    "heat map": lambda one, _study, _series: reading.load_heat(one, RUN),
    "corrected outlines": lambda one, _study, series: labelling.load_corrected(one, series, RUN),
    "another heat map": lambda one, study, series: heat_maps.explain(
        one,
        replace(finding("seen-1"), study_uid=study, series_uid=series, run_id=RUN),
        2,
        DEFAULT,
        _Nobody(),  # type: ignore[arg-type]  # it must not be asked
        _never,  # type: ignore[arg-type]
    ),
    "anatomy": lambda one, _study, series: measuring.measure(one, series, _Nobody(), _never),  # type: ignore[arg-type]
    "accepting": lambda one, _study, _series: reviewing.accept(one, "seen-1"),
    "rejecting": lambda one, _study, _series: reviewing.reject(one, "seen-1"),
}


@pytest.mark.parametrize("what", sorted(ACTS))
@pytest.mark.parametrize("mode", [ReadMode.BLIND_FIRST, ReadMode.ON_REQUEST])
def test_no_act_returns_what_is_withheld(
    what: str, mode: ReadMode, clinic: Workstation, tmp_path: Path
) -> None:
    session, study_uid = _clinic(clinic, tmp_path, mode)
    reading.open_study(session, study_uid)
    with pytest.raises(WithheldError):
        ACTS[what](session, study_uid, _series(session, study_uid))


def test_not_even_a_reader_who_never_opened_the_study_gets_at_it(
    blind: tuple[Session, str],
) -> None:
    session, _ = blind
    with pytest.raises(WithheldError):
        reading.load_labels(session, RUN)


def test_change_counts_and_the_draft_say_nothing_of_it(blind: tuple[Session, str]) -> None:
    session, study_uid = blind
    reading.open_study(session, study_uid)
    series = _series(session, study_uid)
    told = comparing_findings.compare_series(session, series, series, np.eye(4))
    assert not told.of_finding
    assert "first impression" in told.reason
    assert signing.undecided(session, study_uid) == 0
    draft = reporting.draft(session, study_uid)
    assert (draft.findings, draft.provenance) == ((), ())
    assert "Computer" not in "".join(part.text for part in draft.sections)
    stops = {one.reason for one in reporting.problems(session, draft.id).blockers}
    assert stops == {Reason.UNREAD}


def test_it_is_shown_after_an_impression_and_the_question_not_before(
    blind: tuple[Session, str],
) -> None:
    session, study_uid = blind
    reading.open_study(session, study_uid)
    with pytest.raises(WithheldError):
        revealing.reveal(session, study_uid)
    _write(session, study_uid)
    assert reading.open_study(session, study_uid).withheld
    assert not revealing.reveal(session, study_uid).withheld
    opened = reading.open_study(session, study_uid)
    assert [one.id for one in opened.findings] == ["seen-1"]
    assert reading.load_labels(session, RUN) is not None
    assert reading.load_heat(session, RUN) is not None


def test_on_request_one_question_shows_it(asking: tuple[Session, str]) -> None:
    session, study_uid = asking
    assert reading.open_study(session, study_uid).withheld
    revealing.reveal(session, study_uid)
    assert reading.open_study(session, study_uid).findings


def test_the_first_impression_is_written_once_and_before_the_model(
    blind: tuple[Session, str],
) -> None:
    session, study_uid = blind
    _write(session, study_uid)
    with pytest.raises(WorkstationError, match="stays as it is"):
        _write(session, study_uid, lesion=False)
    with pytest.raises(ValueError, match="1 to 5"):
        revealing.write_impression(session, study_uid, lesion=True, confidence=6)


def test_an_impression_after_the_model_is_no_first_one(asking: tuple[Session, str]) -> None:
    session, study_uid = asking
    revealing.reveal(session, study_uid)
    with pytest.raises(WorkstationError, match="shown to you already"):
        _write(session, study_uid)


def test_the_mode_stays_for_a_reading_that_has_begun(
    clinic: Workstation, asking: tuple[Session, str]
) -> None:
    session, study_uid = asking
    reading.open_study(session, study_uid)
    show_at_once(enter(clinic, ADMIN))
    session = enter(clinic, DOCTOR)
    assert reading.open_study(session, study_uid).withheld


def test_another_reader_is_blind_to_the_model_and_to_the_draft_that_tells_it(
    clinic: Workstation, tmp_path: Path
) -> None:
    add_second_doctor(clinic)
    session, study_uid = _clinic(clinic, tmp_path, ReadMode.BLIND_FIRST)
    reading.open_study(session, study_uid)
    _write(session, study_uid)
    revealing.reveal(session, study_uid)
    reviewing.accept(session, "seen-1")
    draft = reporting.draft(session, study_uid)
    second = next(one for one in assigning.readers(session) if one.username == SECOND)
    assigning.hand_over(session, study_uid, second.id, "please read it blind")
    other = enter(clinic, SECOND)
    opened = reading.open_study(other, study_uid)
    assert (opened.report, opened.findings) == (None, ())
    for act in (reporting.verified, reporting.history, reporting.problems, outputs.report_pdf):
        with pytest.raises(WithheldError):
            act(other, draft.id)
    with pytest.raises(WithheldError):
        reporting.draft(other, study_uid)
    _write(other, study_uid)
    revealing.reveal(other, study_uid)
    assert reading.open_study(other, study_uid).report == draft


def test_what_is_withheld_is_not_lost(blind: tuple[Session, str]) -> None:
    """A draft begun blind takes the findings in once they are shown and decided."""
    session, study_uid = blind
    reading.open_study(session, study_uid)
    draft = reporting.draft(session, study_uid)
    sections = tuple(
        replace(part, text="My own words.") if part.title == "Impression" else part
        for part in draft.sections
    )
    reporting.save_draft(session, draft.id, sections)
    _write(session, study_uid)
    revealing.reveal(session, study_uid)
    reviewing.accept(session, "seen-1")
    after = reporting.draft(session, study_uid)
    assert after.section("Impression") == "My own words."
    assert "glioma" in "".join(part.machine_text for part in after.sections)
    assert [one.id for one in after.findings] == ["seen-1"]


def test_a_study_is_not_signed_before_its_analysis_was_looked_at(
    blind: tuple[Session, str],
) -> None:
    session, study_uid = blind
    reading.open_study(session, study_uid)
    draft = reporting.draft(session, study_uid)
    with pytest.raises(WithheldError):
        signing.sign(session, draft.id, PASSWORD)


def test_a_study_no_model_has_looked_at_is_signed_without_asking_for_one(
    clinic: Workstation,
) -> None:
    show_at_once(enter(clinic, ADMIN), ReadMode.BLIND_FIRST)
    session = enter(clinic, DOCTOR)
    put_study(session)
    with session.begin() as work:
        work.findings.remove("f-1")
    reading.open_study(session, STUDY_UID)
    report = signing.sign(session, read_draft(session, STUDY_UID).id, PASSWORD)
    assert report.seen is not None
    assert (report.seen.read_mode, report.seen.revealed_at) == ("blind first", None)


def _signed(session: Session, study_uid: str, *, lesion: bool, accept: bool) -> Report:
    reading.open_study(session, study_uid)
    _write(session, study_uid, lesion=lesion)
    revealing.reveal(session, study_uid)
    (reviewing.accept if accept else reviewing.reject)(session, "seen-1")
    draft = read_draft(session, study_uid)
    return signing.sign(session, draft.id, PASSWORD)


@pytest.mark.parametrize(("lesion", "accept"), [(True, True), (False, True), (True, False)])
def test_the_signature_holds_the_mode_the_impression_and_the_change_of_mind(
    blind: tuple[Session, str], *, lesion: bool, accept: bool
) -> None:
    session, study_uid = blind
    report = _signed(session, study_uid, lesion=lesion, accept=accept)
    seen = report.seen
    assert seen is not None
    assert seen.read_mode == "blind first"
    assert seen.revealed_at is not None
    assert seen.first_impression is not None
    assert (seen.first_impression.lesion, seen.first_impression.confidence) == (lesion, 4)
    assert seen.first_impression.words == "left side"
    assert seen.changed_mind is (lesion is not accept)
    with session.begin() as work:
        steps = work.read_steps.of_study(study_uid)
    assert [step.kind for step in steps] == list(ReadStepKind)
    assert steps[-1].lesion is accept
    assert reporting.verified(session, report.id) == report


def test_the_pdf_says_how_it_was_read_without_the_words(blind: tuple[Session, str]) -> None:
    session, study_uid = blind
    report = _signed(session, study_uid, lesion=False, accept=True)
    parts = provenance_page((report,), "UTC")
    told = " ".join(one.getPlainText() for one in parts if isinstance(one, Paragraph))
    assert "blind first" in told
    assert "no lesion, confidence 4 of 5" in told
    assert "changed" in told
    assert "left side" not in told


def test_concurrent_shows_at_once_and_is_on_record_too(clinic: Workstation, tmp_path: Path) -> None:
    session, study_uid = _clinic(clinic, tmp_path, ReadMode.CONCURRENT)
    assert reading.open_study(session, study_uid).findings
    reviewing.accept(session, "seen-1")
    report = signing.sign(session, read_draft(session, study_uid).id, PASSWORD)
    assert report.seen is not None
    assert report.seen.read_mode == "concurrent"
    assert report.seen.revealed_at is not None
    assert report.seen.first_impression is None


def test_a_signed_study_withholds_nothing(clinic: Workstation, blind: tuple[Session, str]) -> None:
    session, study_uid = blind
    report = _signed(session, study_uid, lesion=True, accept=True)
    opened = reading.open_study(session, study_uid)
    assert not opened.withheld
    assert opened.report == report
    with pytest.raises(SignedReportError):
        _write(session, study_uid)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE read_step SET confidence = 1",
        "DELETE FROM read_step",
        "REPLACE INTO read_step SELECT seq, study_uid, reader_id, at, kind, mode, 0, 1, ''"
        " FROM read_step",
    ],
)
def test_what_happened_is_never_rewritten(blind: tuple[Session, str], statement: str) -> None:
    session, study_uid = blind
    _write(session, study_uid)
    with pytest.raises(IntegrityError, match="append-only"), session.begin() as work:
        sql(work, statement)


def test_a_stroke_on_a_signed_study_is_refused(blind: tuple[Session, str]) -> None:
    session, study_uid = blind
    _signed(session, study_uid, lesion=True, accept=True)
    series = _series(session, study_uid)
    before = labelling.load_corrected(session, series, RUN)
    assert before is not None
    box = before[:1, :1, :1]
    stroke = LabelChange("late", study_uid, series, (0, 0, 0), box, box + 1)
    for run_id in (RUN, ""):
        with pytest.raises(SignedReportError):
            labelling.put_stroke(session, stroke, run_id)


def test_showing_and_writing_are_audited(clinic: Workstation, blind: tuple[Session, str]) -> None:
    session, study_uid = blind
    _write(session, study_uid)
    revealing.reveal(session, study_uid)
    with session.begin() as work:
        actions = [line.action for line in work.audit.of_subject(study_uid)]
    assert "study.first-impression" in actions
    assert "study.revealed" in actions


def test_a_finding_of_the_readers_own_is_never_withheld(blind: tuple[Session, str]) -> None:
    session, study_uid = blind
    series = _series(session, study_uid)
    made = reviewing.add(session, series, (1.0, 2.0, 3.0), 1, label="Cyst", place="", note="")
    opened = reading.open_study(session, study_uid)
    assert opened.withheld
    assert [one.id for one in opened.findings] == [made.id]
    assert reviewing.reject(session, made.id).status is FindingStatus.REJECTED
