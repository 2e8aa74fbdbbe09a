"""What helps in writing the report: short texts and spelling, for the person who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from app.accounts.permissions import Permission
from app.pages.page import Page
from app.pages.reading.macro_keys import MacroKeys, fill_macros
from app.pages.reading.macros_dialog import MacrosDialog
from app.pages.reading.menus import add, menu_button
from app.pages.reading.own_words_dialog import OwnWordsDialog
from app.pages.reading.section_editor import SectionEditor
from app.pages.reading.spelling import Spelling
from app.pages.reading.spelling_menu import SpellingMenu
from app.records import Macro
from app.workflow import macros
from assistant.drafting.macros import shipped


class WritingDesk(QObject):
    """Equips the sections of a report; what a person keeps is read once and after each change."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._session = page.context.session
        self._own: dict[str, str] = {}
        self._keys: MacroKeys | None = None
        self._dialog: MacrosDialog | None = None
        self.spelling = Spelling(page)
        self.button = menu_button(
            "phrases", "Short texts (Ctrl+Space while writing)", "reportTexts", self._fill
        )

    def texts(self) -> Mapping[str, str]:
        """Return every short text by abbreviation, the person's own before the shipped ones."""
        return {**shipped(), **self._own}

    def read(self) -> None:
        """Fetch what the person keeps."""
        session = self._session
        if session.can(Permission.KEEP_TEXTS):
            self._page.ask(lambda _: macros.macros(session), self._took)
        self.spelling.read()

    def equip(self, editors: Iterable[SectionEditor]) -> None:
        """Give sections short texts and spelling; texts go where was written last."""
        self._keys = None
        for editor in editors:
            keys = MacroKeys(editor.text_edit, self.texts, self.manage)
            SpellingMenu(editor.text_edit, self.spelling)
            editor.marks.use(self.spelling)
            editor.entered.connect(lambda keys=keys: self._use(keys))
            self._keys = self._keys or keys

    def leave(self) -> None:
        """Look up no more words: the page is closed."""
        self.spelling.stop()

    def manage(self) -> None:
        """Open the dialog in which short texts are changed."""
        self._dialog = MacrosDialog(self._page.window(), self._save, self._remove)
        self._dialog.finished.connect(self._closed)
        self._show()
        self._dialog.open()

    def _use(self, keys: MacroKeys) -> None:
        self._keys = keys

    def _fill(self, menu: QMenu) -> None:
        if self._keys is not None:
            fill_macros(menu, self.texts(), self._keys.insert)
            menu.addSeparator()
        menu.addAction("Change the texts…").triggered.connect(lambda *_: self.manage())
        menu.addSeparator()
        on = self.spelling.on
        switch = partial(self.spelling.switch, on=not on)
        checking = add(menu, "Check spelling (English)", switch, checked=on)
        if not self.spelling.available:
            checking.setText("Spelling cannot be checked here")
            checking.setEnabled(False)
        menu.addAction("My words…").triggered.connect(lambda *_: self._show_words())

    def _show_words(self) -> None:
        OwnWordsDialog(self._page.window(), self.spelling).open()

    def _took(self, own: tuple[Macro, ...]) -> None:
        self._own = {one.abbreviation: one.text for one in own}

    def _save(self, abbreviation: str, text: str, former: str) -> None:
        session = self._session
        self._change(lambda: macros.save_macro(session, abbreviation, text, former).abbreviation)

    def _remove(self, abbreviation: str) -> None:
        session = self._session
        self._change(lambda: macros.remove_macro(session, abbreviation))

    def _change(self, act: Callable[[], str | None]) -> None:
        """Change what is kept, then show what is kept."""
        session = self._session

        def changed(answer: tuple[str | None, tuple[Macro, ...]]) -> None:
            self._took(answer[1])
            self._show(answer[0] or "")

        def failed(reason: str) -> None:
            if self._dialog is not None:
                self._dialog.refuse(reason)

        self._page.ask(lambda _: (act(), macros.macros(session)), changed, failed=failed)

    def _show(self, chosen: str = "") -> None:
        if self._dialog is not None:
            own = tuple(Macro(key, text) for key, text in self._own.items())
            self._dialog.show_texts(own, chosen)

    def _closed(self, _: int) -> None:
        self._dialog = None
