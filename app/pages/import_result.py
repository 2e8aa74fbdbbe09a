"""What an import brought, what was there already, what was refused and why, and what is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.pages.new_patient import record_line
from app.widgets import theme
from app.widgets.buttons import button, tool
from app.widgets.surfaces import row
from app.widgets.text import IconLabel, label, plain_tip
from app.workflow.identifying import differing_records
from app.workflow.importing import ImportOutcome
from app.workflow.joining import Offer

_MOST_SHOWN = 200


class ImportResult(QFrame):
    """A card that stays until it is dismissed.

    ``answered`` is called with an offer and the id of the record its images belong to; empty where
    they are somebody else's.
    """

    def __init__(self, answered: Callable[[Offer, str], None]) -> None:
        super().__init__()
        self.setObjectName("worklist.result")
        theme.set_role(self, "card")
        self._answered = answered
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
        self._question = QWidget()
        self._asked = QVBoxLayout(self._question)
        self._asked.setContentsMargins(0, 0, 0, 0)
        self._asked.setSpacing(8)
        column.addWidget(self._question)
        self.hide()

    def show_outcome(self, outcome: ImportOutcome) -> None:
        """Say it in one sentence, then list each file left out with its reason."""
        left_out = [("already here", one) for one in outcome.duplicates]
        left_out += [("refused", one) for one in outcome.rejected]
        all_well = outcome.series and not outcome.rejected and not outcome.offers
        kind = "good" if all_well else "warning"
        happened = outcome.series or left_out or outcome.offers
        self._icon.show_icon(kind if happened else "info", 20, kind)
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
        self._ask(outcome.offers[0] if outcome.offers else None)
        self.show()

    def _ask(self, offer: Offer | None) -> None:
        """Ask about one person at a time; the next import asks about the next."""
        self._question.setEnabled(True)
        while (item := self._asked.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        self._question.setVisible(offer is not None)
        if offer is None:
            return
        number = _count(offer.series, "series", "series")
        self._asked.addWidget(
            label(f"Whose are these images? {number} of {record_line(offer.imaged)}", "strong")
        )
        for one in offer.records:
            self._asked.addWidget(self._offered(offer, one.id))
        other = button(
            "Somebody else: a record of their own",
            partial(self._answer, offer, ""),
            name="worklist.result.apart",
        )
        holder = QWidget()
        holder.setLayout(row(other, QWidget(), stretch=1))
        self._asked.addWidget(holder)

    def _offered(self, offer: Offer, record_id: str) -> QWidget:
        record = next(one for one in offer.records if one.id == record_id)
        said = f"Here without images: {record_line(record)}."
        differs = [one for one in differing_records(record, offer.imaged) if one != "record number"]
        if differs:
            said += f" Not the same: {', '.join(differs)}."
        same = button(
            "The same person: join",
            partial(self._answer, offer, record_id),
            name=f"worklist.result.join.{record_id}",
            kind="primary",
            icon="link",
            tip="It keeps its appointments and account; a number of the program's own is replaced",
        )
        holder = QWidget()
        holder.setLayout(row(same, label(said, wrap=True), spacing=12, stretch=1))
        return holder

    def _answer(self, offer: Offer, record_id: str) -> None:
        self._question.setEnabled(False)
        self._answered(offer, record_id)


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
    if outcome.offers:
        waiting = sum(one.series for one in outcome.offers)
        parts.append(f"{_count(waiting, 'series waits', 'series wait')} for your word")
    if not parts:
        return "There was nothing to import: no DICOM or NIfTI image was found."
    return (", ".join(parts) + ".").capitalize()


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
