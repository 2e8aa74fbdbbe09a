"""A conversation goes on in the language its patient writes in, if the patient wants that."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.pages.page import Page
from app.widgets.buttons import button
from app.widgets.surfaces import row
from app.workflow import speaking
from assistant.conversation import other_language
from assistant.phrases import phrases


class TalkLanguage:
    """At most one offer at a time, about the last message; it goes with the next one."""

    def __init__(
        self,
        page: Page,
        add: Callable[[QWidget], None],
        chosen: Callable[[str, str], None],
    ) -> None:
        self._page, self._add, self._chosen = page, add, chosen
        self._shown: QWidget | None = None

    def offer(self, text: str) -> None:
        """Offer to answer a message in its own language where it is clearly in another one."""
        self.withdraw()
        language = other_language(text, self._page.words.language)
        if not language:
            return
        words = phrases(language)
        made = button(
            words.say("page.answer_in"),
            lambda: self._choose(text, language),
            name="assistant.answer_in",
            icon="message",
            tip=words.say("page.answer_in_tip"),
        )
        self._shown = QWidget()
        self._shown.setLayout(row(made, QWidget(), stretch=1))
        self._add(self._shown)

    def withdraw(self) -> None:
        """Take the offer away."""
        shown, self._shown = self._shown, None
        if shown is not None and isValid(shown):
            shown.hide()
            shown.deleteLater()

    def _choose(self, text: str, language: str) -> None:
        self.withdraw()
        context = self._page.context
        session, navigator = context.session, context.navigator

        def done(_: None) -> None:
            navigator.banner(phrases(language).say("page.language_chosen"), "good")
            self._chosen(text, language)

        self._page.ask(lambda _: speaking.choose_language(session, language), done)
