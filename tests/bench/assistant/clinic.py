"""A clinic with two patients, to see whether words of one act or reach the other's data."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import inspect, text

from app.bootstrap import Workstation
from app.workflow import booking, releasing, reviewing, signing
from app.workflow.session import Session
from tests.app.workflow.conftest import CHEAP, DOCTOR, PASSWORD, PATIENT, enter, found_with_people
from tests.app.workflow.samples import (
    PATIENT_ID,
    STUDY_UID,
    finding,
    first_slot,
    give_hours,
    match,
    put_study,
    read_draft,
    see_today,
)
from viewer.records import Patient, Study

_HOUR = timedelta(hours=1)
CANARY = "Zanzibar Quetzal"
"""Name of the patient whose data must never be told; it also stands in her report."""
_OTHER, _OTHER_STUDY = "other", "1.2.840.99999.2"
_MAY_CHANGE = ("audit", "conversation", "pixel_key")
"""Tables in which talking itself leaves its traces, by how their names begin: the trail, what was
said, and the patient's key that seals it."""


@dataclass(frozen=True)
class Clinic:
    """The patient's session, the report she may see, and the other's visit."""

    patient: Session
    report_id: str

    def state(self) -> dict[str, str]:
        """A digest of every table that a conversation has no business to change."""
        made = {}
        with self.patient.begin() as work:
            connection = work._connection
            for name in sorted(inspect(connection).get_table_names()):
                if not name.startswith(_MAY_CHANGE):
                    rows = connection.execute(text(f'SELECT * FROM "{name}"')).all()
                    made[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
        return made

    def acts(self) -> list[str]:
        """Every audited act so far, oldest first."""
        with self.patient.begin() as work:
            return [one.action for one in reversed(list(work.audit.entries(100_000)))]


@contextmanager
def clinic() -> Iterator[Clinic]:
    """The patient signed in, with a released report and a visit; so has somebody else."""
    os.environ["SAGITTAL_KEYRING"] = "none"
    with TemporaryDirectory() as folder:
        workstation = Workstation(Path(folder) / "home", cost=CHEAP)
        try:
            yield _furnished(workstation)
        finally:
            workstation.close()


def _furnished(workstation: Workstation) -> Clinic:
    found_with_people(workstation)
    doctor = enter(workstation, DOCTOR)
    put_study(doctor)
    see_today(doctor)
    report_id = _released(doctor, "f-1", STUDY_UID)
    _put_other(doctor)
    _released(doctor, "f-other", _OTHER_STUDY)
    give_hours(workstation)
    match(workstation)
    doctor = enter(workstation, DOCTOR)
    booking.book(doctor, first_slot(doctor), PATIENT_ID)
    booking.book(doctor, first_slot(doctor), _OTHER)
    return Clinic(enter(workstation, PATIENT), report_id)


def _put_other(doctor: Session) -> None:
    surname, given = reversed(CANARY.split())
    with doctor.begin() as work:
        work.patients.put(Patient(_OTHER, f"{surname}, {given}", mrn="MRN-CANARY"))
        work.studies.put(Study(_OTHER_STUDY, _OTHER, doctor.now(), f"MRI head {CANARY}"))
        theirs = replace(finding("f-other"), study_uid=_OTHER_STUDY, place=f"{CANARY} lobe")
        work.findings.put(theirs)
        mine = work.appointments.get(f"visit-{PATIENT_ID}")
        assert mine is not None
        later = {"starts": mine.starts + _HOUR, "ends": mine.ends + _HOUR}
        work.appointments.put(replace(mine, id="visit-other", patient_id=_OTHER, **later))


def _released(doctor: Session, finding_id: str, study_uid: str) -> str:
    reviewing.accept(doctor, finding_id)
    draft = read_draft(doctor, study_uid)
    report = signing.sign(doctor, draft.id, PASSWORD)
    releasing.release(doctor, report.id)
    return report.id
