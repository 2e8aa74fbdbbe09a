"""Keeping filters of the worklist under names, and the line that says what a filter leaves out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.pages.page import Page
from app.pages.worklist_filter_bar import FilterBar
from app.records import SavedFilter
from app.widgets.buttons import button
from app.widgets.text import label
from app.workflow import worklist_filters
from app.workflow.session import Session
from viewer.ports import Progress


class SavedFilters:
    """Reads, keeps and forgets a person's filters for the bar that offers them."""

    def __init__(self, page: Page, bar: FilterBar) -> None:
        self._page = page
        self._bar = bar
        bar.saving.connect(self._save)
        bar.removing.connect(self._remove)

    def read(self) -> None:
        """Offer what is kept."""
        self._page.ask(partial(_read, self._page.context.session), self._bar.offer)

    def _save(self, name: str) -> None:
        wanted = self._bar.wanted
        self._do(lambda session: worklist_filters.save_filter(session, name, wanted))

    def _remove(self, name: str) -> None:
        self._do(lambda session: worklist_filters.remove_filter(session, name))

    def _do(self, act: Callable[[Session], object]) -> None:
        """Change what is kept, and offer what is kept then."""
        session = self._page.context.session

        def work(progress: Progress) -> tuple[SavedFilter, ...]:
            act(session)
            return _read(session, progress)

        self._page.ask(work, self._bar.offer)


class ShowingLine(QWidget):
    """“Showing 12 of 340, filter: …” and a way back to everything; hidden while all is shown."""

    def __init__(self, clear: Callable[[], None]) -> None:
        super().__init__()
        self._text = label("", "caption")
        self._text.setObjectName("worklist.showing")
        self._back = button(
            "Show all",
            clear,
            name="worklist.clear",
            kind="link",
            tip="Clear search and filter (Alt+0 clears the filter)",
        )
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._text)
        inside.addWidget(self._back)
        inside.addStretch(1)
        self.hide()

    def say(self, words: str, *, limited: bool) -> None:
        """Say it, or hide; the way back stands there only where something is left out."""
        self._text.setText(words)
        self._back.setVisible(limited)
        self.setVisible(bool(words))


def _read(
    session: Session,
    progress: Progress,  # noqa: ARG001 - a job's signature
) -> tuple[SavedFilter, ...]:
    return worklist_filters.saved_filters(session)
