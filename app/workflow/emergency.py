"""Emergency access (break-glass): a doctor opens the chart of a patient they are not treating.

It takes a reason, some words and the password again; it opens images and signed reports of that
one patient and nothing else (app.accounts.treating), ends when the chart is left, when the person
leaves or after four hours, is told to the patient and waits for somebody else's review.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.accounts.permissions import Permission
from app.accounts.records import EmergencyAccess, EmergencyReason, Verdict
from app.errors import EmergencyError, NotFoundError
from app.events import EmergencyTurned
from app.workflow.confirming import require_password
from app.workflow.session import Session

if TYPE_CHECKING:
    from app.storage.work import Work
    from viewer.records import Patient

LASTS = timedelta(hours=4)
"""How long an emergency access holds at most."""

LEAST_LETTERS = 10
"""How much a doctor must at least write about why."""

MOST_LETTERS = 500

LEFT, ELSEWHERE, OVER, AWAY, FOUND_OPEN = (
    "chart left",
    "another chart opened",
    "time over",
    "signed out",
    "found open at sign-in",
)
"""Why an emergency access ended, as the audit trail says it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An emergency access that holds, and whose chart it opens."""

    access: EmergencyAccess
    patient: Patient


@dataclass(frozen=True, slots=True)
class Reviewable:
    """An emergency access with the names a reviewer needs."""

    access: EmergencyAccess
    doctor: str = field(repr=False)
    patient: str = field(repr=False)
    mrn: str = field(repr=False)
    reviewer: str = field(repr=False, default="")


def whose(session: Session, study_uid: str) -> Patient:
    """Return whose study it is, so that the doctor opens the chart they mean."""
    session.authorize(Permission.BREAK_GLASS, study=study_uid)
    with session.begin() as work:
        return _patient(work, study_uid)


def start(
    session: Session, study_uid: str, reason: EmergencyReason, words: str, password: str
) -> EmergencyAccess:
    """Open the chart of a study's patient; any other one this person had open is left.

    Raises
    ------
    EmergencyError
        The words are too few or too many, or the doctor is treating the patient anyway.
    SignInError
        The password is wrong: nothing was opened.
    """
    session.authorize(Permission.BREAK_GLASS, study=study_uid)
    said = words.strip()
    if not LEAST_LETTERS <= len(said) <= MOST_LETTERS:
        raise EmergencyError(
            f"Say in {LEAST_LETTERS} to {MOST_LETTERS} characters why you need this chart now."
        )
    with session.begin() as work:
        patient = _patient(work, study_uid)
    if session.treats(patient.id):
        raise EmergencyError("You are treating this patient: the chart is open to you.")
    require_password(
        password,
        session,
        "emergency.refused",
        patient_id=patient.id,
        undone="Nothing was opened.",
    )
    now = session.now()
    made = EmergencyAccess(
        id=str(uuid.uuid4()),
        patient_id=patient.id,
        account_id=session.actor.account_id,
        reason=reason,
        words=said,
        started_at=now,
        ends_at=now + LASTS,
    )
    with session.begin() as work:
        closed = close_charts(work, now, ELSEWHERE, made.account_id)
        work.emergencies.add(made)
        work.note("emergency.started", made.id, patient_id=patient.id, detail=reason.value)
    announce((*closed, made), session)
    return made


def stop(session: Session) -> None:
    """Leave the chart that is open in an emergency; without one nothing happens."""
    session.authorize(Permission.BREAK_GLASS)
    with session.begin() as work:
        closed = close_charts(work, session.now(), LEFT, session.actor.account_id)
    announce(closed, session)


def standing(session: Session) -> Standing | None:
    """Return the emergency access of the signed-in doctor that holds now, if any."""
    session.authorize(Permission.BREAK_GLASS)
    now = session.now()
    with session.begin() as work:
        for one in work.emergencies.not_ended(session.actor.account_id):
            patient = work.patients.get(one.patient_id)
            if patient is not None and one.started_at <= now < one.ends_at:
                return Standing(one, patient)
    return None


def queue(session: Session) -> tuple[Reviewable, ...]:
    """Return every emergency access, those that wait for a review first."""
    session.authorize(Permission.REVIEW_EMERGENCY)
    with session.begin() as work:
        return tuple(_reviewable(work, one) for one in work.emergencies.all())


def review(session: Session, access_id: str, verdict: Verdict, words: str) -> None:
    """Say once and for good whether an emergency access was justified, and why.

    Raises
    ------
    EmergencyError
        No verdict or no words, it was reviewed before, or it is the reviewer's own.
    """
    session.authorize(Permission.REVIEW_EMERGENCY)
    if verdict is Verdict.PENDING or not words.strip() or len(words.strip()) > MOST_LETTERS:
        raise EmergencyError("Say whether the access was justified, and why in a few words.")
    with session.begin() as work:
        access = work.emergencies.get(access_id)
        if access is None:
            raise NotFoundError("There is no such emergency access.")
        if access.verdict is not Verdict.PENDING:
            raise EmergencyError("This emergency access was reviewed already.")
        reviewed = replace(
            access,
            verdict=verdict,
            reviewed_by=session.actor.account_id,
            reviewed_at=session.now(),
            review_words=words.strip(),
        )
        work.emergencies.update(reviewed)
        work.note(
            "emergency.reviewed", access.id, patient_id=access.patient_id, detail=verdict.value
        )
    announce((reviewed,), session)


def close_charts(
    work: Work, now: datetime, why: str, account_id: str = "", keep: str = ""
) -> tuple[EmergencyAccess, ...]:
    """End, within a transaction, what is open of one person or of everybody.

    ``keep`` names the patient whose chart stays open.
    """
    closed = []
    for one in work.emergencies.not_ended(account_id):
        if keep and one.patient_id == keep and now < one.ends_at:
            continue
        over = now >= one.ends_at
        ended = replace(one, ended_at=one.ends_at if over else max(now, one.started_at))
        work.emergencies.update(ended)
        detail = OVER if over else why
        work.note("emergency.stopped", one.id, patient_id=one.patient_id, detail=detail)
        closed.append(ended)
    return tuple(closed)


def announce(turned: tuple[EmergencyAccess, ...], session: Session) -> None:
    """Tell the workstation, once it is committed, which accesses were opened, ended or reviewed."""
    for one in turned:
        session.publish(EmergencyTurned(one.id, one.patient_id))


def _patient(work: Work, study_uid: str) -> Patient:
    study = work.studies.get(study_uid)
    patient = work.patients.get(study.patient_id) if study is not None else None
    if patient is None:
        raise NotFoundError("There is no such study.")
    return patient


def _reviewable(work: Work, access: EmergencyAccess) -> Reviewable:
    doctor, reviewer = work.accounts.get(access.account_id), work.accounts.get(access.reviewed_by)
    patient = work.patients.get(access.patient_id)
    return Reviewable(
        access,
        doctor.name if doctor else "an account that no longer exists",
        patient.name if patient else "",
        patient.mrn if patient else "",
        reviewer.name if reviewer else "",
    )
