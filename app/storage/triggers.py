"""What the database itself refuses or adds, whatever the program above it believes.

The text after RAISE is a code; app.storage.work turns it into the error of its folder.
"""

from __future__ import annotations

from app.storage.access_tables import ACCESS_TRIGGERS, EMERGENCY_TRIGGERS
from app.storage.facts import FACT_TRIGGERS
from app.storage.report_triggers import REPORT_TRIGGERS, refuse
from app.storage.worklist_tables import STALE_TRIGGERS

APPEND_ONLY = "audit is append-only"
SLOT_TAKEN = "slot taken"

_OVERLAP = """NEW.status IN ('pending', 'booked', 'arrived') AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.practitioner_id = NEW.practitioner_id AND other.id <> NEW.id
      AND other.status IN ('pending', 'booked', 'arrived')
      AND other.starts < NEW.ends AND other.ends > NEW.starts)"""
_NOT_NEXT = "NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit)"

TRIGGERS: tuple[str, ...] = (
    refuse("audit_never_updated", "UPDATE ON audit", APPEND_ONLY),
    refuse("audit_never_deleted", "DELETE ON audit", APPEND_ONLY),
    refuse("audit_never_replaced", "INSERT ON audit", APPEND_ONLY, _NOT_NEXT),
    *REPORT_TRIGGERS,
    refuse("appointment_overlap_insert", "INSERT ON appointment", SLOT_TAKEN, _OVERLAP),
    refuse("appointment_overlap_update", "UPDATE ON appointment", SLOT_TAKEN, _OVERLAP),
    *FACT_TRIGGERS,
    *STALE_TRIGGERS,
    *ACCESS_TRIGGERS,
    *EMERGENCY_TRIGGERS,
)
