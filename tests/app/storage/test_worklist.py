"""The worklist: what stands on a line, and which line stands above."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.records import SYSTEM, Urgency, WorklistEntry, WorklistStatus
from app.storage.work import Storage, Work
from assistant.records import ReportStatus
from inference.records import FindingStatus, Run, RunOutcome
from tests.app.storage.records import (
    DRAFT,
    FINDING,
    NOW,
    PATIENT,
    RUN,
    SERIES,
    SIGNED,
    STUDY,
)
from viewer.records import Patient


def lines(storage: Storage, text: str = "") -> tuple[WorklistEntry, ...]:
    with storage.begin(SYSTEM) as work:
        return work.worklist.entries(text)


def stage(work: Work, uid: str, *, name: str = "DOE^Jane", simulated: bool = False) -> None:
    work.patients.put(Patient("p" + uid, name, mrn="M" + uid))
    work.studies.put(replace(STUDY, uid=uid, patient_id="p" + uid, simulated=simulated))
    work.series.put(replace(SERIES, uid=uid + ".1", study_uid=uid))


def analysed(
    work: Work, uid: str, outcome: RunOutcome, probabilities: Iterable[float] = ()
) -> None:
    work.runs.put(
        replace(
            RUN,
            id="run" + uid,
            study_uid=uid,
            series_uid=uid + ".1",
            outcome=outcome,
            reason="Not analysed, because no contrast was given.",
        )
    )
    for at, probability in enumerate(probabilities):
        work.findings.put(
            replace(
                FINDING,
                id=f"f{uid}.{at}",
                study_uid=uid,
                run_id="run" + uid,
                probability=probability,
            )
        )


def test_a_new_study_is_unread_and_its_line_is_complete(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work:
        work.patients.put(PATIENT)
        work.studies.put(STUDY)
        work.series.put(SERIES)
        work.series.put(replace(SERIES, uid="1.2.4"))
    (line,) = lines(storage)
    assert line == WorklistEntry(
        study_uid="1.2",
        patient_id="p",
        patient_name=PATIENT.name,
        mrn="M-77",
        birth_date=None,
        sex="F",
        study_date=None,
        description=STUDY.description,
        modality="MR",
        series_count=2,
        imported_at=NOW,
        status=WorklistStatus.UNREAD,
        urgency=Urgency.UNJUDGED,
        flag="Not analysed yet",
        simulated=False,
    )


def test_the_most_urgent_stands_first_and_the_simulated_example_last(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work:
        for uid in ("nothing", "suspected", "refused", "unread", "rejected"):
            stage(work, uid)
        stage(work, "example", simulated=True)
        analysed(work, "nothing", RunOutcome.NOTHING_SUSPECTED)
        analysed(work, "suspected", RunOutcome.FINDINGS, [0.4, 0.93])
        analysed(work, "refused", RunOutcome.NOT_ANALYSED)
        analysed(work, "rejected", RunOutcome.FINDINGS, [0.8])
        analysed(work, "example", RunOutcome.FINDINGS, [0.99])
        work.findings.put(
            replace(
                FINDING,
                id="frejected.0",
                study_uid="rejected",
                run_id="runrejected",
                status=FindingStatus.REJECTED,
            )
        )
    shown = {line.study_uid: (line.urgency, line.flag) for line in lines(storage)}
    assert shown == {
        "suspected": (3, "Lesion suspected"),
        "refused": (2, "Not analysed: no contrast was given."),
        "unread": (2, "Not analysed yet"),
        "nothing": (1, "No lesion suspected by this model"),
        "rejected": (1, "Suspected lesion rejected by the reader"),
        "example": (0, "Lesion suspected"),
    }
    order = [line.urgency for line in lines(storage)]
    assert order == sorted(order, reverse=True)


def test_status_follows_the_report(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work:
        stage(work, "1")
        analysed(work, "1", RunOutcome.FINDINGS, [0.9])
    draft = replace(DRAFT, study_uid="1")
    signed = replace(SIGNED, study_uid="1")
    statuses = [lines(storage)[0].status]
    for put in (
        lambda work: work.reports.put(draft),
        lambda work: work.reports.put(signed),
        lambda work: work.reports.release("r", NOW),
    ):
        with storage.begin(SYSTEM) as work:
            put(work)
        statuses.append(lines(storage)[0].status)
    assert statuses == ["unread", "draft", "signed", "released"]
    assert lines(storage)[0].urgency == 0
    appended = replace(signed, version=2, status=ReportStatus.APPENDED, previous_digest="00")
    with storage.begin(SYSTEM) as work:
        work.reports.put(appended)
    assert lines(storage)[0].status is WorklistStatus.RELEASED


def test_the_newest_run_of_a_series_counts_and_the_most_alarming_series(storage: Storage) -> None:
    later = NOW + timedelta(minutes=5)
    with storage.begin(SYSTEM) as work:
        stage(work, "1")
        analysed(work, "1", RunOutcome.FINDINGS, [0.9])
        again: Run = replace(
            RUN,
            id="again",
            study_uid="1",
            series_uid="1.1",
            started_at=later,
            outcome=RunOutcome.NOTHING_SUSPECTED,
        )
        work.runs.put(again)
    assert lines(storage)[0].flag == "No lesion suspected by this model"
    with storage.begin(SYSTEM) as work:
        work.runs.put(replace(again, id="other", series_uid="1.2", outcome=RunOutcome.FINDINGS))
        work.findings.put(replace(FINDING, study_uid="1", run_id="other", probability=0.7))
    assert lines(storage)[0].flag == "Lesion suspected"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("jane", 1),
        ("muller", 1),
        ("MÜLLER jane", 1),
        ("Ma", 1),
        ("contrast", 2),
        ("jane paul", 0),
        ("%", 0),
        ("'; DROP TABLE study; --", 0),
        ("", 2),
    ],
)
def test_search_is_by_word_in_name_mrn_and_description(
    storage: Storage, text: str, found: int
) -> None:
    with storage.begin(SYSTEM) as work:
        stage(work, "a", name="Müller^Jane")
        stage(work, "b", name="Roux^Paul")
    assert len(lines(storage, text)) == found


def test_a_thousand_studies_are_listed_by_one_query_up_to_the_limit(storage: Storage) -> None:
    with storage.begin(SYSTEM) as work:
        work.patients.put(PATIENT)
        work.studies._rows.put_all(replace(STUDY, uid=f"1.{n}") for n in range(1_000))
        assert len(work.worklist.entries()) == 100
        assert len(work.worklist.entries("zebra", limit=7)) == 7
