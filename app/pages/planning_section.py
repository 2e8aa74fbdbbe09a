"""One kind of thing a clinic plans with: a list, and a form to add, change and end."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.pages.page import Page
from app.widgets.buttons import button
from app.widgets.surfaces import Card, row, scrolled
from app.widgets.table import Column, Table
from app.widgets.text import label

_FORM_PX = 340


class Planned(Protocol):
    """Whatever has an id."""

    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=Planned)


class RecordForm(QWidget, Generic[R]):
    """The fields of one record."""

    def show_record(self, record: R | None) -> None:
        """Fill the fields in, or empty them for a new record."""
        raise NotImplementedError

    def made(self, ident: str) -> R:
        """Return the record that stands in the fields; ValueError says what is wrong with it."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Plan(Generic[R]):
    """How one kind of record is called, kept and ended.

    ``keep`` and ``end`` run off the GUI thread and return what to tell; ``end`` takes up again
    what was ended before, and ``end_words`` says which.
    """

    name: str
    new: str
    says: str
    columns: Sequence[Column[R]]
    keep: Callable[[R], str]
    end: Callable[[R], str]
    end_words: Callable[[R], str]


class Section(QWidget, Generic[R]):
    """The list at the left, the chosen or a new record at the right; ``changed`` reads again."""

    def __init__(
        self, page: Page, plan: Plan[R], form: RecordForm[R], changed: Callable[[], None]
    ) -> None:
        super().__init__()
        self._page, self._plan, self.form, self._changed = page, plan, form, changed
        self._ident = ""
        self.table: Table[R] = Table(plan.columns, name=f"{plan.name}.table", says=plan.says)
        self.table.current_changed.connect(self._choose)
        self._title = label("", "heading", wrap=True)
        self._error = label("", "error", wrap=True)
        self._error.hide()
        name = plan.name
        self.add = button(plan.new, self.begin, name=f"{name}.add", icon="plus")
        self.save = button("Save", self._save, name=f"{name}.save", kind="primary", icon="check")
        self.end = button("", self._end, name=f"{name}.end", kind="danger")
        card = Card(name=f"{name}.card")
        card.setFixedWidth(_FORM_PX)
        card.column.addWidget(self._title)
        card.column.addWidget(scrolled(form, name=f"{name}.form"), 1)
        card.column.addWidget(self._error)
        card.column.addLayout(row(self.end, self.save, stretch=1))
        card.column.addWidget(self.add)
        both = QHBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(12)
        both.addWidget(self.table, 1)
        both.addWidget(card)

    def show_records(self, found: Sequence[R]) -> None:
        """Show these; without any a new one is asked for."""
        self.table.show_records(found, same=lambda one: one.id)
        if not found:
            self.begin()

    def begin(self) -> None:
        """Ask for a new one."""
        self.table.clearSelection()
        self._show(None)
        self.form.setFocus()

    def _choose(self, record: R | None) -> None:
        self._show(record)

    def _show(self, record: R | None) -> None:
        self._ident = record.id if record is not None else ""
        self._title.setText("Change" if record is not None else self._plan.new)
        self._error.hide()
        self.form.show_record(record)
        self.end.setVisible(record is not None)
        if record is not None:
            self.end.setText(self._plan.end_words(record))
            self.end.setAccessibleName(self.end.text())

    def _save(self) -> None:
        try:
            record = self.form.made(self._ident or str(uuid.uuid4()))
        except ValueError as error:
            self._refuse(str(error))
            return
        self._do(lambda: self._plan.keep(record))

    def _end(self) -> None:
        record = next((one for one in self.table.rows.records if one.id == self._ident), None)
        if record is not None:
            self._do(lambda: self._plan.end(record))

    def _do(self, act: Callable[[], str]) -> None:
        self._error.hide()
        self._page.ask(lambda _: act(), self._done, failed=self._refuse)

    def _done(self, words: str) -> None:
        self._page.context.navigator.banner(words, "good")
        self._changed()

    def _refuse(self, text: str) -> None:
        self._error.setText(text[:1].upper() + text[1:].rstrip(".") + ".")
        self._error.show()
