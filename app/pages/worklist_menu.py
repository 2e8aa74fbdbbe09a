"""The menu of a worklist row: open the study, or an earlier one of the patient."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from app.pages.page import Page
from app.pages.wording import day
from app.records import WorklistEntry
from app.workflow import reading
from app.workflow.reading import Prior
from app.workflow.session import Session
from viewer.ports import Progress

_MOST_PRIORS = 15


class RowMenu:
    """Shows the menu of a row; the other studies of the patient are read when it is asked for."""

    def __init__(self, page: Page, opened: Callable[[str], None]) -> None:
        self._page = page
        self._opened = opened

    def ask(self, entry: WorklistEntry, at: QPoint) -> None:
        """Read what the menu holds, then show it at a place on the screen."""
        self._page.ask(
            partial(_priors, self._page.context.session, entry.study_uid),
            partial(self._show, entry, at),
        )

    def build(self, entry: WorklistEntry, priors: tuple[Prior, ...]) -> QMenu:
        """Return the menu of a row."""
        menu = QMenu(self._page)
        menu.setObjectName("worklist.row-menu")
        _add(menu, "Open\tEnter", partial(self._opened, entry.study_uid))
        others = menu.addMenu("Other studies of the patient")
        others.setObjectName("worklist.row-menu.others")
        others.setEnabled(bool(priors))
        for prior in priors[:_MOST_PRIORS]:
            when = day(prior.study.study_date) or "No date"
            words = prior.study.description or "No description"
            _add(others, f"{when} · {words}", partial(self._opened, prior.study.uid))
        return menu

    def _show(self, entry: WorklistEntry, at: QPoint, priors: tuple[Prior, ...]) -> None:
        menu = self.build(entry, priors)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)


def _add(menu: QMenu, text: str, call: Callable[[], None]) -> None:
    menu.addAction(text.replace("&", "&&")).triggered.connect(lambda *_: call())


def _priors(
    session: Session,
    study_uid: str,
    progress: Progress,  # noqa: ARG001 - a job's signature
) -> tuple[Prior, ...]:
    return reading.priors(session, study_uid)
