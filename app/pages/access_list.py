"""Who looked at my data: a patient's own list, with emergencies on top, to read and to save."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog

from app.accounts.records import Verdict
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.unmatched import unmatched
from app.pages.wording import moment_in, zone_of
from app.records import AccessEntry
from app.tasks import Lane
from app.widgets.buttons import button
from app.widgets.messages import Banner
from app.widgets.table import Column, Table
from app.widgets.text import label
from app.workflow import configuring, disclosing
from app.workflow.disclosing import AccessExport, MyEmergency

_VERDICTS = {
    Verdict.PENDING: "verdict.waiting",
    Verdict.JUSTIFIED: "verdict.justified",
    Verdict.NOT_JUSTIFIED: "verdict.unjustified",
}


class AccessListPage(Page):
    """Every act on the patient's data, those by which somebody saw it first."""

    def __init__(self, context: PageContext) -> None:
        say = context.words.say
        super().__init__(context, "access", say("access.title"), say("access.subtitle"))
        self._zone = zone_of("UTC")
        self._entries: tuple[AccessEntry, ...] = ()
        if not context.session.actor.patient_id:
            self.body.addWidget(unmatched(self.words), 1)
            return
        self.changes = QCheckBox(say("access.changes"))
        self.changes.setObjectName("access.changes")
        self.changes.toggled.connect(lambda _: self._filter())
        self.header.addWidget(self.changes)
        self.header.addWidget(
            button(
                say("access.save"),
                self._choose,
                name="access.save",
                icon="download",
                tip=say("access.save_tip"),
            )
        )
        self.emergencies = Banner(name="access.emergencies", dismiss=say("window.dismiss"))
        self.own: Table[AccessEntry] = Table(
            self._columns(), name="audit.own", says=say("access.says")
        )
        self.count = label("", "caption")
        self.body.addWidget(self.emergencies)
        self.body.addWidget(self.own, 1)
        self.body.addWidget(self.count)

    def _columns(self) -> tuple[Column[AccessEntry], ...]:
        words, say = self.words, self.words.say
        return (
            Column(say("access.when"), lambda one: moment_in(one.at, self._zone, words), 160),
            Column(say("access.who"), lambda one: one.who or say("access.no_name"), 150),
            Column(
                say("access.as"),
                lambda one: words.called("role", one.role),
                110,
                spare_below_px=1000,
            ),
            Column(say("access.what"), lambda one: one.what),
            Column(say("access.for"), lambda one: one.purpose, 200),
            Column("", lambda one: say("access.emergency") if one.emergency else "", 110, _alarm),
            Column(
                say("access.outcome"), lambda one: words.called("outcome", one.outcome), 90, _tone
            ),
        )

    def open(self, **_ids: str) -> None:
        """Read the list again."""
        session = self.context.session
        if not session.actor.patient_id:
            return
        self.ask(lambda _: configuring.clinic_settings(session).zone, self._set_zone)
        self.ask(lambda _: disclosing.my_emergencies(session), self._tell)
        self.ask(lambda _: disclosing.my_access_list(session), self._show)

    def save_to(self, path: Path) -> None:
        """Write the signed list as JSON, and beside it the same as PDF."""
        session, navigator = self.context.session, self.context.navigator
        signed, pdf = path.with_suffix(".json"), path.with_suffix(".pdf")

        def write(made: AccessExport) -> None:
            signed.write_bytes(made.signed)
            pdf.write_bytes(made.pdf)

        self.ask(
            lambda _: write(disclosing.export_my_access_list(session)),
            lambda _: navigator.banner(
                self.words.say("access.saved", first=signed.name, second=pdf.name), "good"
            ),
            lane=Lane.IO,
        )

    def _choose(self) -> None:
        say = self.words.say
        dialog = QFileDialog(
            self.window(), say("access.save_title"), say("access.file"), say("access.files")
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name)))
        dialog.open()

    def _set_zone(self, name: str) -> None:
        self._zone = zone_of(name)

    def _tell(self, found: tuple[MyEmergency, ...]) -> None:
        """Say of each emergency access when, who, why, and what the clinic thinks of it."""
        if not found:
            self.emergencies.dismiss()
            return
        say = self.words.say
        said = [
            say(
                "access.opened",
                who=one.who or say("health.a_doctor"),
                at=moment_in(one.at, self._zone, self.words),
                reason=say(f"emergency_reason.{one.reason.value}"),
                verdict=say(_VERDICTS[one.verdict]),
            )
            for one in found[:5]
        ]
        if len(found) > len(said):
            said.append(say("access.more", count=len(found) - len(said)))
        self.emergencies.say("\n".join(said), "warning")

    def _show(self, entries: tuple[AccessEntry, ...]) -> None:
        self._entries = entries
        self._filter()

    def _filter(self) -> None:
        shown = [one for one in self._entries if one.seen or self.changes.isChecked()]
        self.own.show_records(shown, same=lambda one: one.seq)
        self.count.setText(self.words.say("access.lines", shown=len(shown), all=len(self._entries)))


def _alarm(entry: AccessEntry) -> str:
    return "danger" if entry.emergency else ""


def _tone(entry: AccessEntry) -> str:
    return "danger" if entry.outcome in {"refused", "failed"} else ""
