"""Records made by hand: a person who books, or has an account, before the first scan.

The id is made as an import would make it (ADR 3), so that two workstations that write the same
person down agree. Without a number of the clinic's own the program makes one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from app.accounts.permissions import Permission
from app.errors import NotFoundError, WorkstationError
from app.events import AccountChanged
from app.records import Account, AccountStatus, Role
from app.storage.work import Work
from app.workflow.identifying import is_alike, person_id
from app.workflow.matching import tie
from app.workflow.numbering import is_mistyped, is_own_number, new_number
from app.workflow.session import Session
from app.workflow.settings import read_settings
from viewer.records import Patient

SEXES = ("F", "M", "O")


@dataclass(frozen=True, slots=True)
class NewPatient:
    """What the desk writes down of a person; without ``number`` the program makes one.

    Raises
    ------
    WorkstationError
        Name or date of birth are missing, or the number is one of the program's own, mistyped.
    """

    name: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    sex: str = field(repr=False, default="")
    number: str = field(repr=False, default="")
    email: str = field(repr=False, default="")
    phone: str = field(repr=False, default="")
    language: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip() or self.birth_date is None:
            raise WorkstationError("A name and a date of birth are needed.")
        if self.sex not in {"", *SEXES}:
            raise WorkstationError("The sex is F, M, O or left open.")
        if is_mistyped(self.number):
            raise WorkstationError("The record number is mistyped: please compare it once more.")


def alike(session: Session, person: NewPatient) -> tuple[Patient, ...]:
    """Return records that may be this person: the same number, or name and date of birth."""
    session.authorize(Permission.EDIT_PATIENT)
    with session.begin() as work:
        return _alike(work, _patient(work, person))


def make_patient(session: Session, person: NewPatient, *, seen: Collection[str] = ()) -> Patient:
    """Make the record of a person nobody has images of yet.

    Parameters
    ----------
    seen
        Ids of the records like it that a person has looked at and found to be somebody else.

    Raises
    ------
    WorkstationError
        A record like it is here that nobody has looked at, or this very record.
    """
    session.authorize(Permission.EDIT_PATIENT)
    with session.begin() as work:
        return _put(work, person, seen)


def make_for_account(
    session: Session, account_id: str, person: NewPatient, *, seen: Collection[str] = ()
) -> Patient:
    """Make a record for the person of a waiting account and match both, after checking identity.

    Who may match an account may make its record.

    Raises
    ------
    WorkstationError
        See `make_patient`; nothing is made and nothing matched then.
    """
    session.authorize(Permission.MATCH_PATIENT)
    with session.begin() as work:
        account = _waiting(work, account_id)
        patient = _put(work, person, seen)
        tie(work, account, patient, session.now())
    session.publish(AccountChanged(account_id))
    return patient


def _put(work: Work, person: NewPatient, seen: Collection[str]) -> Patient:
    patient = _patient(work, person)
    others = _alike(work, patient)
    if work.patients.get(patient.id) is not None:
        raise WorkstationError("This very record is here already: number, name and date of birth.")
    if any(one.id not in seen for one in others):
        raise WorkstationError("A record like this one is here already. Please look at it first.")
    work.patients.put(patient)
    like = f"although {len(others)} like it are here" if others else ""
    work.note("patient.recorded", patient.id, patient_id=patient.id, detail=like)
    return patient


def _patient(work: Work, person: NewPatient) -> Patient:
    number, name = person.number.strip(), " ".join(person.name.split())
    if is_own_number(number):
        number = number.upper()
    number = number or new_number()
    return Patient(
        id=person_id(number, name, person.birth_date),
        name=name,
        mrn=number,
        birth_date=person.birth_date,
        sex=person.sex,
        email=person.email.strip(),
        phone=person.phone.strip(),
        language=person.language or read_settings(work).language,
    )


def _alike(work: Work, patient: Patient) -> tuple[Patient, ...]:
    near = work.patients.near(patient.mrn, patient.birth_date)
    return tuple(one for one in near if is_alike(one, patient))


def _waiting(work: Work, account_id: str) -> Account:
    account = work.accounts.get(account_id)
    if account is None:
        raise NotFoundError("There is no such account.")
    waits = account.role is Role.PATIENT and account.status is not AccountStatus.CLOSED
    if not waits or account.patient_id:
        raise NotFoundError("This account does not wait to be matched.")
    return account
