"""What an import brought, what was there already, and what was refused and why."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout

from app.widgets import theme
from app.widgets.buttons import tool
from app.widgets.surfaces import row
from app.widgets.text import IconLabel, label, plain_tip
from app.workflow.importing import ImportOutcome

_MOST_SHOWN = 200


class ImportResult(QFrame):
    """A card that stays until it is dismissed."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("worklist.result")
        theme.set_role(self, "card")
        self._icon = IconLabel("good", 20, "good")
        self.summary = label("", "strong", wrap=True)
        self.summary.setObjectName("worklist.result.summary")
        self.left_out = QListWidget()
        self.left_out.setObjectName("worklist.result.list")
        self.left_out.setAccessibleName("Files that were not imported, with the reason")
        self.left_out.setUniformItemSizes(True)
        self.left_out.setMaximumHeight(148)
        close = tool("close", "Dismiss", self.hide, name="worklist.result.dismiss", size_px=14)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(row(self._icon, self.summary, close, spacing=12, stretch=1))
        column.addWidget(self.left_out)
        self.hide()

    def show_outcome(self, outcome: ImportOutcome) -> None:
        """Say it in one sentence, then list each file left out with its reason."""
        left_out = [("already here", one) for one in outcome.duplicates]
        left_out += [("refused", one) for one in outcome.rejected]
        kind = "good" if outcome.series and not outcome.rejected else "warning"
        self._icon.show_icon(kind if outcome.series or left_out else "info", 20, kind)
        self.summary.setText(summary(outcome))
        self.left_out.clear()
        for _, one in left_out[:_MOST_SHOWN]:
            item = QListWidgetItem(f"{one.name}: {one.reason}")
            item.setToolTip(plain_tip(one.reason))
            self.left_out.addItem(item)
        if len(left_out) > _MOST_SHOWN:
            self.left_out.addItem(f"and {len(left_out) - _MOST_SHOWN} more")
        self.left_out.setVisible(bool(left_out))
        self.left_out.setFixedHeight(min(34 * max(self.left_out.count(), 1) + 6, 148))
        self.show()


def summary(outcome: ImportOutcome) -> str:
    """One sentence on an import."""
    studies, series = len(outcome.studies), outcome.series
    parts = []
    if series:
        parts.append(f"{_count(series, 'series', 'series')} imported")
        parts[0] += f" in {_count(studies, 'study', 'studies')}"
    elif outcome.rejected:
        parts.append("nothing imported")
    if outcome.duplicates:
        parts.append(f"{len(outcome.duplicates)} already here")
    if outcome.rejected:
        parts.append(f"{_count(len(outcome.rejected), 'file', 'files')} not used")
    if not parts:
        return "There was nothing to import: no DICOM or NIfTI image was found."
    return (", ".join(parts) + ".").capitalize()


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
