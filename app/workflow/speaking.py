"""The language somebody is spoken to in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.accounts.permissions import Permission
from app.workflow.settings import read_settings
from assistant.phrases import Phrases, phrases

if TYPE_CHECKING:
    from app.storage.work import Work
    from app.workflow.session import Session


def my_language(session: Session) -> str:
    """Return the language the signed-in person is spoken to in, see `spoken`."""
    session.authorize(Permission.ASK_ASSISTANT, session.actor.patient_id)
    with session.begin() as work:
        return spoken(work, session).language


def spoken(work: Work, session: Session) -> Phrases:
    """The words of the patient's own language, else of the one chosen at the sign-in.

    Else of the clinic's; English where there is no file for it.
    """
    patient_id = session.actor.patient_id
    patient = work.patients.get(patient_id) if patient_id else None
    tag = (patient.language if patient else "") or session.language
    return phrases(tag or read_settings(work).language)
