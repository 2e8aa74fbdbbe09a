"""Who looked at my data: a patient's own list, with emergencies on top, to read and to save."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog

from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.unmatched import unmatched
from app.pages.wording import moment, zone_of
from app.records import AccessEntry
from app.tasks import Lane
from app.widgets.buttons import button
from app.widgets.messages import Banner
from app.widgets.table import Column, Table
from app.widgets.text import label
from app.workflow import configuring, disclosing
from app.workflow.disclosing import AccessExport, MyEmergency

_REVIEWS = {
    "": "The clinic has not reviewed it yet.",
    "justified": "The clinic found it justified.",
    "not justified": "The clinic found it not justified.",
}


class AccessListPage(Page):
    """Every act on the patient's data, those by which somebody saw it first."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(
            context,
            "access",
            "Who looked at my data",
            "Each time somebody opened, took out or was refused something of yours.",
        )
        self._zone = zone_of("UTC")
        self._entries: tuple[AccessEntry, ...] = ()
        if not context.session.actor.patient_id:
            self.body.addWidget(unmatched(), 1)
            return
        self.changes = QCheckBox("Show changes too")
        self.changes.setObjectName("access.changes")
        self.changes.toggled.connect(lambda _: self._filter())
        self.header.addWidget(self.changes)
        self.header.addWidget(
            button(
                "Save the list…",
                self._choose,
                name="access.save",
                icon="download",
                tip="Save the whole list, signed by the clinic, as a JSON file and as PDF",
            )
        )
        self.emergencies = Banner(name="access.emergencies")
        columns: tuple[Column[AccessEntry], ...] = (
            Column("When", lambda one: moment(one.at, self._zone), 160),
            Column("Who", lambda one: one.who or "(name not shown)"),
            Column("As", lambda one: one.role, 110),
            Column("What", lambda one: one.what),
            Column("What for", lambda one: one.purpose),
            Column("", lambda one: "emergency" if one.emergency else "", 110, _alarm),
            Column("Outcome", lambda one: one.outcome, 90, _tone),
        )
        self.own: Table[AccessEntry] = Table(columns, name="audit.own", says="Who saw my data")
        self.count = label("", "caption")
        self.body.addWidget(self.emergencies)
        self.body.addWidget(self.own, 1)
        self.body.addWidget(self.count)

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
            lambda _: navigator.banner(f"Saved {signed.name} and {pdf.name}.", "good"),
            lane=Lane.IO,
        )

    def _choose(self) -> None:
        dialog = QFileDialog(
            self.window(), "Save the list", "who-saw-my-data.json", "JSON (*.json)"
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
        said = [
            f"{one.who or 'A doctor'} opened your data in an emergency on"
            f" {moment(one.at, self._zone)}: {disclosing.REASONS[one.reason]}."
            f" {_REVIEWS[one.verdict.value]}"
            for one in found[:5]
        ]
        if len(found) > len(said):
            said.append(f"And {len(found) - len(said)} more, in the list below.")
        self.emergencies.say("\n".join(said), "warning")

    def _show(self, entries: tuple[AccessEntry, ...]) -> None:
        self._entries = entries
        self._filter()

    def _filter(self) -> None:
        shown = [one for one in self._entries if one.seen or self.changes.isChecked()]
        self.own.show_records(shown, same=lambda one: one.seq)
        self.count.setText(f"{len(shown)} of {len(self._entries)} lines, newest first.")


def _alarm(entry: AccessEntry) -> str:
    return "danger" if entry.emergency else ""


def _tone(entry: AccessEntry) -> str:
    return "danger" if entry.outcome in {"refused", "failed"} else ""
