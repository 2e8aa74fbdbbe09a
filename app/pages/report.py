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
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.accounts.permissions import Permission
from app.events import EmergencyTurned, ReportReleased, ReportSigned
from app.pages.context import PageContext
from app.pages.emergency_offer import ENDED, EmergencyOffer, Opened, open_or_say
from app.pages.page import Page
from app.pages.reading.signing_dialog import Asked, SigningDialog
from app.pages.report_acts import ReportActs
from app.pages.report_asking import Question, ask_eyes
from app.pages.report_compare import ReportCompare
from app.pages.report_document import STATUS_WORDS, ReportDocument
from app.pages.report_export import ask_for_pdf, save_pdf
from app.pages.report_questions import ReportQuestions
from app.pages.wording import moment, zone_of
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.messages import Banner, EmptyState
from app.widgets.surfaces import Card, scrolled
from app.widgets.text import label
from app.workflow import amending, configuring, displaying, reading
from app.workflow.outputs import Eyes
from app.workflow.reading import OpenedStudy
from app.workflow.session import Session
from app.workflow.verifying import Verdict
from assistant.drafting.changes import SectionChange, word_changes
from assistant.records import Report

SIDE_PX = 356
_VERSION = Qt.ItemDataRole.UserRole
_MOST_VERSIONS = 3
"""So many are shown before the list scrolls."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A study with the versions of its report, and what speaks against them."""

    opened: OpenedStudy
    zone: tzinfo
    verdict: Verdict
    missing: str = ""

    @property
    def versions(self) -> tuple[Report, ...]:
        """Every version that can be read, the oldest first."""
        return self.verdict.versions

    @property
    def warning(self) -> str:
        """Why the report must not be relied on, or an empty text."""
        if self.missing:
            return "A report of this study was signed here and is gone. Tell the administrator."
        if self.verdict.broken:
            return self.verdict.broken
        if self.verdict.changed:
            said = " ".join(self.verdict.changed)
            return f"{said} Nothing of this report can be printed or released."
        return ""


