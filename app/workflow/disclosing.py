"""Who saw my data: a patient's own list out of the audit trail, to look at and to take along.

Its lines are told in the language the patient is spoken to in.
"""

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
from app.workflow.speaking import spoken
from assistant.phrases import Phrases

if TYPE_CHECKING:
    from app.storage.work import Work

FORMAT = "sagittal-access-list-1"


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
        return _entries(work, patient_id, spoken(work, session))


def my_emergencies(session: Session) -> tuple[MyEmergency, ...]:
    """Return who opened the signed-in patient's chart in an emergency, newest first."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.READ_OWN_ACCESS_LIST, patient_id)
    with session.begin() as work:
        named, words = read_settings(work).names_in_access_lists, spoken(work, session)
        return tuple(
            MyEmergency(
                one.started_at,
                _name(work, one.account_id, words) if named else "",
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
        words, settings = spoken(work, session), read_settings(work)
        entries = _entries(work, patient_id, words)
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

    pdf = access_pdf(content, entries, seal, settings.zone, words)
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


def _entries(work: Work, patient_id: str, words: Phrases) -> tuple[AccessEntry, ...]:
    named = read_settings(work).names_in_access_lists
    emergencies = work.emergencies.of_patient(patient_id)
    names: dict[str, str] = {}
    found = []
    for line in work.audit.of_patient(patient_id):
        if line.actor_id not in names:
            own = line.role == "patient" and _is_of(work, line.actor_id, patient_id)
            names[line.actor_id] = _name(work, line.actor_id, words) if named or own else ""
        found.append(_entry(line, names[line.actor_id], emergencies, words))
    return tuple(found)


def _entry(
    line: AuditEntry, who: str, emergencies: Sequence[EmergencyAccess], words: Phrases
) -> AccessEntry:
    act = act_of(line.action)
    during = next((one for one in emergencies if _is_during(line, one)), None)
    key = f"purpose.{line.role}"
    purpose = words.say(key) if words.knows(key) else ""
    if during is not None:
        reason = words.say(f"emergency_reason.{during.reason.value}")
        purpose = words.say("purpose.emergency", reason=reason)
    elif line.action in {"report.exported", "report.printed"} and " for " in line.detail:
        purpose = words.say("purpose.given", text=line.detail.partition(" for ")[2])
    return AccessEntry(
        seq=line.seq,
        at=line.at,
        who=who,
        role=line.role,
        action=line.action,
        what=act.told(words),
        purpose=purpose,
        emergency=during is not None,
        outcome=line.outcome,
        seen=act.kind in SEEN,
    )


def _is_of(work: Work, account_id: str, patient_id: str) -> bool:
    """Whether an account is still the patient's; one matched by mistake is somebody else's."""
    account = work.accounts.get(account_id)
    return account is not None and account.patient_id == patient_id


def _is_during(line: AuditEntry, access: EmergencyAccess) -> bool:
    """Whether an act was done by who had the chart open in an emergency then."""
    if line.subject == access.id:
        return True
    until = access.ended_at or access.ends_at
    return line.actor_id == access.account_id and access.started_at <= line.at <= until


def _name(work: Work, account_id: str, words: Phrases) -> str:
    account = work.accounts.get(account_id)
    return account.name if account else words.say("access.program")
