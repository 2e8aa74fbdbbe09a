"""A report laid out as a page of paper: who, what, the sections, the signature."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.pages.changes_view import LEGEND, changed_text
from app.pages.wording import day, moment
from app.widgets import theme
from app.widgets.surfaces import Card, Line
from app.widgets.text import Badge, label
from app.workflow.reading import OpenedStudy
from assistant.drafting.changes import SectionChange
from assistant.records import Report, ReportStatus

PAPER_PX = 820
_NONE = "None stated."

STATUS_WORDS = {
    ReportStatus.PARTIAL: ("Draft", "warning"),
    ReportStatus.PRELIMINARY: ("Waits for co-signature", "warning"),
    ReportStatus.FINAL: ("Final", "good"),
    ReportStatus.AMENDED: ("Final, amended", "good"),
    ReportStatus.CORRECTED: ("Final, corrected", "warning"),
    ReportStatus.APPENDED: ("Final with addendum", "good"),
    ReportStatus.ENTERED_IN_ERROR: ("Entered in error", "danger"),
}


class ReportDocument(QWidget):
    """Shows one version of a report, read-only, every word as plain text."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("reportDocument")
        theme.set_role(self, "scrolled")
        self._middle = QHBoxLayout(self)
        self._middle.setContentsMargins(0, 0, 8, 0)
        self._paper: Card | None = None

    def show_report(
        self,
        report: Report,
        opened: OpenedStudy,
        *,
        zone: tzinfo,
        broken: str,
        changes: Sequence[SectionChange] = (),
    ) -> None:
        """Lay out this version.

        Parameters
        ----------
        zone
            Of the times.
        broken
            Why a signature fails, or an empty text.
        changes
            Where it is compared: its sections with their changes, shown in place of the words.
        """
        if self._paper is not None:
            self._paper.hide()
            self._middle.removeWidget(self._paper)
            self._paper.deleteLater()
        paper = Card(name="reportPaper")
        paper.setMaximumWidth(PAPER_PX)
        paper.column.setContentsMargins(40, 32, 40, 32)
        paper.column.setSpacing(12)
        paper.column.addLayout(_head(report, opened))
        paper.column.addWidget(Line())
        if changes:
            paper.column.addWidget(label(LEGEND, "caption", wrap=True))
        for change in changes:
            shown = changed_text(change) if change.pieces else label(_NONE, "muted")
            paper.column.addLayout(_titled(change.title, shown))
        for part in () if changes else report.sections:
            paper.column.addLayout(_section(part.title, part.text))
        paper.column.addWidget(Line())
        paper.column.addWidget(_signature(report, zone, broken))
        for source in report.provenance:
            line = f"Analysed by {source.model} {source.version}, weights {source.weights_sha256}"
            paper.column.addWidget(label(line, "caption", wrap=True))
        paper.column.addStretch(1)
        self._middle.addWidget(paper)
        self._paper = paper


def _head(report: Report, opened: OpenedStudy) -> QHBoxLayout:
    patient, study = opened.patient, opened.study
    facts = [
        patient.mrn,
        f"born {day(patient.birth_date)}" if patient.birth_date else "",
        patient.sex,
    ]
    names = QVBoxLayout()
    names.setSpacing(2)
    names.addWidget(label(patient.name, "heading", wrap=True))
    names.addWidget(label("  ·  ".join(fact for fact in facts if fact), "muted"))
    facts = [study.description or "MRI", day(study.study_date), f"version {report.version}"]
    names.addWidget(label("  ·  ".join(fact for fact in facts if fact), "muted"))
    row = QHBoxLayout()
    row.addLayout(names, 1)
    top = Qt.AlignmentFlag.AlignTop
    if study.simulated:
        row.addWidget(Badge("simulated", "info"), 0, top)
    if opened.released_at is not None:
        row.addWidget(Badge("Released", "good"), 0, top)
    row.addWidget(Badge(*STATUS_WORDS[report.status]), 0, top)
    return row


def _section(title: str, text: str) -> QVBoxLayout:
    shown = label(text.strip() or _NONE, "" if text.strip() else "muted", wrap=True)
    shown.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return _titled(title, shown)


def _titled(title: str, shown: QLabel) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(4)
    column.addWidget(label(title, "strong"))
    column.addWidget(shown)
    return column


def _signature(report: Report, zone: tzinfo, broken: str) -> QLabel:
    if broken:
        made = label(f"Signature not valid: {broken}", "error", wrap=True)
    elif report.signature is None:
        made = label("Draft, not signed.", "muted")
    else:
        signature = report.signature
        made = label(
            f"Signed by {signature.signer_name}, "
            f"{moment(signature.signed_at, zone)}. Signature verified.\n"
            f"{signature.meaning}\nSHA-256 {signature.digest}",
            "caption",
            wrap=True,
        )
    made.setObjectName("reportDocumentSignature")
    return made