class ReportPage(Page):
    """Shows one report, newest version first; what is signed is only ever added to."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "reportPage", "Report")
        self._study_uid = ""
        self._loaded: _Loaded | None = None
        self._dialog: SigningDialog | None = None
        self._question: Question | None = None
        self._document = ReportDocument()
        self._versions = QListWidget()
        self._addendum = QPlainTextEdit()
        self._stack = QStackedWidget()
        self._closed = EmergencyOffer(self, lambda uid: self.open(study_uid=uid))
        self._warning = Banner(name="reportWarning")
        self._acts = ReportActs(self, self.open)
        self._compare = ReportCompare()
        self._questions = ReportQuestions(self, lambda: self._study_uid)
        self._arrange()
        self.listen(ReportSigned, lambda event: self._changed(event.study_uid))
        self.listen(EmergencyTurned, self._emergency_turned)
        self.listen(ReportReleased, lambda event: self._released(event.report_id))

    @property
    def report(self) -> Report | None:
        """The version on the screen."""
        item = self._versions.currentItem()
        shown: Report | None = item.data(_VERSION) if item is not None else None
        return shown

    def open(self, study_uid: str = "", **ids: str) -> None:  # noqa: ARG002 - the pages' signature
        """Show the report of a study; without one, read the shown one again."""
        if study_uid not in {"", self._study_uid}:
            self._questions.clear()
        self._study_uid = study_uid or self._study_uid
        if not self._study_uid:
            return
        uid, session = self._study_uid, self.context.session

        def show(loaded: Opened[_Loaded]) -> None:
            if uid != self._study_uid:
                return
            if loaded.chart is None:
                self._shut(loaded.closed)
            else:
                self._show(loaded.chart)

        self.ask(lambda _: open_or_say(lambda: _load(session, uid)), show)

    def export_to(self, path: Path, eyes: Eyes = Eyes.RECORD) -> None:
        """Write the report as a PDF document; for whose eyes is recorded."""
        if self.report is None:
            return
        save_pdf(self, self.report.id, path, eyes)

    def ask_addendum(self) -> None:
        """Ask for the password to sign the addendum that was typed."""
        if self._loaded is None or not self._addendum.toPlainText().strip():
            return
        self._dialog = SigningDialog(
            self.window(),
            patient=self._loaded.opened.patient,
            study=self._loaded.opened.study,
            asked=Asked(
                title="Sign the addendum",
                meaning="The signed report stays as it is; this text is added to it for good.",
                action="Sign addendum",
                differences=(
                    SectionChange("Addendum", word_changes("", self._addendum.toPlainText())),
                ),
            ),
            sign=self._append,
        )
        self._dialog.finished.connect(self._dialog_closed)
        self._dialog.open()

    def _shut(self, reason: str) -> None:
        """Show nothing of a report that is closed to this doctor, and why."""
        self._clear()
        self._closed.show_closed(self._study_uid, reason)
        self._stack.setCurrentWidget(self._closed)

    def _emergency_turned(self, event: EmergencyTurned) -> None:
        """Let go of a report that was open in an emergency when that ends."""
        opened = self._loaded.opened if self._loaded is not None else None
        if opened is not None and opened.emergency and opened.patient.id == event.patient_id:
            self._shut(ENDED)

    def _clear(self) -> None:
        self._loaded = None
        for part in (self._export, self._edit, self._acts, self._adding):
            part.hide()
        self._versions.clear()
        self._warning.dismiss()

    def _show(self, loaded: _Loaded) -> None:
        self._clear()
        self._loaded = loaded
        self._stack.setCurrentIndex(1 if loaded.versions else 0)
        for report in reversed(loaded.versions):
            item = QListWidgetItem(_version_line(report, loaded.zone))
            item.setData(_VERSION, report)
            self._versions.addItem(item)
        if loaded.versions:
            shown = min(len(loaded.versions), _MOST_VERSIONS)
            rows = self._versions.sizeHintForRow(0) * shown
            self._versions.setFixedHeight(rows + 2 * self._versions.frameWidth() + 4)
            self._versions.setCurrentRow(0)
        if loaded.warning:
            self._warning.say(loaded.warning, "danger")

    def _show_version(self) -> None:
        report = self.report
        if report is None or self._loaded is None:
            return
        loaded = self._loaded
        self._compare.show_report(report, loaded.versions)
        self._show_document()
        signed, session = report.signature is not None, self.context.session
        newest = report.version == loaded.versions[-1].version
        holds = not loaded.warning
        self._export.setVisible(holds and session.can(Permission.EXPORT_REPORT))
        self._adding.setVisible(
            report.status.is_final and newest and holds and session.can(Permission.SIGN_REPORT)
        )
        self._edit.setVisible(not signed and session.can(Permission.WRITE_REPORT))
        self._acts.show_report(report, loaded.opened, newest=newest, holds=holds)
        if loaded.opened.emergency:
            for part in (self._export, self._adding, self._edit, self._acts):
                part.hide()

    def _show_document(self) -> None:
        """Lay out the version on the screen, as written or compared."""
        report, loaded = self.report, self._loaded
        if report is not None and loaded is not None:
            self._document.show_report(
                report,
                loaded.opened,
                zone=loaded.zone,
                broken=loaded.verdict.broken,
                changes=self._compare.changes,
            )

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
        self._question = ask_eyes(
            self.window(),
            "Choose where to save…",
            lambda eyes: ask_for_pdf(self, lambda path: self.export_to(path, eyes)),
        )

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
        self.body.addWidget(self._warning)
        self._stack.addWidget(nothing)
        self._stack.addWidget(whole)
        self._stack.addWidget(self._closed)
        self.body.addWidget(self._stack, 1)

    def _side(self) -> QWidget:
        """History above, the addendum below; on a small screen they scroll."""
        side = QWidget()
        theme.set_role(side, "scrolled")
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(16)
        history = Card("Versions", name="reportHistory")
        self._versions.setObjectName("reportVersions")
        self._versions.setAccessibleName("Versions of this report")
        self._versions.setWordWrap(True)
        self._versions.currentRowChanged.connect(lambda _: self._show_version())
        self._compare.chosen.connect(self._show_document)
        history.column.addWidget(self._versions)
        history.column.addWidget(self._compare)
        self._adding = Card("Addendum", name="reportAdding")
        self._addendum.setObjectName("addendumText")
        self._addendum.setAccessibleName("Text of the addendum")
        self._addendum.setPlaceholderText("What is to be added to the signed report")
        self._addendum.setTabChangesFocus(True)
        self._addendum.setMaximumHeight(96)
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
        column.addWidget(history)
        column.addWidget(self._acts)
        column.addWidget(self._questions)
        column.addWidget(self._adding)
        column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("reportSide")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFixedWidth(SIDE_PX)
        area.setWidget(side)
        return area


def _load(session: Session, study_uid: str) -> _Loaded:
    """The study and every version of its report, each checked."""
    opened = reading.open_study(session, study_uid)
    zone = zone_of(configuring.clinic_settings(session).zone)
    if opened.report is None:
        return _Loaded(opened, zone, Verdict(()), displaying.missing(session, study_uid))
    return _Loaded(opened, zone, displaying.display(session, opened.report.id))


def _version_line(report: Report, zone: tzinfo) -> str:
    if report.signature is None:
        return f"Version {report.version}: draft"
    lines = [f"Version {report.version}: {STATUS_WORDS[report.status][0].lower()}"]
    lines += [
        f"{one.signer_name}, {moment(one.signed_at, zone)}"
        for one in (report.signature, report.countersignature)
        if one is not None
    ]
    if report.reason:
        lines.append(f"Reason: {report.reason}")
    return "\n".join(lines)
