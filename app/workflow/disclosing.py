"""Who saw my data: a patient's own list out of the audit trail, to look at and to take along."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import rfc8785

from app.accounts.permissions import Permission
from app.accounts.records import EmergencyAccess, EmergencyReason, Verdict
from app.records import AccessEntry, AuditEntry
from app.workflow.audit_acts import SEEN, act_of
from app.workflow.session import Session
from app.workflow.settings import read_settings

if TYPE_CHECKING:
    from app.storage.work import Work

FORMAT = "sagittal-access-list-1"
PROGRAM = "the program itself"

_BY_ROLE = {
    "doctor": "diagnosis and treatment",
    "receptionist": "organising your visit",
    "administrator": "running the clinic",
    "patient": "your own wish",
    "system": "keeping the clinic's records in step",
}


@dataclass(frozen=True, slots=True)
class MyEmergency:
    """An emergency access as its patient is told of it."""

    at: datetime
    who: str = field(repr=False)
    reason: EmergencyReason
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class AccessExport:
    """A patient's list as files: signed JSON, and the same as PDF to read."""

    signed: bytes = field(repr=False)
    pdf: bytes = field(repr=False)


def my_access_list(session: Session) -> tuple[AccessEntry, ...]:
    """Return who did what with the signed-in patient's data, each act once, newest first."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.READ_OWN_ACCESS_LIST, patient_id)
    with session.begin() as work:
        return _entries(work, patient_id)


def my_emergencies(session: Session) -> tuple[MyEmergency, ...]:
    """Return who opened the signed-in patient's chart in an emergency, newest first."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.READ_OWN_ACCESS_LIST, patient_id)
    with session.begin() as work:
        named = read_settings(work).names_in_access_lists
        return tuple(
            MyEmergency(
                one.started_at,
                _name(work, one.account_id) if named else "",
                one.reason,
                one.verdict,
            )
            for one in work.emergencies.of_patient(patient_id)
        )


def export_my_access_list(session: Session) -> AccessExport:
    """Return the list as signed JSON and as PDF; the export is a line of the next list.

    What is signed is the RFC 8785 form of the document without its ``seal``, Ed25519, by the
    clinic's own key.
    """
    patient_id = session.actor.patient_id
    session.authorize(Permission.READ_OWN_ACCESS_LIST, patient_id)
    with session.begin() as work:
        entries, settings = _entries(work, patient_id), read_settings(work)
        patient = work.patients.get(patient_id)
        work.note("access-list.exported", patient_id, patient_id=patient_id)
    content: dict[str, Any] = {
        "format": FORMAT,
        "clinic": settings.clinic_name,
        "patient": {
            "name": patient.name if patient else "",
            "number": patient.mrn if patient else "",
        },
        "made_at": session.now().isoformat(),
        "entries": [_told(one) for one in entries],
    }
    body = rfc8785.dumps(content)
    key = session.keys.clinic_seal()
    seal = {
        "algorithm": "Ed25519",
        "public_key": key.public_key().public_bytes_raw().hex(),
        "digest": hashlib.sha256(body).hexdigest(),
        "value": key.sign(body).hex(),
    }
    from app.workflow.access_pdf import access_pdf  # noqa: PLC0415 - sign-in stays light

    pdf = access_pdf(content, entries, seal, settings.zone)
    return AccessExport(rfc8785.dumps({**content, "seal": seal}), pdf)


def _told(entry: AccessEntry) -> dict[str, Any]:
    return {
        "line": entry.seq,
        "at": entry.at.isoformat(),
        "who": entry.who,
        "role": entry.role,
        "act": entry.action,
        "what": entry.what,
        "purpose": entry.purpose,
        "emergency": entry.emergency,
        "outcome": entry.outcome,
    }


def _entries(work: Work, patient_id: str) -> tuple[AccessEntry, ...]:
    named = read_settings(work).names_in_access_lists
    emergencies = work.emergencies.of_patient(patient_id)
    names: dict[str, str] = {}
    found = []
    for line in work.audit.of_patient(patient_id):
        if line.actor_id not in names:
            own = line.role == "patient"
            names[line.actor_id] = _name(work, line.actor_id) if named or own else ""
        found.append(_entry(line, names[line.actor_id], emergencies))
    return tuple(found)


def _entry(line: AuditEntry, who: str, emergencies: Sequence[EmergencyAccess]) -> AccessEntry:
    act = act_of(line.action)
    during = next((one for one in emergencies if _is_during(line, one)), None)
    purpose = _BY_ROLE.get(line.role, "")
    if during is not None:
        purpose = f"an emergency: {REASONS[during.reason]}"
    elif line.action in {"report.exported", "report.printed"} and " for " in line.detail:
        purpose = f"for: {line.detail.partition(' for ')[2]}"
    return AccessEntry(
        seq=line.seq,
        at=line.at,
        who=who,
        role=line.role,
        action=line.action,
        what=act.words,
        purpose=purpose,
        emergency=during is not None,
        outcome=line.outcome,
        seen=act.kind in SEEN,
    )


def _is_during(line: AuditEntry, access: EmergencyAccess) -> bool:
    """Whether an act was done by who had the chart open in an emergency then."""
    if line.subject == access.id:
        return True
    until = access.ended_at or access.ends_at
    return line.actor_id == access.account_id and access.started_at <= line.at <= until


def _name(work: Work, account_id: str) -> str:
    account = work.accounts.get(account_id)
    return account.name if account else PROGRAM


REASONS = {
    EmergencyReason.LIFE_THREATENING: "a life was in danger",
    EmergencyReason.ON_CALL: "the doctor was on call",
    EmergencyReason.READER_AWAY: "your reader was away",
    EmergencyReason.TRANSFER: "you were transferred",
    EmergencyReason.OTHER: "another reason",
}
"""Why a chart was opened in an emergency, as its patient is told."""
