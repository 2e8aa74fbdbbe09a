"""Who did what, when: the clinic's audit trail, found, turned page by page, checked, taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu

from app.errors import NotFoundError
from app.pages.audit_filters import AuditFilterBar
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.wording import moment, zone_of
from app.records import Account, AuditEntry, AuditFilter, AuditLines
from app.tasks import Lane
from app.widgets.buttons import button
from app.widgets.messages import Banner
from app.widgets.table import Column, Table
from app.widgets.text import label
from app.workflow import admitting, auditing, configuring
from app.workflow.audit_acts import act_of
from app.workflow.auditing import AuditExport, ExportForm

_FILES = {
    ExportForm.JSON_LINES: ("audit.jsonl", "JSON lines (*.jsonl)"),
    ExportForm.BALP: ("audit-events.ndjson", "FHIR AuditEvents (*.ndjson)"),
}


class AuditPage(Page):
    """The trail, with a check of its chain."""

    def __init__(self, context: PageContext) -> None:
        text = "Every act, chained by hash: a removed or changed line breaks the chain."
        super().__init__(context, "audit", "Audit", text)
        self._zone = zone_of("UTC")
        self._names: dict[str, str] = {}
        self._turned: list[int] = []
        self._shown: AuditLines | None = None
        self.chain = Banner(name="audit.chain")
        self.filters = AuditFilterBar(context.session.now)
        self.filters.changed.connect(self._from_the_newest)
        self.take_out = button("Take out", name="audit.export", icon="download")
        menu = QMenu(self.take_out)
        for shape in ExportForm:
            menu.addAction(f"As {shape.value}…", partial(self._choose_file, shape))
        self.take_out.setMenu(menu)
        self.verify_button = button(
            "Check the chain", self.verify, name="audit.verify", kind="primary", icon="audit"
        )
        self.header.addWidget(self.take_out)
        self.header.addWidget(self.verify_button)
        self.body.addWidget(self.chain)
        self.body.addWidget(self.filters)
        self.table: Table[AuditEntry] = Table(
            self._columns(), name="audit.table", says="Audit trail"
        )
        self.body.addWidget(self.table, 1)
        self.body.addLayout(self._pager())

    def open(self, **_ids: str) -> None:
        """Read the newest lines again."""
        session = self.context.session
        self.ask(lambda _: configuring.clinic_settings(session).zone, self._set_zone)
        self.ask(lambda _: admitting.accounts(session), self._know_names)
        self._from_the_newest()

    def verify(self) -> None:
        """Check the whole chain and say so."""
        session = self.context.session
        self.verify_button.setEnabled(False)
        self.ask(
            lambda _: auditing.verify(session),
            lambda text: self._verified(text, "good"),
            failed=lambda text: self._verified(text, "danger"),
        )

    def export_to(self, path: Path, shape: ExportForm) -> None:
        """Write every line that matches the filters to a file."""
        session, sought = self.context.session, self._sought()

        def write() -> AuditExport:
            made = auditing.export(session, sought(), shape)
            path.write_bytes(made.data)
            return made

        def say(made: AuditExport) -> None:
            text = f"Saved {made.count:,} lines to {path.name}. The audit chain: {made.chain}."
            kind = "good" if made.chain == "holds" else "danger"
            self.context.navigator.banner(text, kind)

        self.ask(lambda _: write(), say, lane=Lane.IO)

    def _columns(self) -> tuple[Column[AuditEntry], ...]:
        return (
            Column("No.", lambda one: str(one.seq), 64),
            Column("When", lambda one: moment(one.at, self._zone), 150),
            Column("Act", lambda one: act_of(one.action).words, 230),
            Column("Outcome", lambda one: one.outcome, 100, _tone),
            Column("Role", lambda one: one.role or "program", 110),
            Column("Who", lambda one: self._names.get(one.actor_id, one.actor_id)),
            Column("What", lambda one: one.subject),
            Column("Detail", lambda one: one.detail),
        )

    def _pager(self) -> QHBoxLayout:
        self.newer = button("Newer", self._turn_back, name="audit.newer", icon="chevron-left")
        self.older = button("Older", self._turn_on, name="audit.older", icon="chevron-right")
        self.count = label("", "caption")
        self.count.setObjectName("audit.count")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(self.newer)
        row.addWidget(self.older)
        return row

    def _sought(self) -> Callable[[], AuditFilter]:
        """Return what looks up the filter's patient, to be called on a lane."""
        session, wanted = self.context.session, self.filters.wanted(self._zone)
        number = self.filters.number

        def look_up() -> AuditFilter:
            if not number:
                return wanted
            return replace(wanted, patient_id=auditing.patient_of_number(session, number))

        return look_up

    def _from_the_newest(self) -> None:
        self._turned = []
        self._read()

    def _turn_on(self) -> None:
        if self._shown is not None and self._shown.entries:
            self._turned.append(self._shown.entries[-1].seq)
            self._read()

    def _turn_back(self) -> None:
        if self._turned:
            self._turned.pop()
            self._read()

    def _read(self) -> None:
        session, before = self.context.session, self._turned[-1] if self._turned else None
        sought = self._sought()
        for made in (self.newer, self.older):
            made.setEnabled(False)

        def read() -> AuditLines:
            try:
                return auditing.lines(session, sought(), before)
            except NotFoundError:
                return AuditLines((), 0, more=False)

        self.ask(lambda _: read(), self._show)

    def _show(self, found: AuditLines) -> None:
        self._shown = found
        self.table.show_records(found.entries, same=lambda one: one.seq)
        self.newer.setEnabled(bool(self._turned))
        self.older.setEnabled(found.more)
        if not found.entries:
            self.count.setText("No line matches.")
            return
        first = len(self._turned) * auditing.PAGE + 1
        last = first + len(found.entries) - 1
        self.count.setText(f"Lines {first:,} to {last:,} of {found.total:,}, newest first.")

    def _choose_file(self, shape: ExportForm) -> None:
        name, kinds = _FILES[shape]
        dialog = QFileDialog(self.window(), "Take out the audit trail", name, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(lambda chosen: self.export_to(Path(chosen), shape))
        dialog.open()

    def _set_zone(self, name: str) -> None:
        self._zone = zone_of(name)

    def _know_names(self, accounts: tuple[Account, ...]) -> None:
        self._names = {one.id: one.name for one in accounts}
        self.filters.know_people(accounts)

    def _verified(self, text: str, kind: str) -> None:
        self.verify_button.setEnabled(True)
        self.chain.say(text, kind)
        self._from_the_newest()


def _tone(entry: AuditEntry) -> str:
    return "danger" if entry.outcome in {"refused", "failed"} else ""
