"""The report beside the images: written, saved by itself, checked, signed, released, exported."""

from __future__ import annotations

from datetime import tzinfo
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from app.accounts.permissions import Permission
from app.pages.page import HUMAN_ERRORS, Page
from app.pages.reading.measurement_menu import MeasurementMenu
from app.pages.reading.section_editor import SectionEditor
from app.pages.reading.signing_dialog import Asked, SigningDialog
from app.pages.reading.template_menu import template_button
from app.pages.reading.writing_desk import WritingDesk
from app.pages.report_export import ask_for_pdf, save_pdf
from app.pages.report_released import say_released
from app.pages.wording import moment, zone_of
from app.widgets.buttons import button, tool
from app.widgets.text import Badge, label
from app.workflow import configuring, releasing, reporting, signing, templating
from app.workflow.reading import OpenedStudy
from assistant.records import Doubt, Report

AUTOSAVE_MS = 700
"""Longest time from the first unsaved key to the save; typing on does not put it off."""

FOLLOW_PX = 60
"""Kept in sight above and below the line that is written."""

_START = "The draft is written from the findings you accept or edit; every word can be changed."
_LOOKING_ONLY = "There is no signed report. Drafts and findings stay closed in an emergency."


class ReportPanel(QWidget):
    """Edits the draft of the open study; read-only once it is signed.

    ``room_changed`` is emitted when the reader wants the whole column for it, or no longer.
    """

    room_changed = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.setObjectName("reportPanel")
        self._page = page
        self._session = page.context.session
        self._opened: OpenedStudy | None = None
        self._report: Report | None = None
        self._released = False
        self._editors: dict[str, SectionEditor] = {}
        self._dialog: SigningDialog | None = None
        self._problems_now: tuple[str, ...] = ()
        self._undecided = 0
        self._autosave = QTimer(self)
        self._autosave.setSingleShot(True)
        self._autosave.setInterval(AUTOSAVE_MS)
        self._autosave.timeout.connect(self.save)
        self._writing = WritingDesk(page)
        self._measured = MeasurementMenu(page)
        self._build()
        self._writing.read()

    @property
    def report(self) -> Report | None:
        """The report as it was last stored, or None if there is none yet."""
        return self._report

    @property
    def signed(self) -> bool:
        """Whether the report can no longer be changed."""
        return self._report is not None and not self._report.status.is_draft

    @property
    def whole(self) -> bool:
        """Whether the reader wants the whole column for the report."""
        return self._room.isChecked() and not self._room.isHidden()

    def offer_whole(self, *, offered: bool) -> None:
        """Offer the whole column, where the report shares it."""
        self._room.setVisible(offered)

    def show_study(self, opened: OpenedStudy) -> None:
        """Show the report of a study, saving first what was typed for another."""
        self.save()
        self._autosave.stop()
        if self._opened is not None and self._opened.study.uid != opened.study.uid:
            self._room.setChecked(False)  # the next study begins with its images and findings
        self._opened, self._report = opened, None
        self._released = opened.released_at is not None
        self._rebuild(())
        if opened.report is not None:
            self._show(opened.report)
            self._check()
        self._refresh()

    def write_draft(self) -> None:
        """Create the draft, or bring the machine's part of it up to date."""
        if self._opened is None or self.signed:
            return
        self.save()
        uid, session = self._opened.study.uid, self._session
        self._page.ask(lambda _: reporting.draft(session, uid), self._stored)

    def use_template(self, template_id: str) -> None:
        """Let a template ask in the sections; the first open field is chosen then."""
        if self._opened is None or self.signed:
            return
        self.save()
        uid, session = self._opened.study.uid, self._session

        def asked(report: Report) -> None:
            self._stored(report)
            next((True for editor in self._editors.values() if editor.begin()), None)

        self._page.ask(lambda _: templating.use_template(session, uid, template_id), asked)

    def show_stored(self, report: Report | None) -> None:
        """Show what is stored now, after something was undone; what is being typed stays."""
        if report is not None:
            self._stored(report)

    def save(self) -> None:
        """Store what was typed, if anything was."""
        self._autosave.stop()
        if self._report is None or self.signed or not self._dirty():
            return
        report_id, session = self._report.id, self._session
        sections = tuple(editor.take() for editor in self._editors.values())
        self._say("Saving…")
        self._page.ask(
            lambda _: reporting.save_draft(session, report_id, sections),
            self._stored,
            failed=lambda reason: self._say(f"Not saved: {reason}"),
        )

    def export_to(self, path: Path) -> None:
        """Write the signed report as a PDF document."""
        if self._report is None:
            return
        save_pdf(self._page, self._report.id, path)

    def ask_signature(self) -> None:
        """Open the signing dialog with the problems found last."""
        self.save()
        if self._opened is None or self._report is None or self.signed:
            return
        self._dialog = SigningDialog(
            self.window(),
            patient=self._opened.patient,
            study=self._opened.study,
            asked=Asked(
                title="Sign the report",
                meaning=f"{signing.MEANING} A signed report cannot be changed, only added to.",
                action="Sign",
                problems=self._problems_now,
                undecided=self._undecided,
                offer_cosignature=True,
            ),
            sign=self._sign,
        )
        self._dialog.finished.connect(self._dialog_closed)
        self._dialog.open()

    def leave(self) -> None:
        """Store the last words and look up no more."""
        self._writing.leave()
        self.save_now()

    def save_now(self) -> None:
        """Store what was typed before the page goes away; the one write that is waited for."""
        self._autosave.stop()
        if self._report is None or self.signed or not self._dirty():
            return
        sections = tuple(editor.section for editor in self._editors.values())
        try:
            reporting.save_draft(self._session, self._report.id, sections)
        except HUMAN_ERRORS as error:
            self._page.complain(f"The last words were not saved: {error}")

    # Inside

    def _dialog_closed(self, _: int) -> None:
        self._dialog = None

    def _build(self) -> None:
        self._state = Badge("", "")
        self._state.setObjectName("reportState")
        self._saved = label("", "caption")
        self._saved.setObjectName("reportSaved")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Report", "heading"))
        head.addWidget(self._state)
        head.addStretch(1)
        head.addWidget(self._saved)
        self._template = template_button(self.use_template, self._template_id)
        head.addWidget(self._template)
        head.addWidget(self._measured.button)
        head.addWidget(self._writing.button)
        self._room = tool(
            "maximize", "The whole column for the report", name="reportRoom", key="Ctrl+Shift+R"
        )
        self._room.setCheckable(True)
        self._room.toggled.connect(lambda _: self.room_changed.emit())
        head.addWidget(self._room)
        self._empty = label(_START, "muted", wrap=True)
        self._inside = sections = QWidget()
        sections.setProperty("role", "scrolled")
        self._sections = QVBoxLayout(sections)
        self._sections.setContentsMargins(0, 0, 8, 0)
        self._sections.setSpacing(10)
        self._sections.addStretch(1)
        self._scroll = QScrollArea()  # the editors' heights are fixed by their words
        self._scroll.setObjectName("reportSections")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(sections)
        self._problems = label("", "", wrap=True, tone="warning")
        self._problems.setObjectName("reportProblems")
        self._signature = label("", "caption", wrap=True)
        self._signature.setObjectName("reportSignature")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._empty)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._problems)
        column.addWidget(self._signature)
        column.addLayout(self._actions())
        column.addStretch(0)

    def _actions(self) -> QVBoxLayout:
        self._start = button("Start the report", self.write_draft, name="reportStart", icon="edit")
        self._sign_button = button(
            "Sign…",
            self.ask_signature,
            name="reportSign",
            kind="primary",
            icon="lock",
            tip="Sign the report with your password",
            key="Ctrl+Shift+S",
        )
        self._release = button(
            "Release to patient",
            self._release_now,
            name="reportRelease",
            icon="send",
            tip="Let the patient read this report",
            kind="primary",
        )
        self._export = button(
            "Export PDF",
            self._choose_file,
            name="reportExport",
            icon="download",
            tip="Save the signed report as a PDF document",
        )
        self._whole = button(
            "Open the report",
            self._open_report,
            name="reportOpen",
            icon="report",
            tip="Versions, signature and addenda",
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        for made in (self._start, self._sign_button, self._whole, self._export):
            row.addWidget(made)
        row.addStretch(1)
        both = QVBoxLayout()
        both.setSpacing(8)
        both.addWidget(self._release, 0, Qt.AlignmentFlag.AlignLeft)
        both.addLayout(row)
        return both

    def _template_id(self) -> str:
        return self._report.template_id if self._report is not None else ""

    def _rebuild(self, editors: tuple[SectionEditor, ...]) -> None:
        for old in self._editors.values():
            self._sections.removeWidget(old)
            old.deleteLater()
        self._editors = {editor.title: editor for editor in editors}
        for place, editor in enumerate(editors):
            self._sections.insertWidget(place, editor)
            editor.edited.connect(self._typed)
            field = editor.text_edit
            field.cursorPositionChanged.connect(partial(self._follow, field))
        self._writing.equip(editors)
        self._measured.equip(self._opened.study.uid if self._opened else "", editors)

    def _follow(self, field: QPlainTextEdit) -> None:
        """Scroll to where the reader writes: the fields themselves are as tall as their words."""
        if field.hasFocus() and field.isVisible():
            at = field.viewport().mapTo(self._inside, field.cursorRect().center())
            self._scroll.ensureVisible(at.x(), at.y(), 0, FOLLOW_PX)

    def _show(self, report: Report) -> None:
        """Show a stored report; text typed meanwhile is kept and saved again."""
        self._report = report
        if [part.title for part in report.sections] == list(self._editors):
            for part in report.sections:
                self._editors[part.title].stored(part)
        else:
            self._rebuild(tuple(SectionEditor(part) for part in report.sections))
        if self.signed:
            for editor in self._editors.values():
                editor.lock()

    def _stored(self, report: Report) -> None:
        """Take over a report that was just stored, unless another study is open by now."""
        if self._opened is None or report.study_uid != self._opened.study.uid:
            return
        if self.signed and report.signature is None:
            return
        self._show(report)
        self._say("Saved")
        if self._dirty():
            self._autosave.start()
        self._check()
        self._refresh()

    def _typed(self) -> None:
        self._say("Not saved yet")
        if not self._autosave.isActive():
            self._autosave.start()

    def _dirty(self) -> bool:
        return any(editor.dirty for editor in self._editors.values())

    def _check(self) -> None:
        """Look for contradictions in a draft, or prove the signature of a signed report."""
        if self._report is None:
            return
        report, session = self._report, self._session
        if self.signed:
            self._page.ask(
                lambda _: (
                    reporting.verified(session, report.id),
                    zone_of(configuring.clinic_settings(session).zone),
                ),
                self._show_verified,
                failed=self._show_tampered,
            )
        else:
            self._page.ask(
                lambda _: (
                    reporting.problems(session, report.id),
                    signing.undecided(session, report.study_uid),
                ),
                self._show_problems,
            )

    def _show_problems(self, answer: tuple[reporting.Check, int]) -> None:
        check, undecided = answer
        if self._report is None or check.report_id != self._report.id or self.signed:
            return
        self._undecided = undecided
        self._problems_now = check.messages
        self._problems.setText("\n".join(check.summary))
        for editor in self._editors.values():
            about = [one for one in check.doubts if one.section == editor.title]
            editor.show_doubts(about, self._answer)
        self._refresh()

    def _answer(self, doubt: Doubt, reason: str) -> None:
        """Let a doubted sentence stand, with the reader's reason."""
        if self._report is None or self.signed:
            return
        self.save()
        report_id, session = self._report.id, self._session
        self._page.ask(
            lambda _: reporting.answer_doubt(session, report_id, doubt, reason), self._stored
        )

    def _show_verified(self, answer: tuple[Report, tzinfo]) -> None:
        report, zone = answer
        if self._report is None or report.id != self._report.id or report.signature is None:
            return
        signature = report.signature
        self._signature.setText(
            f"Signed by {signature.signer_name}, {moment(signature.signed_at, zone)}. "
            f"Signature verified. SHA-256 {signature.digest[:16]}…"
        )
        self._refresh()

    def _show_tampered(self, reason: str) -> None:
        self._signature.setText(f"Signature not valid: {reason}")
        self._page.complain(reason)

    def _sign(self, password: str) -> None:
        if self._report is None:
            return
        report_id, session = self._report.id, self._session
        second = self._dialog is not None and self._dialog.needs_cosignature
        self._page.ask(
            lambda _: signing.sign(session, report_id, password, needs_cosignature=second),
            self._signed,
            failed=self._refused,
        )

    def _signed(self, report: Report) -> None:
        if self._dialog is not None:
            self._dialog.accept()
        self._stored(report)
        self._say("")

    def _refused(self, reason: str) -> None:
        if self._dialog is not None:
            self._dialog.refuse(reason)

    def _release_now(self) -> None:
        if self._report is None:
            return
        report_id, session = self._report.id, self._session
        self._release.setEnabled(False)
        self._page.ask(lambda _: releasing.release(session, report_id), self._was_released)

    def _was_released(self, is_read: bool) -> None:  # noqa: FBT001 - what the act returns
        self._released = True
        say_released(self._page, is_read=is_read)
        self._refresh()

    def _choose_file(self) -> None:
        ask_for_pdf(self, self.export_to)

    def _open_report(self) -> None:
        if self._opened is not None:
            self._page.context.navigator.show("report", study_uid=self._opened.study.uid)

    def _may(self, permission: Permission) -> bool:
        """Whether to offer it: in an emergency nothing is written, signed, released or exported."""
        looking_only = self._opened is not None and self._opened.emergency
        return not looking_only and self._session.can(permission)

    def _say(self, text: str) -> None:
        self._saved.setText(text)

    def _refresh(self) -> None:
        """Show what can be done now."""
        has = self._report is not None
        word, tone = ("", "") if not has else ("Draft", "warning")
        if self.signed:
            word, tone = ("Released", "good") if self._released else ("Signed", "good")
        self._state.show_text(word, tone)
        self._state.setVisible(has)
        self._saved.setVisible(has and not self.signed)
        self._empty.setText(_START if self._may(Permission.WRITE_REPORT) else _LOOKING_ONLY)
        self._empty.setVisible(not has)
        self._scroll.setVisible(has)
        may_write = self._may(Permission.WRITE_REPORT)
        self._start.setVisible(not has and self._opened is not None and may_write)
        self._template.setVisible(self._opened is not None and not self.signed and may_write)
        for writing in (self._writing.button, self._measured.button):
            writing.setVisible(has and not self.signed and may_write)
        self._sign_button.setVisible(has and not self.signed and self._may(Permission.SIGN_REPORT))
        self._release.setVisible(
            self.signed and not self._released and self._may(Permission.RELEASE_REPORT)
        )
        self._release.setEnabled(True)
        self._whole.setVisible(self.signed)
        self._export.setVisible(self.signed and self._may(Permission.EXPORT_REPORT))
        self._problems.setVisible(has and not self.signed and bool(self._problems.text()))
        self._signature.setVisible(self.signed)
