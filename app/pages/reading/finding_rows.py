"""The rows of the findings list: four lines per finding, painted; and the keys on them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.pages.finding_words import REASON_WORDS, model_words, overlap_words
from app.pages.odds import Grounds, trust_explained, trust_line
from app.widgets import theme
from app.widgets.text import plain_tip
from assistant.drafting.measuring import location, size_mm, spoken_ml, spoken_mm, volume_ml
from inference.records import Change, Finding, FindingStatus

ROW_PX = 88
FINDING = Qt.ItemDataRole.UserRole
TRUST = Qt.ItemDataRole.UserRole + 1
CHANGE = Qt.ItemDataRole.UserRole + 2
TOLD = Qt.ItemDataRole.UserRole + 3

STATUS_WORDS = {
    FindingStatus.SUGGESTED: ("suggested", "warning"),
    FindingStatus.ACCEPTED: ("accepted", "good"),
    FindingStatus.EDITED: ("edited", "accent"),
    FindingStatus.REJECTED: ("rejected", "text_muted"),
}
"""Word and colour token of a decision."""


def described(finding: Finding, known: Grounds) -> str:
    """Where, how large, on which slice, and how far to trust it."""
    return f"{where(finding)}  ·  {figures(finding)}  ·  {trust_line(finding, known)}"


def decision(finding: Finding) -> tuple[str, str]:
    """Word and colour token of what the reader has decided; an own finding says so."""
    if finding.by_reader and finding.status is FindingStatus.EDITED:
        return "yours", "accent"
    word, token = STATUS_WORDS[finding.status]
    why = REASON_WORDS.get(finding.reject_reason)
    return (f"{word}: {why.lower()}", token) if why else (word, token)


def where(finding: Finding) -> str:
    """Where it lies, in words: the second line of a row."""
    return location(finding) or "place not stated"


def figures(finding: Finding) -> str:
    """How large and on which slice: the third line of a row."""
    parts = []
    if (length := size_mm(finding)) is not None:
        parts.append(spoken_mm(length))
    if (amount := volume_ml(finding)) is not None:
        parts.append(spoken_ml(amount))
    parts.append(f"slice {finding.slice_index + 1}")
    if overlap := overlap_words(finding):
        parts.append(overlap)
    return "  ·  ".join(parts)


class FindingsList(QListWidget):
    """Keyboard first: Enter jumps, A accepts, E edits, R rejects, U or Z takes back.

    Several can be chosen; a decision is then about all of them. A number gives the last rejection
    its reason.
    """

    jump_wanted = Signal(str)
    decision_wanted = Signal(str)
    undo_wanted = Signal()
    reason_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findingsList")
        self.setAccessibleName("Findings")
        self.setToolTip(
            "Enter: jump · A: accept · E: edit · R: reject · U or Z: take back\n"
            "Shift or Ctrl with a click or the arrows: choose several"
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setItemDelegate(_FindingDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(ROW_PX + 6)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.itemClicked.connect(self._jump)

    def show_findings(self, findings: tuple[Finding, ...], known: Grounds) -> None:
        """List the findings with how far to trust each, keeping the selected one selected."""
        kept = self.selected_id
        self.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.clear()
        for finding in findings:
            item = QListWidgetItem(finding.label)
            item.setData(FINDING, finding)
            item.setData(TRUST, trust_line(finding, known))
            word, _ = decision(finding)
            spoken = f"{finding.label}, {described(finding, known)}, {word}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            told = (described(finding, known), trust_explained(finding, known))
            item.setData(TOLD, "\n".join(filter(None, (*told, model_words(finding)))))
            item.setToolTip(plain_tip(item.data(TOLD)))
            self.addItem(item)
        self.blockSignals(False)  # noqa: FBT003 - Qt's signature
        self.updateGeometry()
        self.select_finding(kept)

    def show_changes(self, changes: Mapping[str, Change]) -> None:
        """Say beside each finding, by its id, what became of it since the prior study."""
        for row in range(self.count()):
            item = self.item(row)
            finding: Finding = item.data(FINDING)
            change = changes.get(finding.id)
            item.setData(CHANGE, change.brief if change is not None else "")
            told = [item.data(TOLD), *([change.words] if change is not None else [])]
            item.setToolTip(plain_tip("\n".join(told)))

    def sizeHint(self) -> QSize:
        """As tall as its rows; it scrolls where there is less room."""
        return QSize(240, max(1, self.count()) * ROW_PX + 6)

    @property
    def selected(self) -> Finding | None:
        """The finding of the current row."""
        item = self.currentItem()
        found: Finding | None = item.data(FINDING) if item is not None else None
        return found

    @property
    def selected_id(self) -> str:
        """Id of the finding of the current row, or an empty text."""
        return self.selected.id if self.selected is not None else ""

    @property
    def chosen_ids(self) -> tuple[str, ...]:
        """Ids of the findings that are chosen, in their order; the current one is among them."""
        ids = {one.data(FINDING).id for one in self.selectedItems()} | {self.selected_id}
        rows = (self.item(row).data(FINDING).id for row in range(self.count()))
        return tuple(one for one in rows if one in ids)

    def select_finding(self, finding_id: str) -> None:
        """Make the row of that finding the current one, or the first row."""
        for row in range(self.count()):
            if self.item(row).data(FINDING).id == finding_id:
                self.setCurrentRow(row)
                return
        if self.count():
            self.setCurrentRow(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        decisions = {Qt.Key.Key_A: "accept", Qt.Key.Key_E: "edit", Qt.Key.Key_R: "reject"}
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        undo = event.key() == Qt.Key.Key_Z or (plain and event.key() == Qt.Key.Key_U)
        if undo:
            self.undo_wanted.emit()
        elif plain and event.key() in decisions and self.selected is not None:
            self.decision_wanted.emit(decisions[Qt.Key(event.key())])
        elif plain and Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_8:
            self.reason_wanted.emit(event.key() - Qt.Key.Key_0)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.selected is not None:
            self.jump_wanted.emit(self.selected_id)
        else:
            super().keyPressEvent(event)

    def _jump(self, item: QListWidgetItem) -> None:
        self.jump_wanted.emit(item.data(FINDING).id)


class _FindingDelegate(QStyledItemDelegate):
    """Paints a finding as four lines of plain text with its decision at the right."""

    def sizeHint(
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002 - Qt's signature
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002 - Qt's signature
    ) -> QSize:
        return QSize(120, ROW_PX)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        finding: Finding = index.data(FINDING)
        colours = theme.current()
        area = QRectF(option.rect)
        state = option.state
        painter.save()
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(area, colours.colour("selection"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, colours.colour("hover"))
        inside = area.adjusted(12, 6, -12, -6)
        third = "  ·  ".join(filter(None, (figures(finding), index.data(CHANGE))))
        lines = (where(finding), third, str(index.data(TRUST)))
        self._lines(painter, inside, finding, lines, chosen=chosen)
        painter.setPen(colours.colour("line"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.restore()

    def _lines(
        self,
        painter: QPainter,
        inside: QRectF,
        finding: Finding,
        lines: tuple[str, ...],
        *,
        chosen: bool,
    ) -> None:
        colours = theme.current()
        word, token = decision(finding)
        font = QFont(painter.font())
        small = QFont(font)
        small.setPixelSize(colours.size("caption_px"))
        painter.setFont(small)
        room = QFontMetricsF(small).horizontalAdvance(word) + 12
        height = inside.height() / (1 + len(lines))
        top = QRectF(inside.left(), inside.top(), inside.width(), height)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colours.colour("on_selection" if chosen else token))
        painter.drawText(top, Qt.AlignmentFlag.AlignRight | middle, word)
        painter.setPen(colours.colour("on_selection" if chosen else "text_muted"))
        for number, text in enumerate(lines, start=1):
            elided = Qt.TextElideMode.ElideRight
            shown = QFontMetricsF(small).elidedText(text, elided, inside.width())
            below = top.translated(0.0, number * height)
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft | middle, shown)
        font.setBold(True)
        font.setStrikeOut(finding.status is FindingStatus.REJECTED)
        painter.setFont(font)
        painter.setPen(colours.colour("on_selection" if chosen else "text"))
        shown = QFontMetricsF(font).elidedText(
            finding.label, Qt.TextElideMode.ElideRight, top.width() - room
        )
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft | middle, shown)
