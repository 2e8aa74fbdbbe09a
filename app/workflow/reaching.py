"""Whether a patient is written to of an appointment: nobody is promised what is not sent."""

from __future__ import annotations

from enum import StrEnum

from app.accounts.permissions import Permission
from app.storage.work import Work
from app.workflow.session import Session
from app.workflow.settings import read_settings
from app.workflow.telling import server_tells
from scheduling.notices.addresses import usable_email, usable_phone
from scheduling.records import Channel, ContactPreferences, Purpose


class Reach(StrEnum):
    """MESSAGE: from here. SERVER: the central server writes, if it knows a way.

    NO_ADDRESS: no address that may be used. NO_WAY: neither e-mail nor text messages are set up.
    """

    MESSAGE = "message"
    SERVER = "server"
    NO_ADDRESS = "no_address"
    NO_WAY = "no_way"


def reach(session: Session, patient_id: str) -> Reach:
    """Return whether news of a patient's appointments goes out."""
    session.authorize(Permission.BOOK)
    with session.begin() as work:
        return _reach(work, patient_id)


def reach_me(session: Session) -> Reach:
    """Return whether the signed-in patient is written to."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.SEE_OWN_APPOINTMENTS, patient_id)
    with session.begin() as work:
        return _reach(work, patient_id)


def _reach(work: Work, patient_id: str) -> Reach:
    if server_tells(work):
        return Reach.SERVER
    settings = read_settings(work)
    ways = settings.transports()
    if not ways:
        return Reach.NO_WAY
    patient = work.patients.get(patient_id)
    if patient is None:
        return Reach.NO_ADDRESS
    usable = {
        Channel.EMAIL: usable_email(patient.email),
        Channel.SMS: usable_phone(patient.phone, settings.country),
    }
    wishes = work.preferences.get(patient_id) or ContactPreferences(patient_id)
    ask_first = settings.policy().ask_first
    wanted = (
        one
        for one in ways
        if usable[one] and wishes.allows(one, Purpose.VISITS, ask_first=ask_first)
    )
    return Reach.MESSAGE if any(True for _ in wanted) else Reach.NO_ADDRESS
