"""Claims about outlines as numbers: corrected, undone, drawn by the reader; the model's kept."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.bootstrap import Workstation
from app.errors import SignedReportError, WorkstationError
from app.workflow import (
    annotating,
    journal,
    labelling,
    outlining,
    own_findings,
    reporting,
    reviewing,
    signing,
)
from app.workflow.pictures import pictures
from app.workflow.session import Session
from assistant.drafting.measuring import size_mm, spoken_ml, volume_ml
from inference.measure.extent import measurements
from inference.records import Finding, FindingStatus, RejectReason
from tests.app.workflow.conftest import DOCTOR, PASSWORD, enter
from tests.app.workflow.samples import read_draft
from tests.app.workflow.signed_study import put_seen_study
from viewer.records import Annotation, AnnotationKind, LabelChange, Vector3, Volume

RUN, OWN = "run-1", 255
FLAT = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


class Placed:
    """Says that what lies above the 10th row is in front: so words are seen to follow."""

    asked = 0

    def place(self, _series_uid: str, _volume: Volume) -> Placed:
        self.asked += 1
        return self

    def side_of(self, _point_mm: Vector3) -> str:
        return "right"

    def place_of(self, mask: np.ndarray) -> str:
        return "front" if np.nonzero(mask)[1].mean() < 10 else "back"


@pytest.fixture
def study(clinic: Workstation, tmp_path: Path) -> tuple[Session, str, str]:
    session = enter(clinic, DOCTOR)
    study_uid = put_seen_study(session, tmp_path)
    with session.begin() as work:
        return session, study_uid, work.series.of_study(study_uid)[0].uid


def paint(
    session: Session, series_uid: str, box: tuple[slice, slice, slice], value: int, run: str = RUN
) -> None:
    """Set a box of the label map to a value, as a stroke does."""
    with session.begin() as work:
        series = work.series.get(series_uid)
    assert series is not None
    labels = labelling.load_corrected(session, series_uid, run)
    before = (np.zeros(series.shape, np.uint8) if labels is None else labels)[box].copy()
    corner = (box[0].start, box[1].start, box[2].start)
    after = np.full_like(before, value)
    stroke = LabelChange(str(uuid.uuid4()), series.study_uid, series_uid, corner, before, after)
    labelling.put_stroke(session, stroke, run)


def the_finding(session: Session, finding_id: str = "seen-1") -> Finding:
    with session.begin() as work:
        found = work.findings.get(finding_id)
    assert found is not None
    return found


MORE = (slice(2, 4), slice(14, 18), slice(6, 12))
OTHER = (slice(1, 3), slice(2, 6), slice(2, 8))


def test_a_corrected_outline_gives_the_finding_its_size_and_place(
    study: tuple[Session, str, str],
) -> None:
    session, _, series = study
    before = the_finding(session)
    paint(session, series, MORE, 1)
    (after,) = outlining.remeasure(session, series, RUN, Placed())
    labels = labelling.load_corrected(session, series, RUN)
    assert labels is not None
    affine = np.array(_series(session, series).affine).reshape(4, 4)
    assert after.measurements == measurements(labels == 1, affine)
    assert (after.side, after.place) == ("right", "back")
    assert after == the_finding(session)
    assert after.status is before.status


def test_the_models_words_numbers_and_overlap_stay_beside(study: tuple[Session, str, str]) -> None:
    session, _, series = study
    before = the_finding(session)
    paint(session, series, MORE, 1)
    (after,) = outlining.remeasure(session, series, RUN, Placed())
    assert after.model is not None
    assert after.model.measurements == before.measurements
    assert (after.model.place, after.model.label) == (before.place, before.label)
    assert after.outlined is not None
    assert after.outlined.dice == pytest.approx(2 * 72 / (72 + 120), abs=1e-3)


def test_undo_takes_the_numbers_back_to_the_last_digit(study: tuple[Session, str, str]) -> None:
    session, study_uid, series = study
    reviewing.accept(session, "seen-1")
    before = the_finding(session)
    for box in (MORE, OTHER):
        paint(session, series, box, 1)
        assert outlining.remeasure(session, series, RUN, Placed())
    for _ in range(2):
        journal.undo(session, study_uid)
        outlining.remeasure(session, series, RUN, Placed())
    assert the_finding(session) == before
    journal.undo(session, study_uid)
    assert the_finding(session).status is FindingStatus.SUGGESTED
    journal.redo(session, study_uid)
    journal.redo(session, study_uid)
    outlining.remeasure(session, series, RUN, Placed())
    assert the_finding(session).outlined is not None


def test_a_decision_taken_back_leaves_the_measured_size(study: tuple[Session, str, str]) -> None:
    session, study_uid, series = study
    reviewing.accept(session, "seen-1")
    paint(session, series, MORE, 1)
    outlining.remeasure(session, series, RUN, Placed())
    measured = the_finding(session)
    reviewing.reject(session, "seen-1", reason=RejectReason.VESSEL)
    assert the_finding(session).reject_reason is RejectReason.VESSEL
    journal.undo(session, study_uid)
    assert the_finding(session) == measured


def test_words_the_reader_typed_are_not_overwritten_by_measuring(
    study: tuple[Session, str, str],
) -> None:
    session, _, series = study
    before = the_finding(session)
    edited = reviewing.edit(session, "seen-1", label="Metastasis", place="operculum", note="")
    assert edited.model is not None
    assert (edited.model.label, edited.model.place) == (before.label, before.place)
    paint(session, series, MORE, 1)
    (after,) = outlining.remeasure(session, series, RUN, Placed())
    assert (after.label, after.place) == ("Metastasis", "operculum")
    assert after.model == edited.model


def test_saying_the_models_words_again_leaves_no_disagreement(
    study: tuple[Session, str, str],
) -> None:
    session, _, _ = study
    before = the_finding(session)
    reviewing.edit(session, "seen-1", label="Cyst", place="elsewhere", note="")
    again = reviewing.edit(session, "seen-1", label=before.label, place=before.place, note="")
    assert again.model is None


def test_an_outline_rubbed_out_leaves_no_number(study: tuple[Session, str, str]) -> None:
    session, _, series = study
    paint(session, series, (slice(0, 6), slice(0, 24), slice(0, 20)), 0)
    (after,) = outlining.remeasure(session, series, RUN, Placed())
    assert after.measurements == ()
    assert after.outlined is not None
    assert after.outlined.dice == 0.0


def test_nothing_is_measured_where_nothing_was_painted(study: tuple[Session, str, str]) -> None:
    session, _, series = study
    placer = Placed()
    assert outlining.remeasure(session, series, RUN, placer) == ()
    paint(session, series, OTHER, 2)
    assert outlining.remeasure(session, series, RUN, placer) == ()
    assert placer.asked == 0


def test_the_draft_tells_the_corrected_size(study: tuple[Session, str, str]) -> None:
    session, study_uid, series = study
    reviewing.accept(session, "seen-1")
    first = reporting.draft(session, study_uid)
    paint(session, series, MORE, 1)
    (after,) = outlining.remeasure(session, series, RUN, Placed())
    second = reporting.draft(session, study_uid)
    assert f"{size_mm(after):.0f} mm" in second.section("Findings")
    assert first.section("Findings") != second.section("Findings")


def test_a_signed_report_holds_both_and_takes_no_stroke(study: tuple[Session, str, str]) -> None:
    session, study_uid, series = study
    paint(session, series, MORE, 1)
    outlining.remeasure(session, series, RUN, Placed())
    reviewing.accept(session, "seen-1")
    report = signing.sign(session, read_draft(session, study_uid).id, PASSWORD)
    (signed,) = report.findings
    assert signed.model is not None
    assert signed.outlined is not None
    assert reporting.verified(session, report.id) == report
    with pytest.raises(SignedReportError):
        outlining.remeasure(session, series, RUN, Placed())
    with pytest.raises(SignedReportError):
        journal.undo(session, study_uid)


def _series(session: Session, uid: str):
    with session.begin() as work:
        return work.series.get(uid)


def _own(session: Session, series: str) -> Finding:
    paint(session, series, OTHER, OWN, "")
    return own_findings.add_outlined(
        session, series, OWN, Placed(), label="Metastasis", place="", note="second look"
    )


def test_an_outline_of_the_readers_own_becomes_a_finding(study: tuple[Session, str, str]) -> None:
    session, study_uid, series = study
    made = _own(session, series)
    assert made.by_reader
    assert made.status is FindingStatus.EDITED
    assert (made.side, made.place) == ("right", "front")
    assert volume_ml(made)
    assert (made.model, made.probability, made.run_id) == (None, None, "")
    draft = reporting.draft(session, study_uid)
    assert "Metastasis" in draft.section("Findings")
    assert made in draft.findings
    assert "Added by the reader." in draft.section("Findings")
    assert not [one for one in reporting.problems(session, draft.id).messages if "dded" in one]
    shown = labelling.load_shown(session, series, RUN)
    assert shown is not None
    assert set(np.unique(shown)) == {0, 1, OWN}
    with pytest.raises(WorkstationError, match="already"):
        own_findings.add_outlined(session, series, OWN, Placed(), label="x", place="", note="")


def test_painting_on_measures_the_own_finding_anew_and_undo_takes_it_back(
    study: tuple[Session, str, str],
) -> None:
    session, study_uid, series = study
    made = _own(session, series)
    read_draft(session, study_uid)
    paint(session, series, (slice(3, 4), slice(2, 6), slice(2, 8)), OWN, "")
    (after,) = outlining.remeasure(session, series, "", Placed())
    assert (volume_ml(after) or 0) > (volume_ml(made) or 0)
    with session.begin() as work:  # the accepted sentence follows in the same transaction
        report = work.reports.of_study(study_uid)
    assert report is not None
    assert spoken_ml(volume_ml(after) or 0) in report.section("Findings")
    journal.undo(session, study_uid)
    outlining.remeasure(session, series, "", Placed())
    assert the_finding(session, made.id) == made


def test_the_picture_of_an_own_finding_says_who_drew_it(study: tuple[Session, str, str]) -> None:
    session, study_uid, series = study
    made = _own(session, series)
    reviewing.reject(session, "seen-1")
    report = replace(reporting.draft(session, study_uid), findings=(made,))
    assert "drawn by the reader" in pictures(session, report)[0].caption


def test_nothing_painted_is_no_finding(study: tuple[Session, str, str]) -> None:
    session, _, series = study
    with pytest.raises(WorkstationError, match="Nothing is painted"):
        own_findings.add_outlined(session, series, OWN, Placed(), label="x", place="", note="")


@pytest.mark.parametrize(
    ("kind", "points", "name", "value"),
    [
        (AnnotationKind.LENGTH, ((4.0, 5.0, 4.0), (14.0, 5.0, 4.0)), "length", 10.0),
        (AnnotationKind.ELLIPSE, ((4.0, 5.0, 4.0), (16.0, 11.0, 4.0)), "largest diameter", 12.0),
        (AnnotationKind.RECTANGLE, ((4.0, 5.0, 4.0), (10.0, 13.0, 4.0)), "largest diameter", 10.0),
    ],
)
def test_a_measurement_becomes_a_finding_with_its_size(
    study: tuple[Session, str, str],
    kind: AnnotationKind,
    points: tuple[Vector3, ...],
    name: str,
    value: float,
) -> None:
    session, study_uid, series = study
    drawn = Annotation("a-1", study_uid, series, kind, points, *FLAT, 1.0, session.now())
    annotating.put_annotation(session, drawn)
    made = own_findings.add_measured(session, "a-1", Placed(), label="Nodule", place="", note="")
    assert made.measurements[0].name == name
    assert made.measurements[0].value == pytest.approx(value, abs=0.05)
    assert size_mm(made) == pytest.approx(value, abs=0.05)
    assert made.place in {"front", "back"}
    named = own_findings.add_measured(
        session, "a-1", Placed(), label="Nodule", place="my own words", note=""
    )
    assert named.place == "my own words"


def test_an_arrow_points_at_a_finding_without_a_size(study: tuple[Session, str, str]) -> None:
    session, study_uid, series = study
    tip, tail = (10.0, 12.0, 4.0), (18.0, 12.0, 4.0)
    drawn = Annotation(
        "a-1", study_uid, series, AnnotationKind.ARROW, (tip, tail), *FLAT, 1.0, session.now()
    )
    annotating.put_annotation(session, drawn)
    made = own_findings.add_measured(session, "a-1", Placed(), label="Dot", place="", note="")
    assert (made.centre_mm, made.measurements) == (tip, ())


def test_several_findings_are_decided_renamed_and_given_back_at_once(
    study: tuple[Session, str, str],
) -> None:
    session, _, _ = study
    second = replace(the_finding(session), id="seen-2", label_value=2)
    with session.begin() as work:
        work.findings.put(second)
    both = (the_finding(session), second)
    ids = tuple(one.id for one in both)
    made = reviewing.decide(session, ids, FindingStatus.REJECTED, RejectReason.ARTEFACT)
    assert {one.reject_reason for one in made} == {RejectReason.ARTEFACT}
    renamed = reviewing.rename(session, ids, label="Infarct", note="")
    assert [(one.label, one.place) for one in renamed] == [("Infarct", both[0].place)] * 2
    assert not any(one.reject_reason for one in renamed)
    assert reviewing.restore(session, both) == both


def test_of_several_decisions_all_are_stored_or_none(study: tuple[Session, str, str]) -> None:
    session, _, _ = study
    with pytest.raises(WorkstationError):
        reviewing.decide(session, ("seen-1", "absent"), FindingStatus.ACCEPTED)
    assert the_finding(session).status is FindingStatus.SUGGESTED
