"""Shelves of releases that were taken back and of prints that were handed over."""

from __future__ import annotations

from sqlalchemy import Connection

from app.records import HandOver, Withdrawal
from app.storage import schema
from app.storage.record_table import RecordTable


class WithdrawalShelf:
    """The durable home of withdrawals; each stays, whatever is released later."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.report_withdrawal, Withdrawal)

    def put(self, withdrawal: Withdrawal) -> None:
        """Keep a withdrawal and end the release it takes back."""
        self._rows.add(withdrawal)
        table = schema.report_release
        self._rows.execute(table.delete().where(table.c.report_id == withdrawal.report_id))

    def of_report(self, report_id: str) -> tuple[Withdrawal, ...]:
        """Return a report's withdrawals, the newest first."""
        column = schema.report_withdrawal.c
        newest = (column.withdrawn_at.desc(),)
        return self._rows.many(column.report_id == report_id, order=newest)

    def of_patient(self, patient_id: str) -> tuple[Withdrawal, ...]:
        """Return a patient's withdrawals, the newest first."""
        column = schema.report_withdrawal.c
        newest = (column.withdrawn_at.desc(), column.report_id)
        return self._rows.many(column.patient_id == patient_id, order=newest)


class HandOverShelf:
    """The durable home of hand-overs; none is ever changed."""

    def __init__(self, connection: Connection) -> None:
        self._rows = RecordTable(connection, schema.report_handover, HandOver)

    def put(self, hand_over: HandOver) -> None:
        """Keep a hand-over."""
        self._rows.add(hand_over)

    def of_report(self, report_id: str) -> tuple[HandOver, ...]:
        """Return a report's hand-overs, the newest first."""
        column = schema.report_handover.c
        return self._rows.many(column.report_id == report_id, order=(column.at.desc(), column.id))
