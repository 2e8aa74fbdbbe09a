"""Claims about people written down by hand on one of two workstations of a clinic."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from app.bootstrap import Workstation
from app.records import Role
from app.workflow import admitting, booking, importing, joining, matching, recording
from app.workflow.importing import ImportOutcome
from app.workflow.recording import NewPatient
from app.workflow.session import Session
from tests.app.workflow.conftest import DESK, enter, sign_up
from tests.app.workflow.samples import first_slot, give_hours
from tests.spine.conftest import turn
from tests.viewer.series_writer import write_series
from viewer.records import Patient

Pair = tuple[Workstation, Workstation]
ZEBRA = NewPatient("Zebra Canary", date(1962, 3, 1), email="zebra@example.org")


def _meet(pair: Pair) -> None:
    for _ in range(2):
        for workstation in pair:
            assert turn(workstation) == ""


def _drop(session: Session, folder: Path, study: str) -> ImportOutcome:
    write_series(folder, n=5, study=study, series=study)
    return importing.import_paths(session, [folder], lambda *_: None)


def _everybody(session: Session) -> tuple[Patient, ...]:
    return admitting.search_patients(session, "canary")


def test_a_booked_new_patient_is_known_on_the_other_workstation(pair: Pair) -> None:
    one, two = pair
    give_hours(one)
    desk = enter(one, DESK)
    made = recording.make_patient(desk, ZEBRA)
    booked = booking.book(desk, first_slot(desk), made.id)
    _meet(pair)
    there = enter(two, DESK)
    assert _everybody(there) == (made,)
    with there.begin() as work:
        assert [one.id for one in work.appointments.of_patient(made.id)] == [booked.id]


def test_once_joined_the_other_workstation_joins_without_asking(pair: Pair, tmp_path: Path) -> None:
    one, two = pair
    give_hours(one)
    desk = enter(one, DESK)
    made = recording.make_patient(desk, ZEBRA)
    booking.book(desk, first_slot(desk), made.id)
    (offer,) = _drop(desk, tmp_path / "first", "first").offers
    joining.decide(desk, offer, made.id)
    importing.import_paths(desk, [tmp_path / "first"], lambda *_: None)
    _meet(pair)
    there = enter(two, DESK)
    outcome = _drop(there, tmp_path / "second", "second")
    assert outcome.offers == ()
    with there.begin() as work:
        study = work.studies.get(outcome.studies[0])
    assert study is not None
    assert study.patient_id == made.id
    assert [one.mrn for one in _everybody(there)] == ["CANARY-MRN-1"]


def test_after_a_match_is_undone_the_other_workstation_has_the_records_own_address(
    pair: Pair,
) -> None:
    one, two = pair
    give_hours(one)
    sign_up(one, Role.PATIENT, "wren", "Wren Canary", email="wren@example.org")
    desk = enter(one, DESK)
    made = recording.make_patient(desk, ZEBRA)
    booking.book(desk, first_slot(desk), made.id)
    (account,) = admitting.unmatched_patients(desk)
    admitting.match_patient(desk, account.id, made.id)
    _meet(pair)
    assert [one.email for one in _everybody(enter(two, DESK))] == [account.email]
    desk = enter(one, DESK)
    matching.unmatch(desk, account.id, "Two sisters")
    _meet(pair)
    (there,) = _everybody(enter(two, DESK))
    assert there == replace(made, sex=there.sex)
