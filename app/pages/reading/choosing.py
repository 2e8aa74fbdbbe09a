"""Which model is asked: the shipped one, or one of the clinic's own that is approved."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox

from app.accounts.permissions import Permission
from app.events import OwnModelChanged
from app.pages.page import Page
from app.workflow import analysing, own_models
from inference.models.own.records import OwnModel
from inference.records import Run
from viewer.ports import Progress

_SHIPPED = "The model that ships"


class ModelChoice:
    """Fills the choice, which is hidden while there is nothing to choose."""

    def __init__(self, page: Page, box: QComboBox) -> None:
        self._page, self._box = page, box
        page.listen(OwnModelChanged, lambda _: self.learn())

    def learn(self) -> None:
        """Read which models may be used, keeping the chosen one chosen."""
        session = self._page.context.session
        if session.can(Permission.RUN_AI):
            self._page.ask(lambda _: own_models.usable(session), self._show)

    def job(self, series_uid: str) -> Callable[[Progress], Run | None]:
        """Return the analysis of a series by the chosen model, to be run off the GUI thread."""
        session, workstation = self._page.context.session, self._page.context.workstation
        model_id = str(self._box.currentData() or "")
        if not model_id:
            return lambda progress: analysing.analyse(
                session, series_uid, workstation.analyser, progress
            )
        return lambda progress: analysing.analyse_own(
            session, series_uid, model_id, workstation.own_models, progress
        )

    def _show(self, models: tuple[OwnModel, ...]) -> None:
        chosen = self._box.currentData()
        self._box.clear()
        self._box.addItem(_SHIPPED, "")
        for one in models:
            self._box.addItem(f"Own: {one.card.name} {one.card.version}", one.id)
        self._box.setCurrentIndex(max(0, self._box.findData(chosen)))
        self._box.setVisible(bool(models))
