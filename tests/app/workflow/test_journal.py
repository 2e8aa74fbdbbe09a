"""Claims about the one undo stack of a study."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from app.errors import (
    ChangedSinceError,
    NotFoundError,
    NothingToUndoError,
    SignedReportError,
)
from app.records import EditKind, EditState
from app.workflow import annotating, journal, labelling, reporting, reviewing, signing
from app.workflow.session import Session
from inference.records import FindingStatus
from tests.app.storage.records import SERIES
from tests.app.workflow.conftest import PASSWORD
from tests.app.workflow.samples import STUDY_UID, read_draft
from viewer.records import Annotation, AnnotationKind, KeyImage, LabelChange, WindowLevel


@pytest.fixture
def doctor(doctor: Session) -> Session:
    with doctor.begin() as work:
        work.series.put(replace(SERIES, study_uid=STUDY_UID, pixel_file="", header_file=""))
    return doctor


def a_length(session: Session, name: str = "a-1", to: float = 30.0) -> Annotation:
    return Annotation(
        name,
        STUDY_UID,
        SERIES.uid,
        AnnotationKind.LENGTH,
        ((0.0, 0.0, 0.0), (to, 0.0, 0.0)),
        (1.0, 0.0, 0.0),
        (0.0, 1.0, 0.0),
        0.5,
        session.now(),
        session.actor.account_id,
        "a lesion of the patient",
    )


def a_key_image(session: Session) -> KeyImage:
    right, down = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
    return KeyImage(
        "k-1",
        STUDY_UID,
        SERIES.uid,
        (1.0, 2.0, 3.0),
        right,
        down,
        WindowLevel(40, 80),
        session.now(),
    )


def a_stroke(name: str, value: int) -> LabelChange:
    before = np.zeros((1, 2, 2), np.uint8)
    return LabelChange(name, STUDY_UID, SERIES.uid, (0, 1, 1), before, before + np.uint8(value))


def test_every_kind_of_edit_is_undone_in_reverse_and_redone_in_order(doctor: Session) -> None:
    annotating.put_annotation(doctor, a_length(doctor))
    annotating.mark_key_image(doctor, a_key_image(doctor))
    labelling.put_stroke(doctor, a_stroke("s-1", 1))
    reviewing.accept(doctor, "f-1")
    report = reporting.draft(doctor, STUDY_UID)
    sections = (replace(report.sections[0], text="My own words."), *report.sections[1:])
    reporting.save_draft(doctor, report.id, sections)

    undone = [journal.undo(doctor, STUDY_UID).kind for _ in range(5)]
    assert undone == [
        EditKind.REPORT,
        EditKind.FINDING,
        EditKind.LABEL_STROKE,
        EditKind.KEY_IMAGE,
        EditKind.ANNOTATION,
    ]
    assert annotating.annotations_of(doctor, STUDY_UID) == ()
    assert annotating.key_images_of(doctor, STUDY_UID) == ()
    assert labelling.load_corrected(doctor, SERIES.uid) is None
    with doctor.begin() as work:
        assert work.findings.get("f-1").status is FindingStatus.SUGGESTED
        assert work.reports.get(report.id).sections[0].text == report.sections[0].text
    with pytest.raises(NothingToUndoError):
        journal.undo(doctor, STUDY_UID)

    redone = [journal.redo(doctor, STUDY_UID).kind for _ in range(5)]
    assert redone == undone[::-1]
    assert annotating.annotations_of(doctor, STUDY_UID) == (a_length_as_kept(doctor),)
    assert labelling.load_corrected(doctor, SERIES.uid).max() == 1
    with doctor.begin() as work:
        assert work.findings.get("f-1").status is FindingStatus.ACCEPTED
        assert work.reports.get(report.id).sections[0].text == "My own words."


def a_length_as_kept(session: Session) -> Annotation:
    (kept,) = annotating.annotations_of(session, STUDY_UID)
    return replace(a_length(session), made_at=kept.made_at)


def test_moving_a_line_is_one_edit_and_undo_puts_it_back(doctor: Session) -> None:
    annotating.put_annotation(doctor, a_length(doctor))
    annotating.put_annotation(doctor, a_length(doctor, to=50.0))
    journal.undo(doctor, STUDY_UID)
    assert annotating.annotations_of(doctor, STUDY_UID)[0].points_mm[1] == (30.0, 0.0, 0.0)
    journal.redo(doctor, STUDY_UID)
    annotating.remove_annotation(doctor, "a-1")
    journal.undo(doctor, STUDY_UID)
    assert annotating.annotations_of(doctor, STUDY_UID)[0].points_mm[1] == (50.0, 0.0, 0.0)


def test_a_new_edit_after_undo_ends_what_could_be_redone(doctor: Session) -> None:
    annotating.put_annotation(doctor, a_length(doctor))
    journal.undo(doctor, STUDY_UID)
    annotating.put_annotation(doctor, a_length(doctor, "a-2"))
    with pytest.raises(NothingToUndoError, match="redo"):
        journal.redo(doctor, STUDY_UID)
    with doctor.begin() as work:
        states = [edit.state for edit in work.edits.of_study(STUDY_UID)]
    assert states == [EditState.DROPPED, EditState.DONE]


def test_what_somebody_else_changed_since_is_left_alone(doctor: Session) -> None:
    annotating.put_annotation(doctor, a_length(doctor))
    with doctor.begin() as work:  # as another person's act would
        work.annotations.put(a_length(doctor, to=99.0))
    with pytest.raises(ChangedSinceError):
        journal.undo(doctor, STUDY_UID)
    assert annotating.annotations_of(doctor, STUDY_UID)[0].points_mm[1] == (99.0, 0.0, 0.0)


def test_a_signed_report_takes_no_undo_of_its_findings(doctor: Session) -> None:
    reviewing.accept(doctor, "f-1")
    report = read_draft(doctor, STUDY_UID)
    signing.sign(doctor, report.id, PASSWORD)
    with pytest.raises(SignedReportError):
        journal.undo(doctor, STUDY_UID)


def test_quick_saves_of_a_report_are_one_edit(doctor: Session) -> None:
    report = reporting.draft(doctor, STUDY_UID)
    for text in ("A", "A mass", "A mass."):
        part = replace(report.sections[0], text=text)
        reporting.save_draft(doctor, report.id, (part, *report.sections[1:]))
    journal.undo(doctor, STUDY_UID)
    with doctor.begin() as work:
        assert work.reports.get(report.id).sections[0].text == report.sections[0].text
        assert len(work.edits.of_study(STUDY_UID)) == 1


def test_saves_far_apart_are_edits_of_their_own(doctor: Session) -> None:
    report = reporting.draft(doctor, STUDY_UID)
    now = doctor.now()
    for minutes, text in enumerate(("first", "second")):
        late = replace(doctor, clock=lambda at=now + timedelta(minutes=minutes): at)
        part = replace(report.sections[0], text=text)
        reporting.save_draft(late, report.id, (part, *report.sections[1:]))
    journal.undo(doctor, STUDY_UID)
    with doctor.begin() as work:
        assert work.reports.get(report.id).sections[0].text == "first"


def test_strokes_lie_over_one_another_in_order(doctor: Session) -> None:
    labelling.put_stroke(doctor, a_stroke("s-1", 1))
    over = a_stroke("s-2", 2)
    labelling.put_stroke(doctor, replace(over, before=over.before + np.uint8(1)))
    assert labelling.load_corrected(doctor, SERIES.uid).max() == 2
    journal.undo(doctor, STUDY_UID)
    labels = labelling.load_corrected(doctor, SERIES.uid)
    assert labels.shape == SERIES.shape
    assert labels[0, 1:, 1:3].tolist() == [[1, 1], [1, 1]]
    assert labels.sum() == 4


def test_a_stroke_on_a_series_of_another_study_is_refused(doctor: Session) -> None:
    with pytest.raises(NotFoundError):
        labelling.put_stroke(doctor, replace(a_stroke("s-1", 1), series_uid="9.9"))


def test_a_stroke_that_does_not_lie_in_the_map_is_refused_not_kept(doctor: Session) -> None:
    with pytest.raises(ValueError, match="beyond the label map"):
        labelling.put_stroke(doctor, replace(a_stroke("s-1", 1), corner=(0, 2, 3)))
    assert labelling.load_corrected(doctor, SERIES.uid) is None


def test_a_stroke_on_the_outlines_of_no_run_of_the_series_is_refused(doctor: Session) -> None:
    with pytest.raises(NotFoundError):
        labelling.put_stroke(doctor, a_stroke("s-1", 1), run_id="absent")


def test_each_edit_is_audited_without_its_words(doctor: Session) -> None:
    annotating.put_annotation(doctor, a_length(doctor))
    annotating.remove_annotation(doctor, "a-1")
    journal.undo(doctor, STUDY_UID)
    with doctor.begin() as work:
        lines = work.audit.entries(50)
    acts = [line.action for line in lines]
    assert {"annotation.added", "annotation.removed", "annotation.undone"} <= set(acts)
    assert "lesion of the patient" not in repr(lines)
    assert "lesion of the patient" not in repr(a_length(doctor))
