"""The language somebody is spoken to in, and a patient's own choice of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.accounts.permissions import Permission
from app.errors import NotFoundError
from app.workflow.outgoing import send_patient_again
from app.workflow.settings import read_settings
from app.workflow.telling import readdress
from assistant.phrases import Phrases, phrases

if TYPE_CHECKING:
    from datetime import datetime

    from app.storage.work import Work
    from app.workflow.session import Session
    from viewer.records import Patient


def my_language(session: Session) -> str:
    """Return the language the signed-in person is spoken to in, see `spoken`."""
    session.authorize(Permission.ASK_ASSISTANT, session.actor.patient_id)
    with session.begin() as work:
        return spoken(work, session).language


def choose_language(session: Session, language: str) -> None:
    """Write down the language the signed-in patient wants to be spoken and written to in.

    Reminders not sent yet follow. A region that was given ("de-CH") stays.
    """
    patient_id = session.actor.patient_id
    session.authorize(Permission.CHOOSE_LANGUAGE, patient_id)
    with session.begin() as work:
        patient = work.patients.get(patient_id)
        if patient is None:
            raise NotFoundError("There is no such patient record.")
        if patient.language.split("-", maxsplit=1)[0].lower() == language:
            return
        put_language(work, patient, language, session.now(), detail=f"language {language}")


def put_language(
    work: Work, patient: Patient, language: str, now: datetime, *, detail: str
) -> None:
    """Keep in which language a patient is spoken to, with ``detail`` in the audit trail.

    Reminders not sent yet follow; whoever calls has asked whether it is allowed.
    """
    patient = replace(patient, language=language)
    work.patients.put(patient)
    readdress(work, patient.id, now)
    send_patient_again(work, patient, now)
    work.note("patient.preferences-changed", patient.id, patient_id=patient.id, detail=detail)


def spoken(work: Work, session: Session) -> Phrases:
    """The words of the patient's own language, else of the one chosen at the sign-in.

    Else of the clinic's; English where there is no file for it.
    """
    patient_id = session.actor.patient_id
    patient = work.patients.get(patient_id) if patient_id else None
    tag = (patient.language if patient else "") or session.language
    return phrases(tag or read_settings(work).language)
