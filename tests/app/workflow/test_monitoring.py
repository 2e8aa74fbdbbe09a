"""How the models do here, from the doctor's first decision to the figure on the page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.bootstrap import Workstation
from app.errors import SignedReportError
from app.storage.monitoring import DriftCell
from app.workflow import drifting, journal, monitoring, reviewing, signing
from app.workflow.drift import FEWEST, REFERENCE
from app.workflow.monitoring import Agreement, same_reason
from app.workflow.session import Session
from inference.records import FindingStatus, RunOutcome
from tests.app.storage.records import RUN, SERIES
from tests.app.workflow.conftest import DOCTOR, PASSWORD, enter
from tests.app.workflow.samples import STUDY_UID, finding, put_study, read_draft

SERIES_UID = f"{STUDY_UID}.1"


@pytest.fixture
def doctor(clinic: Workstation) -> Session:
    """A doctor with one series on which the model suspected nothing."""
    session = enter(clinic, DOCTOR)
    put_study(session)
    with session.begin() as work:
        work.series.put(replace(SERIES, uid=SERIES_UID, study_uid=STUDY_UID))
        quiet = replace(RUN, study_uid=STUDY_UID, series_uid=SERIES_UID)
        work.runs.put(
            replace(quiet, outcome=RunOutcome.NOTHING_SUSPECTED, started_at=session.now())
        )
        work.findings.remove("f-1")
    return session


def agreement(session: Session) -> Agreement:
    return monitoring.overview(session).releases[0].agreement


def add(session: Session) -> str:
    words = {"label": "Small meningioma", "place": "left convexity", "note": ""}
    return reviewing.add(session, SERIES_UID, (1.0, 2.0, 3.0), 2, **words).id


def test_what_a_reader_adds_is_what_the_model_missed(doctor: Session) -> None:
    assert agreement(doctor).added_where_quiet.of == 0
    add(doctor)
    given = agreement(doctor)
    assert (given.missed, given.added_where_quiet.count, given.added_where_quiet.of) == (1, 1, 1)


def test_an_added_finding_is_undone_and_done_again(doctor: Session) -> None:
    added = add(doctor)
    journal.undo(doctor, STUDY_UID)
    assert agreement(doctor).missed == 0
    journal.redo(doctor, STUDY_UID)
    assert agreement(doctor).missed == 1
    reviewing.reject(doctor, added)
    assert agreement(doctor).missed == 0


def test_an_added_finding_is_in_the_draft_and_none_is_added_once_it_is_signed(
    doctor: Session,
) -> None:
    add(doctor)
    draft = read_draft(doctor, STUDY_UID)
    assert any("Small meningioma" in part.text for part in draft.sections)
    signing.sign(doctor, draft.id, PASSWORD)
    with pytest.raises(SignedReportError):
        add(doctor)


def test_each_decision_is_counted_as_it_stands_now(doctor: Session) -> None:
    with doctor.begin() as work:
        for name in ("f-a", "f-b", "f-c", "f-d"):
            one = replace(finding(name), series_uid=SERIES_UID, run_id=RUN.id)
            work.findings.put(one)
    reviewing.accept(doctor, "f-a")
    reviewing.edit(doctor, "f-b", label="Cyst", place="", note="")
    reviewing.reject(doctor, "f-c")
    given = agreement(doctor)
    assert (given.accepted, given.edited, given.rejected, given.waiting) == (1, 1, 1, 1)
    assert (given.overridden.count, given.overridden.of) == (2, 3)
    reviewing.reset(doctor, "f-c")
    assert (agreement(doctor).overridden.count, agreement(doctor).overridden.of) == (1, 2)
    assert FindingStatus.REJECTED.value == "rejected"


def test_reasons_that_differ_in_a_number_only_are_one_reason() -> None:
    assert same_reason("It has 7 slices.") == same_reason("It has 12 slices.")
    assert same_reason("Its gap is 6.5 mm") == "Its gap is n mm"
    assert same_reason("This is a T2 series") == "This is a T2 series"


def put_runs(session: Session, count: int, month: int, **changes: object) -> None:
    """Store so many first runs of one month; every third is refused where ``mixed``."""
    with session.begin() as work:
        for number in range(count):
            uid = f"{STUDY_UID}.{month}.{number}"
            work.series.put(replace(SERIES, uid=uid, study_uid=STUDY_UID))
            at = session.now().replace(year=2025, month=month, day=1)
            run = replace(RUN, id=f"r{month}.{number}", study_uid=STUDY_UID, series_uid=uid)
            outcome = RunOutcome.FINDINGS
            run = replace(run, started_at=at, outcome=outcome, gate={"head": 0.9 + number % 7 / 99})
            work.runs.put(replace(run, **changes))


def drift_of(session: Session) -> drifting.Drift:
    release = monitoring.overview(session).releases[0].release
    return drifting.drift(session, release.id, lambda *_: None)


def test_nothing_is_compared_before_the_reference_and_the_month_are_full(doctor: Session) -> None:
    put_runs(doctor, REFERENCE - 2, 1)
    put_runs(doctor, FEWEST, 2)
    assert drift_of(doctor).compared == ()
    put_runs(doctor, FEWEST, 3)
    assert drift_of(doctor).months == (202503,)


def test_a_month_in_which_everything_is_refused_is_drift(doctor: Session) -> None:
    put_runs(doctor, REFERENCE + 5, 1)
    put_runs(doctor, FEWEST, 2, outcome=RunOutcome.NOT_ANALYSED, gate={})
    suspected = {
        one.cell.score for one in drift_of(doctor).compared if one.verdict.value != "no drift seen"
    }
    assert suspected == {"refused"}


def test_comparisons_are_kept_and_made_anew_only_where_runs_came(
    doctor: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_runs(doctor, REFERENCE, 1)
    put_runs(doctor, FEWEST, 2)
    put_runs(doctor, FEWEST, 3)
    first = drift_of(doctor)
    made: list[int] = []
    keep = drifting._compared

    def watched(shelf: object, release: int, month: int, *rest: object) -> list[DriftCell]:
        made.append(month)
        return keep(shelf, release, month, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(drifting, "_compared", watched)
    assert drift_of(doctor) == first
    assert made == []
    with doctor.begin() as work:
        late = replace(RUN, id="late", study_uid=STUDY_UID, series_uid=SERIES_UID, version="1")
        work.runs.put(replace(late, started_at=doctor.now().replace(year=2025, month=3, day=9)))
    drift_of(doctor)
    assert made in ([], [202503])
