"""Numbers of the study offered while a report is written: one chosen goes in and follows."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QToolButton

from app.pages.page import Page
from app.pages.reading.menus import add
from app.pages.reading.section_editor import SectionEditor
from app.widgets.buttons import tool
from app.workflow import referencing
from app.workflow.referencing import Offer

_TIP = "A measurement at the cursor (Ctrl+Shift+M); it follows the image until you sign"
_NOTHING = "Nothing is measured yet: decide about a finding, or draw a length"


class MeasurementMenu(QObject):
    """Offers the study's numbers where was written last; asked anew each time."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._editor: SectionEditor | None = None
        self._study_uid = ""
        self.menu = QMenu(page)
        self.menu.setObjectName("reportMeasurements")
        self.button: QToolButton = tool("ruler", _TIP, name="reportMeasurement")
        self.button.clicked.connect(lambda *_: self._ask_at_button())

    def equip(self, study_uid: str, editors: tuple[SectionEditor, ...]) -> None:
        """Offer the numbers of a study in these sections."""
        self._study_uid, self._editor = study_uid, editors[0] if editors else None
        self.button.setEnabled(bool(editors))
        for editor in editors:
            editor.entered.connect(partial(self._use, editor))
            editor.measurement_wanted.connect(partial(self._ask_in, editor))

    def _use(self, editor: SectionEditor) -> None:
        self._editor = editor

    def _ask_in(self, editor: SectionEditor) -> None:
        self._editor = editor
        field = editor.text_edit
        self._ask(field.viewport().mapToGlobal(field.cursorRect().bottomLeft()))

    def _ask_at_button(self) -> None:
        self._ask(self.button.mapToGlobal(self.button.rect().bottomLeft()))

    def _ask(self, at: QPoint) -> None:
        session, uid = self._page.context.session, self._study_uid
        if uid:
            self._page.ask(
                lambda _: referencing.offers(session, uid), partial(self._show, self._editor, at)
            )

    def _show(self, editor: SectionEditor | None, at: QPoint, offers: tuple[Offer, ...]) -> None:
        if editor is None or editor is not self._editor or editor.text_edit.isReadOnly():
            return
        self.menu.clear()
        for one in offers:
            words = f"{one.label}   {one.reference.text}".replace("&", "&&")
            add(self.menu, words, partial(editor.insert, one.reference))
        if not offers:
            self.menu.addAction(_NOTHING).setEnabled(False)
        self.menu.popup(at)
