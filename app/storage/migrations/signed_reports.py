"""Version 8: what FHIR calls a draft, releases that are withdrawn, hand-overs, signing rules."""

from __future__ import annotations

import json

import rfc8785
from sqlalchemy import Connection

from app.storage.report_triggers import REPORT_TRIGGERS

_TABLES = (
    """CREATE TABLE report_withdrawal (
        report_id TEXT NOT NULL, withdrawn_at TEXT NOT NULL, patient_id TEXT NOT NULL,
        by_id TEXT NOT NULL, reason TEXT NOT NULL,
        CONSTRAINT pk_report_withdrawal PRIMARY KEY (report_id, withdrawn_at))""",
    "CREATE INDEX ix_report_withdrawal_patient_id ON report_withdrawal (patient_id)",
    """CREATE TABLE report_handover (
        id TEXT NOT NULL, report_id TEXT NOT NULL, version INTEGER NOT NULL,
        patient_id TEXT NOT NULL, digest TEXT NOT NULL, at TEXT NOT NULL, by_id TEXT NOT NULL,
        by_name TEXT NOT NULL, to_name TEXT NOT NULL, relation TEXT NOT NULL,
        CONSTRAINT pk_report_handover PRIMARY KEY (id))""",
    "CREATE INDEX ix_report_handover_report_id ON report_handover (report_id)",
)
_OLD_TRIGGERS = (
    "report_never_updated",
    "report_never_deleted",
    "report_never_replaced",
    "release_only_signed",
)


def signed_reports(connection: Connection) -> None:
    """Call unsigned drafts partial, which FHIR means by it, and lay down the rules of signing."""
    for name in _OLD_TRIGGERS:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    _rename_drafts(connection)
    for statement in (*_TABLES, *REPORT_TRIGGERS):
        connection.exec_driver_sql(statement)


def _rename_drafts(connection: Connection) -> None:
    """Drafts were called preliminary, which is a signed report that waits for a co-signature."""
    drafts = connection.exec_driver_sql(
        "SELECT report_id, version, body FROM report_version WHERE status = 'preliminary'"
    ).all()
    for report_id, version, body in drafts:
        renamed = rfc8785.dumps({**json.loads(body), "status": "partial"})
        connection.exec_driver_sql(
            "UPDATE report_version SET status = 'partial', body = ?"
            " WHERE report_id = ? AND version = ?",
            (renamed, report_id, version),
        )
