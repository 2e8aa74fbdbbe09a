"""Name and purpose of the program at the left of the curtain, and the language it speaks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.version import VERSION
from app.widgets import theme
from app.widgets.buttons import button
from app.widgets.surfaces import Line, row
from app.widgets.text import IconLabel, label
from assistant.phrases import Phrases, languages


class Brand(QWidget):
    """What the program is; ``chosen`` is called with the language somebody wants to read."""

    def __init__(self, chosen: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("brand")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(f"QWidget#brand {{ background: {theme.current().colours['sunken']}; }}")
        self.setMinimumWidth(320)
        name = label("Sagittal")
        name.setStyleSheet("font-size: 34px; font-weight: 600;")
        self._purpose = label("", "muted", wrap=True)
        self._research = label("", "caption", wrap=True)
        self._languages = {
            tag: button(
                one.name,
                partial(chosen, tag),
                name=f"brand.language.{tag}",
                kind="link",
                tip=one.say("entry.language"),
            )
            for tag, one in languages().items()
        }
        for tag, made in self._languages.items():
            made.setLocale(QLocale(tag))
            made.setAccessibleName(languages()[tag].say("entry.language"))
        self._choice = QWidget()
        self._choice.setLayout(row(*self._languages.values(), QWidget(), stretch=len(languages())))
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 48, 48, 32)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(IconLabel("sagittal", 56, "accent"))
        column.addWidget(name)
        column.addWidget(self._purpose)
        column.addStretch(3)
        column.addWidget(self._choice)
        column.addWidget(Line())
        column.addWidget(self._research)
        column.addWidget(label(f"Sagittal {VERSION}", "caption"))

    def say_in(self, words: Phrases, *, choice: bool) -> None:
        """Speak a language; ``choice`` says whether another may be chosen."""
        self._purpose.setText(words.say("entry.purpose"))
        self._research.setText(words.say("window.research"))
        for tag, made in self._languages.items():
            made.setVisible(tag != words.language)
        self._choice.setVisible(choice)
