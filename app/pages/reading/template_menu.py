"""The button that offers the templates of a report by clinical question."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu, QToolButton

from app.pages.reading.menus import add, menu_button
from assistant.drafting.templates import templates

_TIP = "Template: questions to fill in; what is written stays"


def template_button(use: Callable[[str], object], chosen: Callable[[], str]) -> QToolButton:
    """Return the button; ``use`` is called with an id, ``chosen`` says which is in use."""

    def fill(menu: QMenu) -> None:
        for one in templates():
            add(menu, one.title, partial(use, one.id), checked=one.id == chosen())

    return menu_button("file", _TIP, "reportTemplate", fill)
