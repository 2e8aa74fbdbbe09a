"""Whose record new images go to: their own, or one that was made by hand before the first scan.

Where number, name and date of birth agree they join it (ADR 3, ADR 59). Where the record bears a
number of the program's own, or the images leave something out, the person who imports is asked,
and what was said holds for every later image of that person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.accounts.permissions import Permission
from app.errors import ChangedSinceError
from app.storage.work import Work
from app.workflow.identifying import Agreement, agreement, differing_records, person_id
from app.workflow.numbering import is_own_number
from app.workflow.outgoing import send_patient_again
from app.workflow.session import Session
from viewer.dicom.records import StudyFacts
from viewer.records import Patient


@dataclass(frozen=True, slots=True)
class Offer:
    """Images that wait for a word: ``imaged`` is who they name, ``records`` who it may be."""

    imaged: Patient = field(repr=False)
    records: tuple[Patient, ...] = field(repr=False)
    series: int = 1


def imaged_person(facts: StudyFacts) -> Patient:
    """Return the patient of a study as its headers name them; a nameless study has its own."""
    number, name, born = facts.patient_id, facts.patient_name, facts.birth_date
    if not number and not name:
        number, name, born = facts.uid, "", None
    return Patient(
        id=person_id(number, name, born),
        name=facts.patient_name or "Unnamed patient",
        mrn=facts.patient_id,
        birth_date=facts.birth_date,
        sex=facts.sex,
    )


def whose(work: Work, imaged: Patient) -> str | Offer:
    """Return the id of the record these images go to, or whom to ask about."""
    decided = work.settings.get(_setting(imaged.id))
    if decided or work.patients.get(imaged.id) is not None:
        return decided or imaged.id
    perhaps = []
    for one in work.patients.near(imaged.mrn, imaged.birth_date):
        found = agreement(one, imaged)
        if found is Agreement.OTHER or _has_images(work, one.id):
            continue
        if found is Agreement.SAME:
            return one.id
        perhaps.append(one)
    return Offer(imaged, tuple(perhaps)) if perhaps else imaged.id


def complete(work: Work, imaged: Patient, record: Patient, now: datetime) -> None:
    """Write into a record what its images say and it left open; remember that they are one.

    A number of the program's own gives way to the scanner's: the images name the patient by it.
    """
    if imaged.id == record.id or work.settings.get(_setting(imaged.id)):
        return
    _join(work, imaged, record, now)


def decide(session: Session, offer: Offer, record_id: str) -> None:
    """Say whose the images of an offer are; import them again then. Empty: none of the records.

    Raises
    ------
    ChangedSinceError
        The record was given images of somebody or changed since the question was put.
    """
    session.authorize(Permission.IMPORT_STUDY)
    imaged = offer.imaged
    with session.begin() as work:
        if not record_id:
            work.settings.put(_setting(imaged.id), imaged.id)
            _note_apart(work, imaged, offer.records)
            return
        record = work.patients.get(record_id)
        free = not _has_images(work, record_id)
        if record is None or not free or agreement(record, imaged) is Agreement.OTHER:
            raise ChangedSinceError("That record has changed. Please import the images again.")
        _join(work, imaged, record, session.now())


def merged(offers: Sequence[Offer]) -> tuple[Offer, ...]:
    """Return one offer a person, with how many series wait for the answer."""
    found: dict[str, Offer] = {}
    for one in offers:
        before = found.get(one.imaged.id)
        found[one.imaged.id] = replace(one, series=before.series + 1) if before else one
    return tuple(found.values())


def _join(work: Work, imaged: Patient, record: Patient, now: datetime) -> None:
    replaced = bool(imaged.mrn) and (not record.mrn or is_own_number(record.mrn))
    joined = replace(
        record,
        mrn=imaged.mrn if replaced else record.mrn,
        birth_date=record.birth_date or imaged.birth_date,
        sex=record.sex or imaged.sex,
    )
    other = [one for one in differing_records(record, imaged) if one != "record number"]
    work.settings.put(_setting(imaged.id), record.id)
    detail = f"although they differ: {', '.join(other)}" if other else ""
    work.note("patient.joined", imaged.id, patient_id=record.id, detail=detail)
    if joined != record:
        work.patients.put(joined)
        send_patient_again(work, joined, now)


def _has_images(work: Work, record_id: str) -> bool:
    """Whether images of the record are here; reports from elsewhere are none."""
    studies = work.studies.of_patient(record_id)
    return any(work.series.of_study(study.uid) for study in studies)


def _note_apart(work: Work, imaged: Patient, records: Sequence[Patient]) -> None:
    for one in records:
        work.note("patient.kept-apart", imaged.id, patient_id=one.id)


def _setting(imaged_id: str) -> str:
    """Name of the setting that keeps which record the images of a person go to."""
    return f"joined:{imaged_id}"
