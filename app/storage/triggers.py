"""What the database itself refuses or adds, whatever the program above it believes.

The text after RAISE is a code; app.storage.work turns it into the error of its folder.
"""

from __future__ import annotations

from app.storage.access_tables import ACCESS_TRIGGERS, EMERGENCY_TRIGGERS
from app.storage.booking_tables import BOOKING_TRIGGERS
from app.storage.facts import FACT_TRIGGERS
from app.storage.read_step_table import READ_TRIGGERS
from app.storage.report_triggers import REPORT_TRIGGERS, refuse
from app.storage.worklist_tables import STALE_TRIGGERS

APPEND_ONLY = "audit is append-only"

_NOT_NEXT = "NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit)"

TRIGGERS: tuple[str, ...] = (
    refuse("audit_never_updated", "UPDATE ON audit", APPEND_ONLY),
    refuse("audit_never_deleted", "DELETE ON audit", APPEND_ONLY),
    refuse("audit_never_replaced", "INSERT ON audit", APPEND_ONLY, _NOT_NEXT),
    *REPORT_TRIGGERS,
    *BOOKING_TRIGGERS,
    *FACT_TRIGGERS,
    *STALE_TRIGGERS,
    *ACCESS_TRIGGERS,
    *EMERGENCY_TRIGGERS,
    *READ_TRIGGERS,
)
