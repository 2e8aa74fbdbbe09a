"""The audit trail, for the administrator."""

from __future__ import annotations

from app.accounts.permissions import Permission
from app.records import AuditEntry
from app.workflow.session import Session


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
