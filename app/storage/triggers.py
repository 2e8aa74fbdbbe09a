"""What the database itself refuses or adds, whatever the program above it believes.

The text after RAISE is a code; app.storage.work turns it into the error of its folder.
"""

from __future__ import annotations

from app.storage.facts import FACT_TRIGGERS

APPEND_ONLY = "audit is append-only"
SIGNED = "signed report"
NOT_SIGNED = "only a signed report is released"
SLOT_TAKEN = "slot taken"

_OVERLAP = """NEW.status IN ('pending', 'booked', 'arrived') AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.practitioner_id = NEW.practitioner_id AND other.id <> NEW.id
      AND other.status IN ('pending', 'booked', 'arrived')
      AND other.starts < NEW.ends AND other.ends > NEW.starts)"""
_SIGNED_ALREADY = """EXISTS (
    SELECT 1 FROM report_version AS old
    WHERE old.report_id = NEW.report_id AND old.status <> 'preliminary'
      AND old.version >= NEW.version)"""
_UNSIGNED = """NOT EXISTS (
    SELECT 1 FROM report_version AS version
    WHERE version.report_id = NEW.report_id AND version.status <> 'preliminary')"""
_NOT_NEXT = "NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit)"
_WAS_SIGNED = "OLD.status <> 'preliminary'"


def _refuse(name: str, moment: str, code: str, when: str = "1") -> str:
    return "\n".join(
        (
            f"CREATE TRIGGER {name} BEFORE {moment}",
            f"WHEN {when}",
            f"BEGIN SELECT RAISE(ABORT, '{code}'); END",
        )
    )


TRIGGERS: tuple[str, ...] = (
    _refuse("audit_never_updated", "UPDATE ON audit", APPEND_ONLY),
    _refuse("audit_never_deleted", "DELETE ON audit", APPEND_ONLY),
    _refuse("audit_never_replaced", "INSERT ON audit", APPEND_ONLY, _NOT_NEXT),
    _refuse("report_never_updated", "UPDATE ON report_version", SIGNED, _WAS_SIGNED),
    _refuse("report_never_deleted", "DELETE ON report_version", SIGNED, _WAS_SIGNED),
    _refuse("report_never_replaced", "INSERT ON report_version", SIGNED, _SIGNED_ALREADY),
    _refuse("release_only_signed", "INSERT ON report_release", NOT_SIGNED, _UNSIGNED),
    _refuse("appointment_overlap_insert", "INSERT ON appointment", SLOT_TAKEN, _OVERLAP),
    _refuse("appointment_overlap_update", "UPDATE ON appointment", SLOT_TAKEN, _OVERLAP),
    *FACT_TRIGGERS,
)
