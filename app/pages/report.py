"""The report as a document: its words, its signature, its versions, and addenda to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.accounts.permissions import Permission
from app.errors import WorkstationError
from app.events import ReportReleased, ReportSigned
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.reading.signing_dialog import SigningDialog
from app.pages.report_document import ReportDocument
from app.pages.report_export import ask_for_pdf, save_pdf
from app.pages.wording import moment, zone_of
from app.widgets.buttons import button
from app.widgets.messages import EmptyState
from app.widgets.surfaces import Card, scrolled
from app.widgets.text import label
from app.workflow import amending, configuring, reading, reporting
from app.workflow.reading import OpenedStudy
from app.workflow.session import Session
from assistant.records import Report

_VERSION = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A study with the versions of its report; ``broken`` says why a signature does not hold."""

    opened: OpenedStudy
    zone: tzinfo
    versions: tuple[Report, ...] = ()
    broken: str = ""


class ReportPage(Page):
    """Shows one report, newest version first; what is signed is only ever added to."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "reportPage", "Report")
        self._study_uid = ""
        self._loaded: _Loaded | None = None
        self._dialog: SigningDialog | None = None
        self._document = ReportDocument()
        self._versions = QListWidget()
        self._addendum = QPlainTextEdit()
        self._stack = QStackedWidget()
        self._arrange()
        self.listen(ReportSigned, lambda event: self._changed(event.study_uid))
        self.listen(ReportReleased, lambda event: self._released(event.report_id))

    @property
    def report(self) -> Report | None:
        """The version on the screen."""
        item = self._versions.currentItem()
        shown: Report | None = item.data(_VERSION) if item is not None else None
        return shown

    def open(self, study_uid: str = "", **ids: str) -> None:  # noqa: ARG002 - the pages' signature
        """Show the report of a study; without one, read the shown one again."""
        self._study_uid = study_uid or self._study_uid
        if not self._study_uid:
            return
        uid, session = self._study_uid, self.context.session

        def show(loaded: _Loaded) -> None:
            if uid == self._study_uid:
                self._show(loaded)

        self.ask(lambda _: _load(session, uid), show)

    def export_to(self, path: Path) -> None:
        """Write the signed report as a PDF document."""
        if self.report is None:
            return
        save_pdf(self, self.report.id, path)

    def ask_addendum(self) -> None:
        """Ask for the password to sign the addendum that was typed."""
        if self._loaded is None or not self._addendum.toPlainText().strip():
            return
        self._dialog = SigningDialog(
            self.window(),
            patient=self._loaded.opened.patient,
            study=self._loaded.opened.study,
            title="Sign the addendum",
            meaning="The signed report stays as it is; this text is added to it for good.",
            action="Sign addendum",
            problems=(),
            sign=self._append,
        )
        self._dialog.finished.connect(self._dialog_closed)
        self._dialog.open()

    def _show(self, loaded: _Loaded) -> None:
        self._loaded = loaded
        self._stack.setCurrentIndex(1 if loaded.versions else 0)
        self._versions.clear()
        for report in reversed(loaded.versions):
            item = QListWidgetItem(_version_line(report, loaded.zone))
            item.setData(_VERSION, report)
            self._versions.addItem(item)
        if loaded.versions:
            self._versions.setCurrentRow(0)
        if loaded.broken:
            self.complain(loaded.broken)

    def _show_version(self) -> None:
        report = self.report
        if report is None or self._loaded is None:
            return
        loaded = self._loaded
        self._document.show_report(report, loaded.opened, zone=loaded.zone, broken=loaded.broken)
        signed, session = report.signature is not None, self.context.session
        newest = bool(self._loaded.versions) and report.version == self._loaded.versions[-1].version
        self._export.setVisible(signed and session.can(Permission.EXPORT_REPORT))
        self._adding.setVisible(signed and newest and session.can(Permission.SIGN_REPORT))
        self._edit.setVisible(not signed and session.can(Permission.WRITE_REPORT))

    def _append(self, password: str) -> None:
        if self.report is None:
            return
        report_id, session = self.report.id, self.context.session
        text = self._addendum.toPlainText()
        self.ask(
            lambda _: amending.append(session, report_id, text, password),
            self._appended,
            failed=self._refused,
        )

    def _appended(self, _: Report) -> None:
        if self._dialog is not None:
            self._dialog.accept()
        self._addendum.clear()
        self.open()

    def _refused(self, reason: str) -> None:
        if self._dialog is not None:
            self._dialog.refuse(reason)

    def _dialog_closed(self, _: int) -> None:
        self._dialog = None

    def _changed(self, study_uid: str) -> None:
        if study_uid == self._study_uid:
            self.open()

    def _released(self, report_id: str) -> None:
        if self.report is not None and self.report.id == report_id:
            self.open()

    def _read_images(self) -> None:
        self.context.navigator.show("reading", study_uid=self._study_uid)

    def _choose_file(self) -> None:
        ask_for_pdf(self, self.export_to)

    def _arrange(self) -> None:
        images = button(
            "Images",
            self._read_images,
            name="reportImages",
            icon="reading",
            tip="Go to the images of this report",
        )
        self._edit = button(
            "Go on writing", self._read_images, name="reportEdit", kind="primary", icon="edit"
        )
        self._export = button(
            "Export PDF",
            self._choose_file,
            name="reportPdf",
            icon="download",
            tip="Save the signed report as a PDF document",
        )
        for made in (images, self._edit, self._export):
            self.header.addWidget(made)
        self._edit.hide()
        self._export.hide()
        whole = QWidget()
        beside = QHBoxLayout(whole)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(16)
        beside.addWidget(scrolled(self._document, name="reportScroll"), 1)
        beside.addWidget(self._side())
        nothing = EmptyState(
            "report",
            "No report yet",
            "Write it beside the images.",
            "Go to the images",
            self._read_images,
            name="reportEmpty",
        )
        self._stack.addWidget(nothing)
        self._stack.addWidget(whole)
        self.body.addWidget(self._stack, 1)

    def _side(self) -> QWidget:
        """History above, the addendum below."""
        side = QWidget()
        side.setFixedWidth(340)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        history = Card("Versions", name="reportHistory")
        self._versions.setObjectName("reportVersions")
        self._versions.setAccessibleName("Versions of this report")
        self._versions.setWordWrap(True)
        self._versions.currentRowChanged.connect(lambda _: self._show_version())
        history.column.addWidget(self._versions)
        self._adding = Card("Addendum", name="reportAdding")
        self._addendum.setObjectName("addendumText")
        self._addendum.setAccessibleName("Text of the addendum")
        self._addendum.setPlaceholderText("What is to be added to the signed report")
        self._addendum.setTabChangesFocus(True)
        self._addendum.setMaximumHeight(160)
        sign = button(
            "Sign addendum…",
            self.ask_addendum,
            name="addendumSign",
            kind="primary",
            icon="lock",
            tip="Add this text to the signed report with your password",
        )
        sign.setEnabled(False)
        self._addendum.textChanged.connect(
            lambda: sign.setEnabled(bool(self._addendum.toPlainText().strip()))
        )
        hint = label("The signed text stays as it is.", "caption", wrap=True)
        for part in (hint, self._addendum, sign):
            self._adding.column.addWidget(part)
        self._adding.hide()
        column.addWidget(history, 1)
        column.addWidget(self._adding)
        return side


def _load(session: Session, study_uid: str) -> _Loaded:
    """The study and every version of its report, each checked."""
    opened = reading.open_study(session, study_uid)
    zone = zone_of(configuring.clinic_settings(session).zone)
    if opened.report is None:
        return _Loaded(opened, zone)
    try:
        return _Loaded(opened, zone, reporting.history(session, opened.report.id))
    except WorkstationError as error:
        return _Loaded(opened, zone, (opened.report,), str(error))


def _version_line(report: Report, zone: tzinfo) -> str:
    if report.signature is None:
        return f"Version {report.version}: draft"
    return (
        f"Version {report.version}: {report.status.value}\n"
        f"{report.signature.signer_name}, {moment(report.signature.signed_at, zone)}"
    )
