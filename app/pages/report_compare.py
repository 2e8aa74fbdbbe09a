"""The choice of what a version of a report is compared with on its page."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.widgets.text import label
from assistant.drafting.changes import SectionChange, machine_changes, report_changes
from assistant.records import Report


class Against(Enum):
    """What a version is compared with."""

    NOTHING = auto()
    PREVIOUS = auto()
    MACHINE = auto()


class ReportCompare(QWidget):
    """Offers what there is to compare with; ``chosen`` is emitted when the answer changes."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._report: Report | None = None
        self._before: Report | None = None
        self._choice = QComboBox()
        self._choice.setObjectName("reportCompare")
        self._choice.setAccessibleName("Show changes")
        self._said = label("", "caption", wrap=True)
        self._said.setObjectName("reportChanged")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._said)
        column.addWidget(self._choice)
        self._choice.activated.connect(lambda _: self.chosen.emit())

    def show_report(self, report: Report, versions: Sequence[Report]) -> None:
        """Offer what this version can be compared with; it is shown as written at first."""
        self._report = report
        self._before = next((one for one in versions if one.version == report.version - 1), None)
        self._choice.clear()
        self._choice.addItem("As written", Against.NOTHING)
        if self._before is not None:
            self._choice.addItem(f"Changes to version {self._before.version}", Against.PREVIOUS)
        if any(part.machine_text for part in report.sections):
            self._choice.addItem("Changes to the machine's proposal", Against.MACHINE)
        changed = self._changed_titles()
        self._said.setText(f"Changed: {', '.join(changed)}" if changed else "")
        self._said.setVisible(bool(changed))
        self.setVisible(self._choice.count() > 1)

    @property
    def changes(self) -> tuple[SectionChange, ...]:
        """The sections with their changes; empty where the version is shown as written."""
        against = self._choice.currentData()
        if self._report is None or against is None:
            return ()
        if against is Against.PREVIOUS and self._before is not None:
            return report_changes(self._before, self._report)
        if against is Against.MACHINE:
            return machine_changes(self._report.sections)
        return ()

    def _changed_titles(self) -> list[str]:
        if self._report is None or self._before is None:
            return []
        return [one.title for one in report_changes(self._before, self._report) if one.changed]
