"""The audit trail: for the administrator, and for the patient who asks who saw the data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.accounts.permissions import Permission
from app.records import AuditEntry
from app.workflow.session import Session


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One line of a patient's list of who saw the data."""

    at: datetime
    who: str = field(repr=False)
    role: str
    action: str
    outcome: str


def entries(session: Session, limit: int = 200) -> tuple[AuditEntry, ...]:
    """Return the newest audit entries; the reading itself is recorded."""
    session.authorize(Permission.READ_AUDIT)
    with session.begin() as work:
        work.note("audit.read", "audit")
        return work.audit.entries(limit)


def verify(session: Session) -> str:
    """Check the whole chain and say so, or raise AuditBrokenError."""
    session.authorize(Permission.READ_AUDIT)
    with session.begin() as work:
        work.audit.verify()
        newest = work.audit.entries(1)
    count = newest[0].seq if newest else 0
    return f"The audit chain of {count} entries holds."


def my_access_list(session: Session) -> tuple[AccessEntry, ...]:
    """Return who did what with the signed-in patient's data, newest first."""
    patient_id = session.actor.patient_id
    session.authorize(Permission.READ_OWN_ACCESS_LIST, patient_id)
    with session.begin() as work:
        lines = []
        for entry in work.audit.of_patient(patient_id):
            account = work.accounts.get(entry.actor_id)
            who = account.name if account else "the program itself"
            lines.append(AccessEntry(entry.at, who, entry.role, entry.action, entry.outcome))
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))
